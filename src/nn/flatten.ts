/** The flattening layer. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedOptions } from "../ops/arguments.js";
import { type FlattenOptions, flatten } from "../ops/shape/reshape.js";
import { Module } from "./module.js";

/** Merges the axes from 1 on (by default) into one: `[N, C, H, W]` becomes `[N, C·H·W]`.
 * @category Layers */
export class Flatten extends Module {
  readonly #options: FlattenOptions;

  constructor(options: FlattenOptions = {}) {
    super();
    this.#options = { startAxis: 1, ...checkedOptions("Flatten", options, "{ startAxis: 2 }") };
  }

  override forward(x: Tensor): Tensor {
    return flatten(x, this.#options);
  }
}
