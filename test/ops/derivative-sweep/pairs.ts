/** The derivatives of functions of two numbers. */
import * as lg from "../../../src/index.js";
import { binary, type SweepEntry, unary } from "./entry.js";
import { power, scaledExp, sigma } from "./exact.js";

const positive = (x: number): boolean => x > 0;

export const pairSweep: readonly SweepEntry[] = [
  binary("add", lg.add, [() => 1, () => 1]),
  binary("sub", lg.sub, [() => 1, () => -1]),
  binary("mul", lg.mul, [(_, b) => b, (a) => a]),
  binary("div", lg.div, [(_, b) => 1 / b, (a, b) => -a / (b * b)]),
  binary("maximum", lg.maximum, [(a, b) => (a === b ? 0.5 : Number(a > b)), (a, b) => (a === b ? 0.5 : Number(b > a))]),
  binary("minimum", lg.minimum, [(a, b) => (a === b ? 0.5 : Number(a < b)), (a, b) => (a === b ? 0.5 : Number(b < a))]),
  binary("atan2", lg.atan2, [(y, x) => x / (x * x + y * y), (y, x) => -y / (x * x + y * y)]),
  binary("pow", lg.pow, [(a, b) => b * power(a, b - 1), (a, b) => scaledExp(Math.log(a), b * Math.log(a))], {
    within: positive,
  }),
  unary(
    "pow",
    (x) => lg.pow(x, 3),
    (x) => 3 * x * x,
    { title: "a cube" },
  ),
  unary(
    "pow",
    (x) => lg.pow(x, -2),
    (x) => -2 / x ** 3,
    { title: "an inverse square", poles: [0] },
  ),
  binary("where", (a, b) => lg.where(lg.greater(a, b), a, b), [(a, b) => Number(a > b), (a, b) => Number(a <= b)]),
  binary("hypot", lg.hypot, [(a, b) => a / Math.hypot(a, b), (a, b) => b / Math.hypot(a, b)]),
  binary("fmod", lg.fmod, [() => 1, (a, b) => -Math.trunc(a / b)]),
  binary("remainder", lg.remainder, [() => 1, (a, b) => -Math.floor(a / b)]),
  binary("floorDivide", lg.floorDivide, [() => 0, () => 0]),
  binary("xlogy", lg.xlogy, [(_, y) => Math.log(y), (x, y) => x / y], { within: (_, y) => y > 0 }),
  binary("logaddexp", lg.logaddexp, [(a, b) => sigma(a - b), (a, b) => sigma(b - a)]),
  binary("lerp", (a, b) => lg.lerp(a, b, 0.375), [() => 0.625, () => 0.375]),
  binary("lerp", (a, weight) => lg.lerp(a, 3, weight), [(_, w) => 1 - w, (a) => 3 - a], { title: "by the weight" }),
];
