/** The average pooling layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type AvgPool2dOptions, avgPool2d, avgPool2dOptions } from "../ops/window/avg-pool2d.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

const layerOptions: OptionKinds<Omit<AvgPool2dOptions, "kernelSize">> = omit(avgPool2dOptions, "kernelSize");

/** Mean of each window of `[N, C, H, W]`; see `avgPool2d`.
 * @category Layers */
export class AvgPool2d extends Module {
  readonly #options: AvgPool2dOptions;

  constructor(
    /** Rows and columns of the windows. */
    readonly kernelSize: AvgPool2dOptions["kernelSize"],
    options: Omit<AvgPool2dOptions, "kernelSize"> = {},
  ) {
    super();
    perAxis("AvgPool2d", "kernelSize", kernelSize, 2, 1);
    this.#options = { kernelSize, ...checkedOptions("AvgPool2d", options, layerOptions) };
  }

  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", ");
  }
}
