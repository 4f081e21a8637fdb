/** The max pooling layer. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedOptions } from "../ops/arguments.js";
import { type MaxPool2dOptions, maxPool2d } from "../ops/window/max-pool2d.js";
import { Module } from "./module.js";

/** Largest element of each window of `[N, C, H, W]`; see `maxPool2d`.
 * @category Layers */
export class MaxPool2d extends Module {
  readonly #options: MaxPool2dOptions;

  constructor(kernelSize: MaxPool2dOptions["kernelSize"], options: Omit<MaxPool2dOptions, "kernelSize"> = {}) {
    super();
    this.#options = { kernelSize, ...checkedOptions("MaxPool2d", options, "{ stride: 2 }") };
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
