/** Sums of products over named axes. */

import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { at, checkSize, sizeOf } from "../../shape.js";
import { checkFloatList } from "../arguments.js";
import { reshapeTo, sum } from "../reduce/sum.js";
import { permute } from "../shape/reshape.js";
import { diagonal } from "../shape/triangle.js";
import { readEquation } from "./equation.js";
import { matmulOp } from "./matmul.js";

/** Einstein summation, as `torch.einsum`: the product of tensors whose axes are named by letters, summed over every letter
 * that is missing in the result.
 *
 * `"ij,jk->ik"` is the matrix product, `"ii->i"` a diagonal, `"ii"` the trace. `...` stands for axes that are not named and
 * broadcast. Without `->` the result has the axes of the ellipsis, then the letters that stand once, in alphabetical order. An
 * axis of size 1 repeats to the size of its letter elsewhere. Tensors are multiplied from left to right, each time as one
 * batched matrix product.
 * @throws ValueError if the equation cannot be read or is for another number of tensors; ShapeError if ranks or sizes differ
 * @category Linear algebra */
export function einsum(equation: string, tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ValueError("einsum", 'tensors come in an array of at least one: einsum("ij,jk->ik", [a, b])');
  }
  checkFloatList("einsum", tensors);
  const { operands, output, sizes } = readEquation(
    equation,
    tensors.map((t) => t.shape),
  );
  let result: Labelled | undefined;
  for (const [k, labels] of operands.entries()) {
    const later = output.concat(...operands.slice(k + 1));
    const next = simplified({ x: at(tensors, k) as Tensor, labels });
    result = result === undefined ? summed(next, later) : contracted(result, next, later);
  }
  const { x, labels } = result as Labelled;
  const present = output.filter((label) => labels.includes(label));
  const ordered = permute(
    x,
    present.map((label) => labels.indexOf(label)),
  );
  // A label whose size is 1 in every tensor was dropped.
  return reshapeTo(
    ordered,
    output.map((label) => sizes.get(label) as number),
  );
}

/** A tensor and the labels of its axes. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/** Each label once, and none of size 1: of a label that stands twice, the diagonal. */
function simplified({ x, labels }: Labelled): Labelled {
  const axes = labels.flatMap((label, i) => (at(x.shape, i) === 1 ? [] : [{ label, i }]));
  let part = reshapeTo(
    x,
    axes.map(({ i }) => at(x.shape, i)),
  );
  let left = axes.map(({ label }) => label);
  for (;;) {
    const axis2 = left.findIndex((label, i) => left.indexOf(label) !== i);
    if (axis2 === -1) break;
    const label = at(left, axis2);
    const axis1 = left.indexOf(label);
    part = diagonal(part, { axis1, axis2 });
    left = [...left.filter((_, i) => i !== axis1 && i !== axis2), label];
  }
  return { x: part, labels: left };
}

/** Without the labels that nobody needs later. */
function summed({ x, labels }: Labelled, later: readonly string[]): Labelled {
  const axis = labels.flatMap((label, i) => (later.includes(label) ? [] : [i]));
  if (axis.length === 0) return { x, labels };
  return { x: sum(x, { axis }), labels: labels.filter((label) => later.includes(label)) };
}

/** a · b, summed over what only they have: a batched matrix product [batch, rows, inner] · [batch, inner, columns]. */
function contracted(a: Labelled, b: Labelled, later: readonly string[]): Labelled {
  const left = summed(a, later.concat(b.labels));
  const right = summed(b, later.concat(a.labels));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => later.includes(label));
  const inner = shared.filter((label) => !later.includes(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const [first, transposeA] = matrices(left, batch, rows, inner);
  const [second, transposeB] = matrices(right, batch, inner, columns);
  const size = (labels: readonly string[], { x, labels: own }: Labelled) =>
    labels.map((label) => at(x.shape, own.indexOf(label)));
  const shape = [...size(batch, left), ...size(rows, left), ...size(columns, right)];
  checkSize("einsum", shape);
  const product = matmulOp(first, second, { transposeA, transposeB });
  return { x: reshapeTo(product, shape), labels: [...batch, ...rows, ...columns] };
}

/** A tensor as [batch, rows, columns], or transposed where that needs no copy. */
function matrices(
  { x, labels }: Labelled,
  batch: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): [matrices: Tensor, transposed: boolean] {
  const order = [...batch, ...rows, ...columns].map((label) => labels.indexOf(label));
  const swapped = [...batch, ...columns, ...rows].map((label) => labels.indexOf(label));
  const transposed = swapped.every((from, to) => from === to);
  const count = (list: readonly string[]) => sizeOf(list.map((label) => at(x.shape, labels.indexOf(label))));
  const sides = transposed ? [count(columns), count(rows)] : [count(rows), count(columns)];
  return [reshapeTo(transposed ? x : permute(x, order), [count(batch), ...sides]), transposed];
}
