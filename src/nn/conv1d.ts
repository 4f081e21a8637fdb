/** The one-dimensional convolution layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type Conv1dOptions, conv1d, conv1dOptions } from "../ops/window/conv2d.js";
import type { OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { convolutionParts, describeConvolution, layerOptions } from "./convolution-layer.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Options of `Conv1d`, beside those of `conv1d`.
 * @category Layers */
export interface Conv1dLayerOptions extends Conv1dOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√fanIn, PyTorch's. */
  readonly init?: Initializer | undefined;
  /** Fills the bias. Default: as the weight. */
  readonly biasInit?: Initializer | undefined;
}

const conv1dLayerOptions: OptionKinds<Conv1dLayerOptions> = {
  ...conv1dOptions,
  ...layerOptions,
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
    const sizes = { inChannels, outChannels, kernelSize };
    const { weight, bias, convolution } = convolutionParts("Conv1d", 1, sizes, options, conv1dLayerOptions);
    this.weight = weight;
    this.bias = bias;
    this.#options = convolution;
  }

  override forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, this.bias, this.#options);
  }

  protected override describe(): string {
    return describeConvolution(this, this.#options);
  }
}
