/** Triangles and diagonals of matrices. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { band } from "../../kernels/movement.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { at, formatShape, normalizeAxis, sizeOf } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { permute } from "./reshape.js";
import { sliceOp } from "./slice.js";

/** Options of `tril` and `triu`.
 * @category Shape */
export interface TriangleOptions {
  /** The diagonal where the triangle ends: 0 is the main one, 1 the one above it. Default 0. */
  readonly diagonal?: number | undefined;
}

const triangleOptions: OptionKinds<TriangleOptions> = { diagonal: number };

/** The lower triangle of the matrices in the last two axes, the diagonal included; 0 above.
 * @throws ShapeError for fewer than two axes; ValueError unless `diagonal` is an integer
 * @category Shape */
export function tril(x: Tensor, options: TriangleOptions = {}): Tensor {
  const diagonal = diagonalOf("tril", x, options);
  return bandOp(x, { low: -x.size, high: diagonal });
}

/** The upper triangle of the matrices in the last two axes, the diagonal included; 0 below.
 * @throws ShapeError for fewer than two axes; ValueError unless `diagonal` is an integer
 * @category Shape */
export function triu(x: Tensor, options: TriangleOptions = {}): Tensor {
  const diagonal = diagonalOf("triu", x, options);
  return bandOp(x, { low: diagonal, high: x.size });
}

function diagonalOf(op: string, x: Tensor, options: TriangleOptions): number {
  const { diagonal = 0 } = checkedOptions(op, options, triangleOptions);
  checkTensors(op, x);
  if (x.rank < 2) throw new ShapeError(op, `x must have at least two axes, got shape ${formatShape(x.shape)}`);
  if (!Number.isSafeInteger(diagonal)) {
    throw new ValueError(op, `diagonal must be an integer, got ${diagonal}`, { actual: diagonal });
  }
  return Math.max(-x.size, Math.min(x.size, diagonal)); // a kernel's integers have 32 bits; no diagonal lies so far out
}

/** What lies from the diagonal `low` to the diagonal `high`; its own transpose. */
const bandOp: Op<[x: Tensor], { readonly low: number; readonly high: number }> = defineOp({
  name: "band",
  forward: ([x], { low, high }) => {
    const [height, width] = [at(x.shape, -2), at(x.shape, -1)];
    const threads = [width, height, sizeOf(x.shape.slice(0, -2))] as const;
    return { output: run(band, [x], { threads, constants: { height, width, low, high } }) };
  },
  backward: (gradOutput, _saved, { options }) => [onward(gradOutput, bandOp(gradOutput, options))],
});

/** Options of `diagonal`.
 * @category Shape */
export interface DiagonalOptions {
  /** Which diagonal: 0 is the main one, 1 the one above it. Default 0. */
  readonly offset?: number | undefined;
  /** The axis of the rows. Default 0. */
  readonly axis1?: number | undefined;
  /** The axis of the columns. Default 1. */
  readonly axis2?: number | undefined;
}

const diagonalOptions: OptionKinds<DiagonalOptions> = { offset: number, axis1: number, axis2: number };

/** A diagonal of the matrices in two axes, as a new last axis in their place, as `torch.diagonal`.
 * @throws ShapeError if the axes are out of range or the same, or nothing lies on that diagonal
 * @category Shape */
export function diagonal(x: Tensor, options: DiagonalOptions = {}): Tensor {
  const { offset = 0, axis1 = 0, axis2 = 1 } = checkedOptions("diagonal", options, diagonalOptions);
  checkTensors("diagonal", x);
  const [down, across] = [normalizeAxis("diagonal", axis1, x.rank), normalizeAxis("diagonal", axis2, x.rank)];
  const [rows, columns] = [at(x.shape, down), at(x.shape, across)];
  const [top, left] = [Math.max(0, -offset), Math.max(0, offset)]; // where it begins
  const count = Math.min(rows - top, columns - left);
  if (down === across || !Number.isSafeInteger(offset) || count < 1) {
    throw new ShapeError(
      "diagonal",
      `it lies in two axes, at an offset from ${1 - rows} to ${columns - 1}, got axes ${axis1} and ${axis2} of ` +
        `${formatShape(x.shape)} and offset ${offset}`,
    );
  }
  const others = x.shape.flatMap((_, i) => (i === down || i === across ? [] : [i]));
  const outer = others.map((i) => at(x.shape, i));
  const planes = reshapeTo(permute(x, [...others, down, across]), [...outer, rows * columns]);
  const ranges = outer.map((n) => ({ from: 0, by: 1, count: n }));
  return sliceOp(planes, { ranges: [...ranges, { from: top * columns + left, by: columns + 1, count }] });
}
