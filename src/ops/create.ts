/** Making tensors: from numbers, filled, and random. */

import type { NdArray } from "ndarray";
import { bufferFor } from "../autograd/capacity.js";
import { checkValues, type DType, isFloat, resolveDType } from "../autograd/dtype.js";
import { AbsentBuffer, isShapesOnly } from "../autograd/shapes-only.js";
import { Tensor } from "../autograd/tensor.js";
import type { Device, DeviceBuffer, DeviceName } from "../device/device.js";
import { currentDevice } from "../device/select.js";
import { DTypeError, describe, ShapeError, ValueError } from "../errors.js";
import {
  checkedOptions,
  checkedRandom,
  flag,
  type Given,
  generatorKind,
  number,
  type OptionKinds,
  ownCheck,
} from "../options.js";
import type { Generator } from "../random.js";
import { at, checkShape, formatShape, type Shape, sizeOf } from "../shape.js";
import { checkFinite, deviceFor } from "./arguments.js";
import { float32Below, float32From } from "./float32.js";
import { install } from "./install.js";

/** Options of every function that makes a tensor.
 * @category Creation */
export interface TensorOptions {
  /** Default: the device's float type. */
  readonly dtype?: DType | undefined;
  /** Default: the current device. */
  readonly device?: DeviceName | undefined;
  /** Whether `backward` computes a gradient for it. Default false. */
  readonly requiresGrad?: boolean | undefined;
}

const tensorOptions: OptionKinds<TensorOptions> = { dtype: ownCheck, device: ownCheck, requiresGrad: flag };

/** Options of `tensor`.
 * @category Creation */
export interface FromNumbersOptions extends TensorOptions {
  /** The shape that the numbers fill, row by row. Default: the source's own. */
  readonly shape?: Shape | undefined;
}

const fromNumbersOptions: OptionKinds<FromNumbersOptions> = { ...tensorOptions, shape: ownCheck };

/** Options of the random ones.
 * @category Creation */
export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from: the same seed gives the same numbers on every device. */
  readonly generator: Generator;
}

const randomOptions: OptionKinds<RandomOptions> = { ...tensorOptions, generator: generatorKind };

/** Options of `rand`.
 * @category Creation */
export interface UniformOptions extends RandomOptions {
  /** Lowest value. Default 0. */
  readonly low?: number | undefined;
  /** Bound that no value reaches. Default 1. */
  readonly high?: number | undefined;
}

const uniformOptions: OptionKinds<UniformOptions> = { ...randomOptions, low: number, high: number };

/** Numbers nested in arrays, all of one length on each level.
 * @category Creation */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** What a tensor can be made from.
 * @category Creation */
export type TensorSource = NestedNumbers | TypedArray | NdArray;

/** Typed arrays that a tensor can be made from.
 * @category Creation */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array;

/** Makes a tensor from a number, nested arrays, a typed array or an `ndarray`; the numbers are copied. What is all true and
 * false becomes bool.
 *
 * ```ts
 * const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
 * ```
 * @throws ShapeError if the nesting is ragged or the shape does not fit; ValueError for what is no number
 * @category Creation */
export function tensor(source: TensorSource, options: FromNumbersOptions = {}): Tensor {
  const { values, shape: own } = flattenSource(source);
  const { shape = own, ...given } = checkedOptions("tensor", options, fromNumbersOptions);
  checkShape("tensor", shape);
  if (sizeOf(shape) !== values.length) {
    throw new ShapeError("tensor", `${values.length} numbers do not fill shape ${formatShape(shape)}`, {
      expected: sizeOf(shape),
      actual: values.length,
    });
  }
  return fromValues("tensor", values, shape, holdsBooleans(source) ? { dtype: "bool", ...given } : given);
}

/** Whether a source is true, false, or nested arrays of nothing else. */
function holdsBooleans(source: TensorSource): boolean {
  return (
    typeof source === "boolean" ||
    (Array.isArray(source) && source.flat(Number.POSITIVE_INFINITY).every((item) => typeof item === "boolean"))
  );
}

/** All zeros. @category Creation */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("zeros", shape, checkedOptions("zeros", options, tensorOptions), 0);
}

