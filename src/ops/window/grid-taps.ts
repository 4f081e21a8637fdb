/** The cells that a place between cells is read from, and what stands for a place outside. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { greaterEqual, less, lessEqual, where } from "../elementwise/compare.js";
import { fmod } from "../elementwise/division.js";
import * as logic from "../elementwise/logic.js";
import { floor, round } from "../elementwise/round.js";

/** A cell along an axis, and how much it weighs. */
export interface Tap {
  /** Its number as a float; it may be outside. */
  readonly cell: Tensor;
  readonly weight: Tensor;
}

/** What is read along one axis for the places of a tensor. */
export function tapsOf(mode: "nearest" | "bilinear" | "bicubic", place: Tensor): Tap[] {
  if (mode === "nearest") return noGrad(() => [{ cell: round(place), weight: where(logic.isNaN(place), place, 1) }]);
  const first = floor(place); // recorded for its region; its derivative is 0
  const t = sub(place, first);
  if (mode === "bilinear") {
    return [
      { cell: first, weight: sub(1, t) },
      { cell: add(first, 1), weight: t },
    ];
  }
  const weights = [far(add(t, 1)), near(t), near(sub(1, t)), far(sub(2, t))];
  return weights.map((weight, i) => ({ cell: add(first, i - 1), weight }));
}

/** Cubic convolution with a = −3/4 up to a distance of 1: (a + 2) d³ − (a + 3) d² + 1. */
function near(d: Tensor): Tensor {
  return add(mul(mul(sub(mul(d, 1.25), 2.25), d), d), 1);
}

/** The same from 1 to 2: a d³ − 5a d² + 8a d − 4a. */
function far(d: Tensor): Tensor {
  return add(mul(sub(mul(add(mul(d, -0.75), 3.75), d), 6), d), 3);
}

/** The edge for what lies beyond it, of n cells. Its derivative is 0 at the edge, too. */
export function edged(place: Tensor, n: number): Tensor {
  return where(lessEqual(place, 0), 0, where(greaterEqual(place, n - 1), n - 1, place));
}

/** A place mirrored as often as it takes at the centres of the first and the last of n cells, or at their outer edges. */
export function reflected(place: Tensor, n: number, atCentres: boolean): Tensor {
  const [low, span] = atCentres ? [0, n - 1] : [-0.5, n];
  if (span === 0) return place; // a single cell, which `edged` finds
  const distance = where(less(place, low), sub(low, place), sub(place, low));
  const turned = fmod(distance, 2 * span);
  return add(where(less(turned, span), turned, sub(2 * span, turned)), low);
}
