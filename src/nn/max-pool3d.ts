/** The max pooling layer of volumes. */

import type { Tensor } from "../autograd/tensor.js";
import { type MaxPool3dOptions, maxPool3d, maxPool3dOptions } from "../ops/window/max-pool3d.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

const layerOptions: OptionKinds<Omit<MaxPool3dOptions, "kernelSize">> = omit(maxPool3dOptions, "kernelSize");

/** Largest element of each window of `[N, C, D, H, W]`; see `maxPool3d`.
 * @category Layers */
export class MaxPool3d extends Module {
  readonly #options: MaxPool3dOptions;

  constructor(
    /** Planes, rows and columns of the windows. */
    readonly kernelSize: MaxPool3dOptions["kernelSize"],
    options: Omit<MaxPool3dOptions, "kernelSize"> = {},
  ) {
    super();
    perAxis("MaxPool3d", "kernelSize", kernelSize, 3, 1);
    this.#options = { kernelSize, ...checkedOptions("MaxPool3d", options, layerOptions) };
  }

  override forward(x: Tensor): Tensor {
    return maxPool3d(x, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", ");
  }
}
