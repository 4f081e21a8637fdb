/** Joining tensors along an axis. */

import { onward } from "../../autograd/cut.js";
import { defineOp, type Op } from "../../autograd/define-op.js";
import { hearOps } from "../../autograd/op-calls.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { DTypeError, describe, ShapeError } from "../../errors.js";
import { concatPair } from "../../kernels/movement.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, normalizeAxis, sameShape, sizeOf } from "../../shape.js";
import { checkTensorList } from "../arguments.js";
import { unsqueeze } from "./reshape.js";
import { sliceOp } from "./slice.js";

/** Options of `concat` and `stack`.
 * @category Shape */
export interface JoinOptions {
  /** The axis of the result that the tensors follow each other along, counted from the end when negative. Default 0. */
  readonly axis?: number | undefined;
}

const joinOptions: OptionKinds<JoinOptions> = { axis: ownCheck };

/** Joins tensors along an axis; all other sizes agree.
 * @category Shape */
export function concat(tensors: readonly Tensor[], options: JoinOptions = {}): Tensor {
  const { axis = 0 } = checkedOptions("concat", options, joinOptions);
  const [first, ...rest] = checkedList("concat", tensors);
  const along = normalizeAxis("concat", axis, first.rank);
  for (const next of rest) {
    const fits = next.rank === first.rank && next.shape.every((n, i) => i === along || n === first.shape[i]);
    if (!fits) {
      const shapes = tensors.map((t) => formatShape(t.shape)).join(", ");
      throw new ShapeError("concat", `shapes must agree but along axis ${along}, got ${shapes}`);
    }
  }
  if (rest.length === 0) return first;
  const hears = hearOps(null);
  try {
    const joined = joinInPairs(tensors, along);
    hears?.("concat", tensors, joined); // one call, whatever it is made of
    return joined;
  } finally {
    hearOps(hears);
  }
}

function joinInPairs(tensors: readonly Tensor[], axis: number): Tensor {
  let parts = [...tensors];
  while (parts.length > 1) {
    // In pairs, so that many small tensors are not copied once for each.
    parts = Array.from({ length: Math.ceil(parts.length / 2) }, (_, i) => {
      const [a, b] = [at(parts, 2 * i), parts[2 * i + 1]];
      return b === undefined ? a : concatOp(a, b, { axis });
    });
  }
  return at(parts, 0);
}

/** Tensors of one device and one dtype, at least one. */
function checkedList(op: string, tensors: readonly Tensor[]): readonly [Tensor, ...Tensor[]] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ShapeError(op, `it joins a list of at least one tensor, got ${describe(tensors)}`, { actual: tensors });
  }
  checkTensorList(op, tensors);
  const dtypes = [...new Set(tensors.map((t: Tensor) => t.dtype))];
  if (dtypes.length > 1) throw new DTypeError(op, `dtypes differ: ${dtypes.join(" and ")}`, { actual: dtypes });
  return tensors as unknown as readonly [Tensor, ...Tensor[]];
}

const concatOp: Op<[a: Tensor, b: Tensor], { readonly axis: number }> = defineOp({
  name: "concat",
  forward: ([a, b], { axis }) => {
    const [sizeA, sizeB] = [at(a.shape, axis), at(b.shape, axis)];
    const inner = sizeOf(a.shape.slice(axis + 1));
    const shape = a.shape.map((n, i) => (i === axis ? sizeA + sizeB : n));
    const threads = [inner, sizeA + sizeB, sizeOf(a.shape.slice(0, axis))] as const;
    return { output: run(concatPair, [a, b], { shape, threads, constants: { sizeA, sizeB, inner } }) };
  },
  backward: (gradOutput, _saved, { inputs: [a, b], options: { axis } }) => {
    const part = (x: Tensor, from: number) =>
      onward(
        gradOutput,
        sliceOp(gradOutput, { ranges: x.shape.map((count, i) => ({ from: i === axis ? from : 0, by: 1, count })) }),
      );
    return [part(a, 0), part(b, at(a.shape, axis))];
  },
});

/** Joins tensors of one shape along a new axis.
 * @category Shape */
export function stack(tensors: readonly Tensor[], options: JoinOptions = {}): Tensor {
  const { axis = 0 } = checkedOptions("stack", options, joinOptions);
  const [first] = checkedList("stack", tensors);
  const along = normalizeAxis("stack", axis, first.rank + 1);
  if (!tensors.every((t) => sameShape(t.shape, first.shape))) {
    throw new ShapeError("stack", `shapes must agree, got ${tensors.map((t) => formatShape(t.shape)).join(", ")}`);
  }
  return concat(
    tensors.map((t) => unsqueeze(t, along)),
    { axis: along },
  );
}
