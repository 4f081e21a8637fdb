/** Pre-activation ResNets: He, Zhang, Ren & Sun, "Identity Mappings in Deep Residual Networks" (2016), figure 1 (b) and appendix.
 *
 * Batch norm and ReLU stand before each convolution and nothing follows the addition, so that the shortcuts from the first block
 * to the last are one sum. Where the size or the channels change, and in the first block of all, the norm and the ReLU come
 * before the split, and the way past the block is a 1×1 convolution without norm, if any is needed. After the last block come a
 * norm and a ReLU of their own.
 *
 * Keys are those of bearpaw/pytorch-classification (`layer1.0.bn1`, `downsample.0`, `bn`, `fc`); what is computed is the authors'
 * KaimingHe/resnet-1k-layers, with the stride of a bottleneck in its first 1×1 convolution. For ImageNet the stem is a 7×7
 * convolution and a pooling, without a norm between them (fb.resnet.torch has one there, and none in the first stage's blocks). */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Identity } from "../nn/identity.js";
import type { Initializer } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedOptions, checkedRandom, flag, type OptionKinds, oneOf, ownCheck } from "../options.js";
import type { Generator } from "../random.js";
import { checkBlockCount } from "./depth-limit.js";
import { kaimingFanOut, zero } from "./initial-weights.js";
import { type Normalization, normalization } from "./shortcut.js";
import {
  type BlockSurvival,
  blockSurvivals,
  type StochasticDepthOptions,
  stochasticDepthOptions,
} from "./stochastic-depth.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of a pre-activation ResNet of given depth.
 * @category Models */
export interface PreActResNetOptions extends ModelOptions, StochasticDepthOptions {
  /** Whether batch normalisation stands before every convolution but the first. Default `batch`. */
  readonly norm?: Normalization | undefined;
}

/** Options of `preactResnet`.
 * @category Models */
export interface PreActCifarOptions extends PreActResNetOptions {
  /** Weighted layers: 6n + 2, of bottlenecks 9n + 2. */
  readonly depth: number;
  /** Whether blocks are 1×1, 3×3, 1×1 convolutions instead of two 3×3. Default false. */
  readonly bottleneck?: boolean | undefined;
}

const preActResNetOptions: OptionKinds<PreActResNetOptions> = {
  ...modelOptions,
  ...stochasticDepthOptions,
  norm: oneOf("none", "batch"),
};

const preActCifarOptions: OptionKinds<PreActCifarOptions> = {
  ...preActResNetOptions,
  depth: ownCheck,
  bottleneck: flag,
};

/** What tells one pre-activation ResNet from another.
 * @category Models */
export interface PreActResNetPlan {
  /** Two 3×3 convolutions, or 1×1, 3×3, 1×1. */
  readonly block: "basic" | "bottleneck";
  /** Blocks of each stage: of three stages for CIFAR (16 channels after a 3×3 convolution, 10 classes), of four for ImageNet (64
   * after a 7×7 one and a pooling, 1000 classes). */
  readonly blocks: readonly number[];
}

const preActResNetPlan: OptionKinds<PreActResNetPlan> = { block: oneOf("basic", "bottleneck"), blocks: ownCheck };

/** A pre-activation ResNet: images `[N, 3, H, W]`, of any size, to logits `[N, numClasses]`.
 *
 * Convolutions begin Kaiming normal, fan out, and the classifier's bias zero, as in KaimingHe/resnet-1k-layers; its weight as
 * PyTorch's linear layers.
 * @throws ValueError if an option is out of range
 * @category Models */
export class PreActResNet extends Module {
  /** The stem: 3×3 for CIFAR, 7×7 with stride 2 for ImageNet. */
  readonly conv1: Conv2d;
  /** 3×3, stride 2; null for CIFAR. */
  readonly maxpool: MaxPool2d | null;
  /** Blocks of the first stage. */
  readonly layer1: Sequential;
  /** At half of its size, with twice its channels. */
  readonly layer2: Sequential;
  /** At a quarter. */
  readonly layer3: Sequential;
  /** At an eighth; null for CIFAR. */
  readonly layer4: Sequential | null;
  /** After the last block. */
  readonly bn: Module;
  /** After it. */
  readonly relu: ReLU = new ReLU();
  /** Global average. */
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** The classifier. */
  readonly fc: Linear;

