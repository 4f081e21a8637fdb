/** Compares architectures with PyTorch's, and tests that the comparison notices what is wrong in a file. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { cifarNet, generator, setDevice, withDevice } from "../../../src/index.js";
import { report } from "../outcome.js";
import { compareEval, compareStatic, compareTrain } from "./compare.js";
import { fnv1a, hash } from "./formula.js";
import { evalNumbers, trainNumbers } from "./numbers.js";
import { missedIn, plantsIn } from "./planted.js";
import { runZooFile } from "./run.js";
import { staticOf } from "./static.js";
import type { EvalNumbers, Static, TrainNumbers, ZooFile } from "./zoo-file.js";

const folder = fileURLToPath(new URL("../../../../shared/zoo/", import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`skipped: the architectures as PyTorch has them, for ${folder} is not there`);

/** The nets of some thousand layers take seconds each. */
const names = isThere
  ? readdirSync(folder).flatMap((file) => (/^(?!.*(1001|1202)).*\.json$/.test(file) ? [file.replace(".json", "")] : []))
  : [];

function fileOf(name: string): ZooFile {
  return JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")) as ZooFile;
}

describe("the formula of weights", () => {
  it("is the one that the files were made by", () => {
    expect(fnv1a("input")).toBe(4191711099);
    expect([0, 1, 2].map((i) => hash(fnv1a("input"), i))).toEqual([3431821188, 3155587362, 1575881275]);
    expect(hash(fnv1a("s1:input"), 9)).toBe(1572856623);
    expect(hash(fnv1a("classifier.0.weight"), 102760447)).toBe(93958191);
  });
});

describe.runIf(isThere)("parameters, operations, shapes and keys are PyTorch's", () => {
  it.each(names)("%s", async (name) => {
    const outcomes = await runZooFile({ ...fileOf(name), numbers: [] }, "simd", false);
    expect(report(outcomes, "simd").lines).toEqual(["simd: 6 passed, 0 failed, 0 skipped"]);
  });
});

/** Nets that take about a second on `simd`, of several families. */
const quick = [
  ...["cifar_resnet20", "cifar_resnet20_b", "cifar_plain20_nonorm"],
  ...["nin_cifar10", "squeezenet1_0", "mobilenet_v2", "cifar_fractal3_small"],
];

describe.runIf(isThere)("logits, losses, gradients and statistics are PyTorch's", () => {
  it.each([["cifar_plain20_nonorm", "reference"], ...quick.map((name) => [name, "simd"] as const)] as const)(
    "%s on %s",
    async (name, device) => {
      const outcomes = await runZooFile(fileOf(name), device, false);
      const { failed, lines } = report(outcomes, device);
      expect(failed, lines.join("\n")).toBe(0);
      expect(outcomes.filter(({ skipped }) => !skipped).length).toBeGreaterThan(12);
    },
  );
});

describe("a comparison with a file of the zoo", () => {
  const given = { generator: generator(0), depth: 8, width: 2 };
  const run = { salt: "", bnScale: 1, batch: 2, size: [8, 8] as const, labels: [1, 2] };
  const tolerance = () => 1e-4;
  const exact = () => 1e-9;
  let fixed: Static;
  let evaluation: EvalNumbers;
  let training: TrainNumbers;

  beforeAll(async () => {
    setDevice("reference");
    fixed = staticOf(() => cifarNet(given), [3, 8, 8], new Set());
    evaluation = await withDevice("reference", () => evalNumbers(cifarNet(given), run));
    training = await withDevice("reference", () => trainNumbers(cifarNet(given), run));
  });

  it("passes what is right", async () => {
    const outcomes = [
      ...compareStatic("tiny", fixed, fixed),
      ...compareEval("tiny", await withDevice("simd", () => evalNumbers(cifarNet(given), run)), evaluation, tolerance),
      ...compareTrain("tiny", await withDevice("simd", () => trainNumbers(cifarNet(given), run)), training, tolerance),
    ];
    expect(report(outcomes, "simd").lines).toEqual(["simd: 14 passed, 0 failed, 0 skipped"]);
  });

  it("fails wrong numbers of every kind", () => {
    const { macs, ...others } = fixed;
    const { lossWeights, ...told } = training; // what a run is given, which the loss shows
    const { input, ...counts } = macs;
    const parts = [plantsIn({ ...others, ...counts }), plantsIn(evaluation), plantsIn(told)] as const;
    const missed = [
      ...missedIn(parts[0], (wrong) =>
        compareStatic("tiny", fixed, { ...fixed, ...wrong, macs: { input, ...wrong } as never }),
      ),
      ...missedIn(parts[1], (wrong) => compareEval("tiny", evaluation, wrong, exact)),
      ...missedIn(parts[2], (wrong) => compareTrain("tiny", training, wrong, exact)),
    ];
    expect(missed).toEqual([]);
    expect(parts.flat().length).toBeGreaterThan(80);
  });

  it.runIf(isThere)("excuses no wrong number by rounding", async () => {
    const file = fileOf("cifar_resnet20");
    const [numbers] = file.numbers;
    const train = numbers?.train as TrainNumbers;
    const wrong = { ...train, inputGradNorm: 1.002 * train.inputGradNorm };
    const run = { ...numbers, eval: undefined, train: wrong };
    const outcomes = await runZooFile({ ...file, numbers: [run] } as never, "simd", false);
    expect(report(outcomes, "simd").lines).toEqual([
      expect.stringMatching(/^FAILED cifar_resnet20 .*inputGradNorm/),
      "simd: 11 passed, 1 failed, 0 skipped",
    ]);
  });

  it("tells what a model lacks, and which model there is none of", async () => {
    const file = {
      format: "livegrad-zoo/1",
      name: "none",
      definition: { class: "Nothing", options: {} },
      numbers: [run],
    };
    const outcomes = await runZooFile({ ...file, static: { ...fixed, children: [] } } as never, "simd", false);
    expect(report(outcomes, "simd").lines).toEqual([
      "FAILED none (model) on simd: threw: no model Nothing {}",
      "FAILED none 2×8×8 (numbers) on simd: threw: no model Nothing {}",
      "simd: 0 passed, 2 failed, 0 skipped",
    ]);
  });

  it("skips what takes more than a minute, and says so", async () => {
    const static_ = { ...fixed, macs: { ...fixed.macs, total: 1e12 } };
    const file = {
      format: "livegrad-zoo/1",
      name: "big",
      definition: { class: "Nothing", options: {} },
      static: static_,
    };
    const outcomes = await runZooFile({ ...file, numbers: [{ ...run, eval: evaluation }] } as never, "simd", false);
    expect(report(outcomes, "simd").lines.slice(1)).toEqual([
      "skipped, for it takes more than a minute on simd (--all runs it): big 2×8×8 eval 1",
      "simd: 0 passed, 1 failed, 1 skipped",
    ]);
  });
});
