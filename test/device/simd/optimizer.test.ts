/** Tests of the SIMD kernels of the optimisers: the portable kernels' numbers, for every size and special value. */
import { describe, expect, it } from "vitest";
import { flopsOf } from "../../../src/kernels/cost.js";
import type { KernelFunction } from "../../../src/kernels/kernel.js";
import * as kernels from "../../../src/kernels/optimizer.js";
import { checkLaunch, numbers, specials } from "./launches.js";

interface Case {
  readonly kernel: KernelFunction;
  readonly constants: Readonly<Record<string, number>>;
  readonly rates: readonly number[];
  /** Operations of an element. */
  readonly flops: number;
  /** The kernel's last input of the parameter's size may not be negative. */
  readonly takesSquares?: boolean;
}

const sgd = [0.5, 0.125, 0.75, 0.625, -1];
const adam = [0.75, 0.25, 0.875, 0.125, 0.5, -1];
const { sgdVelocity, sgdStep, firstMoment, secondMoment, adamStep } = kernels;
const cases: readonly Case[] = [
  { kernel: sgdVelocity, constants: { started: 0, decays: 0 }, rates: sgd, flops: 1 },
  { kernel: sgdVelocity, constants: { started: 0, decays: 1 }, rates: sgd, flops: 3 },
  { kernel: sgdVelocity, constants: { started: 1, decays: 0 }, rates: sgd, flops: 4 },
  { kernel: sgdVelocity, constants: { started: 1, decays: 1 }, rates: sgd, flops: 6 },
  { kernel: sgdStep, constants: { decays: 0, looksAhead: 0 }, rates: sgd, flops: 3 },
  { kernel: sgdStep, constants: { decays: 1, looksAhead: 0 }, rates: sgd, flops: 5 },
  { kernel: sgdStep, constants: { decays: 0, looksAhead: 1 }, rates: sgd, flops: 5 },
  { kernel: sgdStep, constants: { decays: 1, looksAhead: 1 }, rates: sgd, flops: 7 },
  { kernel: firstMoment, constants: { decays: 0 }, rates: adam, flops: 4 },
  { kernel: firstMoment, constants: { decays: 1 }, rates: adam, flops: 6 },
  { kernel: secondMoment, constants: { decays: 0 }, rates: adam, flops: 5 },
  { kernel: secondMoment, constants: { decays: 1 }, rates: adam, flops: 7 },
  { kernel: adamStep, constants: { decays: 0 }, rates: [0.5, 0.25, 0.125], flops: 5, takesSquares: true },
  { kernel: adamStep, constants: { decays: 1 }, rates: [0.5, 0.25, 0.125], flops: 7, takesSquares: true },
];
const named = cases.map((item) => [`${item.kernel.name} ${JSON.stringify(item.constants)}`, item] as const);

/** Sums of a few terms of size 4 that may cancel: each rounds to a share of the largest. */
const rounding = { absolute: 4e-6 };

describe.each(named)("%s", (_name, { kernel, constants, rates, flops, takesSquares = false }) => {
  const launch = (count: number) => ({ kernel, threads: [count, 1, 1] as const, constants });

  it.each([1, 2, 3, 4, 5, 8191, 8192, 8193, 20_011, 100_003])("has the portable numbers for %i elements", (count) => {
    const [a, b, c] = [1, 2, 3].map((seed) => numbers(count, seed)) as [Float32Array, Float32Array, Float32Array];
    checkLaunch(launch(count), [a, b, takesSquares ? c.map((x) => x * x) : c, Float32Array.from(rates)], rounding);
  });

  it("keeps NaN and infinities of every input", () => {
    const shared = Float32Array.from(rates);
    const plain = numbers(specials.length, 7).map(Math.abs);
    for (const place of [0, 1, 2]) {
      const inputs = [0, 1, 2].map((i) => (i === place ? specials : plain));
      checkLaunch(launch(specials.length), [...inputs, shared], { ulps: 4, ...rounding });
    }
  });

  it("counts its operations", () => {
    expect(flopsOf(kernel, 10, constants)).toBe(10 * flops);
  });
});
