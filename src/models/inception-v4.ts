/** Inception v4: Szegedy, Ioffe, Vanhoucke & Alemi, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
 * Learning" (2016), section 3.1, under the names of timm.
 *
 * A stem that branches itself, and three uniform stages of Inception modules, with modules between them that halve the size. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { AvgPool2d } from "../nn/avg-pool2d.js";
import { Dropout } from "../nn/dropout.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { Sequential } from "../nn/sequential.js";
import { concat } from "../ops/shape/join.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, number, type OptionKinds } from "../options.js";
import { checkImages } from "./images.js";
import { type BasicConv2d, Branches, convolutions, type MakeConvolution } from "./inception-parts.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `inceptionV4`.
 * @category Models */
export interface InceptionV4Options extends ModelOptions {
  /** Probability that an input of the classifier becomes 0 in training. Default 0.2, the paper's. */
  readonly dropout?: number | undefined;
}

const inceptionV4Options: OptionKinds<InceptionV4Options> = { ...modelOptions, dropout: number };

/** Makes an Inception v4, with 42,679,816 parameters. Weights and biases are initially uniform in ±1/√fanIn, as in timm.
 * @throws ValueError if an option is out of range
 * @category Models */
export function inceptionV4(options: InceptionV4Options): InceptionV4 {
  return new InceptionV4(options);
}

/** An Inception v4: images `[N, 3, H, W]` of at least 75 × 75 (made for 299 × 299) to logits `[N, numClasses]`.
 * @category Models */
export class InceptionV4 extends Module {
  /** The stem and the modules. */
  readonly features: Sequential;
  /** To `[N, 1536, 1, 1]`. */
  readonly globalPool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** Before the classifier. */
  readonly dropout: Dropout;
  /** The classifier. */
  readonly lastLinear: Linear;

  constructor(options: InceptionV4Options) {
    super();
    const given = checkedRandom("inceptionV4", options, inceptionV4Options);
    const { generator, init, numClasses = 1000, dropout: p = 0.2 } = given;
    const convolution = convolutions({ generator, init });
    const times = (count: number, make: (convolution: MakeConvolution) => Module) =>
      Array.from({ length: count }, () => make(convolution));
    this.features = new Sequential(
      ...stem(convolution),
      ...times(4, inceptionA),
      reductionA(convolution),
      ...times(7, inceptionB),
      reductionB(convolution),
      ...times(3, (layer) => new InceptionC(layer)),
    );
    this.dropout = new Dropout({ p, generator });
    this.lastLinear = new Linear(1536, numClasses, { generator, init });
  }

  override forward(x: Tensor): Tensor {
    checkImages("InceptionV4", x, 3, 75);
    const pooled = flatten(this.globalPool.forward(this.features.forward(x)), { startAxis: 1 });
    return this.lastLinear.forward(this.dropout.forward(pooled));
  }
}

/** Figure 3. */
function stem(convolution: MakeConvolution): Module[] {
  const valid = { padding: 0 };
  return [
    convolution(3, 32, 3, { stride: 2 }),
    convolution(32, 32, 3, valid),
    convolution(32, 64, 3),
    new Branches({ maxpool: new MaxPool2d(3, { stride: 2 }) }, { conv: convolution(64, 96, 3, { stride: 2 }) }),
    new Branches(
      { branch0: new Sequential(convolution(160, 64, 1), convolution(64, 96, 3, valid)) },
      {
        branch1: new Sequential(
          convolution(160, 64, 1),
          convolution(64, 64, [1, 7]),
          convolution(64, 64, [7, 1]),
          convolution(64, 96, 3, valid),
        ),
      },
    ),
    new Branches({ conv: convolution(192, 192, 3, { stride: 2 }) }, { maxpool: new MaxPool2d(3, { stride: 2 }) }),
  ];
}

/** Figure 4. */
function inceptionA(convolution: MakeConvolution): Branches {
  return new Branches(
    { branch0: convolution(384, 96, 1) },
    { branch1: new Sequential(convolution(384, 64, 1), convolution(64, 96, 3)) },
    { branch2: new Sequential(convolution(384, 64, 1), convolution(64, 96, 3), convolution(96, 96, 3)) },
    { branch3: pooled(convolution, 384, 96) },
  );
}

