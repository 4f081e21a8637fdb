/** Runs the cases that PyTorch computed in float64, on every device, op by op. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type OpsFile, runOpCase } from "./conformance/ops-cases.js";
import { type Outcome, report } from "./conformance/outcome.js";

const path = fileURLToPath(new URL("../../shared/conformance/ops.json", import.meta.url));
const isThere = existsSync(path);
if (!isThere) console.warn(`skipped: the outputs and derivatives of PyTorch, for ${path} is not there`);

const cases = isThere ? (JSON.parse(readFileSync(path, "utf8")) as OpsFile).cases : [];
const ops = [...new Set(cases.map(({ op }) => op))].sort();

/** Cases that must run on every device: below it, an op has lost its cases or its name. */
const fewest = 150;

describe.runIf(isThere).each(["reference", "simd", "webasm", "cpu"] as const)("PyTorch's numbers on %s", (device) => {
  const outcomes: Outcome[] = [];

  it.each(ops)("%s", async (op) => {
    const own: Outcome[] = [];
    for (const opCase of cases.filter((c) => c.op === op)) own.push(await runOpCase(opCase, device));
    outcomes.push(...own);
    const { failed, lines } = report(own, device);
    expect(failed, lines.join("\n")).toBe(0);
  });

  it(`runs more than ${fewest} cases, each with something to compare`, () => {
    const ran = outcomes.filter(({ skipped }) => !skipped);
    expect(ran.length).toBeGreaterThan(fewest);
    for (const { name, comparisons } of ran) expect(comparisons.length, name).toBeGreaterThan(0);
  });
});
