/** SqueezeNet: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size" (2016).
 *
 * Fire modules, which squeeze the channels by a 1×1 convolution and expand them by 1×1 and 3×3 ones side by side; the last
 * convolution gives one map a class, whose mean is the logit. Version 1.1, of the authors' repository, is the same with 2.4 times fewer
 * operations. Section 6 of the paper has the bypasses. */

import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { Dropout } from "../nn/dropout.js";
import { Identity } from "../nn/identity.js";
import { type Initializer, kaimingUniform } from "../nn/init.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { Sequential } from "../nn/sequential.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { concat } from "../ops/shape/join.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom, number, type OptionKinds, oneOf } from "../options.js";
import type { Generator } from "../random.js";
import { checkImages } from "./images.js";
import { normal, zero } from "./initial-weights.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** What is added to the output of a fire module. `none`: nothing. `simple`: its input, where there are as many channels.
 * `complex`: that, and elsewhere a 1×1 convolution of its input, `bypass` in the state dict.
 * @category Models */
export type FireBypass = "none" | "simple" | "complex";

/** Options of `squeezenet1_0` and `squeezenet1_1`.
 * @category Models */
export interface SqueezeNetOptions extends ModelOptions {
  /** Probability that an input of the last convolution becomes 0 in training. Default 0.5. */
  readonly dropout?: number | undefined;
  /** Past which fire modules there is a bypass. Default `none`. */
  readonly bypass?: FireBypass | undefined;
}

const squeezeNetOptions: OptionKinds<SqueezeNetOptions> = {
  ...modelOptions,
  dropout: number,
  bypass: oneOf("none", "simple", "complex"),
};

/** Makes a SqueezeNet 1.0, with 1,248,424 parameters: images `[N, 3, H, W]` of at least 21 × 21 (made for 224 × 224) to logits
 * `[N, numClasses]`. Weights are initially uniform with He et al.'s variance by fan in, in the last convolution normal with
 * standard deviation 0.01, biases 0: torchvision's.
 * @throws ValueError if an option is out of range
 * @category Models */
export function squeezenet1_0(options: SqueezeNetOptions): SqueezeNet {
  const given = checkedRandom("squeezenet1_0", options, squeezeNetOptions);
  const { fire, first } = partsOf(given);
  return new SqueezeNet("squeezenet1_0", 21, given, [
    first(96, 7),
    new ReLU(),
    pool(),
    fire(96, 16, 64),
    fire(128, 16, 64),
    fire(128, 32, 128),
    pool(),
    fire(256, 32, 128),
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    pool(),
    fire(512, 64, 256),
  ]);
}

/** Makes a SqueezeNet 1.1, with 1,235,496 parameters, for images of at least 17 × 17; otherwise as `squeezenet1_0`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function squeezenet1_1(options: SqueezeNetOptions): SqueezeNet {
  const given = checkedRandom("squeezenet1_1", options, squeezeNetOptions);
  const { fire, first } = partsOf(given);
  return new SqueezeNet("squeezenet1_1", 17, given, [
    first(64, 3),
    new ReLU(),
    pool(),
    fire(64, 16, 64),
    fire(128, 16, 64),
    pool(),
    fire(128, 32, 128),
    fire(256, 32, 128),
    pool(),
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    fire(512, 64, 256),
  ]);
}

/** A SqueezeNet, which `squeezenet1_0` and `squeezenet1_1` make.
 * @category Models */
export class SqueezeNet extends Module {
  /** Convolution, fire modules and max pooling. */
  readonly features: Sequential;
  /** The last convolution, and the mean of its maps. */
  readonly classifier: Sequential;
  readonly #name: string;
  readonly #smallest: number;

