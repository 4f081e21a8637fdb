/** What all losses share: how they are reduced, and the shapes that they compare. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../../shape.js";
import { checkedOptions, checkFloat } from "../arguments.js";
import { mean } from "../reduce/reduce.js";
import { sum } from "../reduce/sum.js";

/** How a loss is reduced: `mean` or `sum` over all its values, or `none` to keep them.
 * @category Losses */
export type Reduction = "mean" | "sum" | "none";

/** Options of a loss.
 * @category Losses */
export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: Reduction;
}

const reductions = ["mean", "sum", "none"] as const;

/** The options of a loss, with a reduction that exists.
 * @throws ValueError if they are no object or the reduction is none of `allowed` */
export function lossOptions<R extends string, T extends { readonly reduction?: R }>(
  op: string,
  options: T,
  allowed: readonly string[] = reductions,
): T {
  const { reduction = "mean" } = checkedOptions(op, options, '{ reduction: "sum" }');
  if (!allowed.includes(reduction)) {
    const list = allowed.map((name) => JSON.stringify(name)).join(", ");
    throw new ValueError(op, `reduction must be one of ${list}, got ${describe(reduction)}`, {
      expected: allowed,
      actual: reduction,
    });
  }
  return options;
}

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
