/** Special values of functions of two numbers: IEEE 754's, and the derivatives that follow or are agreed on. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { binary, inf, nan, type SpecialCase, type SpecialRow } from "./row.js";

const { PI: pi, LN2: ln2 } = Math;

// a, b, aᵇ, its derivative by a, by b
// biome-ignore format: a table
const powers: readonly SpecialCase[] = [
  [nan, 0, 1, 0, nan], [nan, -0, 1, 0, nan], [0, 0, 1, 0, 0], [-0, 0, 1, 0, 0], [inf, 0, 1, 0, inf], [-3, 0, 1, 0, nan],
  [1, nan, 1, nan, 0], [1, inf, 1, inf, 0], [1, -inf, 1, -inf, 0], [-1, inf, 1, null, nan], [-1, -inf, 1, null, nan],
  [nan, 1, nan, 1, nan], [nan, 2, nan, nan, nan], [2, nan, nan, nan, nan], [0, nan, nan, nan, nan],
  [-0, -1, -inf, -inf, inf], [-0, -3, -inf, -inf, inf], [-0, -2, inf, inf, -inf], [-0, -0.5, inf, -inf, -inf],
  [0, -1, inf, -inf, -inf], [0, -2, inf, -inf, -inf], [0, -0.5, inf, -inf, -inf],
  [-0, 1, -0, 1, 0], [-0, 3, -0, 0, 0], [-0, 2, 0, 0, 0], [-0, 0.5, 0, inf, 0], [0, 1, 0, 1, 0], [0, 3, 0, 0, 0], [0, 0.5, 0, inf, 0],
  [0, inf, 0, 0, 0], [0, -inf, inf, -inf, -inf], [-0, inf, 0, 0, 0], [-0, -inf, inf, null, -inf],
  [0.5, inf, 0, 0, 0], [0.5, -inf, inf, -inf, -inf], [2, inf, inf, inf, inf], [2, -inf, 0, 0, 0],
  [-2, inf, inf, null, nan], [-2, -inf, 0, 0, nan], [-0.5, inf, 0, 0, nan], [-0.5, -inf, inf, null, nan],
  [inf, 2, inf, inf, inf], [inf, 0.5, inf, 0, inf], [inf, -2, 0, 0, 0], [inf, inf, inf, inf, inf], [inf, -inf, 0, 0, 0],
  [-inf, 3, -inf, inf, nan], [-inf, 2, inf, -inf, nan], [-inf, -3, -0, 0, nan], [-inf, -2, 0, 0, nan], [-inf, 0.5, inf, 0, nan],
  [-inf, -0.5, 0, 0, nan], [-8, 1 / 3, nan, nan, nan], [-2, 3, -8, 12, nan], [-2, -1, -0.5, -0.25, nan],
];

// y, x, the angle, its derivative by y, by x
// biome-ignore format: a table
const angles: readonly SpecialCase[] = [
  [0, 0, 0, 0, 0], [-0, 0, -0, 0, 0], [0, -0, pi, 0, 0], [-0, -0, -pi, 0, 0],
  [0, 1, 0, 1, 0], [-0, 1, -0, 1, 0], [0, -1, pi, -1, 0], [-0, -1, -pi, -1, 0],
  [1, 0, pi / 2, 0, -1], [1, -0, pi / 2, 0, -1], [-1, 0, -pi / 2, 0, 1],
  [1, inf, 0, 0, 0], [-1, inf, -0, 0, 0], [1, -inf, pi, 0, 0], [-1, -inf, -pi, 0, 0],
  [inf, 1, pi / 2, 0, 0], [-inf, 1, -pi / 2, 0, 0], [inf, inf, pi / 4, 0, 0], [inf, -inf, (3 * pi) / 4, 0, 0],
  [-inf, inf, -pi / 4, 0, 0], [-inf, -inf, (-3 * pi) / 4, 0, 0], [nan, 1, nan, nan, nan], [1, nan, nan, nan, nan],
  [nan, inf, nan, nan, nan],
];

// biome-ignore format: tables
const arithmetic: readonly SpecialRow[] = [
  binary("add", lg.add, [[inf, -inf, nan, 1, 1], [0, -0, 0, 1, 1], [-0, -0, -0, 1, 1], [nan, 1, nan, 1, 1], [inf, 1, inf, 1, 1]]),
  binary("sub", lg.sub, [[inf, inf, nan, 1, -1], [-0, 0, -0, 1, -1], [0, 0, 0, 1, -1], [1, inf, -inf, 1, -1]]),
  binary("mul", lg.mul, [[0, inf, nan, inf, 0], [-0, 2, -0, 2, 0], [inf, -2, -inf, -2, inf], [nan, 0, nan, 0, nan]]),
  binary("div", lg.div, [
    [1, 0, inf, inf, -inf], [1, -0, -inf, -inf, -inf], [-1, 0, -inf, inf, inf], [0, 0, nan, inf, nan], [inf, inf, nan, 0, nan],
    [1, inf, 0, 0, 0], [1, -inf, -0, 0, 0], [0, -2, -0, -0.5, 0], [inf, 2, inf, 0.5, -inf], [nan, 1, nan, 1, nan],
  ]),
  binary("maximum", lg.maximum, [
    [nan, 1, nan, 1, 1], [1, nan, nan, 1, 1], [nan, nan, nan, 1, 1], [inf, -inf, inf, 1, 0], [inf, inf, inf, 0.5, 0.5], [-inf, 2, 2, 0, 1],
  ]),
  binary("minimum", lg.minimum, [
    [nan, 1, nan, 1, 1], [1, nan, nan, 1, 1], [nan, nan, nan, 1, 1], [inf, -inf, -inf, 0, 1], [inf, inf, inf, 0.5, 0.5], [inf, 2, 2, 0, 1],
  ]),
  binary("pow", lg.pow, powers),
  binary("atan2", lg.atan2, angles),
  binary("hypot", lg.hypot, [
    [0, 0, 0, 0, 0], [inf, 1, inf, nan, 0], [1, -inf, inf, 0, nan], [-inf, nan, inf, nan, nan], [nan, inf, inf, nan, nan],
    [nan, 1, nan, nan, nan], [-3, 4, 5, -0.6, 0.8], [-0, 2, 2, 0, 1],
  ]),
  binary("fmod", lg.fmod, [
    [nan, 1, nan, 1, nan], [1, nan, nan, 1, nan], [inf, 1, nan, 1, null], [1, 0, nan, 1, null], [inf, inf, nan, 1, nan],
    [1, inf, 1, 1, 0], [-1, inf, -1, 1, 0], [1, -inf, 1, 1, 0], [-0, 2, -0, 1, 0], [0, -2, 0, 1, 0], [-7, 2, -1, 1, 3], [3, -2, 1, 1, 1],
  ]),
  binary("remainder", lg.remainder, [
    [nan, 1, nan, 1, nan], [1, nan, nan, 1, nan], [inf, 1, nan, 1, null], [1, 0, nan, 1, null], [inf, inf, nan, 1, nan],
    [1, inf, 1, 1, 0], [-1, inf, inf, 1, 1], [1, -inf, -inf, 1, 1], [-1, -inf, -1, 1, 0], [-0, 2, -0, 1, 0], [-7, 2, 1, 1, 4], [3, -2, -1, 1, 2],
  ]),
  { ignoresZeroSigns: true, ...binary("floorDivide", lg.floorDivide, [
    [nan, 1, nan, 0, 0], [1, nan, nan, 0, 0], [inf, 1, nan, 0, 0], [inf, inf, nan, 0, 0], [1, 0, inf, 0, 0], [-1, 0, -inf, 0, 0], [0, 0, nan, 0, 0],
    [1, inf, 0, 0, 0], [-1, inf, -1, 0, 0], [1, -inf, -1, 0, 0], [-1, -inf, 0, 0, 0], [-7, 2, -4, 0, 0], [3, -2, -2, 0, 0],
  ]) },
  { ignoresZeroSigns: true, ...binary("xlogy", lg.xlogy, [
    [0, 0, 0, 0, 0], [-0, 0, 0, 0, 0], [0, -1, 0, 0, 0], [0, inf, 0, inf, 0], [0, nan, nan, nan, nan], [nan, 1, nan, 0, nan], [nan, 0, nan, -inf, nan],
    [2, 0, -inf, -inf, inf], [-5, 0, inf, -inf, -inf], [1, inf, inf, inf, 0], [inf, inf, inf, inf, nan], [inf, 1, nan, 0, inf], [1, -1, nan, nan, null],
  ]) },
  binary("logaddexp", lg.logaddexp, [
    [inf, inf, inf, 0.5, 0.5], [-inf, -inf, -inf, 0.5, 0.5], [inf, -inf, inf, 1, 0], [-inf, 2, 2, 0, 1], [inf, 1, inf, 1, 0],
    [nan, 1, nan, nan, nan], [inf, nan, nan, nan, nan], [0, 0, ln2, 0.5, 0.5],
  ]),
  binary("lerp", (a, b) => lg.lerp(a, b, 0.25), [
    [inf, 1, inf, 0.75, 0.25], [1, -inf, -inf, 0.75, 0.25], [inf, -inf, nan, 0.75, 0.25], [inf, inf, inf, 0.75, 0.25],
    [nan, 1, nan, 0.75, 0.25], [1, nan, nan, 0.75, 0.25], [-0, 0, -0, 0.75, 0.25],
  ]),
  binary("lerp", (a, weight) => lg.lerp(a, 3, weight), [
    [1, inf, nan, -inf, 2], [3, inf, 3, -inf, 0], [1, nan, nan, nan, 2], [inf, 0.5, inf, 0.5, -inf], [3, nan, 3, nan, 0],
  ], "by the weight"),
  binary("where", (a, b) => lg.where(lg.isNaN(a), b, a), [[nan, 3, 3, 0, 1], [2, nan, 2, 1, 0], [-0, 1, -0, 1, 0]]),
];

const ordinary: readonly (readonly [number, number])[] = [
  [nan, nan],
  [nan, 1],
  [0, -0],
  [inf, inf],
  [-inf, inf],
  [2, -inf],
];

/** A comparison: whether it holds of the pairs above. */
function comparison(op: string, call: (a: Tensor, b: Tensor) => Tensor, holds: readonly number[]): SpecialRow {
  return binary(
    op,
    call,
    ordinary.map(([a, b], i): SpecialCase => [a, b, holds[i] as number]),
  );
}

const comparisons: readonly SpecialRow[] = [
  comparison("equal", lg.equal, [0, 0, 1, 1, 0, 0]),
  comparison("notEqual", lg.notEqual, [1, 1, 0, 0, 1, 1]),
  comparison("greater", lg.greater, [0, 0, 0, 0, 0, 1]),
  comparison("greaterEqual", lg.greaterEqual, [0, 0, 1, 1, 0, 1]),
  comparison("less", lg.less, [0, 0, 0, 0, 1, 0]),
  comparison("lessEqual", lg.lessEqual, [0, 0, 1, 1, 1, 0]),
];

export const pairSpecials: readonly SpecialRow[] = [...arithmetic, ...comparisons];