/** Figure 7, with k, l, m, n = 192, 224, 256, 384 of table 1. */
function reductionA(convolution: MakeConvolution): Branches {
  return new Branches(
    { branch0: convolution(384, 384, 3, { stride: 2 }) },
    {
      branch1: new Sequential(
        convolution(384, 192, 1),
        convolution(192, 224, 3),
        convolution(224, 256, 3, { stride: 2 }),
      ),
    },
    { branch2: new MaxPool2d(3, { stride: 2 }) },
  );
}

/** Figure 5. */
function inceptionB(convolution: MakeConvolution): Branches {
  return new Branches(
    { branch0: convolution(1024, 384, 1) },
    {
      branch1: new Sequential(convolution(1024, 192, 1), convolution(192, 224, [1, 7]), convolution(224, 256, [7, 1])),
    },
    {
      branch2: new Sequential(
        convolution(1024, 192, 1),
        convolution(192, 192, [7, 1]),
        convolution(192, 224, [1, 7]),
        convolution(224, 224, [7, 1]),
        convolution(224, 256, [1, 7]),
      ),
    },
    { branch3: pooled(convolution, 1024, 128) },
  );
}

/** Figure 8. */
function reductionB(convolution: MakeConvolution): Branches {
  return new Branches(
    { branch0: new Sequential(convolution(1024, 192, 1), convolution(192, 192, 3, { stride: 2 })) },
    {
      branch1: new Sequential(
        convolution(1024, 256, 1),
        convolution(256, 256, [1, 7]),
        convolution(256, 320, [7, 1]),
        convolution(320, 320, 3, { stride: 2 }),
      ),
    },
    { branch2: new MaxPool2d(3, { stride: 2 }) },
  );
}

/** Figure 6: two of its paths fork, and all six ends are joined at once. */
class InceptionC extends Module {
  readonly branch0: BasicConv2d;
  readonly branch1_0: BasicConv2d;
  readonly branch1_1a: BasicConv2d;
  readonly branch1_1b: BasicConv2d;
  readonly branch2_0: BasicConv2d;
  readonly branch2_1: BasicConv2d;
  readonly branch2_2: BasicConv2d;
  readonly branch2_3a: BasicConv2d;
  readonly branch2_3b: BasicConv2d;
  readonly branch3: Sequential;

  constructor(convolution: MakeConvolution) {
    super();
    this.branch0 = convolution(1536, 256, 1);
    this.branch1_0 = convolution(1536, 384, 1);
    this.branch1_1a = convolution(384, 256, [1, 3]);
    this.branch1_1b = convolution(384, 256, [3, 1]);
    this.branch2_0 = convolution(1536, 384, 1);
    this.branch2_1 = convolution(384, 448, [3, 1]);
    this.branch2_2 = convolution(448, 512, [1, 3]);
    this.branch2_3a = convolution(512, 256, [1, 3]);
    this.branch2_3b = convolution(512, 256, [3, 1]);
    this.branch3 = pooled(convolution, 1536, 256);
  }

  override forward(x: Tensor): Tensor {
    const fork1 = this.branch1_0.forward(x);
    const fork2 = this.branch2_2.forward(this.branch2_1.forward(this.branch2_0.forward(x)));
    const ends = [
      this.branch0.forward(x),
      this.branch1_1a.forward(fork1),
      this.branch1_1b.forward(fork1),
      this.branch2_3a.forward(fork2),
      this.branch2_3b.forward(fork2),
      this.branch3.forward(x),
    ];
    return concat(ends, { axis: 1 });
  }
}

/** The mean of 3×3 places, without those of the padding, and a 1×1 convolution. */
function pooled(convolution: MakeConvolution, inChannels: number, outChannels: number): Sequential {
  const pool = new AvgPool2d(3, { stride: 1, padding: 1, countIncludePad: false });
  return new Sequential(pool, convolution(inChannels, outChannels, 1));
}

/** As the zoo has it. */
export const inceptionV4s: readonly ZooModel[] = [
  {
    name: "inceptionV4",
    title: "Inception v4",
    family: "Inception",
    year: 2016,
    paper:
      "Szegedy, Ioffe, Vanhoucke & Alemi, Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning, " +
      "AAAI 2017",
    input: [3, 299, 299],
    make: inceptionV4,
  },
];
