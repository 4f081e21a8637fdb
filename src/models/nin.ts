/** Network in network: Lin, Chen & Yan, "Network In Network" (2013), with the sizes and names of the authors' Caffe nets.
 *
 * Every convolution is followed by two 1×1 convolutions, a small perceptron at each place, all with ReLU; the last gives one map a
 * class, whose mean is the logit, so that there is no linear layer. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { AvgPool2d } from "../nn/avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, number, type OptionKinds } from "../options.js";
import { checkImages } from "./images.js";
import { normal, zero } from "./initial-weights.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `ninCifar10` and `ninImagenet`.
 * @category Models */
export interface NiNOptions extends ModelOptions {
  /** Probability that an element becomes 0 in training, after each pooling of the CIFAR net, after the third of the other.
   * Default 0.5. */
  readonly dropout?: number | undefined;
}

const ninOptions: OptionKinds<NiNOptions> = { ...modelOptions, dropout: number };

/** Makes the net for CIFAR-10, with 966,986 parameters: images `[N, 3, H, W]` of at least 4 × 4 (made for 32 × 32)
 * to logits `[N, numClasses]`. Weights are initially normal with standard deviation 0.05, biases 0, as in the authors' Caffe net.
 * @throws ValueError if an option is out of range
 * @category Models */
export function ninCifar10(options: NiNOptions): NiN {
  const given = checkedRandom("ninCifar10", options, ninOptions);
  const { generator, numClasses = 10, dropout: p = 0.5, init = normal(0.05) } = given;
  const layer = { generator, init, biasInit: zero };
  return new NiN("ninCifar10", 4, {
    conv1: new Conv2d(3, 192, 5, { ...layer, padding: 2 }),
    cccp1: new Conv2d(192, 160, 1, layer),
    cccp2: new Conv2d(160, 96, 1, layer),
    pool1: new MaxPool2d(3, { stride: 2, ceilMode: true }),
    drop1: new Dropout({ p, generator }),
    conv2: new Conv2d(96, 192, 5, { ...layer, padding: 2 }),
    cccp3: new Conv2d(192, 192, 1, layer),
    cccp4: new Conv2d(192, 192, 1, layer),
    pool2: new AvgPool2d(3, { stride: 2, ceilMode: true }),
    drop2: new Dropout({ p, generator }),
    conv3: new Conv2d(192, 192, 3, { ...layer, padding: 1 }),
    cccp5: new Conv2d(192, 192, 1, layer),
    cccp6: new Conv2d(192, numClasses, 1, layer),
    pool3: new AdaptiveAvgPool2d(1),
  });
}

/** Makes the net for ImageNet, with 7,595,176 parameters: images `[N, 3, H, W]` of at least 39 × 39 (made for 224 × 224) to logits
 * `[N, numClasses]`. Weights are initially normal with standard deviation 0.05, or 0.01 in `conv1`, `conv3` and `cccp8`, biases 0,
 * as in the authors' Caffe net.
 * @throws ValueError if an option is out of range
 * @category Models */
export function ninImagenet(options: NiNOptions): NiN {
  const given = checkedRandom("ninImagenet", options, ninOptions);
  const { generator, numClasses = 1000, dropout: p = 0.5, init } = given;
  const layer = { generator, init: init ?? normal(0.05), biasInit: zero };
  const narrow = { ...layer, init: init ?? normal(0.01) };
  return new NiN("ninImagenet", 39, {
    conv1: new Conv2d(3, 96, 11, { ...narrow, stride: 4 }),
    cccp1: new Conv2d(96, 96, 1, layer),
    cccp2: new Conv2d(96, 96, 1, layer),
    pool1: new MaxPool2d(3, { stride: 2, ceilMode: true }),
    conv2: new Conv2d(96, 256, 5, { ...layer, padding: 2 }),
    cccp3: new Conv2d(256, 256, 1, layer),
    cccp4: new Conv2d(256, 256, 1, layer),
    pool2: new MaxPool2d(3, { stride: 2, ceilMode: true }),
    conv3: new Conv2d(256, 384, 3, { ...narrow, padding: 1 }),
    cccp5: new Conv2d(384, 384, 1, layer),
    cccp6: new Conv2d(384, 384, 1, layer),
    pool3: new MaxPool2d(3, { stride: 2, ceilMode: true }),
    drop: new Dropout({ p, generator }),
    conv4: new Conv2d(384, 1024, 3, { ...layer, padding: 1 }),
    cccp7: new Conv2d(1024, 1024, 1, layer),
    cccp8: new Conv2d(1024, numClasses, 1, narrow),
    pool4: new AdaptiveAvgPool2d(1),
  });
}

/** A network in network, which `ninCifar10` and `ninImagenet` make.
 * @category Models */
export class NiN extends Module {
  /** After every convolution. */
  readonly relu: ReLU = new ReLU();
  readonly #name: string;
  readonly #smallest: number;
  readonly #layers: Readonly<Record<string, Module>>;

  constructor(name: string, smallest: number, layers: Readonly<Record<string, Module>>) {
    super();
    this.#name = name;
    this.#smallest = smallest;
    this.#layers = layers;
  }

  override namedChildren(): [name: string, child: Module][] {
    return [...Object.entries(this.#layers), ["relu", this.relu]];
  }

  override forward(x: Tensor): Tensor {
    checkImages(this.#name, x, 3, this.#smallest);
    let h = x;
    for (const layer of Object.values(this.#layers)) {
      h = layer.forward(h);
      if (layer instanceof Conv2d) h = this.relu.forward(h);
    }
    return flatten(h, { startAxis: 1 });
  }
}

const common = { family: "NiN", year: 2013, paper: "Lin, Chen & Yan, Network In Network, ICLR 2014" } as const;

/** As the zoo has them. */
export const nins: readonly ZooModel[] = [
  { name: "ninCifar10", title: "NiN (CIFAR-10)", ...common, input: [3, 32, 32], make: ninCifar10 },
  { name: "ninImagenet", title: "NiN (ImageNet)", ...common, input: [3, 224, 224], make: ninImagenet },
];
