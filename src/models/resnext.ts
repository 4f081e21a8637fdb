/** ResNeXts for CIFAR: Xie, Girshick, Dollár, Tu & He, "Aggregated Residual Transformations for Deep Neural Networks" (2017),
 * section 5.3. (Those for ImageNet, `resnext50_32x4d` and `resnext101_32x8d`, are made of ResNet's bottlenecks and stand beside
 * them.)
 *
 * A 3×3 convolution of 64 channels, three stages of (depth − 2)/9 bottlenecks (256, 512, 1024 channels) whose 3×3 convolution
 * works in `cardinality` groups of `baseWidth`, 2 and 4 times `baseWidth` channels, global average pooling, and a classifier.
 *
 * Keys are those of prlz77/ResNeXt.pytorch (`stage_1.stage_1_bottleneck_0.conv_reduce.weight`). As in the authors' released code,
 * norm and ReLU stand after the convolutions, and ReLU after the addition. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Flatten } from "../nn/flatten.js";
import { Identity } from "../nn/identity.js";
import { type Initializer, kaimingNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { checkedRandom, number, type OptionKinds, ownCheck } from "../options.js";
import type { Generator } from "../random.js";
import { checkBlockCount } from "./depth-limit.js";
import { kaimingFanOut, zero } from "./initial-weights.js";
import {
  type BlockSurvival,
  blockSurvivals,
  type StochasticDepthOptions,
  stochasticDepthOptions,
} from "./stochastic-depth.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of a ResNeXt for CIFAR of given cardinality and width.
 * @category Models */
export interface CifarResNeXtPresetOptions extends ModelOptions, StochasticDepthOptions {}

/** Options of `cifarResnext`.
 * @category Models */
export interface CifarResNeXtOptions extends CifarResNeXtPresetOptions {
  /** Groups of the 3×3 convolutions. */
  readonly cardinality: number;
  /** Channels of each group in the first stage. */
  readonly baseWidth: number;
  /** Weighted layers, 9n + 2. Default 29. */
  readonly depth?: number | undefined;
}

const presetOptions: OptionKinds<CifarResNeXtPresetOptions> = { ...modelOptions, ...stochasticDepthOptions };

const cifarResNeXtOptions: OptionKinds<CifarResNeXtOptions> = {
  ...presetOptions,
  cardinality: number,
  baseWidth: number,
  depth: ownCheck,
};

/** A ResNeXt for CIFAR: images `[N, 3, H, W]`, of any size (32 in the paper), to logits `[N, numClasses]`; made by
 * `cifarResnext` and the like.
 *
 * Convolutions begin Kaiming normal, fan out, the classifier Kaiming normal, fan in, with a bias of zero, as in prlz77's code.
 * @category Models */
export class CifarResNeXt extends Sequential {
  /** @throws ValueError if the depth is not 9n + 2 or another option is out of range */
  constructor(options: CifarResNeXtOptions) {
    const given = checkedRandom("cifarResnext", options, cifarResNeXtOptions);
    const { cardinality, baseWidth, depth = 29, numClasses = 10, generator } = given;
    checkCounts("cifarResnext", { cardinality, baseWidth });
    const n = blocksPerStage(depth);
    checkBlockCount("cifarResnext", n, `depth ${depth}`);
    const init = given.init ?? kaimingFanOut;
    const survivals = blockSurvivals("cifarResnext", 3 * n, { ...given, shortcut: "B" });
    const stage = (index: number, from: number, to: number) =>
      new Sequential(
        Object.fromEntries(
          Array.from({ length: n }, (_, i) => {
            const [inChannels, stride] = i === 0 ? [from, index === 1 ? 1 : 2] : [to, 1];
            const width = cardinality * baseWidth * 2 ** (index - 1);
            const survival = survivals[(index - 1) * n + i] ?? null;
            const block = new Bottleneck(inChannels, width, to, { stride, cardinality, generator, init, survival });
            return [`stage_${index}_bottleneck_${i}`, block];
          }),
        ),
      );
    super({
      conv_1_3x3: new Conv2d(3, 64, 3, { padding: 1, bias: false, generator, init }),
      bn_1: new BatchNorm2d(64),
      relu: new ReLU(),
      stage_1: stage(1, 64, 256),
      stage_2: stage(2, 256, 512),
      stage_3: stage(3, 512, 1024),
      pool: new AdaptiveAvgPool2d(1),
      flatten: new Flatten(),
      classifier: new Linear(1024, numClasses, { generator, init: given.init ?? kaimingNormal, biasInit: zero }),
    });
  }
}

