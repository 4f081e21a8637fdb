/** Connectionist temporal classification: the likelihood of a sequence of labels, however it is spread over the frames. */

import { noGrad } from "../../autograd/modes.js";
import { Tensor } from "../../autograd/tensor.js";
import { DTypeError, describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, number, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, perAxis, type Shape, sameShape } from "../../shape.js";
import { checkFloat, checkNumbers, checkPlaces, checkTensors } from "../arguments.js";
import { repeatTo } from "../broadcast.js";
import { add, div, maximum, mul, neg } from "../elementwise/arithmetic.js";
import { cast, equal, greater, less, notEqual, where } from "../elementwise/compare.js";
import { logicalAnd } from "../elementwise/logic.js";
import { checkIndices } from "../indexing/gather.js";
import { gatherOp } from "../indexing/gather-op.js";
import { logSumExp } from "../reduce/reduce.js";
import { reshapeTo } from "../reduce/sum.js";
import { concat } from "../shape/join.js";
import { pad, partOf } from "../shape/slice.js";
import { unfoldOp } from "../window/fold.js";
import { hostTensor } from "../window/map-axis.js";
import { type LossOptions, lossOptions, type Reduction, reduceLosses } from "./reduction.js";

/** How long each sequence of a batch is: int32 of shape `[N]`, a list, or one number for all.
 * @category Losses */
export type Lengths = Tensor | number | readonly number[];

/** Options of `ctcLoss`.
 * @category Losses */
export interface CtcLossOptions extends LossOptions {
  /** Frames of each sequence that count, from 0 to T. Default: all T. */
  readonly inputLengths?: Lengths | undefined;
  /** Labels of each target that count, from 0 to S. Default: all S. */
  readonly targetLengths?: Lengths | undefined;
  /** The class between two labels. Default 0. */
  readonly blank?: number | undefined;
  /** Default `mean`: each loss is divided by the length of its target (by 1 where that is 0), and the mean over the batch taken. */
  readonly reduction?: Reduction | undefined;
  /** Whether a loss of Infinity, of a target that is too long for its frames, counts as 0. Default false. */
  readonly zeroInfinity?: boolean | undefined;
}

export const ctcLossOptions: OptionKinds<CtcLossOptions> = {
  ...lossOptions,
  inputLengths: ownCheck,
  targetLengths: ownCheck,
  blank: number,
  zeroInfinity: flag,
};

/** Connectionist temporal classification (Graves et al. 2006, eq. 5 to 8): −log of the probability that the frames spell the target,
 * summed over all ways to give each frame a class that do once repeated classes are merged and blanks dropped.
 *
 * Computed in the logarithms, so that no product of probabilities underflows. A target that its frames are too few for has a
 * loss of Infinity, as in PyTorch, but a gradient of 0 instead of NaN; so has one that needs a class of log-probability −∞. The
 * gradient is the derivative by `logProbs` as they stand, −∂ log p / ∂ logProbs; PyTorch's holds behind a `logSoftmax` alone,
 * where both come to the same.
 * @param logProbs logarithms of the classes' probabilities in each frame, shape `[T, N, C]` or `[T, C]`, as `logSoftmax` gives them
 * @param targets the labels, int32 of shape `[N, S]` or `[S]`; what is beyond a target's length does not count
 * @returns a scalar, or shape `[N]` (or a scalar of one sequence) with reduction `none`; in nats
 * @throws ShapeError, DTypeError, ValueError if ranks, lengths or options do not fit, or a label is no class or the blank (on
 * webgpu: the next read does); DeviceError on a float32 device if a frame has more than 2²⁴ classes in the whole batch
 * @category Losses */
