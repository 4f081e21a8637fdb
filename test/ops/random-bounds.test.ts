/** Tests that random tensors keep their bounds whatever the device rounds, and draw the same numbers everywhere. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Generator, generator, rand, randint, ValueError } from "../../src/index.js";
import { float32Below, float32From } from "../../src/ops/float32.js";

const devices = ["reference", "simd", "webasm", "cpu"] as const;

/** A generator whose uniform draws are the ends of the range and what lies just inside. */
function atTheEnds(): Generator {
  let calls = 0;
  return {
    ...generator(0),
    uniform: (low = 0, high = 1) => {
      const t = [0, 1 - 2 ** -53, 2 ** -53, 0.5][calls++ % 4] as number;
      return Math.min(low + (high - low) * t, high - Math.abs(high) * 2 ** -52);
    },
  };
}

describe("the float32 numbers around a number", () => {
  it("are neighbours, one below and one not below", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -3e38, max: 3e38 }), (value) => {
        const [below, from] = [float32Below(value), float32From(value)];
        expect(Math.fround(below)).toBe(below);
        expect(below).toBeLessThan(value);
        expect(from).toBeGreaterThanOrEqual(value);
        const between = Math.fround(below + (from - below) / 2);
        expect(between === below || between === from).toBe(true);
      }),
    );
    expect(float32Below(1)).toBe(1 - 2 ** -24);
    expect(float32Below(0)).toBe(-(2 ** -149));
    expect(float32Below(-1)).toBe(-1 - 2 ** -23);
    expect(float32Below(1e39)).toBe(3.4028234663852886e38);
    expect(float32From(0.7)).toBeGreaterThan(0.7);
  });
});

describe.each(devices)("rand on %s", (device) => {
  it("stays in [low, high), at the ends too", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e30, max: 1e30, noNaN: true }),
        fc.double({ min: 1e-12, max: 1 }),
        (low, share) => {
          const high = low + Math.max(Math.abs(low), 1e-30) * share;
          fc.pre(low < high);
          const isEmpty = device !== "reference" && float32From(low) >= high;
          const draw = () => rand([8], { low, high, generator: atTheEnds(), device });
          if (isEmpty) {
            expect(draw).toThrow(ValueError);
            return;
          }
          for (const value of draw().dataSync()) {
            expect(value).toBeGreaterThanOrEqual(low);
            expect(value).toBeLessThan(high);
          }
        },
      ),
      { numRuns: device === "webasm" ? 20 : 200 },
    );
  });

  it("rounds a draw to the nearest number inside, and draws no more for that", () => {
    const next = generator(0);
    const exact = Array.from({ length: 2000 }, () => next.uniform(0.9999, 1));
    const got = Array.from(rand([2000], { low: 0.9999, high: 1, generator: generator(0), device }).dataSync());
    const rounded = (v: number) => (device === "reference" ? v : Math.min(Math.fround(v), 1 - 2 ** -24));
    expect(got).toEqual(exact.map(rounded));
    if (device !== "reference") expect(exact.some((v) => Math.fround(v) === 1)).toBe(true);
  });
});

describe("rand", () => {
  it("says that no float32 number is in a range", () => {
    const between = { low: 1 + 2 ** -30, high: 1 + 2 ** -29, generator: generator(0) };
    expect(() => rand([1], { ...between, device: "simd" })).toThrow("rand: there is no float32 number from 1.");
    expect(rand([1], { ...between, device: "reference" }).itemSync()).toBeGreaterThan(1);
  });
});

describe.each(devices)("randint on %s", (device) => {
  const most = device === "reference" ? 2 ** 31 - 1 : 2 ** 24;

  it("keeps its bounds at the largest integers", () => {
    const draw = (low: number, high: number) =>
      Array.from(randint(low, high, [50], { generator: generator(0), device }).dataSync());
    for (const value of draw(most - 1, most + 1)) expect(value === most - 1 || value === most).toBe(true);
    for (const value of draw(-most, 2 - most)) expect(value === -most || value === 1 - most).toBe(true);
  });

  it("refuses bounds that the device cannot hold, whatever is drawn", () => {
    for (const dtype of ["int32", device === "reference" ? "int32" : "float32"] as const) {
      expect(() => randint(0, most + 2, [1], { dtype, generator: generator(0), device })).toThrow(ValueError);
      expect(() => randint(-most - 1, 0, [1], { dtype, generator: generator(0), device })).toThrow(ValueError);
    }
  });

  it("gives floats where asked for", () => {
    const dtype = device === "reference" ? "float64" : "float32";
    const x = randint(0, 3, [4], { dtype, generator: generator(0), device });
    expect(x.dtype).toBe(dtype);
  });
});
