/** Dropout. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, flag, generatorKind, number, type OptionKinds } from "../../options.js";
import type { Generator } from "../../random.js";
import { checkFloat } from "../arguments.js";
import { productOrZero } from "./arithmetic.js";

/** Options of `dropout`.
 * @category Activations */
export interface DropoutOptions {
  /** Probability that an element becomes 0, from 0 to 1. Default 0.5. */
  readonly p?: number | undefined;
  /** Whether anything is dropped at all. Default true. */
  readonly training?: boolean | undefined;
  /** Where the choice comes from: one uniform number for each element, in row-major order, drawn on the host, so that a
   * seed drops the same elements on every device. Needed where anything can be dropped. */
  readonly generator?: Generator | undefined;
}

const dropoutOptions: OptionKinds<DropoutOptions> = { p: number, training: flag, generator: generatorKind };

/** Sets each element to 0 with probability p and divides the others by 1 − p, so that the mean stays (Srivastava et al.
 * 2014); p = 1 gives zeros, also of what is infinite or NaN (where PyTorch gives NaN). Without training, or with p = 0, it returns `x` itself and draws nothing.
 * @throws ValueError if p is out of range, or a generator is missing
 * @category Activations */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  const { p = 0.5, training = true, generator } = checkedOptions("dropout", options, dropoutOptions);
  checkFloat("dropout", x);
  if (!(p >= 0 && p <= 1)) throw new ValueError("dropout", `p must be a probability from 0 to 1, got ${p}`);
  if (!training || p === 0) return x;
  if (generator === undefined) {
    throw new ValueError("dropout", "it draws from an explicit generator; pass { generator: generator(seed) }");
  }
  return dropoutOp(x, { p, generator });
}

const dropoutOp: Op<[x: Tensor], { readonly p: number; readonly generator: Generator }> = defineOp({
  name: "dropout",
  forward: ([x], { p, generator }) => {
    const scales = Float64Array.from({ length: x.size }, () => (generator.uniform() < p ? 0 : 1 / (1 - p)));
    const mask = new Tensor(x.device, x.device.upload(scales), x.shape, x.dtype);
    return { output: productOrZero(mask, x), saved: { mask } };
  },
  backward: (gradOutput, { mask }) => [productOrZero(mask, gradOutput)],
});
