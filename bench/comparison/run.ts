/** `npm run compare -- [FILE...]`: runs the op table, compositions, kinks and conformance files on livegrad, TensorFlow.js
 * and jax-js, and writes docs/comparison.md. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../../src/version.js";
import { byFamily } from "../../test/op-coverage/families.js";
import { opTable } from "../../test/ops/op-table.js";
import { jax, mixedDerivatives } from "./jax.js";
import { judge, judgeLivegrad, prepare, type Trial } from "./judge.js";
import { isKnown } from "./livegrad.js";
import { comparisonPage, type Result } from "./page.js";
import { pytorchPrograms } from "./pytorch.js";
import { recordCases } from "./record.js";
import { tensorflow } from "./tensorflow.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const files = process.argv.slice(2);
const { programs, leftOut } = await recordCases();
const cases = files.flatMap(pytorchPrograms);
const trials: Trial[] = [...programs, ...cases.filter(isKnown)].map(prepare);

const results: Result[] = [
  { name: "livegrad", version, backend: "reference device, float64", judged: trials.map(judgeLivegrad), lacking: [] },
];
for (const framework of [await tensorflow(), await jax()]) {
  const outcomes = trials.map((trial) => ({ program: trial.program, outcome: judge(framework, trial) }));
  results.push({
    name: framework.name,
    version: framework.version,
    backend: framework.backend,
    judged: outcomes.flatMap(({ outcome }) => (typeof outcome === "string" ? [] : [outcome])),
    lacking: outcomes.flatMap(({ program, outcome }) =>
      typeof outcome === "string" ? [{ program, why: outcome }] : [],
    ),
  });
}

const page = comparisonPage({
  families: await byFamily(opTable),
  results,
  leftOut,
  unknown: cases.filter((program) => !isKnown(program)),
  files: files.map((file) => relative(root, file)),
  node: process.version.slice(1),
  mixed: mixedDerivatives(),
});
writeFileSync(new URL("../../docs/comparison.md", import.meta.url), page);
for (const { name, judged } of results) {
  const wrong = judged.reduce((total, v) => total + v.differences.length, 0);
  const thrown = judged.reduce((total, v) => total + v.thrown.length, 0);
  console.log(`${name}: ${judged.length} samples; ${wrong} tensors differ, ${thrown} threw`);
}
console.log("into docs/comparison.md");
