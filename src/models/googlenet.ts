/** GoogLeNet: Szegedy et al., "Going Deeper with Convolutions" (2014), as torchvision has it.
 *
 * Nine modules of four paths side by side: 1×1, 3×3 and 5×5 convolutions, and max pooling, with 1×1 convolutions that keep them
 * narrow; in training two auxiliary classifiers in the middle. As in torchvision, batch norm follows every convolution, where the
 * paper has none and normalises local responses twice; and 3×3 convolutions stand in the place of 5×5 ones. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Dropout } from "../nn/dropout.js";
import { Flatten } from "../nn/flatten.js";
import { type Initializer, truncatedNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, flag, number, type OptionKinds } from "../options.js";
import {
  AuxiliaryNet,
  type BasicConv2d,
  Branches,
  convolutions,
  type LayerOptions,
  type MakeConvolution,
} from "./inception-parts.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `googlenet`.
 * @category Models */
export interface GoogLeNetOptions extends ModelOptions {
  /** Whether there are auxiliary classifiers. Default true. */
  readonly auxiliary?: boolean | undefined;
  /** Probability that an input of the classifier becomes 0 in training. Default 0.2; the paper has 0.4. */
  readonly dropout?: number | undefined;
  /** The same in the auxiliary classifiers. Default 0.7. */
  readonly auxiliaryDropout?: number | undefined;
}

const googLeNetOptions: OptionKinds<GoogLeNetOptions> = {
  ...modelOptions,
  auxiliary: flag,
  dropout: number,
  auxiliaryDropout: number,
};

/** Makes a GoogLeNet, with 13,004,888 parameters, of which the auxiliary classifiers `aux1` and `aux2` have 6,379,984. In training
 * it gives `WithAuxiliary`; their losses count 0.3 each in the paper. Weights are initially normal with standard deviation 0.01,
 * cut off at ±2, biases uniform in ±1/√fanIn: torchvision's.
 * @throws ValueError if an option is out of range
 * @category Models */
export function googlenet(options: GoogLeNetOptions): GoogLeNet {
  return new GoogLeNet(options);
}

/** A GoogLeNet: images `[N, 3, H, W]` of at least 15 × 15 (made for 224 × 224) to logits `[N, numClasses]`, and those of the
 * auxiliary classifiers in training.
 * @category Models */
export class GoogLeNet extends AuxiliaryNet {
  constructor(options: GoogLeNetOptions) {
    const given = checkedRandom("googlenet", options, googLeNetOptions);
    const { auxiliary = true, dropout = 0.2, auxiliaryDropout = 0.7, numClasses = 1000 } = given;
    const { generator, init = initialWeight } = given;
    const layer = { generator, init };
    const convolution = convolutions(layer);
    const head = (inChannels: number) => new GoogLeNetAuxiliary(inChannels, numClasses, auxiliaryDropout, layer);
    super({
      parts: {
        conv1: convolution(3, 64, 7, { stride: 2, padding: 3 }),
        maxpool1: new MaxPool2d(3, { stride: 2, ceilMode: true }),
        conv2: convolution(64, 64, 1),
        conv3: convolution(64, 192, 3),
        maxpool2: new MaxPool2d(3, { stride: 2, ceilMode: true }),
        inception3a: inception(convolution, 192, 64, [96, 128], [16, 32], 32),
        inception3b: inception(convolution, 256, 128, [128, 192], [32, 96], 64),
        maxpool3: new MaxPool2d(3, { stride: 2, ceilMode: true }),
        inception4a: inception(convolution, 480, 192, [96, 208], [16, 48], 64),
        inception4b: inception(convolution, 512, 160, [112, 224], [24, 64], 64),
        inception4c: inception(convolution, 512, 128, [128, 256], [24, 64], 64),
        inception4d: inception(convolution, 512, 112, [144, 288], [32, 64], 64),
        inception4e: inception(convolution, 528, 256, [160, 320], [32, 128], 128),
        maxpool4: new MaxPool2d(2, { stride: 2, ceilMode: true }),
        inception5a: inception(convolution, 832, 256, [160, 320], [32, 128], 128),
        inception5b: inception(convolution, 832, 384, [192, 384], [48, 128], 128),
        ...(auxiliary ? { aux1: head(512), aux2: head(528) } : {}),
        avgpool: new AdaptiveAvgPool2d(1),
        flatten: new Flatten(),
        dropout: new Dropout({ p: dropout, generator }),
        fc: new Linear(1024, numClasses, layer),
      },
      auxiliary: auxiliary ? { inception4a: "aux1", inception4d: "aux2" } : {},
      smallest: { withAuxiliary: 15, without: 15 },
    });
  }
}

const initialWeight: Initializer = (shape, { generator }) => truncatedNormal(shape, { generator, std: 0.01 });

/** An inception module: paths of a 1×1 convolution, of a 1×1 and a 3×3 one twice, and of max pooling and a 1×1 one. */
function inception(
  convolution: MakeConvolution,
  inChannels: number,
  single: number,
  [narrow3, wide3]: readonly [number, number],
  [narrow5, wide5]: readonly [number, number],
  pooled: number,
): Branches {
  const pool = new MaxPool2d(3, { stride: 1, padding: 1, ceilMode: true });
  return new Branches(
    { branch1: convolution(inChannels, single, 1) },
    { branch2: new Sequential(convolution(inChannels, narrow3, 1), convolution(narrow3, wide3, 3)) },
    { branch3: new Sequential(convolution(inChannels, narrow5, 1), convolution(narrow5, wide5, 3)) },
    { branch4: new Sequential(pool, convolution(inChannels, pooled, 1)) },
  );
}

/** An auxiliary classifier, of features averaged to 4 × 4. */
class GoogLeNetAuxiliary extends Module {
  readonly pool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(4);
  readonly conv: BasicConv2d;
  readonly fc1: Linear;
  readonly relu: ReLU = new ReLU();
  readonly dropout: Dropout;
  readonly fc2: Linear;

  constructor(inChannels: number, numClasses: number, p: number, layer: LayerOptions) {
    super();
    this.conv = convolutions(layer)(inChannels, 128, 1);
    this.fc1 = new Linear(128 * 4 * 4, 1024, layer);
    this.dropout = new Dropout({ p, generator: layer.generator });
    this.fc2 = new Linear(1024, numClasses, layer);
  }

  override forward(x: Tensor): Tensor {
    const features = flatten(this.conv.forward(this.pool.forward(x)), { startAxis: 1 });
    return this.fc2.forward(this.dropout.forward(this.relu.forward(this.fc1.forward(features))));
  }
}

/** As the zoo has it. */
export const googLeNets: readonly ZooModel[] = [
  {
    name: "googlenet",
    title: "GoogLeNet",
    family: "Inception",
    year: 2014,
    paper:
      "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke & Rabinovich, Going Deeper with Convolutions, CVPR 2015",
    input: [3, 224, 224],
    auxiliaryWeights: { aux1: 0.3, aux2: 0.3 },
    make: googlenet,
  },
];
