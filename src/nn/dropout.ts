/** The dropout layer. */

import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { dropout } from "../ops/elementwise/dropout.js";
import { checkedRandom, generatorKind, number, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { Module } from "./module.js";

/** Options of `Dropout`.
 * @category Layers */
export interface DropoutLayerOptions {
  /** Probability that an element becomes 0, from 0 to 1. Default 0.5. */
  readonly p?: number | undefined;
  /** Where the choice comes from; every pass in training moves it on. */
  readonly generator: Generator;
}

const dropoutLayerOptions: OptionKinds<DropoutLayerOptions> = { p: number, generator: generatorKind };

/** Drops elements in training and hands its input on in evaluation; see `dropout`.
 * @throws ValueError if p is out of range, or the generator is missing
 * @category Layers */
export class Dropout extends Module {
  readonly #p: number;
  readonly #generator: Generator;

  constructor(options: DropoutLayerOptions) {
    super();
    const { p = 0.5, generator } = checkedRandom("Dropout", options, dropoutLayerOptions);
    if (!(p >= 0 && p <= 1)) throw new ValueError("Dropout", `p must be a probability from 0 to 1, got ${p}`);
    this.#p = p;
    this.#generator = generator;
  }

  override forward(x: Tensor): Tensor {
    return dropout(x, { p: this.#p, training: this.training, generator: this.#generator });
  }

  protected override describe(): string {
    return `p: ${this.#p}`;
  }
}