  constructor(name: string, smallest: number, options: SqueezeNetOptions, features: readonly Module[]) {
    super();
    const { generator, numClasses = 1000, dropout: p = 0.5, init = normal(0.01) } = options;
    this.#name = name;
    this.#smallest = smallest;
    this.features = new Sequential(...features);
    this.classifier = new Sequential(
      new Dropout({ p, generator }),
      new Conv2d(512, numClasses, 1, { generator, init, biasInit: zero }),
      new ReLU(),
      new AdaptiveAvgPool2d(1),
    );
  }

  override forward(x: Tensor): Tensor {
    checkImages(this.#name, x, 3, this.#smallest);
    return flatten(this.classifier.forward(this.features.forward(x)), { startAxis: 1 });
  }
}

/** How the convolutions of a net begin. */
interface LayerOptions {
  readonly generator: Generator;
  readonly init: Initializer;
  readonly biasInit: Initializer;
}

/** A fire module: `[N, inChannels, H, W]` to `[N, 2·expanded, H, W]`.
 * @category Models */
export class Fire extends Module {
  /** 1×1, to fewer channels. */
  readonly squeeze: Conv2d;
  /** After the squeeze. */
  readonly squeezeActivation: ReLU = new ReLU();
  /** 1×1, to half of the output. */
  readonly expand1x1: Conv2d;
  /** After the 1×1 half. */
  readonly expand1x1Activation: ReLU = new ReLU();
  /** 3×3, to the other half. */
  readonly expand3x3: Conv2d;
  /** After the 3×3 half. */
  readonly expand3x3Activation: ReLU = new ReLU();
  /** What is added to the output, or null. */
  readonly bypass: Conv2d | Identity | null;

  constructor(inChannels: number, squeezed: number, expanded: number, bypass: FireBypass, layer: LayerOptions) {
    super();
    this.squeeze = new Conv2d(inChannels, squeezed, 1, layer);
    this.expand1x1 = new Conv2d(squeezed, expanded, 1, layer);
    this.expand3x3 = new Conv2d(squeezed, expanded, 3, { ...layer, padding: 1 });
    if (bypass !== "none" && inChannels === 2 * expanded) this.bypass = new Identity();
    else this.bypass = bypass === "complex" ? new Conv2d(inChannels, 2 * expanded, 1, layer) : null;
  }

  override forward(x: Tensor): Tensor {
    const squeezed = this.squeezeActivation.forward(this.squeeze.forward(x));
    const expanded = concat(
      [
        this.expand1x1Activation.forward(this.expand1x1.forward(squeezed)),
        this.expand3x3Activation.forward(this.expand3x3.forward(squeezed)),
      ],
      { axis: 1 },
    );
    return this.bypass === null ? expanded : add(expanded, this.bypass.forward(x));
  }
}

function partsOf({ generator, bypass = "none", init = kaimingUniform }: SqueezeNetOptions): {
  fire: (inChannels: number, squeezed: number, expanded: number) => Fire;
  first: (channels: number, kernelSize: number) => Conv2d;
} {
  const layer = { generator, init, biasInit: zero };
  return {
    fire: (inChannels, squeezed, expanded) => new Fire(inChannels, squeezed, expanded, bypass, layer),
    first: (channels, kernelSize) => new Conv2d(3, channels, kernelSize, { ...layer, stride: 2 }),
  };
}

function pool(): MaxPool2d {
  return new MaxPool2d(3, { stride: 2, ceilMode: true });
}

const common = {
  family: "SqueezeNet",
  year: 2016,
  paper:
    "Iandola, Han, Moskewicz, Ashraf, Dally & Keutzer, SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and " +
    "<0.5MB model size, arXiv:1602.07360, 2016",
  input: [3, 224, 224],
} as const;

/** As the zoo has them. */
export const squeezeNets: readonly ZooModel[] = [
  { name: "squeezenet1_0", title: "SqueezeNet 1.0", ...common, make: squeezenet1_0 },
  { name: "squeezenet1_1", title: "SqueezeNet 1.1", ...common, make: squeezenet1_1 },
];
