/** AlexNet: Krizhevsky, Sutskever & Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012), in the
 * form of Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014), which is torchvision's.
 *
 * Five convolutions and three linear layers, with ReLU. The form of 2014 has 64, 192, 384, 256, 256 channels, on one GPU;
 * that of 2012 had 96, 256, 384, 384, 256 on two, and local response normalisation after the first two. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, number, type OptionKinds } from "../options.js";
import { checkImages } from "./images.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `alexnet`.
 * @category Models */
export interface AlexNetOptions extends ModelOptions {
  /** Probability that an input of the first two linear layers becomes 0 in training. Default 0.5. */
  readonly dropout?: number | undefined;
}

const alexNetOptions: OptionKinds<AlexNetOptions> = { ...modelOptions, dropout: number };

/** Makes an AlexNet, with 61,100,840 parameters. Its weights and biases are initially uniform in ±1/√fanIn, as torchvision's; the
 * paper drew weights from a normal distribution of standard deviation 0.01.
 * @throws ValueError if an option is out of range
 * @category Models */
export function alexnet(options: AlexNetOptions): AlexNet {
  return new AlexNet(options);
}

/** An AlexNet: images `[N, 3, H, W]` of at least 63 × 63 (made for 224 × 224) to logits `[N, numClasses]`.
 * @category Models */
export class AlexNet extends Module {
  /** Convolutions and max pooling. */
  readonly features: Sequential;
  /** To 6 × 6, whatever the size of the images. */
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(6);
  /** Three linear layers. */
  readonly classifier: Sequential;

  constructor(options: AlexNetOptions) {
    super();
    const given = checkedRandom("alexnet", options, alexNetOptions);
    const { generator, init, numClasses = 1000, dropout: p = 0.5 } = given;
    const layer = { generator, init };
    this.features = new Sequential(
      new Conv2d(3, 64, 11, { ...layer, stride: 4, padding: 2 }),
      new ReLU(),
      new MaxPool2d(3, { stride: 2 }),
      new Conv2d(64, 192, 5, { ...layer, padding: 2 }),
      new ReLU(),
      new MaxPool2d(3, { stride: 2 }),
      new Conv2d(192, 384, 3, { ...layer, padding: 1 }),
      new ReLU(),
      new Conv2d(384, 256, 3, { ...layer, padding: 1 }),
      new ReLU(),
      new Conv2d(256, 256, 3, { ...layer, padding: 1 }),
      new ReLU(),
      new MaxPool2d(3, { stride: 2 }),
    );
    this.classifier = new Sequential(
      new Dropout({ p, generator }),
      new Linear(256 * 6 * 6, 4096, layer),
      new ReLU(),
      new Dropout({ p, generator }),
      new Linear(4096, 4096, layer),
      new ReLU(),
      new Linear(4096, numClasses, layer),
    );
  }

  override forward(x: Tensor): Tensor {
    checkImages("AlexNet", x, 3, 63);
    return this.classifier.forward(flatten(this.avgpool.forward(this.features.forward(x)), { startAxis: 1 }));
  }
}

/** As the zoo has it. */
export const alexnets: readonly ZooModel[] = [
  {
    name: "alexnet",
    title: "AlexNet",
    family: "AlexNet",
    year: 2012,
    paper:
      "Krizhevsky, Sutskever & Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NIPS 2012; " +
      "in the form of Krizhevsky, One weird trick for parallelizing convolutional neural networks, arXiv:1404.5997, 2014",
    input: [3, 224, 224],
    make: alexnet,
  },
];
