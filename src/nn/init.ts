/** Weight initialisation. Every function draws from an explicit generator and returns a tensor of the shape it is given.
 * @module
 * @category Initialisation */

import type { Tensor } from "../autograd/tensor.js";
import { ShapeError, ValueError } from "../errors.js";
import { full, rand, randn, tensor, zeros } from "../ops/create.js";
import { mul } from "../ops/elementwise/arithmetic.js";
import { checkedRandom, generatorKind, number, type OptionKinds, oneOf } from "../options.js";
import type { Generator } from "../random.js";
import { at, checkShape, formatShape, type Shape, sizeOf } from "../shape.js";

/** Fills a shape.
 * @category Initialisation */
export type Initializer = (shape: Shape, options: { readonly generator: Generator }) => Tensor;

/** Options of the Xavier initialisations.
 * @category Initialisation */
export interface XavierOptions {
  /** Where the numbers come from. */
  readonly generator: Generator;
  /** Factor on the standard deviation. Default 1. */
  readonly gain?: number | undefined;
}

const xavierOptions: OptionKinds<XavierOptions> = { generator: generatorKind, gain: number };

/** Options of the Kaiming initialisations.
 * @category Initialisation */
export interface KaimingOptions {
  /** Where the numbers come from. */
  readonly generator: Generator;
  /** Which variance is kept: of the activations (`fanIn`) or of the gradients (`fanOut`). Default `fanIn`. */
  readonly mode?: "fanIn" | "fanOut" | undefined;
  /** Slope of the (leaky) ReLU that follows, in its negative half. Default 0, a ReLU. */
  readonly negativeSlope?: number | undefined;
}

const kaimingOptions: OptionKinds<KaimingOptions> = {
  generator: generatorKind,
  mode: oneOf("fanIn", "fanOut"),
  negativeSlope: number,
};

/** What `fans` counts.
 * @category Initialisation */
export interface Fans {
  /** Inputs of a unit. */
  readonly fanIn: number;
  /** Units that an input reaches. */
  readonly fanOut: number;
}

/** Connections into and out of a unit of a weight `[out, in, ...kernel]`.
 * @throws ShapeError for fewer than two axes
 * @category Initialisation */
export function fans(shape: Shape): Fans {
  checkShape("init", shape);
  if (shape.length < 2) {
    throw new ShapeError("init", `fans need a weight of at least two axes [out, in, ...], got ${formatShape(shape)}`);
  }
  const receptive = sizeOf(shape.slice(2));
  return { fanIn: at(shape, 1) * receptive, fanOut: at(shape, 0) * receptive };
}

/** Zeros, drawn from nothing: for layers whose weights are about to be loaded (`init: init.empty`). On devices in host memory they
 * take no memory before something is written to them.
 * @category Initialisation */
export function empty(shape: Shape): Tensor {
  return zeros(shape);
}

/** Normal, with standard deviation gain · √(2 / (fanIn + fanOut)) (Glorot & Bengio 2010, eq. 12).
 * @category Initialisation */
