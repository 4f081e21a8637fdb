/** The max pooling layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type MaxPool2dOptions, maxPool2d, maxPool2dOptions } from "../ops/window/max-pool2d.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

const layerOptions: OptionKinds<Omit<MaxPool2dOptions, "kernelSize">> = omit(maxPool2dOptions, "kernelSize");

/** Largest element of each window of `[N, C, H, W]`; see `maxPool2d`.
 * @category Layers */
export class MaxPool2d extends Module {
  readonly #options: MaxPool2dOptions;

  constructor(
    /** Rows and columns of the windows. */
    readonly kernelSize: MaxPool2dOptions["kernelSize"],
    options: Omit<MaxPool2dOptions, "kernelSize"> = {},
  ) {
    super();
    perAxis("MaxPool2d", "kernelSize", kernelSize, 2, 1);
    this.#options = { kernelSize, ...checkedOptions("MaxPool2d", options, layerOptions) };
  }

  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", ");
  }
}
