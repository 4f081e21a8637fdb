/** The one-dimensional convolution layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type Conv1dOptions, conv1d, conv1dOptions } from "../ops/window/conv2d.js";
import { callback, checkedRandom, flag, generatorKind, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { perAxis } from "../shape.js";
import { checkGroups, describeConvolution } from "./convolution-layer.js";
import { checkCounts, defaultBias, defaultWeight, weightFrom } from "./default-init.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `Conv1d`, beside those of `conv1d`.
 * @category Layers */
export interface Conv1dLayerOptions extends Conv1dOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√fanIn, PyTorch's. */
  readonly init?: Initializer | undefined;
}

const conv1dLayerOptions: OptionKinds<Conv1dLayerOptions> = {
  ...conv1dOptions,
  generator: generatorKind,
  bias: flag,
  init: callback,
};

/** Convolution of `[N, inChannels, L]`, giving `[N, outChannels, OL]`; see `conv1d`.
 * @category Layers */
export class Conv1d extends Module {
  /** Shape `[outChannels, inChannels / groups, K]`. */
  readonly weight: Parameter;
  /** Shape `[outChannels]`, or null. */
  readonly bias: Parameter | null;
  readonly #options: Conv1dOptions;

  constructor(
    /** Channels of the input. */
    readonly inChannels: number,
    /** Channels of the output. */
    readonly outChannels: number,
    /** Columns of the kernel. */
    readonly kernelSize: number | readonly [number],
    options: Conv1dLayerOptions,
  ) {
    super();
    const {
      generator,
      bias = true,
      init = defaultWeight,
      ...convolution
    } = checkedRandom("Conv1d", options, conv1dLayerOptions);
    checkCounts("Conv1d", { inChannels, outChannels });
    const groups = checkGroups("Conv1d", convolution.groups ?? 1, inChannels, outChannels);
    const shape = [outChannels, inChannels / groups, ...perAxis("Conv1d", "kernelSize", kernelSize, 1, 1)];
    this.weight = weightFrom("Conv1d", init, shape, generator);
    this.bias = bias ? new Parameter(defaultBias(shape, { generator })) : null;
    this.#options = convolution;
  }

  override forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, this.bias, this.#options);
  }

  protected override describe(): string {
    return describeConvolution(this, this.#options);
  }
}
