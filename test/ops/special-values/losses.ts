/** Special values of losses: the limits that they have at infinity, and 0 · log 0. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { binary, inf, nan, type SpecialCase, type SpecialRow } from "./row.js";

const none = { reduction: "none" } as const;
const pair = (x: Tensor, y: Tensor): Tensor => lg.stack([x, y], { axis: 1 });

/** A loss of an input and a target that gets no gradient: input, target, loss, derivative. */
function loss(
  op: string,
  call: (x: Tensor, t: Tensor) => Tensor,
  cases: readonly SpecialCase[],
  title?: string,
): SpecialRow {
  return { ...binary(op, call, cases, title), ignoresZeroSigns: true };
}

// biome-ignore format: tables
const distances: readonly SpecialRow[] = [
  loss("mseLoss", (x, t) => lg.mseLoss(x, t, none), [[inf, 0, inf, inf, -inf], [inf, inf, nan, nan, nan], [1e25, 1e25, 0, 0, 0], [1e25, 0, null, 2e25, -2e25]]),
  loss("l1Loss", (x, t) => lg.l1Loss(x, t, none), [[inf, 0, inf, 1, -1], [-inf, 0, inf, -1, 1], [nan, 0, nan, nan, nan]]),
  loss("smoothL1Loss", (x, t) => lg.smoothL1Loss(x, t, none), [[inf, 0, inf, 1, -1], [-inf, 0, inf, -1, 1], [nan, 0, nan, null, null]]),
  loss("huberLoss", (x, t) => lg.huberLoss(x, t, { ...none, delta: 2 }), [[inf, 0, inf, 2, -2], [-inf, 0, inf, -2, 2], [nan, 0, nan, null, null]]),
];

// biome-ignore format: tables
const likelihoods: readonly SpecialRow[] = [
  loss("bce", (p, t) => lg.bce(p, t, none), [[0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 100, -1e12], [1, 0, 100, 1e12]]),
  loss("bceWithLogits", (x, t) => lg.bceWithLogits(x, t, none), [
    [inf, 1, 0, 0], [-inf, 0, 0, 0], [inf, 0, inf, 1], [-inf, 1, inf, -1], [inf, 0.5, inf, 0.5], [nan, 1, nan, nan],
  ]),
  loss("klDiv", (x, t) => lg.klDiv(x, t, none), [[-inf, 0, 0, 0], [-1, 0, 0, 0], [-inf, 0.5, inf, -0.5], [-0.5, 1, 0.5, -1]]),
  loss("klDiv", (x, t) => lg.klDiv(x, t, { ...none, logTarget: true }), [[-inf, -inf, 0, 0], [-1, -inf, 0, 0], [-inf, 0, inf, -1], [-1, 0, 1, -1]], "logTarget"),
  loss("poissonNllLoss", (x, t) => lg.poissonNllLoss(x, t, none), [[-inf, 0, 0, 0], [-inf, 1, inf, -1], [inf, 0, inf, inf]]),
  loss("poissonNllLoss", (x, t) => lg.poissonNllLoss(x, t, { ...none, logInput: false, eps: 0 }), [[0, 0, 0, 1], [0, 1, inf, -inf], [inf, 0, inf, 1]], "of a rate"),
  // Of the logits (x, 0): the loss of the second class is 0 where the first is masked.
  loss("crossEntropy", (x, t) => lg.crossEntropy(pair(x, lg.mul(t, 0)), lg.cast(t.detach(), "int32"), none), [[-inf, 1, 0, 0], [-inf, 0, inf, -1]]),
  loss("crossEntropy", (x, t) => lg.crossEntropy(pair(x, lg.mul(t, 0)), pair(lg.sub(1, t), t), none), [[-inf, 1, 0, 0], [-inf, 0, inf, -1]], "probabilities"),
  loss("nllLoss", (x, t) => lg.nllLoss(pair(x, lg.mul(t, 0)), lg.cast(t.detach(), "int32"), none), [[-inf, 1, 0, 0], [-inf, 0, inf, -1], [nan, 1, 0, 0]]),
];

// biome-ignore format: tables
const margins: readonly SpecialRow[] = [
  loss("hingeEmbeddingLoss", (x, t) => lg.hingeEmbeddingLoss(x, t, none), [[inf, -1, 0, 0], [-inf, -1, inf, -1], [inf, 1, inf, 1], [nan, 1, nan, 1]]),
  loss("softMarginLoss", (x, t) => lg.softMarginLoss(x, t, none), [[inf, 1, 0, 0], [-inf, 1, inf, -1], [-inf, -1, 0, 0], [nan, 1, nan, nan]]),
  loss("marginRankingLoss", (x, t) => lg.marginRankingLoss(x, lg.mul(x, 0).detach(), t, none), [[1e30, 1, 0, 0], [-1e30, 1, 1e30, -1]]),
  // Of the vectors (x, 0) and (0, x).
  loss("cosineEmbeddingLoss", (x, t) => lg.cosineEmbeddingLoss(pair(x, lg.mul(x, 0).detach()), pair(lg.mul(x, 0).detach(), x), t, none), [[0, 1, 1, 0], [1e30, 1, 1, 0], [1e-30, 1, 1, 0]]),
];

export const lossSpecials: readonly SpecialRow[] = [...distances, ...likelihoods, ...margins];
