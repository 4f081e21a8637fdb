/** The average pooling layer of volumes. */

import type { Tensor } from "../autograd/tensor.js";
import { type AvgPool3dOptions, avgPool3d, avgPool3dOptions } from "../ops/window/avg-pool2d.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

const layerOptions: OptionKinds<Omit<AvgPool3dOptions, "kernelSize">> = omit(avgPool3dOptions, "kernelSize");

/** Mean of each window of `[N, C, D, H, W]`; see `avgPool3d`.
 * @category Layers */
export class AvgPool3d extends Module {
  readonly #options: AvgPool3dOptions;

  constructor(
    /** Planes, rows and columns of the windows. */
    readonly kernelSize: AvgPool3dOptions["kernelSize"],
    options: Omit<AvgPool3dOptions, "kernelSize"> = {},
  ) {
    super();
    perAxis("AvgPool3d", "kernelSize", kernelSize, 3, 1);
    this.#options = { kernelSize, ...checkedOptions("AvgPool3d", options, layerOptions) };
  }

  override forward(x: Tensor): Tensor {
    return avgPool3d(x, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", ");
  }
}
