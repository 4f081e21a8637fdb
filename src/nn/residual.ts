/** Residual: a branch, and a shortcut past it. */
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { formatShape, sameShape } from "../shape.js";
import { checkModule } from "./containers.js";
import { Identity } from "./identity.js";
import { Module } from "./module.js";

/** `y = shortcut(x) + branch(x)` (He et al. 2015, equations 1 and 2). The children are named `branch` and `shortcut`.
 *
 * ```ts
 * const block = new Residual(new Sequential(conv1, relu, conv2)); // h + F(h)
 * const wider = new Residual(branch, new Conv2d(16, 32, 1, { stride: 2, generator }));
 * ```
 * What comes after the addition, a ReLU say, comes after the module.
 * @category Layers */
export class Residual extends Module {
  /** What is added to the shortcut. */
  readonly branch: Module;
  /** The way past it. */
  readonly shortcut: Module;

  /** @throws ValueError if one is no module */
  constructor(branch: Module, shortcut: Module = new Identity()) {
    super();
    checkModule("Residual", branch, "its branch must be a module");
    checkModule("Residual", shortcut, "its shortcut must be a module");
    this.branch = branch;
    this.shortcut = shortcut;
  }

  /** @throws ShapeError unless branch and shortcut give tensors of one shape */
  override forward(x: Tensor): Tensor {
    const [branch, shortcut] = [this.branch.forward(x), this.shortcut.forward(x)];
    if (!sameShape(branch.shape, shortcut.shape)) {
      const shapes = `${formatShape(branch.shape)}, the shortcut ${formatShape(shortcut.shape)}`;
      throw new ShapeError("Residual", `the branch gives ${shapes}; a 1×1 convolution as the shortcut can change it`, {
        expected: shortcut.shape,
        actual: branch.shape,
      });
    }
    return add(shortcut, branch);
  }
}
