/** ResNets for ImageNet: He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition" (2015), table 1; their plain
 * counterparts; and what is made of the same blocks by other widths: Zagoruyko & Komodakis, "Wide Residual Networks" (2016),
 * table 8, and Xie, Girshick, Dollár, Tu & He, "Aggregated Residual Transformations for Deep Neural Networks" (2017), table 1.
 *
 * A 7×7 convolution and a pooling, four stages of blocks (feature maps of 1/4, 1/8, 1/16, 1/32 of the image), global average
 * pooling, and a classifier. Keys are torchvision's. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { flatten } from "../ops/shape/reshape.js";
import {
  checkedOptions,
  checkedRandom,
  count,
  flag,
  type Given,
  number,
  type OptionKinds,
  oneOf,
  ownCheck,
} from "../options.js";
import { checkBlockCount } from "./depth-limit.js";
import { kaimingFanOut } from "./initial-weights.js";
import { BasicBlock, Bottleneck } from "./resnet-blocks.js";
import { type Normalization, normalization, type Shortcut, shortcuts } from "./shortcut.js";
import { blockSurvivals, type StochasticDepthOptions, stochasticDepthOptions } from "./stochastic-depth.js";
import { type ModelOptions, modelOptions } from "./zoo-model.js";

/** Options of a plain net.
 * @category Models */
export interface PlainNetOptions extends ModelOptions {
  /** Whether batch normalisation follows every convolution. Default `batch`. */
  readonly norm?: Normalization | undefined;
  /** Channels of the first stage's 3×3 convolutions, which each later stage doubles. Default 64. */
  readonly width?: number | undefined;
}

/** Options of a residual net.
 * @category Models */
export interface ResNetOptions extends PlainNetOptions, StochasticDepthOptions {
  /** Default `B`, torchvision's. */
  readonly shortcut?: Shortcut | undefined;
  /** Whether the last batch norm of each branch begins at zero, so that every block begins as its shortcut (Goyal et al. 2017,
   * section 5.1). Default false. */
  readonly zeroInitResidual?: boolean | undefined;
}

/** What tells one ResNet from another.
 * @category Models */
export interface ResNetPlan {
  /** Two 3×3 convolutions, or 1×1, 3×3, 1×1. */
  readonly block: "basic" | "bottleneck";
  /** Blocks of each of the four stages. */
  readonly blocks: readonly [number, number, number, number];
  /** Groups of a bottleneck's 3×3 convolution, ResNeXt's cardinality. Default 1. */
  readonly groups?: number | undefined;
  /** Channels of each group of it in the first stage. Default 64. */
  readonly widthPerGroup?: number | undefined;
}

const plainNetOptions: OptionKinds<PlainNetOptions> = { ...modelOptions, norm: oneOf("none", "batch"), width: count };

const resNetOptions: OptionKinds<ResNetOptions> = {
  ...plainNetOptions,
  ...stochasticDepthOptions,
  shortcut: oneOf(...shortcuts),
  zeroInitResidual: flag,
};

const resNetPlan: OptionKinds<ResNetPlan> = {
  block: oneOf("basic", "bottleneck"),
  blocks: ownCheck,
  groups: number,
  widthPerGroup: number,
};

/** A ResNet: images `[N, 3, H, W]`, of any size (224 in the paper), to logits `[N, numClasses]`.
 *
 * Convolutions begin Kaiming normal, fan out, as in torchvision and fb.resnet.torch; the classifier as PyTorch's linear layers.
 * @throws ValueError if an option is out of range
 * @category Models */
export class ResNet extends Module {
  /** The stem, 7×7, stride 2. */
  readonly conv1: Conv2d;
  /** Batch norm, or the identity without normalisation. */
  readonly bn1: Module;
  /** Ends the stem's convolution. */
  readonly relu: ReLU = new ReLU();
  /** 3×3, stride 2. */
  readonly maxpool: MaxPool2d = new MaxPool2d(3, { stride: 2, padding: 1 });
  /** Blocks at a quarter of the size. */
  readonly layer1: Sequential;
  /** At an eighth. */
  readonly layer2: Sequential;
  /** At a sixteenth. */
  readonly layer3: Sequential;
  /** At a thirty-second. */
  readonly layer4: Sequential;
  /** Global average. */
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** The classifier. */
  readonly fc: Linear;

  constructor(plan: ResNetPlan, options: ResNetOptions) {
    super();
    const { block, blocks, groups = 1, widthPerGroup = 64 } = checkedPlan(plan);
    const given = checkedRandom("ResNet", options, resNetOptions);
    const {
      generator,
      numClasses = 1000,
      shortcut = "B",
      norm = "batch",
      width = 64,
      zeroInitResidual = false,
    } = given;
    if (zeroInitResidual && norm === "none") {
      throw new ValueError("ResNet", 'zeroInitResidual sets weights of batch norms, of which norm "none" has none');
    }
    const init = given.init ?? kaimingFanOut;
    const parts = { generator, init, shortcut, norm, zeroInitResidual, groups, widthPerGroup };
    const total = blocks.reduce((sum, n) => sum + n, 0);
    const survivals = blockSurvivals("ResNet", total, { ...given, shortcut });
    const Block = block === "basic" ? BasicBlock : Bottleneck;
    let channels = width;
    const stage = (count: number, planes: number, stride: number) =>
      new Sequential(
        ...Array.from({ length: count }, (_, i) => {
          const inChannels = channels;
          channels = planes * Block.expansion;
          return new Block(inChannels, planes, i === 0 ? stride : 1, { ...parts, survival: survivals.shift() ?? null });
        }),
      );
    this.conv1 = new Conv2d(3, width, 7, { stride: 2, padding: 3, bias: false, generator, init });
    this.bn1 = normalization(norm, width);
    this.layer1 = stage(blocks[0], width, 1);
    this.layer2 = stage(blocks[1], 2 * width, 2);
    this.layer3 = stage(blocks[2], 4 * width, 2);
    this.layer4 = stage(blocks[3], 8 * width, 2);
    this.fc = new Linear(channels, numClasses, { generator, init: given.init });
  }

