/** Tests of the SIMD kernel of rotations. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../../../src/device/reference.js";
import { rotate, rotations } from "../../../src/kernels/rotation.js";
import { checkLaunch, numbers } from "./launches.js";

const reference = new ReferenceDevice();

/** How the indices turn in a round, by the portable kernel. */
function turnsOf(a: Float32Array, size: number, count: number, round: number): Float32Array {
  const constants = { size, players: size + (size % 2), matrix: 2 * size * size };
  const inputs = [a, [round]].map((values) => reference.upload(values));
  return Float32Array.from(
    reference.readSync(reference.run({ kernel: rotations, threads: [size, 3, count], constants }, inputs)),
  );
}

describe("rotate", () => {
  it("has the numbers of the portable kernel in every round", () => {
    const layouts = fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      count: fc.constantFrom(1, 2, 3),
      seed: fc.nat(),
      i: fc.nat(),
    });
    const property = fc.property(layouts, ({ size, count, seed, i }) => {
      const a = numbers(count * 2 * size * size, seed);
      const turns = turnsOf(a, size, count, i % Math.max(1, size + (size % 2) - 1));
      const launch = {
        kernel: rotate,
        threads: [size, 2 * size, count] as const,
        constants: { size, matrix: 2 * size * size },
      };
      checkLaunch(launch, [a, turns], { ulps: 2, absolute: 16 * 2 ** -22 });
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe("rotations", () => {
  it.each([2, 3, 6, 7])("lets each of %i indices meet each other once", (size) => {
    const a = numbers(2 * size * size, 1);
    const rounds = size + (size % 2) - 1;
    const met = Array.from({ length: rounds }, (_, round) => [...turnsOf(a, size, 1, round).subarray(2 * size)]);
    for (const partners of met) expect(partners.map((partner) => partners[partner])).toEqual(partners.map((_, i) => i));
    const pairs = met.flatMap((partners) => partners.flatMap((partner, i) => (partner > i ? [`${i} ${partner}`] : [])));
    expect(new Set(pairs).size).toBe((size * (size - 1)) / 2);
    expect(pairs.length).toBe((size * (size - 1)) / 2);
  });
});
