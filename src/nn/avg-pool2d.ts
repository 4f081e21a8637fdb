/** The average pooling layer. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedOptions } from "../ops/arguments.js";
import { type AvgPool2dOptions, avgPool2d } from "../ops/window/avg-pool2d.js";
import { Module } from "./module.js";

/** Mean of each window of `[N, C, H, W]`; see `avgPool2d`.
 * @category Layers */
export class AvgPool2d extends Module {
  readonly #options: AvgPool2dOptions;

  constructor(kernelSize: AvgPool2dOptions["kernelSize"], options: Omit<AvgPool2dOptions, "kernelSize"> = {}) {
    super();
    this.#options = { kernelSize, ...checkedOptions("AvgPool2d", options, "{ stride: 2 }") };
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
