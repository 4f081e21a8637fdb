/** Stochastic depth as torchvision has it: each image of a batch loses the branch by itself, what is left is scaled in training. */
import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { tensor } from "../ops/create.js";
import { mul } from "../ops/elementwise/arithmetic.js";
import type { Generator } from "../random.js";
import { at } from "../shape.js";

/** @param net that has the option `stochasticDepth`
 * @throws ValueError unless it is a probability */
export function checkStochasticDepth(net: string, p: number): void {
  if (p >= 0 && p <= 1) return;
  throw new ValueError(net, `stochasticDepth must be a probability from 0 to 1, got ${p}`, { actual: p });
}

/** In training each row of the batch becomes 0 with probability p, and the others are divided by 1 − p, as `StochasticDepth` in
 * mode "row" (after Huang et al. 2016, who drop whole batches and scale in evaluation). With p = 0 or in evaluation the input is
 * handed on, and nothing is drawn. */
export class StochasticDepth extends Module {
  readonly #generator: Generator;

  constructor(
    /** Probability that a row becomes 0. */
    readonly p: number,
    generator: Generator,
  ) {
    super();
    this.#generator = generator;
  }

  override forward(branch: Tensor): Tensor {
    const { p } = this;
    if (!this.training || p === 0) return branch;
    const scales = Float64Array.from({ length: at(branch.shape, 0) }, () =>
      this.#generator.uniform() < p ? 0 : 1 / (1 - p),
    );
    const shape = branch.shape.map((n, axis) => (axis === 0 ? n : 1));
    return mul(branch, tensor(scales, { shape, device: branch.device.name }));
  }

  protected override describe(): string {
    return `p: ${this.p}`;
  }
}
