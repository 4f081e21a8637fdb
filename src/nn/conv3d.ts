/** The three-dimensional convolution layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type Conv3dOptions, conv3d, conv3dOptions } from "../ops/window/conv3d.js";
import type { OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { convolutionParts, describeConvolution, layerOptions } from "./convolution-layer.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Options of `Conv3d`, beside those of `conv3d`.
 * @category Layers */
export interface Conv3dLayerOptions extends Conv3dOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√fanIn, PyTorch's. */
  readonly init?: Initializer | undefined;
  /** Fills the bias. Default: as the weight. */
  readonly biasInit?: Initializer | undefined;
}

const conv3dLayerOptions: OptionKinds<Conv3dLayerOptions> = {
  ...conv3dOptions,
  ...layerOptions,
};

/** Convolution of `[N, inChannels, D, H, W]`, giving `[N, outChannels, OD, OH, OW]`; see `conv3d`.
 * @category Layers */
export class Conv3d extends Module {
  /** Shape `[outChannels, inChannels / groups, KD, KH, KW]`. */
  readonly weight: Parameter;
  /** Shape `[outChannels]`, or null. */
  readonly bias: Parameter | null;
  readonly #options: Conv3dOptions;

  constructor(
    /** Channels of the input. */
    readonly inChannels: number,
    /** Channels of the output. */
    readonly outChannels: number,
    /** Planes, rows and columns of the kernel. */
    readonly kernelSize: number | readonly [number, number, number],
    options: Conv3dLayerOptions,
  ) {
    super();
    const sizes = { inChannels, outChannels, kernelSize };
    const { weight, bias, convolution } = convolutionParts("Conv3d", 3, sizes, options, conv3dLayerOptions);
    this.weight = weight;
    this.bias = bias;
    this.#options = convolution;
  }

  override forward(x: Tensor): Tensor {
    return conv3d(x, this.weight, this.bias, this.#options);
  }

  protected override describe(): string {
    return describeConvolution(this, this.#options);
  }
}