/** All ones. @category Creation */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("ones", shape, checkedOptions("ones", options, tensorOptions), 1);
}

/** One value everywhere. @category Creation */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  if (typeof value !== "number") throw new ValueError("full", `its value must be a number, got ${describe(value)}`);
  return filled("full", shape, checkedOptions("full", options, tensorOptions), value);
}

/** The numbers `start, start + step, …` before `end`. `arange(n)` counts from 0.
 * @throws ValueError if there are none, or one of the three is no finite number
 * @category Creation */
export function arange(start: number, end?: number, step = 1, options: TensorOptions = {}): Tensor {
  checkFinite("arange", { start, end: end ?? start, step });
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const count = Math.ceil((to - from) / step);
  if (!(count > 0) || !Number.isFinite(count)) {
    throw new ValueError("arange", `there is no number from ${from} to ${to} in steps of ${step}`);
  }
  return generate("arange", [count], checkedOptions("arange", options, tensorOptions), (i) => from + i * step);
}

/** `count` numbers from `start` to `end`, both included, evenly spaced. @category Creation */
export function linspace(start: number, end: number, count: number, options: TensorOptions = {}): Tensor {
  checkFinite("linspace", { start, end });
  return generate("linspace", [count], checkedOptions("linspace", options, tensorOptions), (i) => {
    if (i === 0) return start;
    return i === count - 1 ? end : start + i * ((end - start) / (count - 1));
  });
}

/** The identity matrix `[n, n]`. @category Creation */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  return generate("eye", [n, n], checkedOptions("eye", options, tensorOptions), (i) => (i % (n + 1) === 0 ? 1 : 0));
}

/** Normal deviates of mean 0 and standard deviation 1. @category Creation */
export function randn(shape: Shape, given: RandomOptions): Tensor {
  const { generator, ...options } = checkedRandom("randn", given, randomOptions);
  return generate("randn", shape, options, () => generator.normal());
}

/** Uniform deviates from [low, high). On a float32 device a draw that would be rounded out of the range becomes the nearest
 * float32 number inside it.
 * @throws ValueError unless low is below high, both finite, or if no number of the device is in the range
 * @category Creation */
export function rand(shape: Shape, given: UniformOptions): Tensor {
  const { generator, low = 0, high = 1, ...options } = checkedRandom("rand", given, uniformOptions);
  if (!(low < high && Number.isFinite(high - low))) {
    throw new ValueError("rand", `low must be below high, both finite, got ${low} and ${high}`);
  }
  const draw = () => generator.uniform(low, high);
  if (deviceOf("rand", options).floatType === "float64") return generate("rand", shape, options, draw);
  const [lowest, highest] = [float32From(low), float32Below(high)];
  if (lowest > highest) {
    throw new ValueError("rand", `there is no float32 number from ${low} to below ${high}; move the bounds apart`);
  }
  return generate("rand", shape, options, () => Math.min(Math.max(Math.fround(draw()), lowest), highest));
}

/** Random integers from `low` to `high` − 1, int32.
 * @throws ValueError unless low is below high, both integers that the dtype holds on the device
 * @category Creation */
export function randint(low: number, high: number, shape: Shape, given: RandomOptions): Tensor {
  const { generator, ...options } = checkedRandom("randint", given, randomOptions);
  if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high)) {
    throw new ValueError(
      "randint",
      `low must be below high, both integers, got ${describe(low)} and ${describe(high)}`,
    );
  }
  const { floatType } = deviceOf("randint", options);
  const { dtype = "int32" } = options;
  // What the bounds may be does not depend on what is drawn; a float32 would round beyond them.
  checkValues("randint", [low, high - 1], isFloat(dtype) && floatType === "float32" ? "int32" : dtype, floatType);
  return generate("randint", shape, { ...options, dtype }, () => generator.integer(low, high));
}

function deviceOf(op: string, { device }: TensorOptions): Device {
  return device === undefined ? currentDevice() : deviceFor(op, device);
}

