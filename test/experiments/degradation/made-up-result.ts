/** Results of made-up degradation experiments. */
import type { DegradationResult, TrainedNetwork } from "../../../src/index.js";

/** Training errors at the end, one for each seed, by kind and depth; test errors are 0.05 larger. */
export interface PlantedErrors {
  readonly plain?: Readonly<Record<number, readonly number[]>>;
  readonly residual?: Readonly<Record<number, readonly number[]>>;
}

/** A result in which every net falls from 0.9 to its planted error in two steps of looking. */
export function madeUpResult(errors: PlantedErrors, changes: Partial<DegradationResult> = {}): DegradationResult {
  const networks = (["plain", "residual"] as const).flatMap((kind) =>
    Object.entries(errors[kind] ?? {}).flatMap(([depth, seeds]) =>
      seeds.map((error, seed) => madeUpNetwork(kind, Number(depth), seed, error)),
    ),
  );
  const depths = [...new Set(networks.map(({ depth }) => depth))].sort((a, b) => a - b);
  const seeds = Math.max(1, ...networks.map(({ seed }) => seed + 1));
  const optimiser = { lr: 0.03, momentum: 0.9, weightDecay: 1e-4 };
  return {
    ...{ version: "0", format: 1, device: "simd", provenance: "WebAssembly, 1 thread", data: "drawn images" },
    ...{ images: 100, testImages: 50, classes: 10, size: 16, complete: true },
    settings: { form: "cifar", depths, width: 8, batch: 4, steps: 40, seeds, seed: 0, ...optimiser },
    networks,
    ...changes,
  };
}

function madeUpNetwork(kind: "plain" | "residual", depth: number, seed: number, error: number): TrainedNetwork {
  const point = (step: number, one: number) => {
    return { step, trainingLoss: 2 * one, trainingError: one, testLoss: 2.2 * one, testError: one + 0.05 };
  };
  const model = `${kind === "plain" ? "plain" : "ResNet"}-${depth}`;
  return { model, kind, depth, seed, points: [point(20, 0.9), point(40, error)] };
}
