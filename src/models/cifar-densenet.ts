/** The DenseNets for CIFAR of Huang, Liu, van der Maaten & Weinberger, "Densely Connected Convolutional Networks" (CVPR 2017),
 * section 4: three dense blocks of one length on images of 32 × 32. */
import { describe, ValueError } from "../errors.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Sequential } from "../nn/sequential.js";
import { checkedRandom, flag, number, type OptionKinds, ownCheck } from "../options.js";
import {
  DenseNet,
  type DenseNetOptions,
  denseBlocks,
  denseClassifier,
  denseNetOptions,
  densePlan,
} from "./densenet.js";
import { checkBlockCount } from "./depth-limit.js";
import type { ZooModel } from "./zoo-model.js";

/** Options of `cifarDensenet`.
 * @category Models */
export interface CifarDensenetOptions extends DenseNetOptions {
  /** Weighted layers: 6n + 4 (40, 100, 190, 250, …), or 3n + 4 without bottlenecks. */
  readonly depth: number;
  /** Channels that each layer adds, k. Default 12. */
  readonly growthRate?: number | undefined;
  /** Whether a 1×1 convolution to 4k channels comes before each 3×3 one (DenseNet-B). Default true. */
  readonly bottleneck?: boolean | undefined;
  /** Share of the channels that a transition leaves, θ, above 0 and at most 1 (below 1: DenseNet-C). Default 0.5. */
  readonly compression?: number | undefined;
}

const cifarDensenetOptions: OptionKinds<CifarDensenetOptions> = {
  ...denseNetOptions,
  depth: ownCheck,
  growthRate: number,
  bottleneck: flag,
  compression: number,
};

/** A DenseNet for CIFAR: images `[N, 3, H, W]`, of 4 × 4 or more, to logits `[N, numClasses]`. DenseNet-BC (L = 100, k = 12) is
 * `cifarDensenet({ depth: 100, generator })`, with 769,162 parameters; DenseNet (L = 40, k = 12) is
 * `cifarDensenet({ depth: 40, bottleneck: false, compression: 1, generator })`, with 1,019,722.
 *
 * The first convolution gives 16 channels, or 2k where there are bottlenecks and compression. Convolutions start as Kaiming
 * normal, fan in (He et al. 2015, as the paper says), the classifier's bias as 0; its weight is uniform in ±1/√fanIn. State-dict
 * keys are those of gpleiss/efficient_densenet_pytorch.
 * @throws ValueError if the depth is not of that form or another option is out of range
 * @category Models */
export function cifarDensenet(options: CifarDensenetOptions): DenseNet {
  const given = checkedRandom("cifarDensenet", options, cifarDensenetOptions);
  const { depth, growthRate = 12, bottleneck = true, compression = 0.5, numClasses = 10 } = given;
  checkCounts("cifarDensenet", { growthRate });
  if (!(compression > 0 && compression <= 1)) {
    throw new ValueError("cifarDensenet", `compression must be above 0 and at most 1, got ${compression}`);
  }
  const plan = densePlan(given, growthRate, bottleneck);
  const { generator, init } = plan;
  const layers = layersPerBlock(depth, bottleneck);
  checkBlockCount("cifarDensenet", layers, `depth ${depth}`);
  const stem = bottleneck && compression < 1 ? 2 * growthRate : 16;
  const conv0 = new Conv2d(3, stem, 3, { padding: 1, bias: false, generator, init });
  const { blocks, channels } = denseBlocks([layers, layers, layers], stem, compression, plan);
  const features = new Sequential({ conv0, ...blocks, norm_final: new BatchNorm2d(channels) });
  return new DenseNet(features, denseClassifier(channels, numClasses, given));
}

/** Throws unless a depth is 6n + 4 with bottlenecks, 3n + 4 without, n ≥ 1.
 * @returns n */
function layersPerBlock(depth: number, bottleneck: boolean): number {
  const each = bottleneck ? 6 : 3;
  const n = typeof depth === "number" ? (depth - 4) / each : Number.NaN;
  if (Number.isInteger(n) && n >= 1) return n;
  const without = bottleneck ? "with bottlenecks" : "without bottlenecks";
  throw new ValueError("cifarDensenet", `depth must be ${each}n + 4 ${without}, got ${describe(depth)}`, {
    actual: depth,
  });
}

const paper = "Huang, Liu, van der Maaten & Weinberger, Densely Connected Convolutional Networks, CVPR 2017, section 4";

function net(name: string, title: string, sizes: Omit<CifarDensenetOptions, "generator">): ZooModel {
  const about = { family: "DenseNet", year: 2017, paper, input: [3, 32, 32] } as const;
  return { name, title, ...about, make: (options) => cifarDensenet({ ...sizes, ...options }) };
}

/** The nets for CIFAR in the zoo. */
export const cifarDensenets: readonly ZooModel[] = [
  net("cifarDensenet40_12", "DenseNet (40, 12) (CIFAR)", { depth: 40, bottleneck: false, compression: 1 }),
  net("cifarDensenetBc100_12", "DenseNet-BC (100, 12) (CIFAR)", { depth: 100 }),
  net("cifarDensenetBc190_40", "DenseNet-BC (190, 40) (CIFAR)", { depth: 190, growthRate: 40 }),
];
