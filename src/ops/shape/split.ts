/** Cutting a tensor into parts along an axis. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, normalizeAxis } from "../../shape.js";
import { checkTensors } from "../arguments.js";
import { partOf } from "./slice.js";

/** Options of `split`, `chunk`, `select` and `unbind`.
 * @category Shape */
export interface SplitOptions {
  /** The axis that is cut (or taken apart), counted from the end when negative. Default 0. */
  readonly axis?: number | undefined;
}

export const splitOptions: OptionKinds<SplitOptions> = { axis: ownCheck };

/** Cuts a tensor along an axis, as `torch.split`.
 * @param sizes the size of each part, or one size for all, of which the last may be smaller
 * @returns the parts, in order: `concat` puts them together again
 * @throws ValueError unless the sizes are positive integers that, as a list, add up to the size of the axis
 * @category Shape */
export function split(x: Tensor, sizes: number | readonly number[], options: SplitOptions = {}): Tensor[] {
  const { axis = 0 } = checkedOptions("split", options, splitOptions);
  checkTensors("split", x);
  const along = normalizeAxis("split", axis, x.rank);
  const size = at(x.shape, along);
  const list = typeof sizes === "number" ? evenly(size, sizes) : sizes;
  const whole = Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole || list.reduce((total: number, n: number) => total + n, 0) !== size) {
    throw new ValueError(
      "split",
      `sizes must be positive integers that add up to ${size}, the size of axis ${along} of ${formatShape(x.shape)}, ` +
        `got ${describe(sizes)}`,
      { expected: size, actual: sizes },
    );
  }
  return cut(x, along, list);
}

/** Cuts a tensor along an axis into parts of one size, of which the last may be smaller, as `torch.chunk`: where the axis is
 * too short for `count` of them, there are fewer.
 * @throws ValueError unless `count` is a positive integer
 * @category Shape */
export function chunk(x: Tensor, count: number, options: SplitOptions = {}): Tensor[] {
  const { axis = 0 } = checkedOptions("chunk", options, splitOptions);
  checkTensors("chunk", x);
  const along = normalizeAxis("chunk", axis, x.rank);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ValueError("chunk", `count must be a positive integer, got ${describe(count)}`, { actual: count });
  }
  const size = at(x.shape, along);
  return cut(x, along, evenly(size, Math.ceil(size / count)));
}

/** Parts of `part`, and what is left. */
function evenly(size: number, part: number): number[] {
  if (part < 1) return [part];
  return Array.from({ length: Math.ceil(size / part) }, (_, i) => Math.min(part, size - i * part));
}

function cut(x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  let from = 0;
  return sizes.map((count) => {
    const part = partOf(x, axis, from, count);
    from += count;
    return part;
  });
}
