/** Activation functions with a slope or a gate that is itself learnt or computed. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, normalizeAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { partOf } from "../shape/slice.js";
import { sigmoid } from "./activation.js";
import { mul } from "./arithmetic.js";
import { greater, where } from "./compare.js";

/** x where x > 0, else weight · x, with a slope that is learnt (He et al. 2015). At 0 the derivative by x is the slope.
 * @param x shape `[N, C, …]`
 * @param weight a single slope, or shape `[C]`: one for each channel
 * @throws ShapeError unless weight has one element, or as many as axis 1 of x
 * @category Activations */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkFloat("prelu", x, weight);
  const channels = x.rank > 1 ? at(x.shape, 1) : 1;
  if (weight.rank > 1 || (weight.size !== 1 && weight.size !== channels)) {
    throw new ShapeError(
      "prelu",
      `weight must have one element or one for each of the ${channels} channels of x ${formatShape(x.shape)}, ` +
        `got shape ${formatShape(weight.shape)}`,
      { expected: [channels], actual: weight.shape },
    );
  }
  const slope = reshapeTo(weight, weight.size === 1 ? [] : [channels, ...x.shape.slice(2).map(() => 1)]);
  const positive = greater(x, 0);
  return where(positive, x, mul(slope, where(positive, 0, x)));
}

/** Options of `glu`.
 * @category Activations */
export interface GluOptions {
  /** The axis that is halved, counted from the end when negative. Default −1. */
  readonly axis?: number | undefined;
}

const gluOptions: OptionKinds<GluOptions> = { axis: ownCheck };

/** Gated linear unit a · σ(b), where a and b are the halves of x along an axis (Dauphin et al. 2017).
 * @returns the shape of x with half the size along the axis
 * @throws ShapeError unless the size of the axis is even
 * @category Activations */
export function glu(x: Tensor, options: GluOptions = {}): Tensor {
  const { axis = -1 } = checkedOptions("glu", options, gluOptions);
  checkFloat("glu", x);
  const along = normalizeAxis("glu", axis, x.rank);
  const size = at(x.shape, along);
  if (size % 2 !== 0) {
    throw new ShapeError("glu", `the size of axis ${along} must be even, got ${size} of ${formatShape(x.shape)}`, {
      actual: size,
    });
  }
  return mul(partOf(x, along, 0, size / 2), sigmoid(partOf(x, along, size / 2, size / 2)));
}
