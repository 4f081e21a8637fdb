/** Dropout, of elements and of channels. */

import { cutGradient } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, generatorKind, number, type OptionKinds } from "../../options.js";
import type { Generator } from "../../random.js";
import { formatShape, type Shape, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { productOrZero } from "./arithmetic.js";

/** Options of `dropout` and `dropout2d`.
 * @category Activations */
export interface DropoutOptions {
  /** Probability that an element (of `dropout2d`: a channel) becomes 0, from 0 to 1. Default 0.5. */
  readonly p?: number | undefined;
  /** Whether anything is dropped at all. Default true. */
  readonly training?: boolean | undefined;
  /** Where the choice comes from: one uniform number for each of them, in row-major order, drawn on the host, so that a
   * seed drops the same elements on every device. Needed where anything can be dropped. */
  readonly generator?: Generator | undefined;
}

const dropoutOptions: OptionKinds<DropoutOptions> = { p: number, training: flag, generator: generatorKind };

/** Sets each element to 0 with probability p and divides the others by 1 − p, so that the mean stays (Srivastava et al.
 * 2014); p = 1 gives zeros, also of what is infinite or NaN (where PyTorch gives NaN). Without training, or with p = 0, it returns `x` itself and draws nothing.
 * @throws ValueError if p is out of range, or a generator is missing
 * @category Activations */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  return dropped("dropout", x, options, (shape) => shape);
}

/** Sets each channel of an image to 0 with probability p and divides the others by 1 − p (Tompson et al. 2015): neighbouring
 * pixels are too alike to be dropped one by one. Without training, or with p = 0, it returns `x` itself and draws nothing.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @throws ShapeError for other axes; ValueError if p is out of range, or a generator is missing
 * @category Activations */
export function dropout2d(x: Tensor, options: DropoutOptions = {}): Tensor {
  return dropped("dropout2d", x, options, (shape) => {
    if (shape.length === 3 || shape.length === 4) return [...shape.slice(0, -2), 1, 1];
    throw new ShapeError("dropout2d", `x must be [N, C, H, W] or [C, H, W], got ${formatShape(shape)}`);
  });
}

/** @param maskOf the shape of the choices, which broadcasts to that of x */
function dropped(op: string, x: Tensor, options: DropoutOptions, maskOf: (shape: Shape) => Shape): Tensor {
  const { p = 0.5, training = true, generator } = checkedOptions(op, options, dropoutOptions);
  checkFloat(op, x);
  const shape = maskOf(x.shape);
  if (!(p >= 0 && p <= 1)) throw new ValueError(op, `p must be a probability from 0 to 1, got ${p}`);
  if (!training || p === 0) return x;
  if (generator === undefined) {
    throw new ValueError(op, "it draws from an explicit generator; pass { generator: generator(seed) }");
  }
  return dropoutOp(x, { p, generator, shape });
}

interface Choices {
  readonly p: number;
  readonly generator: Generator;
  /** Of the mask. */
  readonly shape: Shape;
}

const dropoutOp: Op<[x: Tensor], Choices> = defineOp({
  name: "dropout",
  forward: ([x], { p, generator, shape }) => {
    const scales = new Float64Array(sizeOf(shape));
    for (let i = 0; i < scales.length; i++) scales[i] = generator.uniform() < p ? 0 : 1 / (1 - p);
    const mask = new Tensor(x.device, x.device.upload(scales), shape, x.dtype);
    return { output: productOrZero(mask, x), saved: { mask } };
  },
  backward: (gradOutput, { mask }) => [cutGradient(productOrZero(mask, gradOutput))],
});
