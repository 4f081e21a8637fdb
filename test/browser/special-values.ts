/** Which special values (NaN, ±∞, zero, huge numbers) a device treats differently from the reference. */
import * as livegrad from "../../src/index.js";
import { type DeviceName, type Tensor, tensor, withDevice } from "../../src/index.js";

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

/** Denormals are left out: every GPU may flush them to zero. */
const values: readonly number[] = [Number.NaN, Infinity, -Infinity, 0, 1e38, -1e38, 100, -100, 2, -3];

/** Without sin and cos, which are left to the driver beyond 8,192. */
// biome-ignore format: a table
const unary: readonly string[] = [
  "neg", "abs", "sign", "exp", "log", "sqrt", "rsqrt", "square", "reciprocal", "tanh", "sigmoid", "relu",
  "softplus", "logSigmoid", "erf", "expm1", "log1p", "gelu", "silu", "max", "min", "sum", "logSumExp", "isNaN",
  "isFinite", "isInf", "asin", "acos", "atan", "asinh", "acosh", "atanh", "sinh", "cosh", "floor", "ceil", "round",
  "relu6", "hardSigmoid", "selu", "mish",
  "prod", "norm", "any", "all", "argMax", "argMin", "argSort",
];
/** Those that look at all values at once. */
// biome-ignore format: a table
const wholes: readonly string[] = [
  "max", "min", "sum", "logSumExp", "prod", "norm", "any", "all", "argMax", "argMin", "argSort",
];
// biome-ignore format: a table
const binary: readonly string[] = [
  "add", "sub", "mul", "div", "pow", "maximum", "minimum", "equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual",
  "atan2",
];

/** One line an op that differs, such as `log(NaN) is 0, not NaN`. */
export async function specialValues(device: DeviceName): Promise<string[]> {
  const ops = livegrad as unknown as Record<string, Unary & Binary>;
  const lines: string[] = [];
  for (const name of unary) {
    const op = ops[name];
    if (op === undefined) continue;
    const compute = () => op(tensor([...values], { shape: [values.length] }));
    const whole = wholes.includes(name);
    if (whole) lines.push(...(await differences(device, compute, () => `${name} over all`)));
    else lines.push(...(await differences(device, compute, (i) => `${name}(${values[i]})`)));
  }
  const left = values.flatMap((a) => values.map(() => a));
  const right = values.flatMap(() => [...values]);
  for (const name of binary) {
    const op = ops[name];
    if (op === undefined) continue;
    const compute = () => op(tensor(left), tensor(right));
    lines.push(...(await differences(device, compute, (i) => `${name}(${left[i]}, ${right[i]})`)));
  }
  return lines;
}

async function differences(
  device: DeviceName,
  compute: () => Tensor,
  nameOf: (i: number) => string,
): Promise<string[]> {
  try {
    const got = Array.from(await withDevice(device, compute).data());
    const wanted = Array.from(await withDevice("reference", compute).data(), Math.fround);
    const wrong = wanted.flatMap((value, i) =>
      same(got[i] as number, value) ? [] : [`${nameOf(i)} is ${got[i]}, not ${value}`],
    );
    return wrong.length === 0 ? [] : [wrong.join("; ")];
  } catch (error) {
    return [`${nameOf(0)}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function same(got: number, wanted: number): boolean {
  if (Number.isNaN(wanted)) return Number.isNaN(got);
  if (!Number.isFinite(wanted)) return got === wanted;
  return Math.abs(got - wanted) <= 1e-4 * Math.abs(wanted) + 1e-30;
}
