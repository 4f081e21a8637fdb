/** The local response normalisation layer. */

import type { Tensor } from "../autograd/tensor.js";
import {
  type LocalResponseNormOptions,
  localResponseNorm,
  localResponseNormOptions,
} from "../ops/norm/local-response-norm.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { checkCounts } from "./default-init.js";
import { Module } from "./module.js";

const layerOptions: OptionKinds<Omit<LocalResponseNormOptions, "size">> = omit(localResponseNormOptions, "size");

/** Divides by a power of the mean square over neighbouring channels; see `localResponseNorm`.
 * @category Layers */
export class LocalResponseNorm extends Module {
  readonly #options: LocalResponseNormOptions;

  constructor(size: number, options: Omit<LocalResponseNormOptions, "size"> = {}) {
    super();
    checkCounts("LocalResponseNorm", { size });
    this.#options = { size, ...checkedOptions("LocalResponseNorm", options, layerOptions) };
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
