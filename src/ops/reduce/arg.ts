/** Where the largest and the smallest elements stand. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { neg } from "../../kernels/elementwise.js";
import { placeOfBest } from "../../kernels/order.js";
import { maxChunk } from "../../kernels/reduce.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../../options.js";
import { rowAxis } from "../../shape.js";
import { checkPlaces, checkTensors } from "../arguments.js";
import { middle } from "../rows.js";
import { reduceMiddle } from "./reduction.js";

/** Options of `argMax`, `argMin` and `median`.
 * @category Reductions */
export interface ArgOptions {
  /** One axis, counted from the end when negative; `null` means the flattened tensor. Default: null. */
  readonly axis?: number | null | undefined;
  /** Keeps the reduced axes, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

const argOptions: OptionKinds<ArgOptions> = { axis: ownCheck, keepDims: flag };

/** The index of the largest element along an axis, the first of several; NaN counts as the largest. No gradient.
 * @returns int32
 * @throws ShapeError if the axis is out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Reductions */
export function argMax(x: Tensor, options: ArgOptions = {}): Tensor {
  return argOp(x, resolved("argMax", x, options, false));
}

/** The index of the smallest element along an axis, the first of several; NaN counts as the smallest here, as in PyTorch and
 * NumPy. No gradient.
 * @returns int32
 * @throws ShapeError if the axis is out of range; DeviceError on a float32 device if it has more than 2²⁴ elements
 * @category Reductions */
export function argMin(x: Tensor, options: ArgOptions = {}): Tensor {
  return argOp(x, resolved("argMin", x, options, true));
}

interface Resolved {
  readonly rows: readonly [outer: number, size: number, inner: number];
  readonly shape: readonly number[];
  readonly smallest: boolean;
}

function resolved(op: string, x: Tensor, options: ArgOptions, smallest: boolean): Resolved {
  const { axis = null, keepDims = false } = checkedOptions(op, options, argOptions);
  checkTensors(op, x);
  const along = axis === null ? null : rowAxis(op, axis, x.rank);
  const shape = x.shape.flatMap((n, i) => (along !== null && i !== along ? [n] : keepDims ? [1] : []));
  const rows = along === null ? middle([x.size], 0) : middle(x.shape, along);
  checkPlaces(op, x.device, rows[1], along === null ? "the flattened tensor" : `axis ${along}`);
  return { rows, shape, smallest };
}

const argOp: Op<[x: Tensor], Resolved> = defineOp({
  name: "argMax",
  forward: ([x], { rows, shape, smallest }) => {
    const [outer, size, inner] = rows;
    const keys = smallest ? run(neg, [x]) : x;
    const best = reduceMiddle(maxChunk, keys, [outer, size, inner]);
    // The largest of the negative places is that of the first.
    const places = run(placeOfBest, [keys, best], { threads: [inner, size, outer], constants: { size, inner } });
    const first = reduceMiddle(maxChunk, places, [outer, size, inner]);
    return { output: run(neg, [first], { shape, dtype: "int32" }) };
  },
  backward: () => [null],
});
