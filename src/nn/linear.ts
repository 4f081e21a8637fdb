/** The fully connected layer. */

import type { Tensor } from "../autograd/tensor.js";
import { checkedRandom } from "../ops/arguments.js";
import { linear } from "../ops/linalg/matmul.js";
import type { Generator } from "../random.js";
import { checkCounts, defaultBias, defaultWeight, weightFrom } from "./default-init.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `Linear`.
 * @category Layers */
export interface LinearOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Fills the weight. Default: uniform in ±1/√inFeatures, PyTorch's. */
  readonly init?: Initializer;
}

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
    checkedRandom("Linear", options);
    checkCounts("Linear", { inFeatures, outFeatures });
    const shape = [outFeatures, inFeatures];
    this.weight = weightFrom("Linear", options.init ?? defaultWeight, shape, options.generator);
    this.bias = options.bias === false ? null : new Parameter(defaultBias(shape, options));
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  protected override describe(): string {
    return `${this.inFeatures}, ${this.outFeatures}${this.bias === null ? ", bias: false" : ""}`;
  }
}
