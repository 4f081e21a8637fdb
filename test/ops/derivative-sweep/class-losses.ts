/** The derivatives of losses of classes, and what makes their inputs. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type SweepEntry, unary } from "./entry.js";
import { sigma } from "./exact.js";

export const sum = { reduction: "sum" } as const;

/** A tensor like x, of one number. */
export const like = (x: Tensor, value: number): Tensor => lg.full(x.shape, value, { device: x.device.name });

/** Rows of a number of x and another one. */
export const pair = (x: Tensor, other: number): Tensor => lg.stack([x, like(x, other)], { axis: 1 });

const labels = (x: Tensor, label: number): Tensor => lg.cast(like(x, label), "int32");

/** By x of the cross entropy of the logits (x, 0) against the probabilities p and q: q σ(x) − p σ(−x). */
const slopeAgainst = (p: number, q: number): Pick<SweepEntry, "derivatives" | "terms"> => ({
  derivatives: [(x) => q * sigma(x) - p * sigma(-x)],
  terms: (x) => (p > 0 && q > 0 && Math.abs(x - Math.log(p / q)) < 1 ? q * sigma(x) : 0),
});

/** Cross entropies of the logits (x, 0), also where one class is certain to all digits. */
const certainties: readonly SweepEntry[] = [
  ...[
    [1, 0],
    [0, 1],
    [0.25, 0.75],
    [1 - 2 ** -20, 2 ** -20],
  ].flatMap(([p = 0, q = 0]) => {
    const target = (x: Tensor) => lg.stack([like(x, p), like(x, q)], { axis: 1 });
    const title = `probabilities ${p} and ${q}`;
    return [
      {
        ...unary("crossEntropy", (x) => lg.crossEntropy(pair(x, 0), target(x), sum), sigma),
        ...slopeAgainst(p, q),
        title,
      },
      {
        ...unary("klDiv", (x) => lg.klDiv(lg.logSoftmax(pair(x, 0)), target(x), sum), sigma),
        ...slopeAgainst(p, q),
        title: `of logits, ${title}`,
      },
    ];
  }),
  ...[0, 1].flatMap((label) => [
    {
      ...unary("crossEntropy", (x) => lg.crossEntropy(pair(x, 0), labels(x, label), sum), sigma),
      ...slopeAgainst(1 - label, label),
      title: `label ${label}`,
    },
    {
      ...unary(
        "crossEntropy",
        (x) => lg.crossEntropy(pair(x, 0), labels(x, label), { ...sum, labelSmoothing: 0.25 }),
        sigma,
      ),
      ...slopeAgainst(label === 0 ? 0.875 : 0.125, label === 0 ? 0.125 : 0.875),
      title: `label ${label}, smoothed`,
    },
    {
      ...unary("nllLoss", (x) => lg.nllLoss(lg.logSoftmax(pair(x, 0)), labels(x, label), sum), sigma),
      ...slopeAgainst(1 - label, label),
      title: `of logits, label ${label}`,
    },
  ]),
];

const likelihoods: readonly SweepEntry[] = [0, 1].flatMap((label) => [
  unary(
    "nllLoss",
    (x) =>
      lg.nllLoss(pair(x, 0), lg.cast(like(x, label), "int32"), {
        ...sum,
        weight: lg.tensor([3, 1], { device: x.device.name }),
      }),
    () => (label === 0 ? -3 : 0),
    { title: `label ${label}` },
  ),
]);

export const classLossSweep: readonly SweepEntry[] = [...certainties, ...likelihoods];
