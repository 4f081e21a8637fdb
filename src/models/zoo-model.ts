/** What the zoo says of a model, and what its nets have in common. */
import type { Tensor } from "../autograd/tensor.js";
import type { Initializer } from "../nn/init.js";
import type { Module } from "../nn/module.js";
import { callback, count, generatorKind, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";

/** What every model takes.
 * @category Models */
export interface ModelOptions {
  /** Draws the initial weights. */
  readonly generator: Generator;
  /** Classes. Default: those of the data set that the net was made for, 1000 (ImageNet) or 10 (CIFAR-10). */
  readonly numClasses?: number | undefined;
  /** Fills the weights of convolutions and linear layers. Default: as the model's page says. `init.empty` leaves them, for
   * weights that are about to be loaded. */
  readonly init?: Initializer | undefined;
}

/** Their kinds. */
export const modelOptions: OptionKinds<ModelOptions> = { generator: generatorKind, numClasses: count, init: callback };

/** What a net with auxiliary classifiers gives in training.
 * @category Models */
export interface WithAuxiliary {
  /** `[N, numClasses]`. */
  readonly logits: Tensor;
  /** Logits of the auxiliary classifiers by their module's name, `[N, numClasses]` each. */
  readonly auxiliary: Readonly<Record<string, Tensor>>;
}

/** A net of the zoo: images `[N, C, H, W]` to logits `[N, numClasses]`; one with auxiliary classifiers gives theirs, too, in
 * training.
 * @category Models */
export type ZooNet = Module<Tensor[], Tensor> | Module<Tensor[], Tensor | WithAuxiliary>;

/** What the zoo says of a model.
 * @category Models */
export interface ZooModel {
  /** As `createModel` and the command take it: `resnet50`. */
  readonly name: string;
  /** As papers write it: `ResNet-50`. */
  readonly title: string;
  /** The models of one colour in a plot: `ResNet`. */
  readonly family: string;
  /** When the paper came out. */
  readonly year: number;
  /** Authors, title, where. */
  readonly paper: string;
  /** An image that it was made for: channels, height, width. */
  readonly input: readonly [channels: number, height: number, width: number];
  /** Weights of the auxiliary losses by the module's name, as in the paper; none without auxiliary classifiers. */
  readonly auxiliaryWeights?: Readonly<Record<string, number>> | undefined;
  /** Makes one. */
  readonly make: (options: ModelOptions) => ZooNet;
}