export function ctcLoss(logProbs: Tensor, targets: Tensor, options: CtcLossOptions = {}): Tensor {
  const {
    blank = 0,
    reduction = "mean",
    zeroInfinity = false,
    ...lengths
  } = checkedOptions(op, options, ctcLossOptions);
  checkFloat(op, logProbs);
  checkTensors(op, logProbs, targets);
  const batch = batchOf(logProbs, targets);
  const { frames, count, classes, labels } = batch;
  checkPlaces(op, logProbs.device, count * classes, "a frame of the batch");
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw new ValueError(op, `blank must be a class, from 0 to ${classes - 1}, got ${describe(blank)}`, {
      actual: blank,
    });
  }
  const inputLengths = lengthsOf("inputLengths", lengths.inputLengths ?? frames, count, frames, logProbs);
  const targetLengths = lengthsOf("targetLengths", lengths.targetLengths ?? labels, count, labels, logProbs);
  const states = noGrad(() => statesOf(batch, targetLengths, blank));
  const likelihoods = logLikelihoods(batch, states, inputLengths, targetLengths);
  const losses = neg(likelihoods);
  const kept = zeroInfinity ? where(equal(losses, Number.POSITIVE_INFINITY), 0, losses) : losses;
  const weighted = reduction === "mean" ? div(kept, maximum(targetLengths, 1)) : kept;
  return reduceLosses(logProbs.rank === 3 ? weighted : reshapeTo(weighted, []), reduction);
}

const op = "ctcLoss";

/** The operands as those of a batch, and their sizes. */
interface Batch {
  /** `[T, N, C]`. */
  readonly logProbs: Tensor;
  /** `[N, S]`. */
  readonly targets: Tensor;
  readonly frames: number;
  readonly count: number;
  readonly classes: number;
  readonly labels: number;
}

function batchOf(logProbs: Tensor, targets: Tensor): Batch {
  const { rank } = logProbs;
  const fits = (rank === 2 || rank === 3) && targets.rank === rank - 1;
  if (!fits || (rank === 3 && at(targets.shape, 0) !== at(logProbs.shape, 1))) {
    throw new ShapeError(
      op,
      `logProbs must be [T, N, C] and targets [N, S], or [T, C] and [S], got ${formatShape(logProbs.shape)} and ` +
        formatShape(targets.shape),
      { actual: [logProbs.shape, targets.shape] },
    );
  }
  if (targets.dtype !== "int32") {
    throw new DTypeError(op, `targets must be int32, got ${targets.dtype}; make them with { dtype: "int32" }`, {
      expected: "int32",
      actual: targets.dtype,
    });
  }
  const count = rank === 3 ? at(logProbs.shape, 1) : 1;
  const [frames, classes, labels] = [at(logProbs.shape, 0), at(logProbs.shape, -1), at(targets.shape, -1)];
  const sizes = { frames, count, classes, labels };
  return {
    logProbs: reshapeTo(logProbs, [frames, count, classes]),
    targets: reshapeTo(targets, [count, labels]),
    ...sizes,
  };
}

/** Lengths as floats `[N]`.
 * @param most what each may be */
function lengthsOf(name: string, given: Lengths, count: number, most: number, like: Tensor): Tensor {
  if (given instanceof Tensor) {
    checkTensors(op, like, given);
    if (!sameShape(given.shape, [count])) {
      throw new ShapeError(op, `${name} must have shape [${count}], got ${formatShape(given.shape)}`, {
        expected: [count],
        actual: given.shape,
      });
    }
    checkIndices(op, given, most + 1, `each of ${name}`);
    return cast(given, like.dtype);
  }
  const list = perAxis(op, name, given, count, 0);
  const long = list.findIndex((n) => n > most);
  if (long >= 0) {
    const message = `each of ${name} must be from 0 to ${most}, got ${at(list, long)} at element ${long}`;
    throw new ValueError(op, message, { expected: most, actual: at(list, long) });
  }
  return hostTensor(like, list);
}

/** The states of a sequence: a blank, the first label, a blank, the second label, …, a blank. */
interface States {
  /** How many there are: 2 S + 1. */
  readonly length: number;
  /** Their classes, int32 `[N, 2 S + 1]`. */
  readonly classes: Tensor;
  /** What is added to the logarithm of a step that leads to each from two states before, one before, and itself: 0, or −∞ where
   * there is none, `[N, 3, 2 S + 1]`. A blank between two labels can be left out unless they are equal. */
  readonly steps: Tensor;
}

