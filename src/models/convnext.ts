/** Liu, Mao, Wu, Feichtenhofer, Darrell & Xie, "A ConvNet for the 2020s" (CVPR 2022), ConvNeXt-Tiny: a ResNet with what
 * transformers brought: patches, a wide depthwise convolution, layer norm over channels, GELU, and one activation a block. Names
 * and numbers are those of torchvision. */
import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Flatten } from "../nn/flatten.js";
import { GELU } from "../nn/gelu.js";
import { constant, type Initializer, truncatedNormal } from "../nn/init.js";
import { LayerNorm } from "../nn/layer-norm.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { Parameter } from "../nn/parameter.js";
import { Sequential } from "../nn/sequential.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { permute } from "../ops/shape/reshape.js";
import { checkedRandom, number, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { checkImages } from "./images.js";
import { zero } from "./initial-weights.js";
import { checkStochasticDepth, StochasticDepth } from "./torchvision-stochastic-depth.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `convnextTiny`.
 * @category Models */
export interface ConvNeXtOptions extends ModelOptions {
  /** Stochastic depth in training: block b of B (from 0 on) loses the branch of an image with probability
   * `stochasticDepth` · b/(B − 1). From 0 (off) to 1. Default 0.1. */
  readonly stochasticDepth?: number | undefined;
  /** What the branches' channels are multiplied by at first (Touvron et al. 2021). Default 1e-6. */
  readonly layerScale?: number | undefined;
}

const convNeXtOptions: OptionKinds<ConvNeXtOptions> = {
  ...modelOptions,
  stochasticDepth: number,
  layerScale: number,
};

const stages = [
  { channels: 96, blocks: 3 },
  { channels: 192, blocks: 3 },
  { channels: 384, blocks: 9 },
  { channels: 768, blocks: 3 },
];

/** ConvNeXt-Tiny: images `[N, 3, H, W]` of 32 × 32 or more to logits `[N, numClasses]`; 28,589,128 parameters.
 *
 * Weights start as normal with deviation 0.02 (truncated at ±2, which cuts nothing) and biases as 0, as in torchvision.
 * @throws ValueError if an option is out of range
 * @category Models */
export function convnextTiny(options: ConvNeXtOptions): ConvNeXt {
  const given = checkedRandom("convnextTiny", options, convNeXtOptions);
  const { generator, numClasses = 1000, init = narrow, stochasticDepth = 0.1, layerScale = 1e-6 } = given;
  checkStochasticDepth("convnextTiny", stochasticDepth);
  const layers = { generator, init, biasInit: zero };
  const count = stages.reduce((sum, { blocks }) => sum + blocks, 0);
  const features: Module[] = [];
  let [inChannels, block] = [3, 0];
  for (const { channels, blocks } of stages) {
    features.push(
      features.length === 0
        ? new Sequential(new Conv2d(3, channels, 4, { ...layers, stride: 4 }), new LayerNorm2d(channels))
        : new Sequential(new LayerNorm2d(inChannels), new Conv2d(inChannels, channels, 2, { ...layers, stride: 2 })),
    );
    const dropped = () => (stochasticDepth * block++) / (count - 1);
    features.push(
      new Sequential(
        ...Array.from(
          { length: blocks },
          () => new ConvNeXtBlock(channels, { ...layers, layerScale, dropped: dropped() }),
        ),
      ),
    );
    inChannels = channels;
  }
  const linear = new Linear(inChannels, numClasses, layers);
  return new ConvNeXt(new Sequential(...features), new Sequential(new LayerNorm2d(inChannels), new Flatten(), linear));
}

/** Features, their global average, and a classifier; see `convnextTiny`.
 * @category Models */
export class ConvNeXt extends Module {
  /** Stem and stages in turn with the layers that halve the size. */
  readonly features: Sequential;
  /** Global average. */
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** Layer norm and a linear layer. */
  readonly classifier: Sequential;

  constructor(features: Sequential, classifier: Sequential) {
    super();
    this.features = features;
    this.classifier = classifier;
  }

  override forward(x: Tensor): Tensor {
    checkImages("ConvNeXt", x, 3, 32);
    return this.classifier.forward(this.avgpool.forward(this.features.forward(x)));
  }
}

/** Layer norm over the channels of `[N, C, H, W]`, at each place by itself. */
class LayerNorm2d extends LayerNorm {
  constructor(channels: number) {
    super(channels, { eps: 1e-6 });
  }

  override forward(x: Tensor): Tensor {
    return permute(super.forward(permute(x, [0, 2, 3, 1])), [0, 3, 1, 2]);
  }
}

/** Axes in another order. */
class Permute extends Module {
  constructor(readonly order: readonly number[]) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return permute(x, this.order);
  }
}

interface BlockOptions {
  readonly generator: Generator;
  readonly init: Initializer;
  readonly biasInit: Initializer;
  readonly layerScale: number;
  /** Probability that stochastic depth drops an image's branch. */
  readonly dropped: number;
}

/** Depthwise 7×7, layer norm, four times as wide, GELU, and back, times a learned factor for each channel; plus the input. */
class ConvNeXtBlock extends Module {
  /** Shape `[C, 1, 1]`. */
  readonly layerScale: Parameter;
  readonly block: Sequential;
  readonly stochasticDepth: StochasticDepth;

  constructor(channels: number, { generator, init, biasInit, layerScale, dropped }: BlockOptions) {
    super();
    const layers = { generator, init, biasInit };
    this.layerScale = new Parameter(constant([channels, 1, 1], layerScale));
    this.block = new Sequential(
      new Conv2d(channels, channels, 7, { ...layers, padding: 3, groups: channels }),
      new Permute([0, 2, 3, 1]),
      new LayerNorm(channels, { eps: 1e-6 }),
      new Linear(channels, 4 * channels, layers),
      new GELU(),
      new Linear(4 * channels, channels, layers),
      new Permute([0, 3, 1, 2]),
    );
    this.stochasticDepth = new StochasticDepth(dropped, generator);
  }

  override forward(x: Tensor): Tensor {
    return add(this.stochasticDepth.forward(mul(this.layerScale, this.block.forward(x))), x);
  }
}

const narrow: Initializer = (shape, { generator }) => truncatedNormal(shape, { generator, std: 0.02 });

/** ConvNeXt in the zoo. */
export const convNeXts: readonly ZooModel[] = [
  {
    name: "convnextTiny",
    title: "ConvNeXt-T",
    family: "ConvNeXt",
    year: 2022,
    paper: "Liu, Mao, Wu, Feichtenhofer, Darrell & Xie, A ConvNet for the 2020s, CVPR 2022",
    input: [3, 224, 224],
    make: convnextTiny,
  },
];
