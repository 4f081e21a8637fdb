/** Wide ResNets for CIFAR: Zagoruyko & Komodakis, "Wide Residual Networks" (2016), table 1 and figure 1 (d). (Those for ImageNet,
 * `wideResnet50_2` and `wideResnet101_2`, are made of ResNet's bottlenecks and stand beside them.)
 *
 * WRN-d-k: a 3×3 convolution of 16 channels, three groups of (d − 4)/6 pre-activated blocks of 16k, 32k and 64k channels, with
 * dropout between a block's two convolutions, a norm and a ReLU, global average pooling, and a classifier.
 *
 * Keys are those of xternalz/WideResNet-pytorch (`block1.layer.0.convShortcut`). */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Dropout } from "../nn/dropout.js";
import type { Initializer } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { type AnyModule, Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { flatten } from "../ops/shape/reshape.js";
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

/** Options of a wide ResNet of given depth and width.
 * @category Models */
export interface WrnPresetOptions extends ModelOptions, StochasticDepthOptions {
  /** Probability with which dropout sets an element to 0, from 0 to 1; the paper has 0.3 on CIFAR. Default 0. The choices are
   * drawn from the net's `generator`, which every pass in training moves on. */
  readonly dropout?: number | undefined;
}

/** Options of `wrn`.
 * @category Models */
export interface WrnOptions extends WrnPresetOptions {
  /** Convolutions that have weights, the shortcuts' included: 6n + 4. */
  readonly depth: number;
  /** Factor k on the channels 16, 32, 64 of ResNet. */
  readonly widen: number;
}

const wrnPresetOptions: OptionKinds<WrnPresetOptions> = {
  ...modelOptions,
  ...stochasticDepthOptions,
  dropout: number,
};

const wrnOptions: OptionKinds<WrnOptions> = { ...wrnPresetOptions, depth: ownCheck, widen: ownCheck };

/** A wide ResNet: images `[N, 3, H, W]`, of any size (32 in the paper), to logits `[N, numClasses]`; made by `wrn` and the like.
 *
 * Convolutions begin Kaiming normal, fan out, and the classifier's bias zero, as in the authors' code; its weight as PyTorch's
 * linear layers.
 * @category Models */
export class WideResNet extends Module {
  /** 3×3, 16 channels. */
  readonly conv1: Conv2d;
  /** Blocks at full size. */
  readonly block1: Module;
  /** At half of it. */
  readonly block2: Module;
  /** At a quarter. */
  readonly block3: Module;
  /** After the last block. */
  readonly bn1: BatchNorm2d;
  /** After it. */
  readonly relu: ReLU = new ReLU();
  /** Global average. */
  readonly pool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** The classifier. */
  readonly fc: Linear;

  /** @throws ValueError if the depth is not 6n + 4 or another option is out of range */
  constructor(options: WrnOptions) {
    super();
    const given = checkedRandom("wrn", options, wrnOptions);
    const { depth, widen, dropout = 0, numClasses = 10, generator } = given;
    const n = blocksPerGroup(depth);
    checkCounts("wrn", { widen });
    checkBlockCount("wrn", n, `depth ${depth}`);
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new ValueError("wrn", `dropout must be a probability from 0 to 1, got ${dropout}`, { actual: dropout });
    }
    const init = given.init ?? kaimingFanOut;
    const survivals = blockSurvivals("wrn", 3 * n, { ...given, shortcut: "B" });
    const group = (from: number, to: number, stride: number) =>
      new Group(survivals.splice(0, n), from, to, stride, { generator, init, dropout });
    this.conv1 = new Conv2d(3, 16, 3, { padding: 1, bias: false, generator, init });
    this.block1 = group(16, 16 * widen, 1);
    this.block2 = group(16 * widen, 32 * widen, 2);
    this.block3 = group(32 * widen, 64 * widen, 2);
    this.bn1 = new BatchNorm2d(64 * widen);
    this.fc = new Linear(64 * widen, numClasses, { generator, init: given.init, biasInit: zero });
  }

  override forward(x: Tensor): Tensor {
    const features = this.block3.forward(this.block2.forward(this.block1.forward(this.conv1.forward(x))));
    const pooled = this.pool.forward(this.relu.forward(this.bn1.forward(features)));
    return this.fc.forward(flatten(pooled, { startAxis: 1 }));
  }
}

interface WideParts {
  readonly generator: Generator;
  readonly init: Initializer;
  readonly dropout: number;
}

/** The blocks of one size, under `layer`. */
class Group extends Module {
  readonly layer: Sequential;