function statesOf({ targets, count, classes, labels }: Batch, targetLengths: Tensor, blank: number): States {
  const blanks = (shape: Shape) =>
    repeatTo(new Tensor(targets.device, targets.device.upload([blank]), [], "int32"), shape);
  const places = hostTensor(targetLengths, [...Array(labels).keys()]);
  const counts = less(places, reshapeTo(targetLengths, [count, 1]));
  const counted = where(counts, targets, blanks(targets.shape));
  checkIndices(op, counted, classes, "a label");
  checkNumbers(logicalAnd(counts, equal(targets, blank)), (isBlank) => {
    const place = Array.prototype.indexOf.call(isBlank, 1);
    if (place < 0) return undefined;
    return new ValueError(op, `a label must not be the blank ${blank}, as it is at element ${place}`, {
      actual: blank,
    });
  });
  const length = 2 * labels + 1;
  const pairs = concat([blanks([count, labels, 1]), reshapeTo(counted, [count, labels, 1])], { axis: 2 });
  const all = concat([reshapeTo(pairs, [count, 2 * labels]), blanks([count, 1])], { axis: 1 });
  const before = concat([blanks([count, 2]), partOf(all, 1, 0, length - 2)], { axis: 1 });
  const canSkip = logicalAnd(notEqual(all, blank), notEqual(all, before));
  const skips = where(reshapeTo(canSkip, [count, 1, length]), 0, Number.NEGATIVE_INFINITY);
  return {
    length,
    classes: all,
    steps: pad(skips, [
      [0, 0],
      [0, 2],
    ]),
  };
}

/** log p of each target, `[N]`: the logarithms of the forward variables α of all states, frame by frame. */
function logLikelihoods(batch: Batch, states: States, inputLengths: Tensor, targetLengths: Tensor): Tensor {
  const { count } = batch;
  const { length, steps } = states;
  // Before the first frame, all is at the first blank: it leads to itself and to the first label.
  let alpha = repeatTo(hostTensor(targetLengths, [0, ...Array(length - 1).fill(Number.NEGATIVE_INFINITY)]), [
    count,
    length,
  ]);
  const ends = reshapeTo(inputLengths, [count, 1]);
  for (const [t, emitted] of framesOf(emissions(batch, states, ends)).entries()) {
    const reached = add(logSumExp(add(lastThree(alpha), steps), { axis: 1 }), reshapeTo(emitted, [count, length]));
    alpha = where(greater(ends, t), reached, alpha);
  }
  // The end is the last blank or the last label; without labels, the blank alone.
  const lastBlank = reshapeTo(mul(targetLengths, 2), [count, 1]);
  const two = noGrad(() => cast(concat([add(lastBlank, 1), add(lastBlank, 2)], { axis: 1 }), "int32"));
  return logSumExp(gatherOp(behindNone(alpha), two, { axis: 1, shared: false }), { axis: 1 });
}

/** The log-probability that each frame gives the class of each state, `[T, N (2 S + 1)]`; 0 of the frames that do not count, which
 * may hold anything. */
function emissions({ logProbs, frames, count, classes }: Batch, states: States, ends: Tensor): Tensor {
  const times = hostTensor(logProbs, [...Array(frames).keys()]);
  const counted = where(greater(ends, reshapeTo(times, [frames, 1, 1])), logProbs, 0);
  const index = noGrad(() => {
    const first = hostTensor(
      logProbs,
      Array.from({ length: count }, (_, n) => n * classes),
    );
    const flat = add(cast(states.classes, logProbs.dtype), reshapeTo(first, [count, 1]));
    return cast(reshapeTo(flat, [count * states.length]), "int32");
  });
  return gatherOp(reshapeTo(counted, [frames, count * classes]), index, { axis: 1, shared: true });
}

/** Each frame by itself. Halved again and again, so that the gradient of each is not set into a tensor of all frames. */
function framesOf(x: Tensor): Tensor[] {
  const count = at(x.shape, 0);
  if (count === 1) return [x];
  const half = Math.floor(count / 2);
  return [...framesOf(partOf(x, 0, 0, half)), ...framesOf(partOf(x, 0, half, count - half))];
}

/** α of two states before each, of the one before, and of itself: `[N, 3, L]` of `[N, L]`. */
function lastThree(alpha: Tensor): Tensor {
  const [count, length] = [at(alpha.shape, 0), at(alpha.shape, 1)];
  const columns = unfoldOp(reshapeTo(behindNone(alpha), [count, 1, length + 2]), {
    lead: [count],
    size: [1, length + 2],
    count: [1, length],
    kernel: [1, 3],
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
  });
  return reshapeTo(columns, [count, 3, length]);
}

/** With two states in front that nothing reaches. */
function behindNone(alpha: Tensor): Tensor {
  return pad(
    alpha,
    [
      [0, 0],
      [2, 0],
    ],
    { value: Number.NEGATIVE_INFINITY },
  );
}
