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

  it.each(["reference", "simd", "webasm", "cpu"] as const)("fail where the file is wrong: %s", async (device) => {
    const file = JSON.parse(readFileSync(path, "utf8")) as GradientFlowFile;
    const config = file.configs.find(({ shortcut }) => shortcut !== "none") as GradientFlowFile["configs"][number];
    const kinds = ["activationGradNorms", "identityPathGradNorms", "branchPathGradNorms", "weightGradNorms"] as const;
    const wrong = Object.fromEntries(kinds.map((kind) => [kind, withMistakes(config[kind])]));
    const planted = { ...file, configs: [{ ...config, loss: 1.01 * config.loss, ...wrong }] };
    const [outcome] = await runGradientFlowFile(planted, dataBeside(path), device);
    expect(outcome?.comparisons.filter(({ passed }) => !passed)).toHaveLength(1 + 2 * kinds.length);
  });
});

type Norms = GradientFlowFile["configs"][number]["weightGradNorms"];

/** The norms with two of them wrong: the first number a hundredth too large, the last one missing. */
function withMistakes(norms: Norms): Norms {
  const names = Object.keys(norms).filter((name) => norms[name] !== null);
  const [first, last] = [names[0] as string, names.at(-1) as string];
  return { ...norms, [first]: 1.01 * (norms[first] as number), [last]: null };
}
