/** The loss of connectionist temporal classification as a module. */

import type { Tensor } from "../autograd/tensor.js";
import { type CtcLossOptions, ctcLoss, ctcLossOptions } from "../ops/loss/ctc-loss.js";
import { checkedOptions, type OptionKinds, omit } from "../options.js";
import { Module } from "./module.js";

/** Options of `CTCLoss`: those of `ctcLoss` but for the lengths, which `forward` takes.
 * @category Layers */
export type CtcLossLayerOptions = Omit<CtcLossOptions, "inputLengths" | "targetLengths">;

const layerOptions: OptionKinds<CtcLossLayerOptions> = omit(ctcLossOptions, "inputLengths", "targetLengths");

/** Connectionist temporal classification of `[T, N, C]` log-probabilities; see `ctcLoss`.
 * @category Layers */
export class CTCLoss extends Module {
  readonly #options: CtcLossLayerOptions;

  constructor(options: CtcLossLayerOptions = {}) {
    super();
    this.#options = checkedOptions("CTCLoss", options, layerOptions);
  }

  /** The loss of log-probabilities `[T, N, C]` and labels `[N, S]`.
   * @param inputLengths frames of each sequence that count, int32 `[N]`. Default: all
   * @param targetLengths labels of each target that count, int32 `[N]`. Default: all */
  override forward(logProbs: Tensor, targets: Tensor, inputLengths?: Tensor, targetLengths?: Tensor): Tensor {
    return ctcLoss(logProbs, targets, { ...this.#options, inputLengths, targetLengths });
  }
}
