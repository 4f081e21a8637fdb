/** The leaky ReLU layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type LeakyReluOptions, leakyRelu, leakyReluOptions } from "../ops/elementwise/activation.js";
import { checkedOptions } from "../options.js";
import { Module } from "./module.js";

/** x where x > 0, else a small multiple of it; see `leakyRelu`.
 * @category Layers */
export class LeakyReLU extends Module {
  readonly #options: LeakyReluOptions;

  constructor(options: LeakyReluOptions = {}) {
    super();
    this.#options = checkedOptions("LeakyReLU", options, leakyReluOptions);
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, this.#options);
  }

  protected override describe(): string {
    return `negativeSlope: ${this.#options.negativeSlope ?? 0.01}`;
  }
}
