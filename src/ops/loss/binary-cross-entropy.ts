/** The cross entropy of yes and no, from probabilities and from logits. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { tensorKind } from "../../autograd/tensor-kinds.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { logSigmoid } from "../elementwise/activation.js";
import { add, div, mul, neg, productOrZero, sub } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { log, log1p } from "../elementwise/unary.js";
import {
  checkSameShape,
  checkWeight,
  type LossOptions,
  lossOptions,
  type Reduction,
  reduceLosses,
} from "./reduction.js";

/** Options of `bce`.
 * @category Losses */
export interface BceOptions extends LossOptions {
  /** Weight of each loss, of a shape that broadcasts to the input's; no gradient goes to it. */
  readonly weight?: Tensor | undefined;
}

const bceOptions: OptionKinds<BceOptions> = { ...lossOptions, weight: tensorKind };

/** Options of `bceWithLogits`.
 * @category Losses */
export interface BceWithLogitsOptions extends BceOptions {
  /** Weight of the positive term, of a shape that broadcasts to the input's: one number for each class is usual. Above 1
   * it favours recall. No gradient goes to it. */
  readonly posWeight?: Tensor | undefined;
}

const bceWithLogitsOptions: OptionKinds<BceWithLogitsOptions> = { ...bceOptions, posWeight: tensorKind };

/** Binary cross entropy −[t log p + (1 − t) log(1 − p)] of probabilities p, as
 * `torch.nn.functional.binary_cross_entropy` defines it: a logarithm is never below −100, and the divisor p(1 − p) of the
 * derivative never below 1e-12. `bceWithLogits` is more accurate than `bce` of a sigmoid.
 *
 * That p lies in [0, 1] is checked on devices that can be read at once; on webgpu it is the caller's word.
 * At p = 0 with t = 1 the loss is therefore 100 and its derivative −1e12; at p = t = 0 and p = t = 1 both are 0. NaN is refused.
 * @param target probabilities t of the shape of `input`; gets no gradient
 * @returns a scalar, or the shape of `input` with reduction `none`; in nats
 * @throws ShapeError if a shape does not fit; ValueError if p is out of range or the reduction unknown
 * @category Losses */
export function bce(input: Tensor, target: Tensor, options: BceOptions = {}): Tensor {
  const { reduction, weight } = checkedOptions("bce", options, bceOptions);
  checkFloat("bce", input, target);
  checkSameShape("bce", "target", target.shape, input.shape);
  checkProbabilities(input);
  return reduceWeighted("bce", bceOp(input, target.detach()), weight, reduction);
}

const bceOp: Op<[p: Tensor, target: Tensor]> = defineOp({
  name: "bce",
  forward: ([p, target]) => {
    const logP = clamp(log(p), { min: -100 });
    const logQ = clamp(log1p(neg(p)), { min: -100 });
    return { output: neg(add(mul(target, logP), mul(sub(1, target), logQ))), saved: { p, target } };
  },
  // (p − t) / (p(1 − p))
  backward: (gradOutput, { p, target }) => [
    productOrZero(gradOutput, div(sub(p, target), clamp(mul(p, sub(1, p)), { min: 1e-12 }))),
    null,
  ],
});

/** Binary cross entropy of σ(logits), −[w₊ t log σ(x) + (1 − t) log(1 − σ(x))], as
 * `torch.nn.functional.binary_cross_entropy_with_logits` defines it; exact where σ is 0 or 1 to all digits, and 0 where
 * it is what the target says, also at ±∞ (where PyTorch gives NaN).
 * @param logits x, of any shape
 * @param target probabilities t of the shape of `logits`; gets no gradient
 * @returns a scalar, or the shape of `logits` with reduction `none`; in nats
 * @throws ShapeError if a shape does not fit; ValueError if the reduction is unknown
 * @category Losses */
export function bceWithLogits(logits: Tensor, target: Tensor, options: BceWithLogitsOptions = {}): Tensor {
  const { reduction, weight, posWeight } = checkedOptions("bceWithLogits", options, bceWithLogitsOptions);
  checkFloat("bceWithLogits", logits, target);
  checkSameShape("bceWithLogits", "target", target.shape, logits.shape);
  const t = target.detach();
  if (posWeight !== undefined) checkWeight("bceWithLogits", "posWeight", posWeight, logits);
  const positive = posWeight === undefined ? t : mul(posWeight.detach(), t);
  // 1 − σ(x) = σ(−x); both terms are positive, so that nothing cancels.
  const [logP, logQ] = [logSigmoid(logits), logSigmoid(neg(logits))];
  const losses = neg(add(productOrZero(positive, logP), productOrZero(sub(1, t), logQ)));
  return reduceWeighted("bceWithLogits", losses, weight, reduction);
}

function reduceWeighted(op: string, losses: Tensor, weight: Tensor | undefined, reduction?: Reduction): Tensor {
  if (weight === undefined) return reduceLosses(losses, reduction);
  checkWeight(op, "weight", weight, losses);
  return reduceLosses(mul(losses, weight.detach()), reduction);
}

function checkProbabilities(p: Tensor): void {
  if (!p.device.synchronous) return;
  const values = p.device.readSync(p.buffer);
  const place = values.findIndex((value: number) => !(value >= 0 && value <= 1));
  if (place < 0) return;
  throw new ValueError(
    "bce",
    `a probability must be from 0 to 1, got ${values[place]} at element ${place}; for logits there is bceWithLogits`,
    { actual: values[place] },
  );
}
