/** The layer that undoes a max pooling. */

import type { Tensor } from "../autograd/tensor.js";
import { type MaxUnpool2dOptions, maxUnpool2d, maxUnpool2dOptions } from "../ops/window/max-unpool2d.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

const layerOptions: OptionKinds<Omit<MaxUnpool2dOptions, "kernelSize">> = omit(maxUnpool2dOptions, "kernelSize");

/** Sets the values of `[N, C, H, W]` back where `maxPool2dWithIndices` found them; see `maxUnpool2d`.
 * @category Layers */
export class MaxUnpool2d extends Module {
  readonly #options: MaxUnpool2dOptions;

  constructor(
    /** Rows and columns of the windows. */
    readonly kernelSize: MaxUnpool2dOptions["kernelSize"],
    options: Omit<MaxUnpool2dOptions, "kernelSize"> = {},
  ) {
    super();
    perAxis("MaxUnpool2d", "kernelSize", kernelSize, 2, 1);
    this.#options = { kernelSize, ...checkedOptions("MaxUnpool2d", options, layerOptions) };
  }

  /** Puts the maxima of x back where they came from.
   * @param indices those of the pooling, int32 of the shape of x */
  override forward(x: Tensor, indices: Tensor): Tensor {
    return maxUnpool2d(x, indices, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", ");
  }
}
