/** The two blocks of ResNets for ImageNet (He et al. 2015, figure 5), with torchvision's names; ResNeXt's and the wide one's are
 * bottlenecks of other widths. */
import type { Tensor } from "../autograd/tensor.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import type { Initializer } from "../nn/init.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { zeros } from "../ops/create.js";
import type { Generator } from "../random.js";
import { type Normalization, normalization, type Shortcut, shortcutOf } from "./shortcut.js";
import { type BlockSurvival, residual } from "./stochastic-depth.js";

/** What a block is made of. */
export interface BlockParts {
  readonly generator: Generator;
  readonly init: Initializer;
  readonly shortcut: Shortcut;
  readonly norm: Normalization;
  readonly zeroInitResidual: boolean;
  readonly groups: number;
  readonly widthPerGroup: number;
  readonly survival: BlockSurvival | null;
}

/** Two 3×3 convolutions: `relu(bn2(conv2(relu1(bn1(conv1(x))))) + downsample(x))`. */
export class BasicBlock extends Module {
  static readonly expansion = 1;
  readonly conv1: Conv2d;
  readonly bn1: Module;
  readonly relu1: ReLU = new ReLU();
  readonly conv2: Conv2d;
  readonly bn2: Module;
  /** Null in a plain net. */
  readonly downsample: Module | null;
  readonly survival: BlockSurvival | null;
  readonly relu2: ReLU = new ReLU();

  constructor(inChannels: number, planes: number, stride: number, parts: BlockParts) {
    super();
    const { generator, init, norm } = parts;
    const options = { padding: 1, bias: false, generator, init };
    this.conv1 = new Conv2d(inChannels, planes, 3, { ...options, stride });
    this.bn1 = normalization(norm, planes);
    this.conv2 = new Conv2d(planes, planes, 3, options);
    this.bn2 = lastNorm(parts, planes);
    this.downsample = shortcutOf(inChannels, planes, stride, parts);
    this.survival = parts.survival;
  }

  override forward(x: Tensor): Tensor {
    const branch = () => {
      const inner = this.relu1.forward(this.bn1.forward(this.conv1.forward(x)));
      return this.bn2.forward(this.conv2.forward(inner));
    };
    return this.relu2.forward(residual(x, { shortcut: this.downsample, survival: this.survival }, branch));
  }
}

/** Down by a 1×1 convolution, a 3×3 one, up by a 1×1 one. The stride is that of the 3×3 convolution, as in torchvision and
 * fb.resnet.torch ("ResNet v1.5"); the paper's is that of the first 1×1. */
export class Bottleneck extends Module {
  static readonly expansion = 4;
  readonly conv1: Conv2d;
  readonly bn1: Module;
  readonly relu1: ReLU = new ReLU();
  readonly conv2: Conv2d;
  readonly bn2: Module;
  readonly relu2: ReLU = new ReLU();
  readonly conv3: Conv2d;
  readonly bn3: Module;
  /** Null in a plain net. */
  readonly downsample: Module | null;
  readonly survival: BlockSurvival | null;
  readonly relu3: ReLU = new ReLU();

  constructor(inChannels: number, planes: number, stride: number, parts: BlockParts) {
    super();
    const { generator, init, norm, groups, widthPerGroup } = parts;
    const options = { bias: false, generator, init };
    const width = Math.floor((planes * widthPerGroup) / 64) * groups;
    const outChannels = planes * Bottleneck.expansion;
    this.conv1 = new Conv2d(inChannels, width, 1, options);
    this.bn1 = normalization(norm, width);
    this.conv2 = new Conv2d(width, width, 3, { ...options, stride, padding: 1, groups });
    this.bn2 = normalization(norm, width);
    this.conv3 = new Conv2d(width, outChannels, 1, options);
    this.bn3 = lastNorm(parts, outChannels);
    this.downsample = shortcutOf(inChannels, outChannels, stride, parts);
    this.survival = parts.survival;
  }

  override forward(x: Tensor): Tensor {
    const branch = () => {
      const narrow = this.relu1.forward(this.bn1.forward(this.conv1.forward(x)));
      const inner = this.relu2.forward(this.bn2.forward(this.conv2.forward(narrow)));
      return this.bn3.forward(this.conv3.forward(inner));
    };
    return this.relu3.forward(residual(x, { shortcut: this.downsample, survival: this.survival }, branch));
  }
}

/** The norm that ends a branch; zero, if asked for, so that the block begins as its shortcut. */
function lastNorm({ norm, zeroInitResidual }: BlockParts, channels: number): Module {
  const last = normalization(norm, channels);
  if (zeroInitResidual && last instanceof BatchNorm2d && last.weight !== null)
    last.weight.assign(zeros(last.weight.shape));
  return last;
}
