/** Inception v3: Szegedy, Vanhoucke, Ioffe, Shlens & Wojna, "Rethinking the Inception Architecture for Computer Vision" (2015), as
 * torchvision has it.
 *
 * Larger convolutions are factored: 5×5 into two 3×3, n×n into 1×n and n×1; pooling and convolutions of stride 2 halve the size side by
 * side; one auxiliary classifier, with batch norm, in training. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { AvgPool2d } from "../nn/avg-pool2d.js";
import { Dropout } from "../nn/dropout.js";
import { Flatten } from "../nn/flatten.js";
import { type Initializer, truncatedNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, flag, number, type OptionKinds } from "../options.js";
import { AuxiliaryNet, type BasicConv2d, Branches, convolutions, type MakeConvolution } from "./inception-parts.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `inceptionV3`.
 * @category Models */
export interface InceptionV3Options extends ModelOptions {
  /** Whether there is an auxiliary classifier. Default true. */
  readonly auxiliary?: boolean | undefined;
  /** Probability that an input of the classifier becomes 0 in training. Default 0.5; the paper has 0.2. */
  readonly dropout?: number | undefined;
}

const inceptionV3Options: OptionKinds<InceptionV3Options> = { ...modelOptions, auxiliary: flag, dropout: number };

/** Makes an Inception v3, with 27,161,264 parameters, of which the auxiliary classifier `AuxLogits` has 3,326,696. In training it
 * gives `WithAuxiliary`; the auxiliary loss counts 0.4. Images are taken as they are: torchvision's `transform_input` is false.
 * Weights are initially normal with standard deviation 0.1, 0.001 in the auxiliary classifier's linear layer, cut off at ±2,
 * biases uniform in ±1/√fanIn: torchvision's.
 * @throws ValueError if an option is out of range
 * @category Models */
export function inceptionV3(options: InceptionV3Options): InceptionV3 {
  return new InceptionV3(options);
}

/** An Inception v3: images `[N, 3, H, W]` of at least 75 × 75 (made for 299 × 299) to logits `[N, numClasses]`, and those of the
 * auxiliary classifier in training, where images are of at least 299 × 299.
 * @category Models */
export class InceptionV3 extends AuxiliaryNet {
  constructor(options: InceptionV3Options) {
    const given = checkedRandom("inceptionV3", options, inceptionV3Options);
    const { generator, numClasses = 1000, auxiliary = true, dropout: p = 0.5 } = given;
    const init = (std: number) => given.init ?? truncated(std);
    const convolution = convolutions({ generator, init: init(0.1) });
    const valid = { padding: 0 };
    super({
      parts: {
        Conv2d_1a_3x3: convolution(3, 32, 3, { stride: 2 }),
        Conv2d_2a_3x3: convolution(32, 32, 3, valid),
        Conv2d_2b_3x3: convolution(32, 64, 3),
        maxpool1: new MaxPool2d(3, { stride: 2 }),
        Conv2d_3b_1x1: convolution(64, 80, 1),
        Conv2d_4a_3x3: convolution(80, 192, 3, valid),
        maxpool2: new MaxPool2d(3, { stride: 2 }),
        Mixed_5b: inceptionA(convolution, 192, 32),
        Mixed_5c: inceptionA(convolution, 256, 64),
        Mixed_5d: inceptionA(convolution, 288, 64),
        Mixed_6a: inceptionB(convolution, 288),
        Mixed_6b: inceptionC(convolution, 768, 128),
        Mixed_6c: inceptionC(convolution, 768, 160),
        Mixed_6d: inceptionC(convolution, 768, 160),
        Mixed_6e: inceptionC(convolution, 768, 192),
        ...(auxiliary
          ? {
              AuxLogits: new InceptionAuxiliary(
                convolution,
                new Linear(768, numClasses, { generator, init: init(0.001) }),
              ),
            }
          : {}),
        Mixed_7a: inceptionD(convolution, 768),
        Mixed_7b: inceptionE(convolution, 1280),
        Mixed_7c: inceptionE(convolution, 2048),
        avgpool: new AdaptiveAvgPool2d(1),
        dropout: new Dropout({ p, generator }),
        flatten: new Flatten(),
        fc: new Linear(2048, numClasses, { generator, init: init(0.1) }),
      },
      auxiliary: auxiliary ? { Mixed_6e: "AuxLogits" } : {},
      smallest: { withAuxiliary: 299, without: 75 },
    });
  }
}

function truncated(std: number): Initializer {
  return (shape, { generator }) => truncatedNormal(shape, { generator, std });
}

