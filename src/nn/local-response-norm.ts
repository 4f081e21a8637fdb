/** The local response normalisation layer. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedOptions } from "../ops/arguments.js";
import { type LocalResponseNormOptions, localResponseNorm } from "../ops/norm/local-response-norm.js";
import { Module } from "./module.js";

/** Divides by a power of the mean square over neighbouring channels; see `localResponseNorm`.
 * @category Layers */
export class LocalResponseNorm extends Module {
  readonly #options: LocalResponseNormOptions;

  constructor(size: number, options: Omit<LocalResponseNormOptions, "size"> = {}) {
    super();
    this.#options = { size, ...checkedOptions("LocalResponseNorm", options, "{ k: 2 }") };
  }

  override forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", ");
  }
}
