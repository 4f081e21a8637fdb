/** The adaptive average pooling layer of volumes. */
import type { Tensor } from "../autograd/tensor.js";
import { adaptiveAvgPool3d } from "../ops/window/avg-pool2d.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

/** Averages `[N, C, D, H, W]` down to `[N, C, ...outputSize]`; see `adaptiveAvgPool3d`.
 * @category Layers */
export class AdaptiveAvgPool3d extends Module {
  constructor(
    /** Planes, rows and columns of the output; null keeps the input's. */
    readonly outputSize: number | null | readonly [number | null, number | null, number | null],
  ) {
    super();
    const kept = (size: number | null) => (size === null ? 1 : size); // any size that an input can have
    const sizes = Array.isArray(outputSize) ? outputSize.map(kept) : kept(outputSize as number | null);
    perAxis("AdaptiveAvgPool3d", "outputSize", sizes, 3, 1);
  }

  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, { outputSize: this.outputSize });
  }

  protected override describe(): string {
    return `outputSize: ${String(this.outputSize)}`;
  }
}
