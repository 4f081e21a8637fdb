/** The CIFAR networks of He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition" (2015), section 4.2.
 *
 * 6n + 2 weighted layers: a 3×3 convolution, three stages of n blocks of two 3×3 convolutions (feature maps 32, 16, 8 wide;
 * width, 2·width, 4·width channels), global average pooling, and a classifier. Plain or residual. */

import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Flatten } from "../nn/flatten.js";
import { type Initializer, kaimingNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { callback, checkedRandom, generatorKind, number, type OptionKinds, oneOf, ownCheck } from "../options.js";
import type { Generator } from "../random.js";
import { checkBlockCount } from "./depth-limit.js";
import { type Normalization, normalization, type Shortcut, shortcutOf, shortcuts } from "./shortcut.js";
import {
  type BlockSurvival,
  blockSurvivals,
  residual,
  type StochasticDepthOptions,
  stochasticDepthOptions,
  survivalKind,
} from "./stochastic-depth.js";

/** Options of `cifarNet`.
 * @category Models */
export interface CifarNetOptions extends StochasticDepthOptions {
  /** Weighted layers, 6n + 2: 8, 14, 20, 32, 44, 56, 110, … */
  readonly depth: number;
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Default `identity`. */
  readonly shortcut?: Shortcut | undefined;
  /** Whether batch normalisation follows every convolution. Default `batch`. */
  readonly norm?: Normalization | undefined;
  /** Channels of the first stage. Default 16. */
  readonly width?: number | undefined;
  /** Classes. Default 10. */
  readonly numClasses?: number | undefined;
  /** Channels of the images. Default 3. */
  readonly inChannels?: number | undefined;
  /** Fills the weights. Default: Kaiming normal, fan in. */
  readonly init?: Initializer | undefined;
}

const cifarNetOptions: OptionKinds<CifarNetOptions> = {
  depth: ownCheck,
  generator: generatorKind,
  shortcut: oneOf(...shortcuts),
  norm: oneOf("none", "batch"),
  width: number,
  numClasses: number,
  inChannels: number,
  init: callback,
  ...stochasticDepthOptions,
};

/** Makes a CIFAR net. ResNet-20 is `cifarNet({ depth: 20, generator: generator(0) })`, with 269,722 parameters.
 * @throws ValueError if the depth is not 6n + 2 or another option is out of range
 * @category Models */
export function cifarNet(options: CifarNetOptions): CifarNet {
  return new CifarNet(options);
}

/** Throws unless a depth is 6n + 2 with n ≥ 1.
 * @returns n */
export function blocksPerStage(depth: number): number {
  const n = typeof depth === "number" ? (depth - 2) / 6 : Number.NaN;
  if (!Number.isInteger(n) || n < 1) {
    throw new ValueError(
      "cifarNet",
      `depth must be 6n + 2 (8, 14, 20, 26, 32, 38, 44, 50, 56, 110, …), got ${describe(depth)}`,
      {
        actual: depth,
      },
    );
  }
  return n;
}

/** A CIFAR net: images `[N, 3, 32, 32]` (any size that is a multiple of 4) to logits `[N, numClasses]`.
 * @category Models */
export class CifarNet extends Module {
  /** The stem, 3×3. */
  readonly conv1: Conv2d;
  /** Batch norm, or the identity without normalisation. */
  readonly bn1: Module;
  /** Ends the stem. */
  readonly relu: ReLU = new ReLU();
  /** Blocks at full size. */
  readonly layer1: Sequential;
  /** Blocks at half size. */
  readonly layer2: Sequential;
  /** Blocks at a quarter of the size. */
  readonly layer3: Sequential;
  /** Global average. */
  readonly pool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** `[N, C, 1, 1]` to `[N, C]`. */
  readonly flatten: Flatten = new Flatten();
  /** The classifier. */
  readonly linear: Linear;

  constructor(options: CifarNetOptions) {
    super();
    const given = checkedRandom("cifarNet", options, cifarNetOptions);
    const {
      depth,
      generator,
      shortcut = "identity",
      norm = "batch",
      width = 16,
      numClasses = 10,
      inChannels = 3,
    } = given;
    const n = blocksPerStage(depth);
    checkBlockCount("cifarNet", n, `depth ${depth}`);
    const init = given.init ?? ((shape, { generator }) => kaimingNormal(shape, { generator }));
    const block = { generator, init, shortcut, norm } as const;
    const survivals = blockSurvivals("cifarNet", 3 * n, { ...given, shortcut });
    const stage = (inWidth: number, outWidth: number, stride: number) =>
      new Sequential(
        ...Array.from({ length: n }, (_, i) => {
          const survival = survivals.shift() ?? null;
          const first = i === 0;
          return new BasicBlock(first ? inWidth : outWidth, outWidth, first ? stride : 1, { ...block, survival });
        }),
      );
    this.conv1 = new Conv2d(inChannels, width, 3, { padding: 1, bias: false, generator, init });
    this.bn1 = normalization(norm, width);
    this.layer1 = stage(width, width, 1);
    this.layer2 = stage(width, 2 * width, 2);
    this.layer3 = stage(2 * width, 4 * width, 2);
    this.linear = new Linear(4 * width, numClasses, { generator, init });
  }

  override forward(x: Tensor): Tensor {
    const stem = this.relu.forward(this.bn1.forward(this.conv1.forward(x)));
    const features = this.layer3.forward(this.layer2.forward(this.layer1.forward(stem)));
    return this.linear.forward(this.flatten.forward(this.pool.forward(features)));
  }
}

/** Options of a `BasicBlock`.
 * @category Models */
export interface BlockOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Fills the weights. */
  readonly init: Initializer;
  /** Kind of shortcut. */
  readonly shortcut: Shortcut;
  /** Whether batch normalisation follows every convolution. */
  readonly norm: Normalization;
  /** Whether the block is open, in a net with stochastic depth. Default null: always. */
  readonly survival?: BlockSurvival | null | undefined;
}

