/** Tests of how exact the elementwise functions are: each number on its own, to the last digits of float64. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

beforeAll(() => lg.setDevice("reference"));

/** From −limit to limit, both included, with the middle and both sides of every bound that a formula changes at. */
function numbers(limit: number, bounds: readonly number[] = []): number[] {
  const even = Array.from({ length: 81 }, (_, i) => (limit * (i - 40)) / 40);
  const near = bounds.flatMap((bound) => [0.99 * bound, bound, 1.01 * bound]);
  return [...even, ...near, ...near.map((x) => -x), 1e-3, -1e-3, 1e-9, -1e-9];
}

const log1pExp = (x: number) => Math.log1p(Math.exp(-Math.abs(x)));

const functions: readonly [
  name: string,
  op: (x: lg.Tensor) => lg.Tensor,
  exact: (x: number) => number,
  at: readonly number[],
][] = [
  ["sin", lg.sin, Math.sin, numbers(8)],
  ["cos", lg.cos, Math.cos, numbers(8)],
  ["sin of large numbers", lg.sin, Math.sin, numbers(9000, [8192, 20_000])],
  ["cos of large numbers", lg.cos, Math.cos, numbers(9000, [8192, 20_000])],
  ["sin of huge numbers", lg.sin, Math.sin, [1e12, -1e12, 3e15, -3e15]],
  ["cos of huge numbers", lg.cos, Math.cos, [1e12, -1e12, 3e15, -3e15]],
  ["exp", lg.exp, Math.exp, numbers(30)],
  ["expm1", lg.expm1, Math.expm1, numbers(2, [0.5])],
  ["log1p", lg.log1p, Math.log1p, numbers(0.9, [0.5])],
  ["sinh", lg.sinh, Math.sinh, numbers(3, [1])],
  ["cosh", lg.cosh, Math.cosh, numbers(3)],
  ["log", lg.log, Math.log, numbers(5).filter((x) => x > 0)],
  ["tanh", lg.tanh, Math.tanh, numbers(25, [20])],
  ["sigmoid", lg.sigmoid, (x) => 1 / (1 + Math.exp(-x)), numbers(30)],
  ["softplus", lg.softplus, (x) => (x > 20 ? x : Math.max(x, 0) + log1pExp(x)), numbers(30, [20])],
  ["logSigmoid", lg.logSigmoid, (x) => Math.min(x, 0) - log1pExp(x), numbers(30)],
];

describe("float64 results on the reference device", () => {
  it.each(functions)("of %s are exact to the last digits", (_name, op, exact, at) => {
    const got = op(lg.tensor([...at])).dataSync();
    for (const [i, x] of at.entries()) {
      const expected = exact(x);
      const allowed = 3e-15 * Math.max(Math.abs(expected), Math.min(1, Math.abs(x)));
      expect(Math.abs((got[i] as number) - expected), `at ${x}`).toBeLessThanOrEqual(allowed);
    }
  });

  // From tables of the function with 16 digits.
  it.each([
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [3.5, 0.9999992569016276],
    [5.1, 0.9999999999994507],
    [6.5, 1],
  ])("of erf(%d) are exact to 14 digits, on both sides", (x, expected) => {
    const [right, left] = lg.erf(lg.tensor([x, -x])).dataSync();
    expect(Math.abs((right as number) - expected)).toBeLessThan(1e-14);
    expect(left).toBe(-(right as number));
  });

  // By mpmath, with 60 digits; the last ones are the numbers next to 1.
  it.each([
    [10, 2.331467773621948],
    [30, 4.328028275800946],
    [36, 4.7745974236567505],
    [38, 4.9147993859240495],
    [45, 5.377767781541279],
    [50, 5.686128441310391],
    [52, 5.805018683193453],
    [53, 5.8635847487551676],
  ])("of erfinv(1 − 2^−%d) are exact to 14 digits, on both sides", (k, expected) => {
    const [right, left] = lg.erfinv(lg.tensor([1 - 2 ** -k, 2 ** -k - 1])).dataSync();
    expect(Math.abs((right as number) / expected - 1)).toBeLessThan(1e-14);
    expect(left).toBe(-(right as number));
  });
});