/** Down by a 1×1 convolution, a 3×3 one in groups, up by a 1×1 one, the shortcut, and a ReLU. */
class Bottleneck extends Module {
  readonly convReduce: Conv2d;
  readonly bnReduce: BatchNorm2d;
  readonly relu1: ReLU = new ReLU();
  readonly convConv: Conv2d;
  readonly bn: BatchNorm2d;
  readonly relu2: ReLU = new ReLU();
  readonly convExpand: Conv2d;
  readonly bnExpand: BatchNorm2d;
  readonly shortcut: Module;
  readonly survival: BlockSurvival | null;
  readonly relu3: ReLU = new ReLU();

  constructor(
    inChannels: number,
    width: number,
    outChannels: number,
    parts: {
      readonly stride: number;
      readonly cardinality: number;
      readonly generator: Generator;
      readonly init: Initializer;
      readonly survival: BlockSurvival | null;
    },
  ) {
    super();
    const { stride, cardinality, generator, init } = parts;
    this.survival = parts.survival;
    const options = { bias: false, generator, init };
    this.convReduce = new Conv2d(inChannels, width, 1, options);
    this.bnReduce = new BatchNorm2d(width);
    this.convConv = new Conv2d(width, width, 3, { ...options, stride, padding: 1, groups: cardinality });
    this.bn = new BatchNorm2d(width);
    this.convExpand = new Conv2d(width, outChannels, 1, options);
    this.bnExpand = new BatchNorm2d(outChannels);
    this.shortcut =
      inChannels === outChannels
        ? new Identity()
        : new Sequential({
            shortcut_conv: new Conv2d(inChannels, outChannels, 1, { ...options, stride }),
            shortcut_bn: new BatchNorm2d(outChannels),
          });
  }

  override forward(x: Tensor): Tensor {
    const { survival } = this;
    if (survival?.isClosed() === true) return this.relu3.forward(this.shortcut.forward(x));
    const narrow = this.relu1.forward(this.bnReduce.forward(this.convReduce.forward(x)));
    const inner = this.relu2.forward(this.bn.forward(this.convConv.forward(narrow)));
    const shortcut = this.shortcut.forward(x); // its place among the layers is the reference's
    const branch = this.bnExpand.forward(this.convExpand.forward(inner));
    return this.relu3.forward(add(shortcut, survival === null ? branch : survival.forward(branch)));
  }
}

function blocksPerStage(depth: number): number {
  const n = typeof depth === "number" ? (depth - 2) / 9 : Number.NaN;
  if (Number.isInteger(n) && n >= 1) return n;
  throw new ValueError("cifarResnext", `depth must be 9n + 2 (11, 20, 29, 38, …), got ${describe(depth)}`, {
    actual: depth,
  });
}

/** Makes a ResNeXt for CIFAR: `cifarResnext({ cardinality: 8, baseWidth: 64, generator: generator(0) })`.
 * @throws ValueError if the depth is not 9n + 2 or another option is out of range
 * @category Models */
export function cifarResnext(options: CifarResNeXtOptions): CifarResNeXt {
  return new CifarResNeXt(options);
}

/** ResNeXt-29, 8×64d, 34,426,698 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnext29_8x64d(options: CifarResNeXtPresetOptions): CifarResNeXt {
  return preset("resnext29_8x64d", 8, options);
}

/** ResNeXt-29, 16×64d, 68,155,210 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnext29_16x64d(options: CifarResNeXtPresetOptions): CifarResNeXt {
  return preset("resnext29_16x64d", 16, options);
}

function preset(name: string, cardinality: number, options: CifarResNeXtPresetOptions): CifarResNeXt {
  return new CifarResNeXt({ ...checkedRandom(name, options, presetOptions), cardinality, baseWidth: 64 });
}

const common = {
  family: "ResNeXt",
  year: 2017,
  paper: "Xie, Girshick, Dollár, Tu & He, Aggregated Residual Transformations for Deep Neural Networks, CVPR 2017",
  input: [3, 32, 32],
} as const;

/** The paper's for CIFAR. */
export const cifarResNeXts: readonly ZooModel[] = [
  { name: "resnext29_8x64d", title: "ResNeXt-29 (8×64d)", ...common, make: resnext29_8x64d },
  { name: "resnext29_16x64d", title: "ResNeXt-29 (16×64d)", ...common, make: resnext29_16x64d },
];
