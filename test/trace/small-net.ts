/** A small CIFAR net with a batch and a loss, and what the tests of trace ask of it. */
import { expect } from "vitest";
import {
  type CifarNet,
  type CifarNetOptions,
  cifarNet,
  crossEntropy,
  generator,
  type LayerRecord,
  type Module,
  type PassRecord,
  randn,
  type Tensor,
  tensor,
  trace,
} from "../../src/index.js";

/** The numbers of a tensor. */
export function numbers(t: Tensor): number[] {
  return [...t.dataSync()];
}

/** L2 norm. */
export function norm(values: readonly number[]): number {
  return Math.hypot(...values);
}

/** Random images of 8 pixels a side. */
export function images(batch = 2, seed = 1): Tensor {
  return randn([batch, 3, 8, 8], { generator: generator(seed) });
}

/** The classes of two images. */
export function labels(): Tensor {
  return tensor([3, 7], { dtype: "int32" });
}

/** A forward pass and its loss. */
export function lossOf(model: Module): Tensor {
  return crossEntropy(model.forward(images()), labels());
}

/** A net of depth 8 and width 4, always the same. */
export function net(options: Partial<CifarNetOptions> = {}): CifarNet {
  return cifarNet({ depth: 8, width: 4, generator: generator(0), ...options });
}

/** What a trace of `model` records while `run` runs one backward pass. */
export async function traced(model: Module, run: () => void): Promise<PassRecord> {
  const tracing = trace(model);
  run();
  const passes = await tracing.read();
  tracing.remove();
  expect(passes).toHaveLength(1);
  return passes[0] as PassRecord;
}

/** The record of a layer. */
export function layerOf(pass: PassRecord, name: string): LayerRecord {
  const layer = pass.layers.find((one) => one.name === name);
  if (layer === undefined) throw new Error(`no layer ${name}`);
  return layer;
}

/** Compares two numbers relative to the second. */
export function expectClose(got: number | null | undefined, expected: number, relative = 1e-10): void {
  expect(Math.abs((got ?? Number.NaN) - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}
