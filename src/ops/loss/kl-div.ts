/** The Kullback–Leibler divergence. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds, oneOf } from "../../options.js";
import { at } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { mul, productOrZero, sub } from "../elementwise/arithmetic.js";
import { exp, log } from "../elementwise/unary.js";
import { sum } from "../reduce/sum.js";
import { checkSameShape, type Reduction, reduceLosses } from "./reduction.js";

/** Options of `klDiv`.
 * @category Losses */
export interface KlDivOptions {
  /** `batchmean`, the sum over the size of the first axis, is the divergence of the formula, averaged over the batch.
   * Default `mean`, over all elements. */
  readonly reduction?: Reduction | "batchmean" | undefined;
  /** Whether the target holds log-probabilities as well. Default false. */
  readonly logTarget?: boolean | undefined;
}

const klDivOptions: OptionKinds<KlDivOptions> = {
  reduction: oneOf("batchmean", "mean", "sum", "none"),
  logTarget: flag,
};

/** Kullback–Leibler divergence t (log t − x) of a distribution with log-probabilities x from one with probabilities t, as
 * `torch.nn.functional.kl_div` defines it; 0 where t is 0, also where its logarithm or x is −∞ (there PyTorch gives NaN).
 * @param input log-probabilities x
 * @param target probabilities t (or their logarithms) of the shape of `input`; gets no gradient
 * @returns a scalar, or the shape of `input` with reduction `none`; in nats
 * @throws ShapeError if the shapes differ, or a scalar has no batch; ValueError for an unknown reduction
 * @category Losses */
export function klDiv(input: Tensor, target: Tensor, options: KlDivOptions = {}): Tensor {
  const { reduction = "mean", logTarget = false } = checkedOptions("klDiv", options, klDivOptions);
  checkFloat("klDiv", input, target);
  checkSameShape("klDiv", "target", target.shape, input.shape);
  const known = target.detach();
  const [t, logT] = noGrad(() => (logTarget ? [exp(known), known] : [known, log(known)]));
  const losses = productOrZero(t, sub(logT, input));
  if (reduction !== "batchmean") return reduceLosses(losses, reduction);
  if (input.rank === 0) throw new ShapeError("klDiv", "reduction batchmean needs a batch axis, got a scalar");
  return mul(sum(losses), 1 / at(input.shape, 0));
}
