/** Whether two tensors are close, and where they are not. */

import { isFloat } from "../autograd/dtype.js";
import { Tensor } from "../autograd/tensor.js";
import { DeviceError, ValueError } from "../errors.js";
import { type NestedNumbers, type TensorSource, tensor } from "../ops/create.js";
import { checkedOptions, type Given, number, type OptionKinds } from "../options.js";
import { coordinatesOf, formatShape, type Shape, sameShape } from "../shape.js";

/** How close is close: |received − expected| ≤ absolute + relative · |expected|.
 * @category Testing */
export interface ClosenessOptions {
  /** Default: PyTorch's, 1.3e-6 for float32, 1e-7 for float64, 0 for integers and bools. */
  readonly relative?: number | undefined;
  /** Default: PyTorch's, 1e-5 for float32, 1e-7 for float64, 0 for integers and bools. */
  readonly absolute?: number | undefined;
}

const closenessOptions: OptionKinds<ClosenessOptions> = { relative: number, absolute: number };

/** What `compareTensors` found.
 * @category Testing */
export interface Closeness {
  /** Whether the shapes agree and every element is close. */
  readonly isClose: boolean;
  /** The difference in words: both shapes, or the worst element with its index and both values. */
  readonly message: string;
}

/** What can be compared: a tensor, or the numbers of one.
 * @category Testing */
export type TensorLike = Tensor | NestedNumbers | TensorSource;

interface Numbers {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
  readonly precision: "exact" | "float32" | "float64" | null;
}

const defaults = {
  exact: { relative: 0, absolute: 0 },
  float32: { relative: 1.3e-6, absolute: 1e-5 },
  float64: { relative: 1e-7, absolute: 1e-7 },
} as const;

/** Compares two tensors, or nested arrays or numbers in their place, element by element. NaN is close to NaN alone, an infinity
 * to itself alone; a number stands for a scalar, of shape `[]`.
 * @throws DeviceError for a tensor on webgpu, which cannot be read at once: compare `await t.array()`
 * @category Testing */
export function compareTensors(received: TensorLike, expected: TensorLike, options: ClosenessOptions = {}): Closeness {
  const [a, b] = [numbersOf("received", received), numbersOf("expected", expected)];
  if (!sameShape(a.shape, b.shape)) {
    const message = `the shapes differ: received ${formatShape(a.shape)}, expected ${formatShape(b.shape)}`;
    return { isClose: false, message };
  }
  const { relative, absolute } = { ...defaults[precisionOf(a, b)], ...checked(options) };
  let [worst, worstExcess, count] = [-1, -1, 0];
  for (let i = 0; i < a.values.length; i++) {
    const [p, q] = [a.values[i] as number, b.values[i] as number];
    if (p === q || (Number.isNaN(p) && Number.isNaN(q))) continue;
    const [difference, allowed] = [Math.abs(p - q), absolute + relative * Math.abs(q)];
    if (difference <= allowed && Number.isFinite(q)) continue;
    count++;
    const excess = Number.isFinite(difference)
      ? difference / Math.max(allowed, Number.MIN_VALUE)
      : Number.POSITIVE_INFINITY;
    if (excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (count === 0) return { isClose: true, message: `all ${a.values.length} elements are close` };
  const [p, q] = [a.values[worst] as number, b.values[worst] as number];
  const message =
    `${count} of ${a.values.length} elements differ, most of all at ${formatShape(coordinatesOf(worst, a.shape))} ` +
    `(shape ${formatShape(a.shape)})\n  received    ${p}\n  expected    ${q}\n  difference  ${Math.abs(p - q)}, ` +
    `allowed ${absolute + relative * Math.abs(q)}`;
  return { isClose: false, message };
}

function numbersOf(side: string, value: TensorLike): Numbers {
  if (!(value instanceof Tensor)) {
    if (value === null || value === undefined) {
      throw new ValueError("toBeCloseToTensor", `${side} must be a tensor or numbers, got ${value}`);
    }
    const made = tensor(value, { device: "reference" });
    return { shape: made.shape, values: made.dataSync(), precision: null };
  }
  if (!value.device.synchronous) {
    throw new DeviceError(
      "toBeCloseToTensor",
      `${side} lives on ${value.device.name}, which cannot be read at once; compare what \`await t.array()\` gives`,
    );
  }
  const precision = isFloat(value.dtype) ? (value.dtype as "float32" | "float64") : "exact";
  return { shape: value.shape, values: value.dataSync(), precision };
}

/** The coarser of two; numbers take the other side's, and are float64 among themselves. */
function precisionOf(a: Numbers, b: Numbers): "exact" | "float32" | "float64" {
  if (a.precision === "float32" || b.precision === "float32") return "float32";
  return a.precision === "exact" && b.precision !== "float64" ? "exact" : (b.precision ?? a.precision ?? "float64");
}

function checked(options: ClosenessOptions): Given<ClosenessOptions> {
  const given = checkedOptions("toBeCloseToTensor", options, closenessOptions);
  for (const [name, value] of Object.entries(given)) {
    if (!(value >= 0)) throw new ValueError("toBeCloseToTensor", `${name} must be at least 0, got ${value}`);
  }
  return given;
}
