/** What all losses share: how they are reduced, and the shapes that they compare. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { type OptionKinds, oneOf } from "../../options.js";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { mean } from "../reduce/reduce.js";
import { sum } from "../reduce/sum.js";

/** How a loss is reduced: `mean` or `sum` over all its values, or `none` to keep them.
 * @category Losses */
export type Reduction = "mean" | "sum" | "none";

/** Options of a loss.
 * @category Losses */
export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

export const lossOptions: OptionKinds<LossOptions> = { reduction: oneOf("mean", "sum", "none") };

/** One number for all losses, or each of them. */
export function reduceLosses(losses: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/** Throws unless a tensor has the shape of what it is compared with: to broadcast a target silently is a well-known trap. */
export function checkSameShape(op: string, name: string, actual: Shape, expected: Shape): void {
  if (sameShape(actual, expected)) return;
  throw new ShapeError(
    op,
    `${name} must have shape ${formatShape(expected)}, got ${formatShape(actual)}; reshape or broadcastTo first`,
    { expected, actual },
  );
}

/** Throws unless a weight broadcasts to the shape of the losses. */
export function checkWeight(op: string, name: string, weight: Tensor, losses: Tensor): void {
  const { shape } = losses;
  checkFloat(op, losses, weight);
  const together = broadcastShapes(op, weight.shape, shape);
  if (sameShape(together, shape)) return;
  throw new ShapeError(op, `${name} must broadcast to ${formatShape(shape)}, got ${formatShape(weight.shape)}`, {
    expected: shape,
    actual: weight.shape,
  });
}
