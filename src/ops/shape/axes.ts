/** Taking axes apart, and moving them. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions } from "../../options.js";
import { at, formatShape, normalizeAxis, rowAxis } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { reshapeTo } from "../reduce/sum.js";
import { permute } from "./reshape.js";
import { partOf } from "./slice.js";
import { type SplitOptions, splitOptions } from "./split.js";

/** The slice of `x` at one index of an axis, without that axis, as `torch.select`.
 * @param index counted from the end when negative
 * @throws ValueError unless `index` is an integer of the axis; ShapeError if the axis is out of range
 * @category Indexing */
export function select(x: Tensor, index: number, options: SplitOptions = {}): Tensor {
  const { axis = 0 } = checkedOptions("select", options, splitOptions);
  checkTensors("select", x);
  const along = normalizeAxis("select", axis, x.rank);
  const size = at(x.shape, along);
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new ValueError(
      "select",
      `index must be an integer from ${-size} to ${size - 1}, for axis ${along} of ${formatShape(x.shape)} has ${size} ` +
        `places, got ${describe(index)}`,
      { expected: size, actual: index },
    );
  }
  return sliceAt(x, along, index < 0 ? index + size : index);
}

/** The slices of `x` at every index of an axis, without that axis, as `torch.unbind`: `stack` puts them together again.
 * @throws ShapeError if the axis is out of range
 * @category Shape */
export function unbind(x: Tensor, options: SplitOptions = {}): Tensor[] {
  const { axis = 0 } = checkedOptions("unbind", options, splitOptions);
  checkTensors("unbind", x);
  const along = normalizeAxis("unbind", axis, x.rank);
  return Array.from({ length: at(x.shape, along) }, (_, k) => sliceAt(x, along, k));
}

function sliceAt(x: Tensor, axis: number, k: number): Tensor {
  return reshapeTo(partOf(x, axis, k, 1), x.shape.toSpliced(axis, 1));
}

/** Moves axes to other places; the others keep their order, as `torch.movedim`.
 * @param source the axis to move, or several, counted from the end when negative
 * @param destination where each goes
 * @throws ShapeError if an axis is out of range or stands twice, or there are more on one side
 * @category Shape */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  checkTensors("movedim", x);
  const [from, to] = [source, destination].map((axes) => [axes].flat().map((axis) => rowAxis("movedim", axis, x.rank)));
  if (from === undefined || to === undefined || from.length !== to.length || repeats(from) || repeats(to)) {
    throw new ShapeError(
      "movedim",
      `source and destination must be as many axes, none of them twice, got ${describe(source)} and ${describe(destination)}`,
      { actual: [source, destination] },
    );
  }
  const others = x.shape.flatMap((_, i) => (from.includes(i) ? [] : [i]));
  const order = x.shape.map((_, i) => (to.includes(i) ? at(from, to.indexOf(i)) : (others.shift() as number)));
  return permute(x, order);
}

function repeats(axes: readonly number[]): boolean {
  return new Set(axes).size < axes.length;
}
