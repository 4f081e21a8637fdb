/** Activation functions with a slope or a gate that is itself learnt or computed. */

import { defineOp } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import * as derivatives from "../../kernels/derivatives.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, normalizeAxis } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { partOf } from "../shape/slice.js";
import { sigmoid } from "./activation.js";
import { type BinaryOp, chained, floatBinary, mul, neg } from "./arithmetic.js";
import { greater, where } from "./compare.js";
import { logisticDensity, tanh } from "./unary.js";

/** x where x > 0, else weight · x, with a slope that is learnt (He et al. 2015). At 0 the derivative by x is the slope, and so
 * it is where x is NaN; the derivative by the slope is x up to 0, and NaN with it.
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
  return where(greater(x, 0), x, mul(slope, x));
}

/** Options of `glu`.
 * @category Activations */
export interface GluOptions {
  /** The axis that is halved, counted from the end when negative. Default −1. */
  readonly axis?: number | undefined;
}

const gluOptions: OptionKinds<GluOptions> = { axis: ownCheck };

/** Gated linear unit a · σ(b), where a and b are the halves of x along an axis (Dauphin et al. 2017); 0 where b is −∞, whatever
 * a is (where PyTorch gives NaN for infinite ones), and NaN where b is.
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
  return timesSigmoid(partOf(x, along, 0, size / 2), partOf(x, along, size / 2, size / 2));
}

/** a · σ(b), also where σ(b) alone is too small for a number. */
const timesSigmoid: BinaryOp = defineOp({
  name: "timesSigmoid",
  broadcasts: true,
  forward: ([a, b]) => ({ output: floatBinary("timesSigmoid", derivatives.timesSigmoid, a, b), saved: { a, b } }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, sigmoid(b)) : null,
    needsGrad[1] ? chained(gradOutput, timesLogisticDensity(a, b)) : null,
  ],
});

/** a · σ′(b), with σ″(b) = −σ′(b) tanh(b/2) */
const timesLogisticDensity: BinaryOp = defineOp({
  name: "timesLogisticDensity",
  broadcasts: true,
  forward: ([a, b]) => ({
    output: floatBinary("timesLogisticDensity", derivatives.timesLogisticDensity, a, b),
    saved: { a, b },
  }),
  backward: (gradOutput, { a, b }, { needsGrad }) => [
    needsGrad[0] ? chained(gradOutput, logisticDensity(b)) : null,
    needsGrad[1] ? chained(gradOutput, neg(mul(timesLogisticDensity(a, b), tanh(mul(0.5, b))))) : null,
  ],
});
