/** The GELU layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type GeluOptions, gelu, geluOptions } from "../ops/elementwise/activation.js";
import { checkedOptions } from "../options.js";
import { Module } from "./module.js";

/** x · Φ(x); see `gelu`.
 * @category Layers */
export class GELU extends Module {
  readonly #options: GeluOptions;

  constructor(options: GeluOptions = {}) {
    super();
    this.#options = checkedOptions("GELU", options, geluOptions);
  }

  override forward(x: Tensor): Tensor {
    return gelu(x, this.#options);
  }

  protected override describe(): string {
    return `approximate: ${this.#options.approximate ?? "none"}`;
  }
}
