/** Products over chosen axes, of all pairs of elements, and of vectors of three. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, formatShape, normalizeAxis, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { checkBroadcast } from "../broadcast.js";
import { mul, sub } from "../elementwise/arithmetic.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";
import { roll } from "../shape/flip.js";
import { permute } from "../shape/reshape.js";
import { matmulOp } from "./matmul.js";

/** Options of `tensordot`.
 * @category Linear algebra */
export interface TensordotOptions {
  /** How many of the last axes of `a` meet the first of `b`, in their order; or the axes of each, counted from the end when
   * negative, of which the first meets the first, and so on. Default 2. */
  readonly axes?: number | readonly [a: readonly number[], b: readonly number[]] | undefined;
}

const tensordotOptions: OptionKinds<TensordotOptions> = { axes: ownCheck };

/** The product of all pairs of elements, summed over pairs of axes, as `torch.tensordot`.
 * @returns the other axes of `a`, then the other axes of `b`
 * @throws ShapeError if axes that meet differ in size, or there are too few; ValueError unless `axes` is an integer of at
 * least 0 or two lists of one length
 * @category Linear algebra */
export function tensordot(a: Tensor, b: Tensor, options: TensordotOptions = {}): Tensor {
  const { axes = 2 } = checkedOptions("tensordot", options, tensordotOptions);
  checkFloat("tensordot", a, b);
  const [ofA, ofB] = typeof axes === "number" ? facingAxes(a, b, axes) : namedAxes(a, b, axes);
  const sizes = [ofA.map((i) => at(a.shape, i)), ofB.map((i) => at(b.shape, i))] as const;
  if (sizes[0].some((n, i) => n !== at(sizes[1], i))) {
    throw new ShapeError(
      "tensordot",
      `axes that meet must have one size, got axes ${formatShape(ofA)} of ${formatShape(a.shape)} and axes ` +
        `${formatShape(ofB)} of ${formatShape(b.shape)}`,
      { expected: sizes[0], actual: sizes[1] },
    );
  }
  return contracted("tensordot", a, b, ofA, ofB);
}

function facingAxes(a: Tensor, b: Tensor, count: number): [number[], number[]] {
  if (!Number.isSafeInteger(count) || count < 0) throw noAxes(count);
  if (count > Math.min(a.rank, b.rank)) {
    throw new ShapeError(
      "tensordot",
      `${count} axes of each are to meet, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      { expected: count, actual: [a.shape, b.shape] },
    );
  }
  const places = Array.from({ length: count }, (_, i) => i);
  return [places.map((i) => a.rank - count + i), places];
}

function namedAxes(a: Tensor, b: Tensor, axes: readonly (readonly number[])[]): [number[], number[]] {
  const [first, second] = Array.isArray(axes) && axes.length === 2 ? axes : [];
  if (!Array.isArray(first) || !Array.isArray(second) || first.length !== second.length) throw noAxes(axes);
  return [distinctAxes(first, a), distinctAxes(second, b)];
}

function distinctAxes(axes: readonly number[], { rank }: Tensor): number[] {
  const places = axes.map((axis) => normalizeAxis("tensordot", axis, rank));
  if (new Set(places).size < places.length) throw noAxes(axes);
  return places;
}

function noAxes(axes: unknown): ValueError {
  return new ValueError(
    "tensordot",
    `axes must be an integer of at least 0, or two lists of as many axes, none of them twice, got ${describe(axes)}`,
    { actual: axes },
  );
}

/** One matrix product, of [rest of a, inner] and [inner, rest of b]. */
function contracted(op: string, a: Tensor, b: Tensor, ofA: readonly number[], ofB: readonly number[]): Tensor {
  const restA = a.shape.flatMap((_, i) => (ofA.includes(i) ? [] : [i]));
  const restB = b.shape.flatMap((_, i) => (ofB.includes(i) ? [] : [i]));
  const shape = [...restA.map((i) => at(a.shape, i)), ...restB.map((i) => at(b.shape, i))];
  checkSize(op, shape);
  const inner = sizeOf(ofA.map((i) => at(a.shape, i)));
  const left = reshapeTo(permute(a, [...restA, ...ofA]), [a.size / inner, inner]);
  const right = reshapeTo(permute(b, [...ofB, ...restB]), [inner, b.size / inner]);
  return reshapeTo(matmulOp(left, right, { transposeA: false, transposeB: false }), shape);
}

/** Inner products over the last axes, Σ_k a[…, k] b[…, k] of every row of `a` with every row of `b`, as `torch.inner`; with a
 * scalar it is the product.
 * @param a shape `[...A, K]`, or a scalar
 * @param b shape `[...B, K]`, or a scalar
 * @returns shape `[...A, ...B]`
 * @throws ShapeError if the last axes differ
 * @category Linear algebra */
export function inner(a: Tensor, b: Tensor): Tensor {
  checkFloat("inner", a, b);
  if (a.rank === 0 || b.rank === 0) return mul(a, b);
  if (at(a.shape, -1) !== at(b.shape, -1)) {
    throw new ShapeError(
      "inner",
      `the last axes must have one size, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      { expected: at(a.shape, -1), actual: at(b.shape, -1) },
    );
  }
  return contracted("inner", a, b, [a.rank - 1], [b.rank - 1]);
}

