/** Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (ICML 2019), its base B0: the inverted
 * residuals of MobileNetV2 with SiLU and with channels that are weighed by squeeze-and-excitation (Hu, Shen & Sun 2018), in a
 * layout that was searched for. Names and numbers are those of torchvision. */
import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import type { Initializer } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { Sequential } from "../nn/sequential.js";
import { Sigmoid } from "../nn/sigmoid.js";
import { SiLU } from "../nn/silu.js";
import { rand } from "../ops/create.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { checkedRandom, number, type OptionKinds } from "../options.js";
import { at } from "../shape.js";
import { convNormActivation, type LayerDefaults } from "./conv-norm-activation.js";
import { FeatureClassifier } from "./feature-classifier.js";
import { kaimingFanOut, zero } from "./initial-weights.js";
import { checkStochasticDepth, StochasticDepth } from "./torchvision-stochastic-depth.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `efficientnetB0`.
 * @category Models */
export interface EfficientNetOptions extends ModelOptions {
  /** Probability that dropout drops an input of the classifier in training, from 0 to 1. Default 0.2. */
  readonly dropRate?: number | undefined;
  /** Stochastic depth in training: block b of B (from 0 on) loses the branch of an image with probability
   * `stochasticDepth` · b/B. From 0 (off) to 1. Default 0.2. */
  readonly stochasticDepth?: number | undefined;
}

const efficientNetOptions: OptionKinds<EfficientNetOptions> = {
  ...modelOptions,
  dropRate: number,
  stochasticDepth: number,
};

/** The paper's table 1, its rows of MBConv: the expansion, kernel and stride of the first, output channels, blocks. */
const stages = [
  { expansion: 1, kernelSize: 3, stride: 1, channels: 16, blocks: 1 },
  { expansion: 6, kernelSize: 3, stride: 2, channels: 24, blocks: 2 },
  { expansion: 6, kernelSize: 5, stride: 2, channels: 40, blocks: 2 },
  { expansion: 6, kernelSize: 3, stride: 2, channels: 80, blocks: 3 },
  { expansion: 6, kernelSize: 5, stride: 1, channels: 112, blocks: 3 },
  { expansion: 6, kernelSize: 5, stride: 2, channels: 192, blocks: 4 },
  { expansion: 6, kernelSize: 3, stride: 1, channels: 320, blocks: 1 },
];

/** EfficientNet-B0: images `[N, 3, H, W]` of any size (32 × 32, too, though the last layers see 1 × 1 there) to logits
 * `[N, numClasses]`; 5,288,548 parameters.
 *
 * Convolutions start as Kaiming normal, fan out, the classifier's weight uniform in ±1/√numClasses, and biases as 0, as in
 * torchvision.
 * @throws ValueError if an option is out of range
 * @category Models */
export function efficientnetB0(options: EfficientNetOptions): EfficientNet {
  const given = checkedRandom("efficientnetB0", options, efficientNetOptions);
  const { generator, numClasses = 1000, init, dropRate = 0.2, stochasticDepth = 0.2 } = given;
  checkStochasticDepth("efficientnetB0", stochasticDepth);
  const defaults = { generator, init: init ?? kaimingFanOut, activation: () => new SiLU() };
  const count = stages.reduce((sum, { blocks }) => sum + blocks, 0);
  let [channels, block] = [32, 0];
  const made = stages.map(({ blocks, ...row }) => {
    const sequence = Array.from({ length: blocks }, (_, i) => {
      const shape = { ...row, stride: i === 0 ? row.stride : 1, dropped: (stochasticDepth * block++) / count };
      const next = new MBConv(channels, shape, defaults);
      channels = row.channels;
      return next;
    });
    return new Sequential(...sequence);
  });
  const stem = convNormActivation(3, 32, { stride: 2 }, defaults);
  const head = convNormActivation(channels, 4 * channels, { kernelSize: 1 }, defaults);
  const linear = new Linear(4 * channels, numClasses, { generator, init: init ?? uniformFanOut, biasInit: zero });
  const classifier = new Sequential(new Dropout({ p: dropRate, generator }), linear);
  return new EfficientNet(new Sequential(stem, ...made, head), classifier);
}

/** What `efficientnetB0` makes.
 * @category Models */
export class EfficientNet extends FeatureClassifier {}

interface MBConvShape {
  readonly expansion: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly channels: number;
  /** Probability that stochastic depth drops an image's branch. */
  readonly dropped: number;
}

/** Widen, filter each channel, weigh the channels, narrow; the input is added where it has the output's shape. */
class MBConv extends Module {
  readonly block: Sequential;
  readonly stochasticDepth: StochasticDepth | null;

  constructor(inChannels: number, shape: MBConvShape, defaults: LayerDefaults) {
    super();
    const { expansion, kernelSize, stride, channels, dropped } = shape;
    const wide = inChannels * expansion;
    const widen = expansion === 1 ? [] : [convNormActivation(inChannels, wide, { kernelSize: 1 }, defaults)];
    this.block = new Sequential(
      ...widen,
      convNormActivation(wide, wide, { kernelSize, stride, groups: wide }, defaults),
      new SqueezeExcitation(wide, Math.max(1, Math.floor(inChannels / 4)), defaults),
      convNormActivation(wide, channels, { kernelSize: 1 }, { ...defaults, activation: undefined }),
    );
    const isResidual = stride === 1 && inChannels === channels;
    this.stochasticDepth = isResidual ? new StochasticDepth(dropped, defaults.generator) : null;
  }

  override forward(x: Tensor): Tensor {
    const branch = this.block.forward(x);
    return this.stochasticDepth === null ? branch : add(this.stochasticDepth.forward(branch), x);
  }
}

/** Weighs channels by what is in all of them: σ(fc2(silu(fc1(global average)))) times the input. */
class SqueezeExcitation extends Module {
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  readonly fc1: Conv2d;
  readonly fc2: Conv2d;
  readonly activation: SiLU = new SiLU();
  readonly scaleActivation: Sigmoid = new Sigmoid();

  constructor(channels: number, squeezed: number, { generator, init }: LayerDefaults) {
    super();
    this.fc1 = new Conv2d(channels, squeezed, 1, { generator, init, biasInit: zero });
    this.fc2 = new Conv2d(squeezed, channels, 1, { generator, init, biasInit: zero });
  }

  override forward(x: Tensor): Tensor {
    const squeezed = this.activation.forward(this.fc1.forward(this.avgpool.forward(x)));
    return mul(this.scaleActivation.forward(this.fc2.forward(squeezed)), x);
  }
}

/** Uniform in ±1/√outputs. */
const uniformFanOut: Initializer = (shape, { generator }) => {
  const bound = 1 / Math.sqrt(at(shape, 0));
  return rand(shape, { generator, low: -bound, high: bound });
};

/** EfficientNet in the zoo. */
export const efficientNets: readonly ZooModel[] = [
  {
    name: "efficientnetB0",
    title: "EfficientNet-B0",
    family: "EfficientNet",
    year: 2019,
    paper: "Tan & Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, ICML 2019",
    input: [3, 224, 224],
    make: efficientnetB0,
  },
];
