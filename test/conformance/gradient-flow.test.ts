/** Compares every norm of a gradient-flow file, which PyTorch computed, with a trace of the same net. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { dataBeside } from "./data-folder.js";
import { type GradientFlowFile, runGradientFlowFile } from "./gradient-flow-cases.js";
import { report } from "./outcome.js";

const path = fileURLToPath(new URL("../../../shared/conformance/gradient-flow-20.json", import.meta.url));
const isThere = existsSync(path);
if (!isThere) console.warn(`skipped: the norms of PyTorch's gradients, for ${path} is not there`);

describe.runIf(isThere)("the gradient norms of ResNet-20 and its plain twin", () => {
  it.each(["reference", "webasm", "cpu"] as const)("are PyTorch's: %s", async (device) => {
    const file = JSON.parse(readFileSync(path, "utf8")) as GradientFlowFile;
    const outcomes = await runGradientFlowFile(file, dataBeside(path), device);
    expect(report(outcomes, device).lines).toEqual([`${device}: ${file.configs.length} passed, 0 failed, 0 skipped`]);
    expect(file.configs).toHaveLength(4);
    for (const { comparisons } of outcomes) expect(comparisons.length).toBeGreaterThan(40);
  });
});
