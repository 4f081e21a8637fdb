/** Tests of reductions over axes that are longer than what one cell of a kernel reduces: several passes, and a rest. */
import { beforeAll, describe, expect, it } from "vitest";
import { cumSum, generator, max, min, setDevice, sum, tensor } from "../../src/index.js";
import { scaledNorm } from "../../src/ops/reduce/reduce.js";

beforeAll(() => setDevice("reference"));

/** Shapes with one long axis, and which one: alone, inner, outer and between, with two passes and with three. */
const longAxes: readonly (readonly [shape: readonly number[], axis: number])[] = [
  [[300], 0],
  [[129], 0],
  [[3, 300], 1],
  [[3, 301], 1],
  [[300, 3], 0],
  [[2, 301, 3], 1],
  [[20_000], 0],
  [[2, 16_500, 2], 1],
];

function numbers(count: number): number[] {
  const random = generator(7);
  return Array.from({ length: count }, () => random.integer(-50, 50));
}

/** Folds the long axis in plain JavaScript. */
function fold(
  values: readonly number[],
  shape: readonly number[],
  axis: number,
  f: (a: number, b: number) => number,
): number[] {
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  const size = shape[axis] as number;
  const result: number[] = [];
  values.forEach((value, i) => {
    const place = Math.floor(i / (inner * size)) * inner + (i % inner);
    const before = result[place];
    result[place] = before === undefined ? value : f(before, value);
  });
  return result;
}

describe.each(longAxes)("over a long axis of %j", (shape, axis) => {
  const values = numbers(shape.reduce((product, n) => product * n, 1));
  const x = () => tensor(Float64Array.from(values), { shape });

  it("sum adds up every element once", () => {
    expect(Array.from(sum(x(), { axis }).dataSync())).toEqual(fold(values, shape, axis, (a, b) => a + b));
  });

  it("cumSum comes to the sum, and gives back every element by differences", () => {
    const sums = cumSum(x(), { axis });
    const size = shape[axis] as number;
    const start = shape.map(() => 0);
    const last = sums.slice({ start: start.with(axis, size - 1) });
    expect(Array.from(last.dataSync())).toEqual(fold(values, shape, axis, (a, b) => a + b));
    const [before, after] = [
      sums.slice({ end: shape.with(axis, size - 1) }),
      sums.slice({ start: start.with(axis, 1) }),
    ];
    expect(after.sub(before).dataSync()).toEqual(
      x()
        .slice({ start: start.with(axis, 1) })
        .dataSync(),
    );
  });

  it("max and min see every element", () => {
    expect(Array.from(max(x(), { axis }).dataSync())).toEqual(fold(values, shape, axis, Math.max));
    expect(Array.from(min(x(), { axis }).dataSync())).toEqual(fold(values, shape, axis, Math.min));
    for (const place of [0, 127, 128, values.length - 1]) {
      for (const peak of [99, Number.NaN]) {
        const peaked = values.with(place, peak);
        const got = max(tensor(Float64Array.from(peaked), { shape }), { axis }).dataSync();
        expect(Array.from(got)).toEqual(fold(peaked, shape, axis, Math.max));
      }
    }
  });

  it("the norm is the root of the sum of squares, and does not underflow", () => {
    const expected = Math.hypot(...values);
    expect(scaledNorm(x()).itemSync()).toBeCloseTo(expected, 9);
    const tiny = scaledNorm(
      tensor(
        Float64Array.from(values, (v) => v * 1e-200),
        { shape },
      ),
    ).itemSync();
    expect(tiny / (expected * 1e-200)).toBeCloseTo(1, 12);
  });
});

describe("scaledNorm", () => {
  it("is 0 of zeros, and takes negative numbers for what they are", () => {
    expect(scaledNorm(tensor([0, 0, 0])).itemSync()).toBe(0);
    expect(scaledNorm(tensor([-3, 0, 4])).itemSync()).toBe(5);
    expect(scaledNorm(tensor([[-7]])).itemSync()).toBe(7);
  });

  it("is a scalar", () => {
    expect(scaledNorm(tensor([[3, 4]])).shape).toEqual([]);
    expect(scaledNorm(tensor([[-7]])).shape).toEqual([]);
  });
});
