/** The fully connected layer. */

import type { Tensor } from "../autograd/tensor.js";
import { linear } from "../ops/linalg/matmul.js";
import { callback, checkedRandom, flag, generatorKind, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { biasFrom, checkCounts, defaultWeight, weightFrom } from "./default-init.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Options of `Linear`.
 * @category Layers */
export interface LinearOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√inFeatures, PyTorch's. */
  readonly init?: Initializer | undefined;
  /** Fills the bias. Default: as the weight. */
  readonly biasInit?: Initializer | undefined;
}

const linearOptions: OptionKinds<LinearOptions> = {
  generator: generatorKind,
  bias: flag,
  init: callback,
  biasInit: callback,
};

/** `y = x Wᵀ + b` on `[...N, inFeatures]`, giving `[...N, outFeatures]`.
 * @category Layers */
export class Linear extends Module {
  /** Shape `[outFeatures, inFeatures]`. */
  readonly weight: Parameter;
  /** Shape `[outFeatures]`, or null. */
  readonly bias: Parameter | null;

  constructor(
    /** Size of the last axis of the input. */
    readonly inFeatures: number,
    /** Size of the last axis of the output. */
    readonly outFeatures: number,
    options: LinearOptions,
  ) {
    super();
    const { generator, bias = true, init = defaultWeight, biasInit } = checkedRandom("Linear", options, linearOptions);
    checkCounts("Linear", { inFeatures, outFeatures });
    const shape = [outFeatures, inFeatures];
    this.weight = weightFrom("Linear", init, shape, generator);
    this.bias = bias ? biasFrom("Linear", biasInit, shape, generator) : null;
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  protected override describe(): string {
    return `${this.inFeatures}, ${this.outFeatures}${this.bias === null ? ", bias: false" : ""}`;
  }
}
