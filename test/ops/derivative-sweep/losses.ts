/** The derivative of every loss. */

import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { classLossSweep, like, pair, sum } from "./class-losses.js";
import { binary, type SweepEntry, unary } from "./entry.js";
import { sigma } from "./exact.js";

/** A loss of a difference: the derivative by the target is that by the input, negated. */
function distance(
  op: string,
  call: (a: Tensor, b: Tensor) => Tensor,
  slope: (d: number) => number,
  title?: string,
): SweepEntry {
  const derivative = (a: number, b: number): number => slope(a - b);
  return binary(op, call, [derivative, (a, b) => -derivative(a, b)], title === undefined ? {} : { title });
}

const cut = (d: number, limit: number): number => Math.max(-limit, Math.min(limit, d));

const regression: readonly SweepEntry[] = [
  distance(
    "mseLoss",
    (a, b) => lg.mseLoss(a, b, sum),
    (d) => 2 * d,
  ),
  distance("l1Loss", (a, b) => lg.l1Loss(a, b, sum), Math.sign),
  distance(
    "smoothL1Loss",
    (a, b) => lg.smoothL1Loss(a, b, sum),
    (d) => cut(d, 1),
  ),
  ...[2 ** -80, 0.25, 2 ** 80].flatMap((limit) => [
    distance(
      "smoothL1Loss",
      (a, b) => lg.smoothL1Loss(a, b, { ...sum, beta: limit }),
      (d) => cut(d / limit, 1),
      `beta ${limit}`,
    ),
    distance(
      "huberLoss",
      (a, b) => lg.huberLoss(a, b, { ...sum, delta: limit }),
      (d) => cut(d, limit),
      `delta ${limit}`,
    ),
  ]),
];

const shares = [0, 0.25, 0.5, 1];

const likelihoods: readonly SweepEntry[] = [
  ...shares.map((t) =>
    unary(
      "bce",
      (p) => lg.bce(p, like(p, t), sum),
      (p) => (p - t) / Math.max(p * (1 - p), 1e-12),
      { title: `target ${t}`, poles: [0, 1], within: (p) => p >= 0 && p <= 1 },
    ),
  ),
  ...shares.map((t) =>
    unary(
      "bceWithLogits",
      (x) => lg.bceWithLogits(x, like(x, t), sum),
      (x) => (t === 1 ? -sigma(-x) : t === 0 ? sigma(x) : (1 - t) * sigma(x) - t * sigma(-x)),
      { title: `target ${t}`, terms: (x) => (t > 0 && t < 1 && Math.abs(x) < 2 ? 0.25 : 0) },
    ),
  ),
  unary(
    "bceWithLogits",
    (x) => lg.bceWithLogits(x, like(x, 1), { ...sum, posWeight: like(x, 3) }),
    (x) => -3 * sigma(-x),
    {
      title: "posWeight 3",
    },
  ),
  ...[0, 0.25, 1].map((t) =>
    unary(
      "klDiv",
      (x) => lg.klDiv(x, like(x, t), sum),
      () => -t,
      { title: `target ${t}` },
    ),
  ),
  unary(
    "klDiv",
    (x) => lg.klDiv(x, like(x, -2), { ...sum, logTarget: true }),
    () => -Math.exp(-2),
    { title: "logTarget" },
  ),
  ...[0, 3].flatMap((t) => [
    unary(
      "poissonNllLoss",
      (x) => lg.poissonNllLoss(x, like(x, t), sum),
      (x) => Math.exp(x) - t,
      {
        title: `count ${t}`,
        terms: (x) => (t > 0 && Math.abs(x - Math.log(t)) < 0.2 ? t : 0),
      },
    ),
    unary(
      "poissonNllLoss",
      (x) => lg.poissonNllLoss(x, like(x, t), { ...sum, logInput: false, full: true, eps: 2 ** -30 }),
      (x) => 1 - t / (x + 2 ** -30),
      { title: `count ${t} of a rate`, within: (x) => x >= 0, terms: (x) => (Math.abs(x - t) < 0.5 ? 1 : 0) },
    ),
  ]),
];

const gaussian: readonly SweepEntry[] = [
  binary(
    "gaussianNllLoss",
    (d, v) => lg.gaussianNllLoss(d, like(d, 0), v, sum),
    [(d, v) => d / v, (d, v) => (1 / v - (d / v) ** 2) / 2],
    { within: (_, v) => v >= 1e-6, terms: (d, v) => (Math.abs((d * d) / v - 1) < 0.5 ? 1 / v : 0) },
  ),
  unary(
    "gaussianNllLoss",
    (t) => lg.gaussianNllLoss(like(t, 2), t, like(t, 0.125), sum),
    (t) => (t - 2) * 8,
    { title: "by the target" },
  ),
  unary(
    "gaussianNllLoss",
    (v) => lg.gaussianNllLoss(like(v, 2), like(v, 3), v, { ...sum, eps: 0.5 }),
    (v) => {
      const w = Math.max(v, 0.5);
      return (1 / w - 1 / w ** 2) / 2;
    },
    { title: "eps ½", poles: [0.5], within: (v) => v >= 0, terms: (v) => (v > 0.5 && v < 2 ? 0.5 / v : 0) },
  ),
];

const column = (x: Tensor): Tensor => x.reshape([x.size, 1]);