  constructor(
    survivals: readonly (BlockSurvival | null)[],
    from: number,
    to: number,
    stride: number,
    parts: WideParts,
  ) {
    super();
    const blocks = survivals.map((survival, i) =>
      i === 0 ? new WideBlock(from, to, stride, survival, parts) : new WideBlock(to, to, 1, survival, parts),
    );
    this.layer = new Sequential(...blocks);
  }

  override forward(x: Tensor): Tensor {
    return this.layer.forward(x);
  }
}

/** `conv2(dropout(relu2(bn2(conv1(a))))) + x` with a = relu1(bn1(x)); where the channels change, a 1×1 convolution of a instead
 * of x. */
class WideBlock extends Module {
  readonly bn1: BatchNorm2d;
  readonly relu1: ReLU = new ReLU();
  readonly conv1: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly relu2: ReLU = new ReLU();
  readonly dropout: Dropout;
  readonly conv2: Conv2d;
  readonly convShortcut: Conv2d | null;
  readonly survival: BlockSurvival | null;

  constructor(
    from: number,
    to: number,
    stride: number,
    survival: BlockSurvival | null,
    { generator, init, dropout }: WideParts,
  ) {
    super();
    const options = { bias: false, generator, init };
    this.bn1 = new BatchNorm2d(from);
    this.conv1 = new Conv2d(from, to, 3, { ...options, stride, padding: 1 });
    this.bn2 = new BatchNorm2d(to);
    this.dropout = new Dropout({ p: dropout, generator });
    this.conv2 = new Conv2d(to, to, 3, { ...options, padding: 1 });
    this.convShortcut = from === to ? null : new Conv2d(from, to, 1, { ...options, stride });
    this.survival = survival;
  }

  /** Under the keys of other people's checkpoints, of which one is camel-cased. */
  override namedChildren(): [name: string, child: AnyModule][] {
    return super.namedChildren().map(([name, child]) => [child === this.convShortcut ? "convShortcut" : name, child]);
  }

  override forward(x: Tensor): Tensor {
    const { convShortcut, survival } = this;
    const isClosed = survival?.isClosed() === true;
    if (isClosed && convShortcut === null) return x;
    const activated = this.relu1.forward(this.bn1.forward(x));
    const branch = isClosed ? null : this.#branch(activated);
    const shortcut = convShortcut === null ? x : convShortcut.forward(activated);
    if (branch === null) return shortcut;
    return add(survival === null ? branch : survival.forward(branch), shortcut);
  }

  #branch(activated: Tensor): Tensor {
    const inner = this.relu2.forward(this.bn2.forward(this.conv1.forward(activated)));
    return this.conv2.forward(this.dropout.forward(inner));
  }
}

function blocksPerGroup(depth: number): number {
  const n = typeof depth === "number" ? (depth - 4) / 6 : Number.NaN;
  if (Number.isInteger(n) && n >= 1) return n;
  throw new ValueError("wrn", `depth must be 6n + 4 (10, 16, 22, 28, 34, 40, …), got ${describe(depth)}`, {
    actual: depth,
  });
}

/** Makes WRN-`depth`-`widen`: `wrn({ depth: 28, widen: 10, dropout: 0.3, generator: generator(0) })`.
 * @throws ValueError if the depth is not 6n + 4 or another option is out of range
 * @category Models */
export function wrn(options: WrnOptions): WideResNet {
  return new WideResNet(options);
}

/** WRN-16-8, 10,961,370 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function wrn16_8(options: WrnPresetOptions): WideResNet {
  return preset("wrn16_8", 16, 8, options);
}

/** WRN-28-10, 36,479,194 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function wrn28_10(options: WrnPresetOptions): WideResNet {
  return preset("wrn28_10", 28, 10, options);
}

/** WRN-40-4, 8,949,210 parameters.
 * @throws ValueError if an option is out of range
 * @category Models */
export function wrn40_4(options: WrnPresetOptions): WideResNet {
  return preset("wrn40_4", 40, 4, options);
}

function preset(name: string, depth: number, widen: number, options: WrnPresetOptions): WideResNet {
  return new WideResNet({ ...checkedRandom(name, options, wrnPresetOptions), depth, widen });
}

const common = {
  family: "Wide ResNet",
  year: 2016,
  paper: "Zagoruyko & Komodakis, Wide Residual Networks, BMVC 2016",
  input: [3, 32, 32],
} as const;

/** The paper's for CIFAR. */
export const wrns: readonly ZooModel[] = [
  { name: "wrn16_8", title: "WRN-16-8", ...common, make: wrn16_8 },
  { name: "wrn28_10", title: "WRN-28-10", ...common, make: wrn28_10 },
  { name: "wrn40_4", title: "WRN-40-4", ...common, make: wrn40_4 },
];
