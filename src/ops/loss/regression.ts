/** Losses of a distance: squared, absolute, and the two that pass from the one to the other. */

import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { checkFloat } from "../arguments.js";
import { div, mul, sub } from "../elementwise/arithmetic.js";
import { hardTanh } from "../elementwise/hard-activations.js";
import { abs, square } from "../elementwise/unary.js";
import { checkSameShape, type LossOptions, lossOptions, reduceLosses } from "./reduction.js";

/** Squared error (input − target)².
 * ∞ for an infinite error, with an infinite derivative; NaN where both are the same infinity, or one is NaN.
 * @param target of the shape of `input`; it may require a gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError for an unknown reduction
 * @category Losses */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = checkedOptions("mseLoss", options, lossOptions);
  return reduceLosses(square(difference("mseLoss", input, target)), reduction);
}

/** Absolute error |input − target|; its derivative is 0 where the two are equal.
 * ∞ for an infinite error, with derivative ±1; NaN where both are the same infinity, or one is NaN.
 * @param target of the shape of `input`; it may require a gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError for an unknown reduction
 * @category Losses */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = checkedOptions("l1Loss", options, lossOptions);
  return reduceLosses(abs(difference("l1Loss", input, target)), reduction);
}

/** Options of `smoothL1Loss`.
 * @category Losses */
export interface SmoothL1LossOptions extends LossOptions {
  /** Distance β from which on the loss is a straight line, not negative; 0 gives `l1Loss`. Default 1. */
  readonly beta?: number | undefined;
}

const smoothL1LossOptions: OptionKinds<SmoothL1LossOptions> = { ...lossOptions, beta: number };

/** With d = input − target: d²/(2β) where |d| < β, else |d| − β/2 (Girshick 2015); its slope is 1 beyond β. The second
 * derivative at |d| = β is 0.
 * ∞ for an infinite error, with derivative ±1; NaN where both are the same infinity, or one is NaN.
 * @param target of the shape of `input`; it may require a gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError if beta is negative or the reduction unknown
 * @category Losses */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  const { beta = 1, reduction } = checkedOptions("smoothL1Loss", options, smoothL1LossOptions);
  if (!(beta >= 0)) throw new ValueError("smoothL1Loss", `beta must not be negative, got ${beta}`);
  const distance = difference("smoothL1Loss", input, target);
  return reduceLosses(beta === 0 ? abs(distance) : huber(distance, beta, beta), reduction);
}

/** Options of `huberLoss`.
 * @category Losses */
export interface HuberLossOptions extends LossOptions {
  /** Distance δ from which on the loss is a straight line, above 0. Default 1. */
  readonly delta?: number | undefined;
}

const huberLossOptions: OptionKinds<HuberLossOptions> = { ...lossOptions, delta: number };

/** With d = input − target: d²/2 where |d| < δ, else δ(|d| − δ/2) (Huber 1964); its slope is δ beyond. The second
 * derivative at |d| = δ is 0.
 * ∞ for an infinite error, with derivative ±δ; NaN where both are the same infinity, or one is NaN.
 * @param target of the shape of `input`; it may require a gradient
 * @returns a scalar, or the shape of `input` with reduction `none`
 * @throws ShapeError if the shapes differ; ValueError unless delta is above 0, or if the reduction is unknown
 * @category Losses */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  const { delta = 1, reduction } = checkedOptions("huberLoss", options, huberLossOptions);
  if (!(delta > 0)) throw new ValueError("huberLoss", `delta must be above 0, got ${delta}`);
  return reduceLosses(huber(difference("huberLoss", input, target), delta), reduction);
}

/** c(d − c/2)/β with c = d cut to [−δ, δ]: ½d² inside, δ|d| − ½δ² outside, both by β, and no square that could overflow. */
function huber(d: Tensor, delta: number, beta = 1): Tensor {
  const cut = hardTanh(d, { minVal: -delta, maxVal: delta });
  return mul(beta === 1 ? cut : div(cut, beta), sub(d, mul(0.5, cut)));
}

function difference(op: string, input: Tensor, target: Tensor): Tensor {
  checkFloat(op, input, target);
  checkSameShape(op, "target", target.shape, input.shape);
  return sub(input, target);
}