/** The most axes of a Kronecker product: it is a copy over two for each, and a copy walks six. */
const kronAxes = 3;

/** Kronecker product: each element of `a` times the whole of `b`, out[i B + k, …] = a[i, …] b[k, …] with B the size of `b`
 * along the axis. The shorter shape gets leading axes of size 1.
 * @param a of at most three axes
 * @param b of at most three axes
 * @returns along each axis the product of the sizes
 * @throws ShapeError for more axes
 * @category Linear algebra */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkFloat("kron", a, b);
  const rank = Math.max(a.rank, b.rank);
  if (rank > kronAxes) {
    throw new ShapeError(
      "kron",
      `its factors have at most ${kronAxes} axes, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      { expected: kronAxes, actual: rank },
    );
  }
  const sizesOf = ({ shape }: Tensor) => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [sizesA, sizesB] = [sizesOf(a), sizesOf(b)];
  const shape = sizesA.map((n, i) => n * at(sizesB, i));
  checkSize("kron", shape);
  const coarse = reshapeTo(
    a,
    sizesA.flatMap((n) => [n, 1]),
  );
  const fine = reshapeTo(
    b,
    sizesB.flatMap((n) => [1, n]),
  );
  return reshapeTo(mul(coarse, fine), shape);
}

/** Options of `cross`.
 * @category Linear algebra */
export interface CrossOptions {
  /** The axis of the vectors, counted from the end when negative. Default −1, as `torch.linalg.cross`. */
  readonly axis?: number | undefined;
}

const crossOptions: OptionKinds<CrossOptions> = { axis: ownCheck };

/** Cross product of vectors of three, (a₂b₃ − a₃b₂, a₃b₁ − a₁b₃, a₁b₂ − a₂b₁), along an axis. The others broadcast.
 * @returns the broadcast shape
 * @throws ShapeError unless both have size 3 along the axis, counted in the broadcast shape, and the others broadcast
 * @category Linear algebra */
export function cross(a: Tensor, b: Tensor, options: CrossOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("cross", options, crossOptions);
  const shape = checkBroadcast("cross", a, b);
  const along = normalizeAxis("cross", axis, shape.length);
  if ([a, b].some((x) => x.shape[along - shape.length + x.rank] !== 3)) {
    throw new ShapeError(
      "cross",
      `both must have size 3 along axis ${axis}, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      { expected: 3, actual: [a.shape, b.shape] },
    );
  }
  const next = (x: Tensor, shift: number) => roll(x, { shift: -shift, axis: along });
  const [p, q] = [broadcastTo(a, shape), broadcastTo(b, shape)];
  return sub(mul(next(p, 1), next(q, 2)), mul(next(p, 2), next(q, 1)));
}