function generate(op: string, shape: Shape, options: Given<TensorOptions>, valueAt: (i: number) => number): Tensor {
  checkShape(op, shape);
  if (isShapesOnly()) return make(op, [], shape, options, () => new AbsentBuffer(sizeOf(shape)));
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = valueAt(i);
  return fromValues(op, values, shape, options);
}

function filled(op: string, shape: Shape, options: Given<TensorOptions>, value: number): Tensor {
  checkShape(op, shape);
  const size = sizeOf(shape);
  return make(op, [value], shape, options, (device) =>
    isShapesOnly() ? new AbsentBuffer(size) : device.fill(size, value),
  );
}

function fromValues(op: string, values: ArrayLike<number>, shape: Shape, options: Given<TensorOptions>): Tensor {
  return make(op, values, shape, options, (device) => device.upload(values));
}

/** @param values all numbers that come to stand in it, to be checked */
function make(
  op: string,
  values: ArrayLike<number>,
  shape: Shape,
  options: Given<TensorOptions>,
  bufferOn: (device: Device) => DeviceBuffer,
): Tensor {
  install();
  const device = deviceOf(op, options);
  const dtype = resolveDType(op, options.dtype, device.floatType);
  checkValues(op, values, dtype, device.floatType);
  const made = new Tensor(
    device,
    bufferFor(op, device, shape, () => bufferOn(device)),
    shape,
    dtype,
  );
  if (options.requiresGrad === true) {
    if (!isFloat(dtype)) throw new DTypeError(op, `only float tensors have gradients, this one is ${dtype}`);
    made.requiresGrad = true;
  }
  return made;
}

function flattenSource(source: TensorSource): { values: ArrayLike<number>; shape: Shape } {
  if (typeof source === "number" || typeof source === "boolean") return { values: [Number(source)], shape: [] };
  if (isTypedArray(source)) return { values: source, shape: [source.length] };
  if (Array.isArray(source)) return flattenNested(source);
  if (typeof source === "object" && source !== null && "stride" in source && "data" in source)
    return flattenNdarray(source as NdArray);
  throw new ValueError(
    "tensor",
    `a tensor is made from numbers, nested arrays, a typed array or an ndarray, got ${describe(source)}`,
  );
}

/** Of numbers, that is: no DataView, and none of BigInts. */
function isTypedArray(source: unknown): source is TypedArray {
  return ArrayBuffer.isView(source) && "BYTES_PER_ELEMENT" in source && !/^Big/.test(source.constructor.name);
}

function flattenNested(source: readonly NestedNumbers[]): { values: number[]; shape: Shape } {
  const shape: number[] = [];
  let level: readonly NestedNumbers[] = [source];
  const firsts = new Set<unknown>(); // lists of one length on each level end at the same depth, the first of them, too
  while (level.some((item) => Array.isArray(item))) {
    if (firsts.has(level[0]))
      throw new ValueError("tensor", "an array is nested in itself, so its numbers have no end");
    firsts.add(level[0]);
    const lists = level as readonly (readonly NestedNumbers[])[];
    const lengths = new Set(lists.map((list) => (Array.isArray(list) ? list.length : "a number")));
    if (lengths.size !== 1) {
      throw new ShapeError(
        "tensor",
        `nested arrays must all have one length on each level; level ${shape.length} has ${[...lengths].join(" and ")}`,
      );
    }
    shape.push((lists[0] as readonly NestedNumbers[]).length);
    level = lists.flat() as readonly NestedNumbers[];
  }
  const bad = level.findIndex((item) => typeof item !== "number" && typeof item !== "boolean");
  if (bad >= 0) throw new ValueError("tensor", `every element must be a number, got ${describe(level[bad])}`);
  return { values: level.map(Number), shape };
}

function flattenNdarray(source: NdArray): { values: number[]; shape: Shape } {
  const { shape, stride, offset, data } = source;
  const values: number[] = [];
  const walk = (axis: number, place: number): void => {
    if (axis === shape.length) values.push((data as unknown as ArrayLike<number>)[place] as number);
    else for (let i = 0; i < at(shape, axis); i++) walk(axis + 1, place + i * at(stride, axis));
  };
  walk(0, offset);
  return { values, shape: [...shape] };
}
