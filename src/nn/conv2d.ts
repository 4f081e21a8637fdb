/** The two-dimensional convolution layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type Conv2dOptions, conv2d, conv2dOptions } from "../ops/window/conv2d.js";
import type { OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { convolutionParts, describeConvolution, layerOptions } from "./convolution-layer.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Options of `Conv2d`, beside those of `conv2d`.
 * @category Layers */
export interface Conv2dLayerOptions extends Conv2dOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√fanIn, PyTorch's. */
  readonly init?: Initializer | undefined;
  /** Fills the bias. Default: as the weight. */
  readonly biasInit?: Initializer | undefined;
}

const conv2dLayerOptions: OptionKinds<Conv2dLayerOptions> = {
  ...conv2dOptions,
  ...layerOptions,
};

/** Convolution of `[N, inChannels, H, W]`, giving `[N, outChannels, OH, OW]`; see `conv2d`.
 * @category Layers */
export class Conv2d extends Module {
  /** Shape `[outChannels, inChannels / groups, KH, KW]`. */
  readonly weight: Parameter;
  /** Shape `[outChannels]`, or null. */
  readonly bias: Parameter | null;
  readonly #options: Conv2dOptions;

  constructor(
    /** Channels of the input. */
    readonly inChannels: number,
    /** Channels of the output. */
    readonly outChannels: number,
    /** Rows and columns of the kernel. */
    readonly kernelSize: number | readonly [number, number],
    options: Conv2dLayerOptions,
  ) {
    super();
    const sizes = { inChannels, outChannels, kernelSize };
    const { weight, bias, convolution } = convolutionParts("Conv2d", 2, sizes, options, conv2dLayerOptions);
    this.weight = weight;
    this.bias = bias;
    this.#options = convolution;
  }

  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this.#options);
  }

  protected override describe(): string {
    return describeConvolution(this, this.#options);
  }
}
