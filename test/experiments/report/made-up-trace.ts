/** A made-up gradient-flow trace whose factors per layer are known, for the tests of the reports. */

import type { GradientFlowTrace, RunRecord } from "../../../src/experiments/records.js";
import type { LayerRecord } from "../../../src/trace/records.js";

/** A configuration to make up: norms are `last` at the last block and multiplied by `factor` a layer going back. */
export interface MadeUp {
  readonly depth?: number;
  readonly shortcut: string;
  readonly norm?: string;
  readonly factor: number;
  readonly last?: number;
  readonly seeds?: readonly number[];
  readonly steps?: readonly number[];
  readonly weightGrad?: (block: number, blocks: number) => number;
}

/** The four networks of the design's table, with factors that lead to its ratios at depth 56. */
export const FOUR: readonly MadeUp[] = [
  { shortcut: "none", norm: "none", factor: (1e-11 / 5e-2) ** (1 / 54), last: 5e-2 },
  { shortcut: "identity", norm: "none", factor: (1 / 6e-2) ** (1 / 54), last: 6e-2, weightGrad: () => 1 },
  { shortcut: "none", norm: "batch", factor: (2e3 / 5e-2) ** (1 / 54), last: 5e-2, weightGrad: () => 1 },
  { shortcut: "identity", norm: "batch", factor: (7 / 6e-2) ** (1 / 54), last: 6e-2, weightGrad: () => 1 },
];

/** Makes up a trace. Seed `s` has its norms multiplied by `1.5^(s − mean seed)`, so the geometric mean is exact. */
export function madeUpTrace(configurations: readonly MadeUp[]): GradientFlowTrace {
  return {
    version: "0.1.0",
    format: 2,
    device: "reference",
    provenance: "reference loops",
    seed: 7,
    complete: true,
    batch: 4,
    data: "made up",
    runs: configurations.flatMap(runsOf),
  };
}

function runsOf(made: MadeUp): RunRecord[] {
  const seeds = made.seeds ?? [0, 1, 2];
  const middle = seeds.reduce((sum, seed) => sum + seed, 0) / seeds.length;
  return seeds.flatMap((seed) =>
    (made.steps ?? [0]).map((step) => {
      const scale = 1.5 ** (seed - middle) * (1 + step) ** 0.25;
      const depth = made.depth ?? 56;
      const loss = 2.3 * (1 + 0.05 * (seed - middle)) * (made.shortcut === "none" ? 1 : 0.97 ** step);
      const cifar = { shortcut: made.shortcut, norm: made.norm ?? "none", init: "xavier", width: 4 };
      const model = `depth ${depth}, shortcut ${cifar.shortcut}, norm ${cifar.norm}, xavier`;
      return { model, depth, cifar, seed, step, loss, layers: layersOf(made, (depth - 2) / 2, scale) };
    }),
  );
}

function layersOf(made: MadeUp, blocks: number, scale: number): LayerRecord[] {
  const names = ["stem"];
  for (let block = 0; block < blocks; block++) {
    names.push(`layer${1 + Math.floor((3 * block) / blocks)}.${block % (blocks / 3)}`);
  }
  return [...names, "linear"].map((name, index) => {
    const last = made.last ?? 0.05;
    const norm = index > blocks ? last : last * scale * made.factor ** (2 * (blocks - index));
    const block = name.startsWith("layer");
    const residual = block && made.shortcut !== "none";
    const weight = name === "linear" ? null : (made.weightGrad?.(index, blocks) ?? last * made.factor ** (2 * blocks));
    return {
      index,
      name,
      forward: 0,
      depth: name === "linear" ? 2 * blocks + 2 : 2 * index + 1,
      isBottleneck: true,
      outputShape: [4, 4, 8, 8],
      within: null,
      splits: [],
      activationGradNorm: norm,
      weightGradNorm: weight === null ? null : weight * scale,
      identityGradNorm: residual ? norm * 0.9 : null,
      branchGradNorm: block ? norm * (residual ? 0.2 : 1) : null, // in a plain net everything comes this way
      activationMean: 0.01 * index,
      activationStd: made.shortcut === "none" && made.norm === "none" ? made.factor ** (2 * index) : 1,
      deadFraction: name === "linear" ? null : 0.125,
      weightNorm: name === "linear" ? null : 3,
      updateRatio: null,
      reasons: name === "linear" ? {} : { updateRatio: "no-step" },
    };
  });
}