  override forward(x: Tensor): Tensor {
    const stem = this.maxpool.forward(this.relu.forward(this.bn1.forward(this.conv1.forward(x))));
    const features = this.layer4.forward(this.layer3.forward(this.layer2.forward(this.layer1.forward(stem))));
    return this.fc.forward(flatten(this.avgpool.forward(features), { startAxis: 1 }));
  }
}

const plans = {
  18: { block: "basic", blocks: [2, 2, 2, 2] },
  34: { block: "basic", blocks: [3, 4, 6, 3] },
  50: { block: "bottleneck", blocks: [3, 4, 6, 3] },
  101: { block: "bottleneck", blocks: [3, 4, 23, 3] },
  152: { block: "bottleneck", blocks: [3, 8, 36, 3] },
} as const satisfies Readonly<Record<number, ResNetPlan>>;

/** ResNet-18, 11,689,512 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnet18(options: ResNetOptions): ResNet {
  return new ResNet(plans[18], options);
}

/** ResNet-34, 21,797,672 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnet34(options: ResNetOptions): ResNet {
  return new ResNet(plans[34], options);
}

/** ResNet-50, 25,557,032 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnet50(options: ResNetOptions): ResNet {
  return new ResNet(plans[50], options);
}

/** ResNet-101, 44,549,160 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnet101(options: ResNetOptions): ResNet {
  return new ResNet(plans[101], options);
}

/** ResNet-152, 60,192,808 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnet152(options: ResNetOptions): ResNet {
  return new ResNet(plans[152], options);
}

/** ResNet-18 without its shortcuts.
 * @throws ValueError if an option is out of range
 * @category Models */
export function plain18(options: PlainNetOptions): ResNet {
  return plainNet("plain18", plans[18], options);
}

/** ResNet-34 without its shortcuts.
 * @throws ValueError if an option is out of range
 * @category Models */
export function plain34(options: PlainNetOptions): ResNet {
  return plainNet("plain34", plans[34], options);
}

/** ResNet-50 without its shortcuts.
 * @throws ValueError if an option is out of range
 * @category Models */
export function plain50(options: PlainNetOptions): ResNet {
  return plainNet("plain50", plans[50], options);
}

/** ResNet-101 without its shortcuts.
 * @throws ValueError if an option is out of range
 * @category Models */
export function plain101(options: PlainNetOptions): ResNet {
  return plainNet("plain101", plans[101], options);
}

/** ResNet-152 without its shortcuts.
 * @throws ValueError if an option is out of range
 * @category Models */
export function plain152(options: PlainNetOptions): ResNet {
  return plainNet("plain152", plans[152], options);
}

/** Wide ResNet-50-2, 68,883,240 parameters: bottlenecks twice as wide inside.
 * @throws ValueError if an option is out of range
 * @category Models */
export function wideResnet50_2(options: ResNetOptions): ResNet {
  return new ResNet({ ...plans[50], widthPerGroup: 128 }, options);
}

/** Wide ResNet-101-2, 126,886,696 parameters: bottlenecks twice as wide inside.
 * @throws ValueError if an option is out of range
 * @category Models */
export function wideResnet101_2(options: ResNetOptions): ResNet {
  return new ResNet({ ...plans[101], widthPerGroup: 128 }, options);
}

/** ResNeXt-50, 32×4d, 25,028,904 parameters: 32 groups of 4 channels in the bottlenecks of the first stage.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnext50_32x4d(options: ResNetOptions): ResNet {
  return new ResNet({ ...plans[50], groups: 32, widthPerGroup: 4 }, options);
}

/** ResNeXt-101, 32×8d, 88,791,336 parameters: 32 groups of 8 channels in the bottlenecks of the first stage.
 * @throws ValueError if an option is out of range
 * @category Models */
export function resnext101_32x8d(options: ResNetOptions): ResNet {
  return new ResNet({ ...plans[101], groups: 32, widthPerGroup: 8 }, options);
}

function plainNet(name: string, plan: ResNetPlan, options: PlainNetOptions): ResNet {
  return new ResNet(plan, { ...checkedRandom(name, options, plainNetOptions), shortcut: "none" });
}

function checkedPlan(plan: ResNetPlan): Given<ResNetPlan> {
  const given = checkedOptions("ResNet", plan, resNetPlan);
  const { block, blocks, groups = 1, widthPerGroup = 64 } = given;
  if (block === undefined || !Array.isArray(blocks) || blocks.length !== 4) {
    const rule = "a plan names its block, and the number of blocks of each of the four stages";
    throw new ValueError("ResNet", `${rule}, got ${describe(plan)}`, { actual: plan });
  }
  const counts = Object.fromEntries(blocks.map((count, i) => [`blocks[${i}]`, count]));
  checkCounts("ResNet", { ...counts, groups, widthPerGroup });
  for (const count of blocks) checkBlockCount("ResNet", count, `blocks ${blocks.join(", ")}`);
  if (block === "basic" && (groups !== 1 || widthPerGroup !== 64)) {
    throw new ValueError("ResNet", `groups and their width are those of bottlenecks, got ${describe(plan)}`);
  }
  return given;
}
