/** The two-dimensional transposed convolution layer. */

import type { Tensor } from "../autograd/tensor.js";
import {
  type ConvTranspose2dOptions,
  convTranspose2d,
  convTranspose2dOptions,
} from "../ops/window/conv-transpose2d.js";
import { callback, checkedRandom, flag, generatorKind, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { pair } from "../shape.js";
import { checkGroups, describeConvolution } from "./convolution-layer.js";
import { biasFrom, checkCounts, defaultWeight, weightFrom } from "./default-init.js";
import type { Initializer } from "./init.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Options of `ConvTranspose2d`, beside those of `convTranspose2d`.
 * @category Layers */
export interface ConvTranspose2dLayerOptions extends ConvTranspose2dOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Fills the weight. Default: uniform in ±1/√(outChannels / groups · KH · KW), PyTorch's. */
  readonly init?: Initializer | undefined;
  /** Fills the bias. Default: as the weight. */
  readonly biasInit?: Initializer | undefined;
}

const convTranspose2dLayerOptions: OptionKinds<ConvTranspose2dLayerOptions> = {
  ...convTranspose2dOptions,
  generator: generatorKind,
  bias: flag,
  init: callback,
  biasInit: callback,
};

/** Transposed convolution of `[N, inChannels, H, W]`, giving `[N, outChannels, OH, OW]`; see `convTranspose2d`.
 * @category Layers */
export class ConvTranspose2d extends Module {
  /** Shape `[inChannels, outChannels / groups, KH, KW]`. */
  readonly weight: Parameter;
  /** Shape `[outChannels]`, or null. */
  readonly bias: Parameter | null;
  readonly #options: ConvTranspose2dOptions;

  constructor(
    /** Channels of the input. */
    readonly inChannels: number,
    /** Channels of the output. */
    readonly outChannels: number,
    /** Rows and columns of the kernel. */
    readonly kernelSize: number | readonly [number, number],
    options: ConvTranspose2dLayerOptions,
  ) {
    super();
    const {
      generator,
      bias = true,
      init = defaultWeight,
      biasInit,
      ...convolution
    } = checkedRandom("ConvTranspose2d", options, convTranspose2dLayerOptions);
    checkCounts("ConvTranspose2d", { inChannels, outChannels });
    const groups = checkGroups("ConvTranspose2d", convolution.groups ?? 1, inChannels, outChannels);
    const shape = [inChannels, outChannels / groups, ...pair("ConvTranspose2d", "kernelSize", kernelSize, 1)];
    this.weight = weightFrom("ConvTranspose2d", init, shape, generator);
    this.bias = bias ? biasFrom("ConvTranspose2d", biasInit, shape, generator, outChannels) : null;
    this.#options = convolution;
  }

  override forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.#options);
  }

  protected override describe(): string {
    return describeConvolution(this, this.#options);
  }
}
