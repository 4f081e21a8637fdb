/** The adaptive average pooling layer. */
import type { Tensor } from "../autograd/tensor.js";
import { adaptiveAvgPool2d } from "../ops/window/avg-pool2d.js";
import { perAxis } from "../shape.js";
import { Module } from "./module.js";

/** Averages `[N, C, H, W]` down to `[N, C, ...outputSize]`; see `adaptiveAvgPool2d`.
 * @category Layers */
export class AdaptiveAvgPool2d extends Module {
  constructor(
    /** Rows and columns of the output; null keeps the input's. */
    readonly outputSize: number | null | readonly [number | null, number | null],
  ) {
    super();
    const sizes = Array.isArray(outputSize) ? outputSize : [outputSize, outputSize];
    perAxis(
      "AdaptiveAvgPool2d",
      "outputSize",
      sizes.map((size) => size ?? 1),
      2,
      1,
    ); // null keeps the input's
  }

  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, { outputSize: this.outputSize });
  }

  protected override describe(): string {
    return `outputSize: ${String(this.outputSize)}`;
  }
}
