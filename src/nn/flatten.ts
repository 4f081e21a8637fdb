/** The flattening layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type FlattenOptions, flatten, flattenOptions } from "../ops/shape/reshape.js";
import { checkedOptions } from "../options.js";
import { Module } from "./module.js";

/** Merges the axes from 1 on (by default) into one: `[N, C, H, W]` becomes `[N, C·H·W]`.
 * @category Layers */
export class Flatten extends Module {
  readonly #options: FlattenOptions;

  constructor(options: FlattenOptions = {}) {
    super();
    this.#options = { startAxis: 1, ...checkedOptions("Flatten", options, flattenOptions) };
  }

  override forward(x: Tensor): Tensor {
    return flatten(x, this.#options);
  }
}
