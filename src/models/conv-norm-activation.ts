/** A convolution, batch norm and an activation: what the nets for phones are made of. */
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import type { Initializer } from "../nn/init.js";
import type { Module } from "../nn/module.js";
import { Sequential } from "../nn/sequential.js";
import type { Generator } from "../random.js";

/** What the layers of a net have in common. */
export interface LayerDefaults {
  readonly generator: Generator;
  /** Fills the weights. */
  readonly init: Initializer;
  /** Makes the activation; none where it is left out. */
  readonly activation?: (() => Module) | undefined;
}

/** What this one has of its own. */
interface Shape {
  /** Rows and columns of the kernel, odd. Default 3. */
  readonly kernelSize?: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly groups?: number;
}

/** torchvision's `Conv2dNormActivation`: the convolution without bias and with a padding that keeps the size at stride 1, batch
 * norm, and the activation, named `0`, `1` and `2`. */
export function convNormActivation(
  inChannels: number,
  outChannels: number,
  { kernelSize = 3, stride = 1, groups = 1 }: Shape,
  { generator, init, activation }: LayerDefaults,
): Sequential {
  const options = { stride, groups, padding: (kernelSize - 1) / 2, bias: false, generator, init };
  const convolution = new Conv2d(inChannels, outChannels, kernelSize, options);
  const norm = new BatchNorm2d(outChannels);
  return activation === undefined ? new Sequential(convolution, norm) : new Sequential(convolution, norm, activation());
}
