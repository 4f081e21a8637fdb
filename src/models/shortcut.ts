/** What stands beside the branch of a residual block (He, Zhang, Ren & Sun 2015, sections 3.2, 3.3 and 4.1). */
import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Identity } from "../nn/identity.js";
import type { Initializer } from "../nn/init.js";
import { Module } from "../nn/module.js";
import { Sequential } from "../nn/sequential.js";
import { pad, slice } from "../ops/shape/slice.js";
import type { Generator } from "../random.js";

/** How a block's input reaches its output past the convolutions.
 *
 * `none`: not at all, the plain net. `identity`, which He et al. call option A, and so may you: the identity; where the size
 * changes it is subsampled and the new channels are zero, so that it has no parameters. `B`: the identity, a 1×1 projection
 * where the size changes. `C`: always a projection.
 * @category Models */
export type Shortcut = "none" | "identity" | "A" | "B" | "C";

/** All of them. @internal */
export const shortcuts: readonly Shortcut[] = ["none", "identity", "A", "B", "C"];

/** Whether batch normalisation follows every convolution.
 * @category Models */
export type Normalization = "none" | "batch";

/** Option A: every `stride`-th row and column, with zero channels added on both sides.
 * @throws ValueError if a number is no integer of at least 1, or there are fewer channels after it than before
 * @category Models */
export class PadShortcut extends Module {
  constructor(
    /** Channels of the input. */
    readonly inChannels: number,
    /** Channels of the output. */
    readonly outChannels: number,
    /** Rows and columns from one sample to the next. */
    readonly stride: number,
  ) {
    super();
    checkCounts("PadShortcut", { inChannels, outChannels, stride });
    if (outChannels < inChannels) {
      throw new ValueError("PadShortcut", `it adds channels, got ${inChannels} before and ${outChannels} after it`);
    }
  }

  override forward(x: Tensor): Tensor {
    const { stride } = this;
    const sampled = stride === 1 ? x : slice(x, { step: [1, 1, stride, stride] });
    const extra = this.outChannels - this.inChannels;
    const before = Math.floor(extra / 2);
    return extra === 0
      ? sampled
      : pad(sampled, [
          [0, 0],
          [before, extra - before],
        ]);
  }

  protected override describe(): string {
    return `${this.inChannels}, ${this.outChannels}, stride: ${this.stride}`;
  }
}

/** The way past a block that maps `inChannels` to `outChannels`; null in a plain net. */
export function shortcutOf(
  inChannels: number,
  outChannels: number,
  stride: number,
  options: {
    readonly shortcut: Shortcut;
    readonly norm: Normalization;
    readonly generator: Generator;
    readonly init: Initializer;
  },
): Module | null {
  const { shortcut, generator, init, norm } = options;
  if (shortcut === "none") return null;
  const changes = inChannels !== outChannels || stride !== 1;
  if (shortcut !== "C" && !changes) return new Identity();
  if (shortcut === "identity" || shortcut === "A") return new PadShortcut(inChannels, outChannels, stride);
  const projection = new Conv2d(inChannels, outChannels, 1, { stride, bias: false, generator, init });
  return new Sequential(projection, normalization(norm, outChannels));
}

/** What follows a convolution. */
export function normalization(norm: Normalization, channels: number): Module {
  return norm === "batch" ? new BatchNorm2d(channels) : new Identity();
}
