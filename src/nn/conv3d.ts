/** The three-dimensional convolution layer. */

import type { Tensor } from "../autograd/tensor.js";
import { type Conv3dOptions, conv3d, conv3dOptions } from "../ops/window/conv3d.js";
import { callback, checkedRandom, flag, generatorKind, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { perAxis } from "../shape.js";
import { checkGroups, describeConvolution } from "./convolution-layer.js";
import { checkCounts, defaultBias, defaultWeight, weightFrom } from "./default-init.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `Conv3d`, beside those of `conv3d`.
 * @category Layers */
export interface Conv3dLayerOptions extends Conv3dOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√fanIn, PyTorch's. */
  readonly init?: Initializer | undefined;
}

const conv3dLayerOptions: OptionKinds<Conv3dLayerOptions> = {
  ...conv3dOptions,
  generator: generatorKind,
  bias: flag,
  init: callback,
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
    const {
      generator,
      bias = true,
      init = defaultWeight,
      ...convolution
    } = checkedRandom("Conv3d", options, conv3dLayerOptions);
    checkCounts("Conv3d", { inChannels, outChannels });
    const groups = checkGroups("Conv3d", convolution.groups ?? 1, inChannels, outChannels);
    const shape = [outChannels, inChannels / groups, ...perAxis("Conv3d", "kernelSize", kernelSize, 3, 1)];
    this.weight = weightFrom("Conv3d", init, shape, generator);
    this.bias = bias ? new Parameter(defaultBias(shape, { generator })) : null;
    this.#options = convolution;
  }

  override forward(x: Tensor): Tensor {
    return conv3d(x, this.weight, this.bias, this.#options);
  }

  protected override describe(): string {
    return describeConvolution(this, this.#options);
  }
}
