/** Stochastic depth: Huang, Sun, Liu, Sedra & Weinberger, "Deep Networks with Stochastic Depth" (2016), section 3.
 *
 * In training block l of L is open with probability p_l = 1 − l/L · (1 − p_L), drawn once for the whole batch; a closed one is
 * its shortcut alone, so that neither its branch nor the gradient of its weights is computed. In evaluation every block is open
 * and its branch is multiplied by p_l, the share of training in which it took part.
 *
 * torchvision's `StochasticDepth` differs: it multiplies what is open by 1/p_l in training and leaves evaluation as it is, and
 * in mode "row" it draws for each image. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { number, type OptionKind, type OptionKinds, ownCheck } from "../options.js";
import type { Generator } from "../random.js";
import type { Shortcut } from "./shortcut.js";

/** Options of a residual net with stochastic depth.
 * @category Models */
export interface StochasticDepthOptions {
  /** Probability p_L with which the last block is open in training, from 0 to 1; the paper has 0.5. Default: the net is as deep
   * in training as in evaluation. The choices are drawn from the net's `generator`, which every pass in training moves on. */
  readonly survival?: number | undefined;
  /** The blocks that are closed in every training pass, counted from 1 through the whole net, instead of drawn ones. */
  readonly closed?: readonly number[] | undefined;
}

/** Their kinds. */
export const stochasticDepthOptions: OptionKinds<StochasticDepthOptions> = { survival: number, closed: ownCheck };

/** Whether one block is open.
 * @category Models */
export class BlockSurvival extends Module {
  readonly #isClosed: () => boolean;

  constructor(
    /** With which probability, p_l. */
    readonly survival: number,
    isClosed: () => boolean,
  ) {
    super();
    this.#isClosed = isClosed;
  }

  /** Whether the block is left out of this pass. In training every call draws anew; in evaluation none is. */
  isClosed(): boolean {
    return this.training && this.#isClosed();
  }

  /** What an open block adds to its shortcut: the branch as it is in training, p_l times it in evaluation. */
  override forward(branch: Tensor): Tensor {
    return this.training ? branch : mul(branch, this.survival);
  }

  protected override describe(): string {
    return `survival: ${this.survival}`;
  }
}

/** One, or null. */
export const survivalKind: OptionKind<BlockSurvival | null> = {
  means: "a BlockSurvival or null",
  fits: (value) => value === null || value instanceof BlockSurvival,
};

/** For each block of a net, in order, whether it is open; null in a net without stochastic depth.
 * @throws ValueError if an option is out of range, or the net is a plain one */
export function blockSurvivals(
  model: string,
  count: number,
  options: StochasticDepthOptions & { readonly shortcut: Shortcut; readonly generator: Generator },
): (BlockSurvival | null)[] {
  const { survival, closed, shortcut, generator } = options;
  if (survival === undefined) {
    if (closed === undefined) return new Array(count).fill(null);
    throw new ValueError(model, "closed blocks are those of a net with stochastic depth; pass survival, too");
  }
  if (!(survival >= 0 && survival <= 1)) {
    throw new ValueError(model, `survival must be a probability from 0 to 1, got ${survival}`, { actual: survival });
  }
  if (shortcut === "none") {
    throw new ValueError(
      model,
      "survival needs shortcuts, for they are what is left of a closed block; got a plain net",
    );
  }
  const given = closed === undefined ? null : checkedBlocks(model, closed, count);
  return Array.from({ length: count }, (_, i) => {
    const p = 1 - ((i + 1) / count) * (1 - survival);
    return new BlockSurvival(p, given === null ? () => generator.uniform() >= p : () => given.has(i + 1));
  });
}

/** A branch and the shortcut past it, joined by addition; the branch alone in a plain net, the shortcut alone where the block
 * is closed. */
export function residual(
  x: Tensor,
  { shortcut, survival }: { readonly shortcut: Module | null; readonly survival: BlockSurvival | null },
  branch: () => Tensor,
): Tensor {
  if (shortcut === null) return branch();
  if (survival === null) return add(branch(), shortcut.forward(x));
  if (survival.isClosed()) return shortcut.forward(x);
  return add(survival.forward(branch()), shortcut.forward(x));
}

function checkedBlocks(model: string, closed: readonly number[], count: number): ReadonlySet<number> {
  const fits =
    Array.isArray(closed) && closed.every((block) => Number.isInteger(block) && block >= 1 && block <= count);
  if (fits) return new Set(closed);
  throw new ValueError(model, `closed must list blocks from 1 to ${count}, got ${describe(closed)}`, {
    actual: closed,
  });
}
