/** VGG: Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2014), table 1,
 * configurations A, B, D and E.
 *
 * Only 3×3 convolutions, in five stages of 64, 128, 256, 512, 512 channels, each ended by max pooling, and three linear layers.
 * Those with batch norm after every convolution are torchvision's. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import { kaimingNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, flag, number, type OptionKinds, oneOf } from "../options.js";
import type { Generator } from "../random.js";
import { at, type Shape } from "../shape.js";
import { checkImages } from "./images.js";
import { normal, zero } from "./initial-weights.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Weighted layers of a VGG.
 * @category Models */
export type VGGDepth = 11 | 13 | 16 | 19;

/** Convolutions in each stage. */
const convolutions: Readonly<Record<VGGDepth, readonly number[]>> = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};

const channels = [64, 128, 256, 512, 512];

/** Options of `vgg11` and the others.
 * @category Models */
export interface VGGOptions extends ModelOptions {
  /** Probability that an output of the first two linear layers becomes 0 in training. Default 0.5. */
  readonly dropout?: number | undefined;
}

/** Options of a `VGG`.
 * @category Models */
export interface VGGNetOptions extends VGGOptions {
  /** Weighted layers. */
  readonly depth: VGGDepth;
  /** Whether batch norm follows every convolution. Default false. */
  readonly batchNorm?: boolean | undefined;
}

const vggOptions: OptionKinds<VGGOptions> = { ...modelOptions, dropout: number };
const vggNetOptions: OptionKinds<VGGNetOptions> = { ...vggOptions, depth: oneOf(11, 13, 16, 19), batchNorm: flag };

/** A VGG: images `[N, 3, H, W]` of at least 32 × 32 (made for 224 × 224) to logits `[N, numClasses]`.
 *
 * Weights of convolutions are initially normal with He et al.'s variance by fan out, those of linear layers with standard deviation
 * 0.01, biases 0: torchvision's; the paper drew all with 0.1, once a shallower net had been trained.
 * @throws ValueError if an option is out of range
 * @category Models */
export class VGG extends Module {
  /** Convolutions and max pooling. */
  readonly features: Sequential;
  /** To 7 × 7, whatever the size of the images. */
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(7);
  /** Three linear layers. */
  readonly classifier: Sequential;

  constructor(options: VGGNetOptions) {
    super();
    const given = checkedRandom("VGG", options, vggNetOptions);
    const { depth, batchNorm = false, generator, numClasses = 1000, dropout: p = 0.5 } = given;
    const convolution = { padding: 1, generator, init: given.init ?? fanOut, biasInit: zero };
    const layer = { generator, init: given.init ?? normal(0.01), biasInit: zero };
    const parts: Module[] = [];
    let inChannels = 3;
    for (const [stage, count] of convolutions[depth].entries()) {
      const outChannels = at(channels, stage);
      for (let i = 0; i < count; i++) {
        parts.push(new Conv2d(inChannels, outChannels, 3, convolution));
        if (batchNorm) parts.push(new BatchNorm2d(outChannels));
        parts.push(new ReLU());
        inChannels = outChannels;
      }
      parts.push(new MaxPool2d(2));
    }
    this.features = new Sequential(...parts);
    this.classifier = new Sequential(
      new Linear(512 * 7 * 7, 4096, layer),
      new ReLU(),
      new Dropout({ p, generator }),
      new Linear(4096, 4096, layer),
      new ReLU(),
      new Dropout({ p, generator }),
      new Linear(4096, numClasses, layer),
    );
  }

  override forward(x: Tensor): Tensor {
    checkImages("VGG", x, 3, 32);
    return this.classifier.forward(flatten(this.avgpool.forward(this.features.forward(x)), { startAxis: 1 }));
  }
}

function fanOut(shape: Shape, { generator }: { readonly generator: Generator }): Tensor {
  return kaimingNormal(shape, { generator, mode: "fanOut" });
}

/** Makes a VGG-11, configuration A, with 132,863,336 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg11(options: VGGOptions): VGG {
  return make("vgg11", { depth: 11, batchNorm: false }, options);
}

/** Makes a VGG-13, configuration B, with 133,047,848 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg13(options: VGGOptions): VGG {
  return make("vgg13", { depth: 13, batchNorm: false }, options);
}

/** Makes a VGG-16, configuration D, with 138,357,544 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg16(options: VGGOptions): VGG {
  return make("vgg16", { depth: 16, batchNorm: false }, options);
}

/** Makes a VGG-19, configuration E, with 143,667,240 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg19(options: VGGOptions): VGG {
  return make("vgg19", { depth: 19, batchNorm: false }, options);
}

/** Makes a VGG-11 with batch norm, with 132,868,840 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg11Bn(options: VGGOptions): VGG {
  return make("vgg11Bn", { depth: 11, batchNorm: true }, options);
}

/** Makes a VGG-13 with batch norm, with 133,053,736 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg13Bn(options: VGGOptions): VGG {
  return make("vgg13Bn", { depth: 13, batchNorm: true }, options);
}

/** Makes a VGG-16 with batch norm, with 138,365,992 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg16Bn(options: VGGOptions): VGG {
  return make("vgg16Bn", { depth: 16, batchNorm: true }, options);
}

/** Makes a VGG-19 with batch norm, with 143,678,248 parameters; see `VGG`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function vgg19Bn(options: VGGOptions): VGG {
  return make("vgg19Bn", { depth: 19, batchNorm: true }, options);
}

function make(name: string, form: Pick<VGGNetOptions, "depth" | "batchNorm">, options: VGGOptions): VGG {
  return new VGG({ ...checkedRandom(name, options, vggOptions), ...form });
}

const common = {
  family: "VGG",
  year: 2014,
  paper: "Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015",
  input: [3, 224, 224],
} as const;

/** As the zoo has them. */
export const vggs: readonly ZooModel[] = [
  { name: "vgg11", title: "VGG-11", ...common, make: vgg11 },
  { name: "vgg13", title: "VGG-13", ...common, make: vgg13 },
  { name: "vgg16", title: "VGG-16", ...common, make: vgg16 },
  { name: "vgg19", title: "VGG-19", ...common, make: vgg19 },
  { name: "vgg11Bn", title: "VGG-11 (BN)", ...common, make: vgg11Bn },
  { name: "vgg13Bn", title: "VGG-13 (BN)", ...common, make: vgg13Bn },
  { name: "vgg16Bn", title: "VGG-16 (BN)", ...common, make: vgg16Bn },
  { name: "vgg19Bn", title: "VGG-19 (BN)", ...common, make: vgg19Bn },
];
