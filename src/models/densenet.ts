/** Huang, Liu, van der Maaten & Weinberger, "Densely Connected Convolutional Networks" (CVPR 2017): every layer of a block sees
 * the outputs of all before it, concatenated. The names and numbers are those of torchvision; the blocks serve the nets for
 * CIFAR, too. */
import type { Tensor } from "../autograd/tensor.js";
import { checkpoint } from "../autograd/transforms/checkpoint.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { AvgPool2d } from "../nn/avg-pool2d.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import { Flatten } from "../nn/flatten.js";
import { constant, type Initializer, kaimingNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { concat } from "../ops/shape/join.js";
import { checkedRandom, flag, number, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of every DenseNet.
 * @category Models */
export interface DenseNetOptions extends ModelOptions {
  /** Whether the tape keeps the outputs of the layers alone: their concatenations, which grow with the square of a block's
   * length, and what is computed from them up to the first convolution are made again in the backward pass (Pleiss et al.,
   * "Memory-Efficient Implementation of DenseNets", 2017). The numbers are the same. Default false. */
  readonly memoryEfficient?: boolean | undefined;
  /** Probability that dropout drops an output of a dense layer in training, from 0 to 1. Default 0; the paper has 0.2 where it
   * trains without augmentation. */
  readonly dropRate?: number | undefined;
}

/** Their kinds. */
export const denseNetOptions: OptionKinds<DenseNetOptions> = {
  ...modelOptions,
  memoryEfficient: flag,
  dropRate: number,
};

/** DenseNet-121: growth rate 32, blocks of 6, 12, 24 and 16 layers; 7,978,856 parameters. Images `[N, 3, H, W]`, of 29 × 29 or
 * more, to logits `[N, numClasses]`.
 *
 * Convolutions start as Kaiming normal, fan in, and the classifier's bias as 0, as in torchvision; its weight is uniform in
 * ±1/√fanIn.
 * @throws ValueError if an option is out of range
 * @category Models */
export function densenet121(options: DenseNetOptions): DenseNet {
  return imagenet("densenet121", { growthRate: 32, layers: [6, 12, 24, 16], stem: 64 }, options);
}

/** DenseNet-161: growth rate 48, blocks of 6, 12, 36 and 24 layers; 28,681,000 parameters. Otherwise as `densenet121`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function densenet161(options: DenseNetOptions): DenseNet {
  return imagenet("densenet161", { growthRate: 48, layers: [6, 12, 36, 24], stem: 96 }, options);
}

/** DenseNet-169: growth rate 32, blocks of 6, 12, 32 and 32 layers; 14,149,480 parameters. Otherwise as `densenet121`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function densenet169(options: DenseNetOptions): DenseNet {
  return imagenet("densenet169", { growthRate: 32, layers: [6, 12, 32, 32], stem: 64 }, options);
}

/** DenseNet-201: growth rate 32, blocks of 6, 12, 48 and 32 layers; 20,013,928 parameters. Otherwise as `densenet121`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function densenet201(options: DenseNetOptions): DenseNet {
  return imagenet("densenet201", { growthRate: 32, layers: [6, 12, 48, 32], stem: 64 }, options);
}

/** A dense net: its features, the global average of their positive parts, and a classifier.
 * @category Models */
export class DenseNet extends Module {
  /** Stem, dense blocks with transitions between them, and the last norm. */
  readonly features: Sequential;
  /** After the last norm. */
  readonly relu: ReLU = new ReLU();
  /** Global average. */
  readonly pool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** `[N, C, 1, 1]` to `[N, C]`. */
  readonly flatten: Flatten = new Flatten();
  /** The classifier. */
  readonly classifier: Linear;

  constructor(features: Sequential, classifier: Linear) {
    super();
    this.features = features;
    this.classifier = classifier;
  }

  override forward(x: Tensor): Tensor {
    const features = this.relu.forward(this.features.forward(x));
    return this.classifier.forward(this.flatten.forward(this.pool.forward(features)));
  }
}

/** What a dense block is made with, beside its sizes. */
export interface DensePlan {
  /** Draws the initial weights, and what dropout drops. */
  readonly generator: Generator;
  /** Fills the weights of the convolutions. */
  readonly init: Initializer;
  /** Channels that each layer adds, k in the paper. */
  readonly growthRate: number;
  /** Whether a 1×1 convolution to 4k channels comes before each 3×3 one (the B of DenseNet-BC). */
  readonly bottleneck: boolean;
  readonly memoryEfficient: boolean;
  readonly dropRate: number;
}

/** The plan of these options. */
export function densePlan(options: DenseNetOptions, growthRate: number, bottleneck: boolean): DensePlan {
  const { generator, init = kaimingNormal as Initializer, memoryEfficient = false, dropRate = 0 } = options;
  return { generator, init, growthRate, bottleneck, memoryEfficient, dropRate };
}

/** Batch norm, ReLU and a convolution, once or, with a bottleneck, twice: `[N, C, H, W]` to k new channels. The input comes whole
 * or in parts, which are concatenated. */
class DenseLayer extends Module {
  readonly norm1: BatchNorm2d;
  readonly relu1: ReLU = new ReLU();
  readonly conv1: Conv2d;
  readonly norm2: BatchNorm2d | null = null;
  readonly relu2: ReLU | null = null;
  readonly conv2: Conv2d | null = null;
  readonly dropout: Dropout | null;
  readonly #first: (...parts: Tensor[]) => Tensor;

  constructor(channels: number, { generator, init, growthRate, bottleneck, memoryEfficient, dropRate }: DensePlan) {
    super();
    const convolution = { generator, init, bias: false };
    this.norm1 = new BatchNorm2d(channels);
    if (bottleneck) {
      this.conv1 = new Conv2d(channels, 4 * growthRate, 1, convolution);
      this.norm2 = new BatchNorm2d(4 * growthRate);
      this.relu2 = new ReLU();
      this.conv2 = new Conv2d(4 * growthRate, growthRate, 3, { ...convolution, padding: 1 });
    } else this.conv1 = new Conv2d(channels, growthRate, 3, { ...convolution, padding: 1 });
    this.dropout = dropRate === 0 ? null : new Dropout({ p: dropRate, generator });
    const first = (...parts: Tensor[]) =>
      this.conv1.forward(this.relu1.forward(this.norm1.forward(concat(parts, { axis: 1 }))));
    this.#first = memoryEfficient ? checkpoint(first) : first;
  }

  override forward(...parts: Tensor[]): Tensor {
    let h = this.#first(...parts);
    for (const module of [this.norm2, this.relu2, this.conv2, this.dropout]) h = module?.forward(h) ?? h;
    return h;
  }
}

/** Dense layers: `[N, C, H, W]` to itself and k channels a layer, concatenated. */
class DenseBlock extends Module {
  readonly #layers: readonly DenseLayer[];
  readonly #memoryEfficient: boolean;

  constructor(layers: number, channels: number, plan: DensePlan) {
    super();
    this.#memoryEfficient = plan.memoryEfficient;
    this.#layers = Array.from({ length: layers }, (_, i) => new DenseLayer(channels + i * plan.growthRate, plan));
  }

  override namedChildren(): [name: string, child: Module][] {
    return this.#layers.map((layer, i) => [`denselayer${i + 1}`, layer]);
  }

  override forward(x: Tensor): Tensor {
    if (this.#memoryEfficient) {
      const parts = [x];
      for (const layer of this.#layers) parts.push(layer.forward(...parts));
      return concat(parts, { axis: 1 });
    }
    let h = x;
    for (const layer of this.#layers) h = concat([h, layer.forward(h)], { axis: 1 });
    return h;
  }
}

/** The classifier, whose bias starts as 0. */
export function denseClassifier(channels: number, numClasses: number, { generator, init }: DenseNetOptions): Linear {
  return new Linear(channels, numClasses, { generator, init, biasInit: (shape) => constant(shape, 0) });
}

/** Between two blocks: a 1×1 convolution, and the size halved. */
function transition(channels: number, outChannels: number, { generator, init }: DensePlan): Sequential {
  return new Sequential({
    norm: new BatchNorm2d(channels),
    relu: new ReLU(),
    conv: new Conv2d(channels, outChannels, 1, { generator, init, bias: false }),
    pool: new AvgPool2d(2),
  });
}

/** Dense blocks by name with transitions between them, each of which leaves the share `compression` of its channels.
 * @returns the channels after the last block, too */
export function denseBlocks(
  layers: readonly number[],
  inChannels: number,
  compression: number,
  plan: DensePlan,
): { readonly blocks: Readonly<Record<string, Module>>; readonly channels: number } {
  const blocks: Record<string, Module> = {};
  let channels = inChannels;
  layers.forEach((count, i) => {
    blocks[`denseblock${i + 1}`] = new DenseBlock(count, channels, plan);
    channels += count * plan.growthRate;
    if (i === layers.length - 1) return;
    const left = Math.floor(channels * compression);
    blocks[`transition${i + 1}`] = transition(channels, left, plan);
    channels = left;
  });
  return { blocks, channels };
}

interface ImageNetSizes {
  readonly growthRate: number;
  readonly layers: readonly number[];
  /** Channels of the first convolution. */
  readonly stem: number;
}

function imagenet(name: string, { growthRate, layers, stem }: ImageNetSizes, options: DenseNetOptions): DenseNet {
  const given = checkedRandom(name, options, denseNetOptions);
  const plan = densePlan(given, growthRate, true);
  const { generator, init } = plan;
  const conv0 = new Conv2d(3, stem, 7, { stride: 2, padding: 3, bias: false, generator, init });
  const start = { conv0, norm0: new BatchNorm2d(stem), relu0: new ReLU() };
  const pool0 = new MaxPool2d(3, { stride: 2, padding: 1 });
  const { blocks, channels } = denseBlocks(layers, stem, 0.5, plan);
  const features = new Sequential({ ...start, pool0, ...blocks, norm5: new BatchNorm2d(channels) });
  return new DenseNet(features, denseClassifier(channels, given.numClasses ?? 1000, given));
}

const paper = "Huang, Liu, van der Maaten & Weinberger, Densely Connected Convolutional Networks, CVPR 2017";

/** The nets for ImageNet in the zoo. */
export const densenets: readonly ZooModel[] = Object.entries({
  densenet121,
  densenet161,
  densenet169,
  densenet201,
}).map(([name, make]) => {
  const title = name.replace("densenet", "DenseNet-");
  return { name, title, family: "DenseNet", year: 2017, paper, input: [3, 224, 224], make };
});
