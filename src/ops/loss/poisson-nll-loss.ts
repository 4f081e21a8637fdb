/** The negative log-likelihood of counts. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { checkedOptions, flag, number, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { add, mul, productOrZero, sub } from "../elementwise/arithmetic.js";
import { greater, where } from "../elementwise/compare.js";
import { exp, log } from "../elementwise/unary.js";
import { checkSameShape, type LossOptions, lossOptions, reduceLosses } from "./reduction.js";

/** Options of `poissonNllLoss`.
 * @category Losses */
export interface PoissonNllLossOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate. Default true. */
  readonly logInput?: boolean | undefined;
  /** Whether Stirling's approximation of log t! is added, for t > 1. Default false. */
  readonly full?: boolean | undefined;
  /** Added to a rate before its logarithm is taken. Default 1e-8. */
  readonly eps?: number | undefined;
}

const poissonNllLossOptions: OptionKinds<PoissonNllLossOptions> = {
  ...lossOptions,
  logInput: flag,
  full: flag,
  eps: number,
};

/** Negative log-likelihood of counts t under a Poisson distribution of rate λ, λ − t log λ, as
 * `torch.nn.functional.poisson_nll_loss` defines it; log t! is left out unless `full`. Where t is 0, so is
 * t log λ.
 * A rate of 0, where log λ is −∞, costs 0 where t is 0, and ∞ elsewhere; an infinite one costs ∞; NaN where a number is NaN.
 * @param input log λ, or λ with `logInput: false`
 * @param target counts, float, of the shape of `input`; gets no gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError for an unknown reduction
 * @category Losses */
export function poissonNllLoss(input: Tensor, target: Tensor, options: PoissonNllLossOptions = {}): Tensor {
  const {
    logInput = true,
    full = false,
    eps = 1e-8,
    reduction,
  } = checkedOptions("poissonNllLoss", options, poissonNllLossOptions);
  checkFloat("poissonNllLoss", input, target);
  checkSameShape("poissonNllLoss", "target", target.shape, input.shape);
  const t = target.detach();
  const losses = logInput
    ? sub(exp(input), productOrZero(t, input))
    : sub(input, productOrZero(t, log(add(input, eps))));
  return reduceLosses(full ? add(losses, logFactorial(t)) : losses, reduction);
}

/** Stirling: t log t − t + ½ log 2πt, and 0 up to 1. */
function logFactorial(t: Tensor): Tensor {
  return noGrad(() => {
    const logT = log(t);
    const stirling = add(mul(t, sub(logT, 1)), mul(0.5, add(logT, Math.log(2 * Math.PI))));
    return where(greater(t, 1), stirling, 0);
  });
}