/** 5×5, and 3×3 twice (figure 5). */
function inceptionA(convolution: MakeConvolution, inChannels: number, pooled: number): Branches {
  return new Branches(
    { branch1x1: convolution(inChannels, 64, 1) },
    { branch5x5_1: convolution(inChannels, 48, 1), branch5x5_2: convolution(48, 64, 5) },
    {
      branch3x3dbl_1: convolution(inChannels, 64, 1),
      branch3x3dbl_2: convolution(64, 96, 3),
      branch3x3dbl_3: convolution(96, 96, 3),
    },
    pooling(convolution, inChannels, pooled),
  );
}

/** Halves the size of A's features (figure 10). */
function inceptionB(convolution: MakeConvolution, inChannels: number): Branches {
  return new Branches(
    { branch3x3: convolution(inChannels, 384, 3, { stride: 2 }) },
    {
      branch3x3dbl_1: convolution(inChannels, 64, 1),
      branch3x3dbl_2: convolution(64, 96, 3),
      branch3x3dbl_3: convolution(96, 96, 3, { stride: 2 }),
    },
    { pool: new MaxPool2d(3, { stride: 2 }) },
  );
}

/** 7×7 in one dimension at a time, and that twice (figure 6). */
function inceptionC(convolution: MakeConvolution, inChannels: number, width: number): Branches {
  return new Branches(
    { branch1x1: convolution(inChannels, 192, 1) },
    {
      branch7x7_1: convolution(inChannels, width, 1),
      branch7x7_2: convolution(width, width, [1, 7]),
      branch7x7_3: convolution(width, 192, [7, 1]),
    },
    {
      branch7x7dbl_1: convolution(inChannels, width, 1),
      branch7x7dbl_2: convolution(width, width, [7, 1]),
      branch7x7dbl_3: convolution(width, width, [1, 7]),
      branch7x7dbl_4: convolution(width, width, [7, 1]),
      branch7x7dbl_5: convolution(width, 192, [1, 7]),
    },
    pooling(convolution, inChannels, 192),
  );
}

/** Halves the size of C's features. */
function inceptionD(convolution: MakeConvolution, inChannels: number): Branches {
  return new Branches(
    { branch3x3_1: convolution(inChannels, 192, 1), branch3x3_2: convolution(192, 320, 3, { stride: 2 }) },
    {
      branch7x7x3_1: convolution(inChannels, 192, 1),
      branch7x7x3_2: convolution(192, 192, [1, 7]),
      branch7x7x3_3: convolution(192, 192, [7, 1]),
      branch7x7x3_4: convolution(192, 192, 3, { stride: 2 }),
    },
    { pool: new MaxPool2d(3, { stride: 2 }) },
  );
}

/** 3×3 in both dimensions side by side (figure 7). */
function inceptionE(convolution: MakeConvolution, inChannels: number): Branches {
  return new Branches(
    { branch1x1: convolution(inChannels, 320, 1) },
    [
      { branch3x3_1: convolution(inChannels, 384, 1) },
      { branch3x3_2a: convolution(384, 384, [1, 3]) },
      { branch3x3_2b: convolution(384, 384, [3, 1]) },
    ],
    [
      { branch3x3dbl_1: convolution(inChannels, 448, 1), branch3x3dbl_2: convolution(448, 384, 3) },
      { branch3x3dbl_3a: convolution(384, 384, [1, 3]) },
      { branch3x3dbl_3b: convolution(384, 384, [3, 1]) },
    ],
    pooling(convolution, inChannels, 192),
  );
}

function pooling(convolution: MakeConvolution, inChannels: number, pooled: number): Readonly<Record<string, Module>> {
  return { pool: new AvgPool2d(3, { stride: 1, padding: 1 }), branch_pool: convolution(inChannels, pooled, 1) };
}

/** The auxiliary classifier, of features of at least 17 × 17. */
class InceptionAuxiliary extends Module {
  readonly pool: AvgPool2d = new AvgPool2d(5, { stride: 3 });
  readonly conv0: BasicConv2d;
  readonly conv1: BasicConv2d;
  readonly mean: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  readonly fc: Linear;

  constructor(convolution: MakeConvolution, fc: Linear) {
    super();
    this.conv0 = convolution(fc.inFeatures, 128, 1);
    this.conv1 = convolution(128, 768, 5, { padding: 0 });
    this.fc = fc;
  }

  override forward(x: Tensor): Tensor {
    const features = this.conv1.forward(this.conv0.forward(this.pool.forward(x)));
    return this.fc.forward(flatten(this.mean.forward(features), { startAxis: 1 }));
  }
}

/** As the zoo has it. */
export const inceptionV3s: readonly ZooModel[] = [
  {
    name: "inceptionV3",
    title: "Inception v3",
    family: "Inception",
    year: 2015,
    paper:
      "Szegedy, Vanhoucke, Ioffe, Shlens & Wojna, Rethinking the Inception Architecture for Computer Vision, CVPR 2016",
    input: [3, 299, 299],
    auxiliaryWeights: { AuxLogits: 0.4 },
    make: inceptionV3,
  },
];