const blockOptions: OptionKinds<BlockOptions> = {
  generator: generatorKind,
  init: callback,
  shortcut: oneOf(...shortcuts),
  norm: oneOf("none", "batch"),
  survival: survivalKind,
};

/** Two 3×3 convolutions, and the shortcut past them: `relu(bn2(conv2(relu(bn1(conv1(h))))) + shortcut(h))`.
 * @category Models */
export class BasicBlock extends Module {
  /** 3×3, with the stride of the block. */
  readonly conv1: Conv2d;
  /** Batch norm, or the identity without normalisation. */
  readonly bn1: Module;
  /** 3×3. */
  readonly conv2: Conv2d;
  /** Batch norm, or the identity without normalisation. */
  readonly bn2: Module;
  /** Null in a plain net. */
  readonly shortcut: Module | null;
  /** Null without stochastic depth. */
  readonly survival: BlockSurvival | null;
  /** Between the convolutions. */
  readonly relu1: ReLU = new ReLU();
  /** After the addition. */
  readonly relu2: ReLU = new ReLU();

  constructor(inChannels: number, outChannels: number, stride: number, options: BlockOptions) {
    super();
    const given = checkedRandom("BasicBlock", options, blockOptions);
    checkCounts("BasicBlock", { inChannels, outChannels, stride });
    const { generator, init, norm } = given;
    const convolution = { padding: 1, bias: false, generator, init };
    this.conv1 = new Conv2d(inChannels, outChannels, 3, { ...convolution, stride });
    this.bn1 = normalization(norm, outChannels);
    this.conv2 = new Conv2d(outChannels, outChannels, 3, convolution);
    this.bn2 = normalization(norm, outChannels);
    this.shortcut = shortcutOf(inChannels, outChannels, stride, given);
    this.survival = given.survival ?? null;
  }

  override forward(x: Tensor): Tensor {
    const branch = () => {
      const inner = this.relu1.forward(this.bn1.forward(this.conv1.forward(x)));
      return this.bn2.forward(this.conv2.forward(inner));
    };
    return this.relu2.forward(residual(x, this, branch));
  }
}
