/** Sandler, Howard, Zhu, Zhmoginov & Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (CVPR 2018): the shortcut runs
 * between thin layers, the convolution that sees neighbours is depthwise in a wide layer between them, and the way back to
 * thin is linear. Names and numbers are those of torchvision. */
import type { Tensor } from "../autograd/tensor.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { ReLU6 } from "../nn/relu6.js";
import { Sequential } from "../nn/sequential.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { checkedRandom, number, type OptionKinds } from "../options.js";
import { convNormActivation, type LayerDefaults } from "./conv-norm-activation.js";
import { FeatureClassifier } from "./feature-classifier.js";
import { kaimingFanOut, normal, zero } from "./initial-weights.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `mobilenetV2`.
 * @category Models */
export interface MobileNetV2Options extends ModelOptions {
  /** Probability that dropout drops an input of the classifier in training, from 0 to 1. Default 0.2. */
  readonly dropRate?: number | undefined;
}

const mobileNetV2Options: OptionKinds<MobileNetV2Options> = { ...modelOptions, dropRate: number };

/** MobileNetV2: images `[N, 3, H, W]` of any size (32 × 32, too, though the last layers see 1 × 1 there) to logits
 * `[N, numClasses]`; 3,504,872 parameters.
 *
 * Convolutions start as Kaiming normal, fan out, the classifier's weight as normal with deviation 0.01 and its bias as 0, as in
 * torchvision.
 * @throws ValueError if an option is out of range
 * @category Models */
export function mobilenetV2(options: MobileNetV2Options): MobileNetV2 {
  const given = checkedRandom("mobilenetV2", options, mobileNetV2Options);
  const { generator, numClasses = 1000, init, dropRate = 0.2 } = given;
  const defaults = { generator, init: init ?? kaimingFanOut, activation: () => new ReLU6() };
  const blocks: InvertedResidual[] = [];
  let channels = 32;
  for (const { t, c, n, s } of bottlenecks) {
    for (let i = 0; i < n; i++) {
      blocks.push(new InvertedResidual(channels, c, { stride: i === 0 ? s : 1, expansion: t }, defaults));
      channels = c;
    }
  }
  const stem = convNormActivation(3, 32, { stride: 2 }, defaults);
  const features = new Sequential(stem, ...blocks, convNormActivation(channels, 1280, { kernelSize: 1 }, defaults));
  const linear = new Linear(1280, numClasses, { generator, init: init ?? normal(0.01), biasInit: zero });
  return new MobileNetV2(features, new Sequential(new Dropout({ p: dropRate, generator }), linear));
}

/** The paper's table 2, its rows of bottlenecks: the expansion t of the input's channels, output channels c, blocks n, and the
 * stride s of the first. */
const bottlenecks = [
  { t: 1, c: 16, n: 1, s: 1 },
  { t: 6, c: 24, n: 2, s: 2 },
  { t: 6, c: 32, n: 3, s: 2 },
  { t: 6, c: 64, n: 4, s: 2 },
  { t: 6, c: 96, n: 3, s: 1 },
  { t: 6, c: 160, n: 3, s: 2 },
  { t: 6, c: 320, n: 1, s: 1 },
];

/** What `mobilenetV2` makes.
 * @category Models */
export class MobileNetV2 extends FeatureClassifier {}

/** Widen, filter each channel, narrow; the input is added where it has the output's shape. */
class InvertedResidual extends Module {
  readonly conv: Sequential;
  readonly #isResidual: boolean;

  constructor(
    inChannels: number,
    outChannels: number,
    { stride, expansion }: { readonly stride: number; readonly expansion: number },
    defaults: LayerDefaults,
  ) {
    super();
    const { generator, init } = defaults;
    const wide = inChannels * expansion;
    const widen = expansion === 1 ? [] : [convNormActivation(inChannels, wide, { kernelSize: 1 }, defaults)];
    const filter = convNormActivation(wide, wide, { stride, groups: wide }, defaults);
    const narrow = new Conv2d(wide, outChannels, 1, { bias: false, generator, init });
    this.conv = new Sequential(...widen, filter, narrow, new BatchNorm2d(outChannels));
    this.#isResidual = stride === 1 && inChannels === outChannels;
  }

  override forward(x: Tensor): Tensor {
    const branch = this.conv.forward(x);
    return this.#isResidual ? add(x, branch) : branch;
  }
}

/** MobileNetV2 in the zoo. */
export const mobileNets: readonly ZooModel[] = [
  {
    name: "mobilenetV2",
    title: "MobileNetV2",
    family: "MobileNet",
    year: 2018,
    paper: "Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, CVPR 2018",
    input: [3, 224, 224],
    make: mobilenetV2,
  },
];
