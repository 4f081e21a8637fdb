/** Vectors as diagonals of matrices. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, formatShape, normalizeAxis } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { movedim } from "./axes.js";
import { spreadOp } from "./slice.js";

/** Options of `diagEmbed`.
 * @category Shape */
export interface DiagEmbedOptions {
  /** Which diagonal: 0 is the main one, 1 the one above it. Default 0. */
  readonly offset?: number | undefined;
  /** The axis of the rows in the result. Default −2. */
  readonly axis1?: number | undefined;
  /** The axis of the columns in the result. Default −1. */
  readonly axis2?: number | undefined;
}

const diagEmbedOptions: OptionKinds<DiagEmbedOptions> = { offset: number, axis1: ownCheck, axis2: ownCheck };

/** Square matrices that are 0 but for a diagonal, whose elements are those of the last axis, as `torch.diag_embed`: what
 * `diagonal` takes out again.
 * @param x shape `[...N, D]`
 * @returns shape `[...N, M, M]` with M = D + |offset|, or with the axes of the matrices where the options say
 * @throws ShapeError for a scalar, or if the axes are out of range or the same, or unless `offset` is an integer
 * @category Shape */
export function diagEmbed(x: Tensor, options: DiagEmbedOptions = {}): Tensor {
  const { offset = 0, axis1 = -2, axis2 = -1 } = checkedOptions("diagEmbed", options, diagEmbedOptions);
  checkTensors("diagEmbed", x);
  const [down, across] = [axis1, axis2].map((axis) => normalizeAxis("diagEmbed", axis, x.rank + 1)) as [number, number];
  if (x.rank === 0 || down === across || !Number.isSafeInteger(offset)) {
    throw new ShapeError(
      "diagEmbed",
      `it puts the last axis of x on a diagonal of two axes, at an integer offset, got shape ${formatShape(x.shape)}, ` +
        `axes ${axis1} and ${axis2} and offset ${offset}`,
      { actual: x.shape },
    );
  }
  const outer = x.shape.slice(0, -1);
  const count = at(x.shape, -1);
  const size = count + Math.abs(offset);
  checkSize("diagEmbed", [...outer, size, size]);
  const from = Math.max(0, -offset) * size + Math.max(0, offset);
  const ranges = [...outer.map((n) => ({ from: 0, by: 1, count: n })), { from, by: size + 1, count }];
  const flat = spreadOp(x, 0, { shape: [...outer, size * size], ranges });
  return movedim(reshapeTo(flat, [...outer, size, size]), [-2, -1], [down, across]);
}
