/** Turning axes round, rolling along them, and repeating a tensor. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, normalizeAxes, normalizeAxis, sizeOf, stridesOf } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { runStrided } from "../broadcast.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";
import { concat } from "./join.js";
import { partOf } from "./slice.js";

/** Options of `flip`.
 * @category Shape */
export interface FlipOptions {
  /** One axis or several, counted from the end when negative; `null` means all. Default: all. */
  readonly axis?: number | readonly number[] | null | undefined;
}

const flipOptions: OptionKinds<FlipOptions> = { axis: ownCheck };

/** The elements in reverse order along axes.
 * @category Shape */
export function flip(x: Tensor, options: FlipOptions = {}): Tensor {
  const { axis = null } = checkedOptions("flip", options, flipOptions);
  checkTensors("flip", x);
  return flipOp(x, { axes: normalizeAxes("flip", axis, x.rank) });
}

const flipOp: Op<[x: Tensor], { readonly axes: readonly number[] }> = defineOp({
  name: "flip",
  forward: ([x], { axes }) => {
    const strides = stridesOf(x.shape);
    const last = axes.reduce((offset, i) => offset + (at(x.shape, i) - 1) * at(strides, i), 0);
    const steps = strides.map((stride, i) => (axes.includes(i) ? -stride : stride));
    return { output: runStrided("flip", x, x.shape, steps, last) };
  },
  backward: (gradOutput, _saved, { options }) => [onward(gradOutput, flipOp(gradOutput, options))],
});

/** Options of `roll`.
 * @category Shape */
export interface RollOptions {
  /** By how many places, one integer per axis; negative ones roll towards the start. */
  readonly shift: number | readonly number[];
  /** The axes, counted from the end when negative. Default: the flattened tensor is rolled, by a single shift. */
  readonly axis?: number | readonly number[] | null | undefined;
}

const rollOptions: OptionKinds<RollOptions> = { shift: ownCheck, axis: ownCheck };

/** Moves the elements along axes by a shift; what leaves at one end comes in at the other.
 * @throws ValueError unless the shifts are integers, one per axis
 * @category Shape */
export function roll(x: Tensor, options: RollOptions): Tensor {
  const { shift, axis = null } = checkedOptions("roll", options, rollOptions);
  checkTensors("roll", x);
  const shifts = [shift].flat();
  const axes = axis === null ? [0] : [axis].flat().map((a) => normalizeAxis("roll", a, x.rank));
  if (shifts.length !== axes.length || !shifts.every(Number.isSafeInteger)) {
    throw new ValueError(
      "roll",
      `shift must be ${axis === null ? "one integer where no axis is given" : `integers, one for each of the ${axes.length} axes`}, ` +
        `got ${describe(shift)}`,
      { expected: axes.length, actual: shift },
    );
  }
  const rolled = axes.reduce(
    (result, along, i) => rollAlong(result, at(shifts, i), along),
    axis === null ? reshapeTo(x, [x.size]) : x,
  );
  return reshapeTo(rolled, x.shape);
}

function rollAlong(x: Tensor, shift: number, axis: number): Tensor {
  const size = at(x.shape, axis);
  const moved = ((shift % size) + size) % size;
  if (moved === 0) return x;
  return concat([partOf(x, axis, size - moved, moved), partOf(x, axis, 0, size - moved)], { axis });
}

/** Repeats a tensor along each of its axes, as `torch.tile`: `repeats` counts from the last axis, as missing entries are 1
 * and missing axes have size 1.
 * @throws ShapeError unless every count is a positive integer
 * @category Shape */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  checkTensors("tile", x);
  if (!Array.isArray(repeats) || !repeats.every((n) => Number.isSafeInteger(n) && n > 0)) {
    throw new ShapeError("tile", `repeats must be a list of positive integers, got ${describe(repeats)}`, {
      actual: repeats,
    });
  }
  const rank = Math.max(x.rank, repeats.length);
  const sizes = [...new Array<number>(rank - x.rank).fill(1), ...x.shape];
  const counts = [...new Array<number>(rank - repeats.length).fill(1), ...repeats];
  checkSize(
    "tile",
    sizes.map((n, i) => n * at(counts, i)),
  );
  let result = x;
  for (const [axis, count] of counts.entries()) {
    const [outer, inner] = [sizeOf(sizes.slice(0, axis)), sizeOf(sizes.slice(axis))];
    const repeated = broadcastTo(reshapeTo(result, [outer, 1, inner]), [outer, count, inner]);
    sizes[axis] = at(sizes, axis) * count;
    result = reshapeTo(repeated, sizes);
  }
  return result;
}