  constructor(plan: PreActResNetPlan, options: PreActResNetOptions) {
    super();
    const { block, blocks } = checkedPlan(plan);
    const given = checkedRandom("PreActResNet", options, preActResNetOptions);
    const isBottleneck = block === "bottleneck";
    const isImageNet = blocks.length === 4;
    const { generator, norm = "batch", numClasses = isImageNet ? 1000 : 10 } = given;
    const init = given.init ?? kaimingFanOut;
    const width = isImageNet ? 64 : 16;
    const total = blocks.reduce((sum, n) => sum + n, 0);
    const survivals = blockSurvivals("PreActResNet", total, { ...given, shortcut: "B" });
    let channels = width;
    const stage = (index: number) =>
      new Sequential(
        ...Array.from({ length: blocks[index] ?? 0 }, (_, i) => {
          const inChannels = channels;
          const planes = width * 2 ** index;
          channels = planes * (isBottleneck ? 4 : 1);
          const stride = index > 0 && i === 0 ? 2 : 1;
          const isFirst = index === 0 && i === 0;
          const survival = survivals.shift() ?? null;
          return new PreActBlock(inChannels, planes, stride, {
            generator,
            init,
            norm,
            isBottleneck,
            isFirst,
            survival,
          });
        }),
      );
    const stem = isImageNet ? { stride: 2, padding: 3 } : { padding: 1 };
    this.conv1 = new Conv2d(3, width, isImageNet ? 7 : 3, { ...stem, bias: false, generator, init });
    this.maxpool = isImageNet ? new MaxPool2d(3, { stride: 2, padding: 1 }) : null;
    this.layer1 = stage(0);
    this.layer2 = stage(1);
    this.layer3 = stage(2);
    this.layer4 = isImageNet ? stage(3) : null;
    this.bn = normalization(norm, channels);
    this.fc = new Linear(channels, numClasses, { generator, init: given.init, biasInit: zero });
  }

  override forward(x: Tensor): Tensor {
    const convolved = this.conv1.forward(x);
    const stem = this.maxpool === null ? convolved : this.maxpool.forward(convolved);
    const third = this.layer3.forward(this.layer2.forward(this.layer1.forward(stem)));
    const features = this.layer4 === null ? third : this.layer4.forward(third);
    const pooled = this.avgpool.forward(this.relu.forward(this.bn.forward(features)));
    return this.fc.forward(flatten(pooled, { startAxis: 1 }));
  }
}

interface PreActParts {
  readonly generator: Generator;
  readonly init: Initializer;
  readonly norm: Normalization;
  readonly isBottleneck: boolean;
  /** Whether it is the first of the net. */
  readonly isFirst: boolean;
  readonly survival: BlockSurvival | null;
}

/** `branch(a) + x` with a = relu1(bn1(x)), or `branch(a) + downsample(a)`. */
class PreActBlock extends Module {
  readonly bn1: Module;
  readonly relu1: ReLU = new ReLU();
  readonly conv1: Conv2d;
  readonly bn2: Module;
  readonly relu2: ReLU = new ReLU();
  readonly conv2: Conv2d;
  /** The rest of a bottleneck, null in a basic block. */
  readonly bn3: Module | null = null;
  readonly relu3: ReLU | null = null;
  readonly conv3: Conv2d | null = null;
  readonly downsample: Module;
  readonly survival: BlockSurvival | null;
  /** Whether norm and ReLU come before the split. */
  readonly #isShared: boolean;

  constructor(inChannels: number, planes: number, stride: number, parts: PreActParts) {
    super();
    const { generator, init, norm, isBottleneck, isFirst, survival } = parts;
    const options = { bias: false, generator, init };
    const outChannels = planes * (isBottleneck ? 4 : 1);
    const changes = inChannels !== outChannels || stride !== 1;
    this.#isShared = isFirst || changes;
    this.bn1 = normalization(norm, inChannels);
    this.conv1 = isBottleneck
      ? new Conv2d(inChannels, planes, 1, { ...options, stride })
      : new Conv2d(inChannels, planes, 3, { ...options, stride, padding: 1 });
    this.bn2 = normalization(norm, planes);
    this.conv2 = new Conv2d(planes, planes, 3, { ...options, padding: 1 });
    if (isBottleneck) {
      this.bn3 = normalization(norm, planes);
      this.relu3 = new ReLU();
      this.conv3 = new Conv2d(planes, outChannels, 1, options);
    }
    this.downsample = changes
      ? new Sequential(new Conv2d(inChannels, outChannels, 1, { ...options, stride }))
      : new Identity();
    this.survival = survival;
  }

