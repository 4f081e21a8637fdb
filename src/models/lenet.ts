/** LeNet-5: LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998), section II-B.
 *
 * Three convolutions 5×5 with averages between them and two linear layers, tanh after each but the last; the modules have the
 * paper's names. Sizes, tanh and averaging are those of the paper. Modernised are: C3 sees all six maps of S2, where the paper
 * left out connections (table I); S2 and S4 have no coefficient and no bias of their own and no tanh; tanh is not scaled to
 * 1.7159·tanh(2x/3); the output is linear, for cross entropy, where the paper had the distances to ten drawn letters. So it has
 * 61,706 parameters instead of 60,000. */

import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { AvgPool2d } from "../nn/avg-pool2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { fans, type Initializer } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { Tanh } from "../nn/tanh.js";
import { rand } from "../ops/create.js";
import { flatten } from "../ops/shape/reshape.js";
import { checkedRandom } from "../options.js";
import { formatShape } from "../shape.js";
import { checkImages } from "./images.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Makes a LeNet-5 for grey images `[N, 1, 32, 32]`, with 61,706 parameters. Weights are initially uniform in ±2.4/fanIn, as in the
 * paper (appendix A), biases in ±1/√fanIn.
 * @throws ValueError if an option is out of range
 * @category Models */
export function lenet5(options: ModelOptions): LeNet5 {
  return new LeNet5(options);
}

/** A LeNet-5: images `[N, 1, 32, 32]` to logits `[N, numClasses]`.
 * @category Models */
export class LeNet5 extends Module {
  /** To `[N, 6, 28, 28]`. */
  readonly c1: Conv2d;
  /** After C1. */
  readonly tanh1: Tanh = new Tanh();
  /** To 14 × 14. */
  readonly s2: AvgPool2d = new AvgPool2d(2);
  /** To `[N, 16, 10, 10]`. */
  readonly c3: Conv2d;
  /** After C3. */
  readonly tanh3: Tanh = new Tanh();
  /** To 5 × 5. */
  readonly s4: AvgPool2d = new AvgPool2d(2);
  /** To `[N, 120, 1, 1]`. */
  readonly c5: Conv2d;
  /** After C5. */
  readonly tanh5: Tanh = new Tanh();
  /** To `[N, 84]`. */
  readonly f6: Linear;
  /** After F6. */
  readonly tanh6: Tanh = new Tanh();
  /** The classifier. */
  readonly output: Linear;

  constructor(options: ModelOptions) {
    super();
    const { generator, numClasses = 10, init = lecunUniform } = checkedRandom("lenet5", options, modelOptions);
    const layer = { generator, init };
    this.c1 = new Conv2d(1, 6, 5, layer);
    this.c3 = new Conv2d(6, 16, 5, layer);
    this.c5 = new Conv2d(16, 120, 5, layer);
    this.f6 = new Linear(120, 84, layer);
    this.output = new Linear(84, numClasses, layer);
  }

  override forward(x: Tensor): Tensor {
    checkImages("LeNet5", x, 1, 32);
    const s2 = this.s2.forward(this.tanh1.forward(this.c1.forward(x)));
    const s4 = this.s4.forward(this.tanh3.forward(this.c3.forward(s2)));
    const c5 = this.tanh5.forward(this.c5.forward(s4));
    if (c5.shape[2] !== 1 || c5.shape[3] !== 1) {
      throw new ShapeError(
        "LeNet5",
        `images must be of 32 to 35 rows and columns, got ${formatShape(x.shape)}; resize them`,
      );
    }
    return this.output.forward(this.tanh6.forward(this.f6.forward(flatten(c5, { startAxis: 1 }))));
  }
}

const lecunUniform: Initializer = (shape, { generator }) => {
  const bound = 2.4 / fans(shape).fanIn;
  return rand(shape, { generator, low: -bound, high: bound });
};

/** As the zoo has it. */
export const lenets: readonly ZooModel[] = [
  {
    name: "lenet5",
    title: "LeNet-5",
    family: "LeNet",
    year: 1998,
    paper:
      "LeCun, Bottou, Bengio & Haffner, Gradient-Based Learning Applied to Document Recognition, Proceedings of the IEEE, 1998",
    input: [1, 32, 32],
    make: lenet5,
  },
];
