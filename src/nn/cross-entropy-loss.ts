/** The cross-entropy loss as a module. */

import type { Tensor } from "../autograd/tensor.js";
import { type CrossEntropyOptions, crossEntropy, crossEntropyOptions } from "../ops/loss/cross-entropy.js";
import { checkedOptions } from "../options.js";
import { Module } from "./module.js";

/** Cross entropy of softmax(logits) against class indices or probabilities; see `crossEntropy`.
 * @category Layers */
export class CrossEntropyLoss extends Module {
  readonly #options: CrossEntropyOptions;

  constructor(options: CrossEntropyOptions = {}) {
    super();
    this.#options = checkedOptions("CrossEntropyLoss", options, crossEntropyOptions);
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    return crossEntropy(logits, target, this.#options);
  }
}