/** Two frames, of which each has the log-probability x of the label and 0 of the blank: −log (2 eˣ + e²ˣ). */
const spelled: SweepEntry = unary(
  "ctcLoss",
  (x) => {
    const frame = lg.stack([x, lg.mul(x, 0).detach()], { axis: 1 });
    return lg.ctcLoss(lg.stack([frame, frame]), lg.cast(column(like(x, 0)), "int32"), { ...sum, blank: 1 });
  },
  (x) => -2 + 2 / (2 + Math.exp(x)),
);

const margins: readonly SweepEntry[] = [
  unary(
    "hingeEmbeddingLoss",
    (x) => lg.hingeEmbeddingLoss(x, like(x, 1), sum),
    () => 1,
    { title: "target 1" },
  ),
  unary(
    "hingeEmbeddingLoss",
    (x) => lg.hingeEmbeddingLoss(x, like(x, -1), sum),
    (x) => (x <= 1 ? -1 : 0),
    {
      title: "target −1",
      within: (x) => x !== Math.fround(1 + 2 ** -23) && !(x > 1 && x < 1 + 1e-6),
    },
  ),
  ...[1, -1].flatMap((t) => [
    binary(
      "marginRankingLoss",
      (a, b) => lg.marginRankingLoss(a, b, like(a, t), sum),
      [(a, b) => (t * (b - a) >= 0 ? -t : 0), (a, b) => (t * (b - a) >= 0 ? t : 0)],
      { title: `target ${t}` },
    ),
    unary(
      "softMarginLoss",
      (x) => lg.softMarginLoss(x, like(x, t), sum),
      (x) => -t * sigma(-t * x),
      { title: `target ${t}` },
    ),
  ]),
  // Of scores (x, 0): the mean of one violation and of what the label's own place leaves out.
  ...[1, 2].flatMap((p) =>
    [0, 1].map((label) =>
      unary(
        "multiMarginLoss",
        (x) => lg.multiMarginLoss(pair(x, 0), lg.cast(like(x, label), "int32"), { ...sum, p: p as 1 | 2 }),
        (x) => {
          const sign = label === 0 ? -1 : 1;
          const violation = Math.max(0, 1 + sign * x);
          return p === 2 ? sign * violation : violation > 0 ? sign / 2 : 0;
        },
        { title: `label ${label}, power ${p}`, poles: [-1, 1] },
      ),
    ),
  ),
  // Of distances |p| and |n| from an anchor at 0, and of the longer ones of (x, 3).
  binary(
    "tripletMarginLoss",
    (p, n) => lg.tripletMarginLoss(column(like(p, 0)), column(p), column(n), { ...sum, eps: 0 }),
    [
      (p, n) => (1 + Math.abs(p) - Math.abs(n) >= 0 ? Math.sign(p) : 0),
      (p, n) => (1 + Math.abs(p) - Math.abs(n) >= 0 ? -Math.sign(n) : 0),
    ],
  ),
  unary(
    "tripletMarginLoss",
    (x) => lg.tripletMarginLoss(pair(like(x, 0), 0), pair(x, 3), pair(like(x, 0), 0), { ...sum, eps: 0 }),
    (x) => x / Math.hypot(x, 3),
    { title: "a long vector" },
  ),
  // Of the vectors (a, 0) and (b, b), with the formula's 1e-12 beside each squared length.
  binary(
    "cosineEmbeddingLoss",
    (a, b) => lg.cosineEmbeddingLoss(pair(a, 0), lg.stack([b, b], { axis: 1 }), like(a, 1), sum),
    [
      (a, b) => (-b * 1e-12) / (Math.sqrt(a * a + 1e-12) ** 3 * Math.sqrt(2 * b * b + 1e-12)),
      (a, b) => (-a * 1e-12) / (Math.sqrt(a * a + 1e-12) * Math.sqrt(2 * b * b + 1e-12) ** 3),
    ],
    { title: "short vectors", within: (a, b) => Math.abs(a) < 1e-6 && Math.abs(b) < 1e-6 },
  ),
  // Of the vectors (a, 3) and (4, 5).
  unary(
    "cosineEmbeddingLoss",
    (a) => lg.cosineEmbeddingLoss(pair(a, 3), lg.stack([like(a, 4), like(a, 5)], { axis: 1 }), like(a, 1), sum),
    (a) => (-3 * (4 * 3 - 5 * a)) / ((a * a + 9) * Math.hypot(a, 3) * Math.sqrt(41)),
    { title: "a long vector", terms: (a) => 4 / (Math.sqrt(41) * Math.hypot(a, 3)) }, // less its projection on (a, 3),
  ),
  // Of the vectors (b, a) and (0, 1), where a is tiny: by the component that stands at a right angle to the first.
  binary(
    "cosineEmbeddingLoss",
    (a, b) =>
      lg.cosineEmbeddingLoss(
        lg.stack([like(a, 1).mul(b.detach()), a], { axis: 1 }),
        pair(like(a, 0), 1),
        like(a, 1),
        sum,
      ),
    [(_, b) => -1 / Math.abs(b), () => 0],
    { title: "at right angles", within: (a, b) => a === Math.fround(1e-30) && Math.abs(b) >= 1 },
  ),
];

export const lossSweep: readonly SweepEntry[] = [
  ...regression,
  ...likelihoods,
  ...gaussian,
  ...classLossSweep,
  spelled,
  ...margins,
];
