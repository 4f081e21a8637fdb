/** Special values of losses: the limits that they have at infinity, and 0 · log 0. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { binary, inf, nan, type SpecialCase, type SpecialRow } from "./row.js";

const none = { reduction: "none" } as const;
const pair = (x: Tensor, y: Tensor): Tensor => lg.stack([x, y], { axis: 1 });

const column = (x: Tensor): Tensor => x.reshape([x.size, 1]);

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
  loss("gaussianNllLoss", (x, t) => lg.gaussianNllLoss(x, t, lg.add(lg.mul(t.detach(), 0), 2), none), [
    [inf, 0, inf, inf, -inf], [-inf, 0, inf, -inf, inf], [nan, 0, nan, nan, nan], [1e18, 0, 2.5e35, 5e17, -5e17],
  ]),
  // Of a distance and a variance.
  loss("gaussianNllLoss", (d, v) => lg.gaussianNllLoss(d, lg.mul(v.detach(), 0), v, { ...none, eps: 2 ** -20 }), [
    [3, nan, nan, nan, nan], [1, 0, null, 2 ** 20, 2 ** 19 - 2 ** 39], [0, 0, -10 * Math.LN2, 0, 2 ** 19], [1e25, 1e25, 5e24, 1, -0.5], [inf, 1, inf, inf, -inf],
  ], "of a variance"),
  // Of the logits (x, 0): the loss of the second class is 0 where the first is masked.
  loss("crossEntropy", (x, t) => lg.crossEntropy(pair(x, lg.mul(t, 0)), lg.cast(t.detach(), "int32"), none), [[-inf, 1, 0, 0], [-inf, 0, inf, -1]]),
  loss("crossEntropy", (x, t) => lg.crossEntropy(pair(x, lg.mul(t, 0)), pair(lg.sub(1, t), t), none), [[-inf, 1, 0, 0], [-inf, 0, inf, -1]], "probabilities"),
  loss("nllLoss", (x, t) => lg.nllLoss(pair(x, lg.mul(t, 0)), lg.cast(t.detach(), "int32"), none), [[-inf, 1, 0, 0], [-inf, 0, inf, -1], [nan, 1, 0, 0]]),
  // A single frame with the log-probability x of the label; the target has it, or nothing.
  loss("ctcLoss", (x, t) => lg.ctcLoss(lg.unsqueeze(pair(lg.mul(t, 0), x), 0), lg.cast(lg.add(lg.mul(column(t.detach()), 0), 1), "int32"), { ...none, targetLengths: lg.cast(t.detach(), "int32") }), [
    [-inf, 1, inf, 0], [-inf, 0, 0, 0], [-2, 1, 2, -1],
  ]),
];

// biome-ignore format: tables
const margins: readonly SpecialRow[] = [
  loss("hingeEmbeddingLoss", (x, t) => lg.hingeEmbeddingLoss(x, t, none), [[inf, -1, 0, 0], [-inf, -1, inf, -1], [inf, 1, inf, 1], [nan, 1, nan, 1]]),
  loss("softMarginLoss", (x, t) => lg.softMarginLoss(x, t, none), [[inf, 1, 0, 0], [-inf, 1, inf, -1], [-inf, -1, 0, 0], [nan, 1, nan, nan]]),
  loss("marginRankingLoss", (x, t) => lg.marginRankingLoss(x, lg.mul(x, 0).detach(), t, none), [[1e30, 1, 0, 0], [-1e30, 1, 1e30, -1]]),
  // Of the scores (x, 0): the mean of one violation and of what the label's own place leaves out.
  loss("multiMarginLoss", (x, t) => lg.multiMarginLoss(pair(x, lg.mul(t, 0)), lg.cast(t.detach(), "int32"), none), [
    [inf, 0, 0, 0], [-inf, 0, inf, -0.5], [inf, 1, inf, 0.5], [-inf, 1, 0, 0], [nan, 0, nan, -0.5], [nan, 1, nan, 0.5],
  ]),
  // Of the distances |p| and |n| from 0.
  loss("tripletMarginLoss", (p, n) => lg.tripletMarginLoss(column(lg.zeros([p.size], { device: p.device.name })), column(p), column(n), { ...none, eps: 0 }), [
    [0, 0, 1, 0, 0], [3, 1, 3, 1, -1], [nan, 0, nan, null, 0], [0, nan, nan, 0, null], [inf, 0, inf, null, 0], [0, inf, 0, 0, null], [1e30, 1, 1e30, 1, -1],
  ]),
  // Of the vectors (x, 0) and (0, x).
  loss("cosineEmbeddingLoss", (x, t) => lg.cosineEmbeddingLoss(pair(x, lg.mul(x, 0).detach()), pair(lg.mul(x, 0).detach(), x), t, none), [[0, 1, 1, 0], [1e30, 1, 1, 0], [1e-30, 1, 1, 0]]),
];

export const lossSpecials: readonly SpecialRow[] = [...distances, ...likelihoods, ...margins];
