/** Ma, Zhang, Zheng & Sun, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design" (ECCV 2018): half of the
 * channels pass a block untouched, the others are filtered, and a shuffle lets the halves meet in the next. Names and numbers
 * are those of torchvision. */
import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Flatten } from "../nn/flatten.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { concat } from "../ops/shape/join.js";
import { permute, reshape } from "../ops/shape/reshape.js";
import { chunk } from "../ops/shape/split.js";
import { checkedRandom } from "../options.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** ShuffleNet V2 of width 1: images `[N, 3, H, W]` of any size (32 × 32, too, though the last layers see 1 × 1 there) to logits
 * `[N, numClasses]`; 2,278,604 parameters.
 *
 * All weights start as torchvision leaves them, at the layers' own default: uniform in ±1/√fanIn.
 * @throws ValueError if an option is out of range
 * @category Models */
export function shufflenetV2_x1_0(options: ModelOptions): ShuffleNetV2 {
  const { numClasses = 1000, ...given } = checkedRandom("shufflenetV2_x1_0", options, modelOptions);
  return new ShuffleNetV2(given, numClasses);
}

type Given = Pick<ModelOptions, "generator" | "init">;

/** See `shufflenetV2_x1_0`.
 * @category Models */
export class ShuffleNetV2 extends Module {
  /** The stem, at half size. */
  readonly conv1: Sequential;
  /** To a quarter of the size. */
  readonly maxpool: MaxPool2d = new MaxPool2d(3, { stride: 2, padding: 1 });
  /** 4 units at an eighth. */
  readonly stage2: Sequential;
  /** 8 units at a sixteenth. */
  readonly stage3: Sequential;
  /** 4 units at a 32nd. */
  readonly stage4: Sequential;
  /** 1×1, to 1024 channels. */
  readonly conv5: Sequential;
  /** Global average. */
  readonly pool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** `[N, C, 1, 1]` to `[N, C]`. */
  readonly flatten: Flatten = new Flatten();
  /** The classifier. */
  readonly fc: Linear;

  /** @internal */
  constructor(given: Given, numClasses: number) {
    super();
    const stem = new Conv2d(3, 24, 3, { stride: 2, padding: 1, bias: false, ...given });
    this.conv1 = new Sequential(stem, new BatchNorm2d(24), new ReLU());
    this.stage2 = stage(24, 116, 4, given);
    this.stage3 = stage(116, 232, 8, given);
    this.stage4 = stage(232, 464, 4, given);
    this.conv5 = new Sequential(...pointwise(464, 1024, given));
    this.fc = new Linear(1024, numClasses, given);
  }

  override forward(x: Tensor): Tensor {
    const stem = this.maxpool.forward(this.conv1.forward(x));
    const features = this.stage4.forward(this.stage3.forward(this.stage2.forward(stem)));
    return this.fc.forward(this.flatten.forward(this.pool.forward(this.conv5.forward(features))));
  }
}

function stage(inChannels: number, outChannels: number, units: number, given: Given): Sequential {
  const others = Array.from({ length: units - 1 }, () => new ShuffleUnit(outChannels, given));
  return new Sequential(new DownsamplingUnit(inChannels, outChannels, given), ...others);
}

/** The unit of figure 3 (c): the second half of the channels is filtered, at the same size. */
class ShuffleUnit extends Module {
  readonly branch2: Sequential;

  constructor(channels: number, given: Given) {
    super();
    this.branch2 = filter(channels / 2, channels / 2, 1, given);
  }

  override forward(x: Tensor): Tensor {
    const [left, right] = chunk(x, 2, { axis: 1 }) as [Tensor, Tensor];
    return shuffled(concat([left, this.branch2.forward(right)], { axis: 1 }));
  }
}

/** The unit of figure 3 (d): both branches see all channels, and halve the size. */
class DownsamplingUnit extends Module {
  readonly branch1: Sequential;
  readonly branch2: Sequential;

  constructor(inChannels: number, outChannels: number, given: Given) {
    super();
    this.branch1 = new Sequential(...depthwise(inChannels, 2, given), ...pointwise(inChannels, outChannels / 2, given));
    this.branch2 = filter(inChannels, outChannels / 2, 2, given);
  }

  override forward(x: Tensor): Tensor {
    return shuffled(concat([this.branch1.forward(x), this.branch2.forward(x)], { axis: 1 }));
  }
}

/** 1×1, depthwise 3×3, 1×1. */
function filter(inChannels: number, outChannels: number, stride: number, given: Given): Sequential {
  return new Sequential(
    ...pointwise(inChannels, outChannels, given),
    ...depthwise(outChannels, stride, given),
    ...pointwise(outChannels, outChannels, given),
  );
}

function pointwise(inChannels: number, outChannels: number, given: Given): Module[] {
  const convolution = new Conv2d(inChannels, outChannels, 1, { bias: false, ...given });
  return [convolution, new BatchNorm2d(outChannels), new ReLU()];
}

/** Without an activation (the paper's guideline G4: elementwise operations cost time). */
function depthwise(channels: number, stride: number, given: Given): Module[] {
  const options = { stride, padding: 1, groups: channels, bias: false, ...given };
  return [new Conv2d(channels, channels, 3, options), new BatchNorm2d(channels)];
}

/** Channels a₁ … aₙ b₁ … bₙ as a₁ b₁ … aₙ bₙ. */
function shuffled(x: Tensor): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const halves = reshape(x, [n, 2, channels / 2, height, width]);
  return reshape(permute(halves, [0, 2, 1, 3, 4]), [n, channels, height, width]);
}

/** ShuffleNet V2 in the zoo. */
export const shuffleNets: readonly ZooModel[] = [
  {
    name: "shufflenetV2_x1_0",
    title: "ShuffleNet V2 1×",
    family: "ShuffleNet",
    year: 2018,
    paper:
      "Ma, Zhang, Zheng & Sun, ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design, ECCV 2018",
    input: [3, 224, 224],
    make: shufflenetV2_x1_0,
  },
];