export function xavierNormal(shape: Shape, options: XavierOptions): Tensor {
  const { generator, gain = 1 } = checkedRandom("xavierNormal", options, xavierOptions);
  const { fanIn, fanOut } = fans(shape);
  return mul(randn(shape, { generator }), gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/** Uniform in ±gain · √(6 / (fanIn + fanOut)) (Glorot & Bengio 2010, eq. 16).
 * @category Initialisation */
export function xavierUniform(shape: Shape, options: XavierOptions): Tensor {
  const { generator, gain = 1 } = checkedRandom("xavierUniform", options, xavierOptions);
  const { fanIn, fanOut } = fans(shape);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return rand(shape, { generator, low: -bound, high: bound });
}

/** Normal, with standard deviation √(2 / ((1 + slope²) · fan)) (He et al. 2015, eq. 10 and 14).
 * @category Initialisation */
export function kaimingNormal(shape: Shape, options: KaimingOptions): Tensor {
  const std = kaimingStd("kaimingNormal", shape, options);
  return mul(randn(shape, { generator: options.generator }), std);
}

/** Uniform with the standard deviation of `kaimingNormal`: in ±√3 · std.
 * @category Initialisation */
export function kaimingUniform(shape: Shape, options: KaimingOptions): Tensor {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", shape, options);
  return rand(shape, { generator: options.generator, low: -bound, high: bound });
}

function kaimingStd(op: string, shape: Shape, options: KaimingOptions): number {
  const { mode = "fanIn", negativeSlope = 0 } = checkedRandom(op, options, kaimingOptions);
  return Math.sqrt(2 / ((1 + negativeSlope ** 2) * fans(shape)[mode]));
}

/** Options of `truncatedNormal`.
 * @category Initialisation */
export interface TruncatedNormalOptions {
  /** Where the numbers come from. */
  readonly generator: Generator;
  /** Mean of the normal distribution. Default 0. */
  readonly mean?: number | undefined;
  /** Its standard deviation, above 0. Default 1. */
  readonly std?: number | undefined;
  /** Smallest value. Default −2. */
  readonly low?: number | undefined;
  /** Largest value. Default 2. */
  readonly high?: number | undefined;
}

const truncatedNormalOptions: OptionKinds<TruncatedNormalOptions> = {
  generator: generatorKind,
  mean: number,
  std: number,
  low: number,
  high: number,
};

/** Normal, what falls outside [low, high] drawn again. The bounds are values, as those of PyTorch's `trunc_normal_`, not
 * multiples of the standard deviation.
 * @throws ValueError unless the standard deviation is above 0 and finite, and at least a tenth of it within two of the mean is
 * inside the bounds: elsewhere nearly every draw would be thrown away
 * @category Initialisation */
export function truncatedNormal(shape: Shape, options: TruncatedNormalOptions): Tensor {
  const given = checkedRandom("truncatedNormal", options, truncatedNormalOptions);
  const { generator, mean = 0, std = 1, low = -2, high = 2 } = given;
  if (!(std > 0 && std < Infinity)) {
    throw new ValueError("truncatedNormal", `std must be above 0 and finite, got ${std}`, { actual: std });
  }
  const room = Math.min(high, mean + 2 * std) - Math.max(low, mean - 2 * std);
  if (!(room >= std / 10)) {
    const rule = `[low, high] must hold a tenth of std at least within 2 std of the mean ${mean}`;
    throw new ValueError("truncatedNormal", `${rule} (std ${std}), got [${low}, ${high}]`, { actual: [low, high] });
  }
  checkShape("truncatedNormal", shape);
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) {
    let value = generator.normal(mean, std);
    while (value < low || value > high) value = generator.normal(mean, std);
    values[i] = value;
  }
  return tensor(values, { shape });
}

/** One value everywhere.
 * @category Initialisation */
export function constant(shape: Shape, value: number): Tensor {
  return full(shape, value);
}

/** A (semi-)orthogonal matrix, times `gain`: rows or columns, whichever are fewer, are orthonormal; axes beyond the first
 * are flattened (Saxe et al. 2013).
 * @category Initialisation */
export function orthogonal(shape: Shape, options: XavierOptions): Tensor {
  const { generator, gain = 1 } = checkedRandom("orthogonal", options, xavierOptions);
  const { fanIn } = fans(shape);
  const rows = at(shape, 0);
  const [count, length] = rows <= fanIn ? [rows, fanIn] : [fanIn, rows];
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => generator.normal());
    // Gram-Schmidt, twice: once leaves what rounding put back.
    for (const done of [...basis, ...basis]) subtractProjection(vector, done);
    const norm = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
    basis.push(vector.map((v) => v / norm));
  }
  const values = new Float64Array(rows * fanIn);
  for (let i = 0; i < values.length; i++) {
    const [row, column] = [Math.floor(i / fanIn), i % fanIn];
    values[i] = gain * (rows <= fanIn ? at2(basis, row, column) : at2(basis, column, row));
  }
  return tensor(values, { shape });
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += (vector[i] as number) * (unit[i] as number);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - dot * (unit[i] as number);
}

function at2(rows: readonly Float64Array[], i: number, j: number): number {
  return at(rows, i)[j] as number;
}