  override forward(x: Tensor): Tensor {
    const { survival } = this;
    const shared = this.#isShared ? this.#activated(x) : null;
    const shortcut = this.downsample.forward(shared ?? x);
    if (survival?.isClosed()) return shortcut;
    const branch = this.#branch(shared ?? this.#activated(x));
    return add(survival === null ? branch : survival.forward(branch), shortcut);
  }

  #activated(x: Tensor): Tensor {
    return this.relu1.forward(this.bn1.forward(x));
  }

  #branch(activated: Tensor): Tensor {
    const { bn3, relu3, conv3 } = this;
    const h = this.conv2.forward(this.relu2.forward(this.bn2.forward(this.conv1.forward(activated))));
    return bn3 === null || relu3 === null || conv3 === null ? h : conv3.forward(relu3.forward(bn3.forward(h)));
  }
}

/** The paper's net for CIFAR, of 6n + 2 weighted layers, or 9n + 2 with bottlenecks. ResNet-164 is
 * `preactResnet({ depth: 164, bottleneck: true, generator: generator(0) })`, with 1,703,258 parameters.
 * @throws ValueError if the depth is no such number or another option is out of range
 * @category Models */
export function preactResnet(options: PreActCifarOptions): PreActResNet {
  const { depth, bottleneck = false, ...given } = checkedRandom("preactResnet", options, preActCifarOptions);
  const perStage = bottleneck ? 9 : 6;
  const n = typeof depth === "number" ? (depth - 2) / perStage : Number.NaN;
  if (!Number.isInteger(n) || n < 1) {
    const rule = bottleneck ? "9n + 2 with bottlenecks (11, 20, …, 164, …, 1001)" : "6n + 2 (8, 14, …, 56, 110, …)";
    throw new ValueError("preactResnet", `depth must be ${rule}, got ${describe(depth)}`, { actual: depth });
  }
  return new PreActResNet({ block: bottleneck ? "bottleneck" : "basic", blocks: [n, n, n] }, given);
}

/** ResNet-18 for ImageNet with pre-activation.
 * @throws ValueError if an option is out of range
 * @category Models */
export function preactResnet18(options: PreActResNetOptions): PreActResNet {
  return new PreActResNet({ block: "basic", blocks: [2, 2, 2, 2] }, options);
}

/** ResNet-50 for ImageNet with pre-activation.
 * @throws ValueError if an option is out of range
 * @category Models */
export function preactResnet50(options: PreActResNetOptions): PreActResNet {
  return new PreActResNet({ block: "bottleneck", blocks: [3, 4, 6, 3] }, options);
}

function checkedPlan(plan: PreActResNetPlan): PreActResNetPlan {
  const { block, blocks } = checkedOptions("PreActResNet", plan, preActResNetPlan);
  if (block === undefined || !Array.isArray(blocks) || (blocks.length !== 3 && blocks.length !== 4)) {
    const rule = "a plan names its block, and the number of blocks of each of its three or four stages";
    throw new ValueError("PreActResNet", `${rule}, got ${describe(plan)}`, { actual: plan });
  }
  checkCounts("PreActResNet", Object.fromEntries(blocks.map((count, i) => [`blocks[${i}]`, count])));
  for (const count of blocks) checkBlockCount("PreActResNet", count, `blocks ${blocks.join(", ")}`);
  return { block, blocks };
}

const common = {
  family: "pre-activation ResNet",
  year: 2016,
  paper: "He, Zhang, Ren & Sun, Identity Mappings in Deep Residual Networks, ECCV 2016",
} as const;

function cifar(depth: number, bottleneck: boolean): ZooModel {
  const title = `pre-activation ResNet-${depth} (CIFAR)`;
  const make = (options: ModelOptions) => preactResnet({ depth, bottleneck, ...options });
  return { name: `cifarPreact${depth}`, title, ...common, input: [3, 32, 32], make };
}

/** The paper's for CIFAR, and two for ImageNet. */
export const preActResNets: readonly ZooModel[] = [
  cifar(110, false),
  cifar(164, true),
  cifar(1001, true),
  { name: "preactResnet18", title: "pre-activation ResNet-18", ...common, input: [3, 224, 224], make: preactResnet18 },
  { name: "preactResnet50", title: "pre-activation ResNet-50", ...common, input: [3, 224, 224], make: preactResnet50 },
];
