/** The leaky ReLU layer. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedOptions } from "../ops/arguments.js";
import { type LeakyReluOptions, leakyRelu } from "../ops/elementwise/activation.js";
import { Module } from "./module.js";

/** x where x > 0, else a small multiple of it; see `leakyRelu`.
 * @category Layers */
export class LeakyReLU extends Module {
  readonly #options: LeakyReluOptions;

  constructor(options: LeakyReluOptions = {}) {
    super();
    this.#options = checkedOptions("LeakyReLU", options, "{ negativeSlope: 0.2 }");
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, this.#options);
  }

  protected override describe(): string {
    return `negativeSlope: ${this.#options.negativeSlope ?? 0.01}`;
  }
}
