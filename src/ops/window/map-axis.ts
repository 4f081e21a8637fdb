/** Linear maps along one axis whose matrix has few numbers in a row: averages of windows, interpolation. */
import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import { Tensor } from "../../autograd/tensor.js";
import { mapBand } from "../../kernels/band.js";
import { at, normalizeAxis, sizeOf } from "../../shape.js";
import { checkPlaces } from "../arguments.js";

/** A row of a matrix: the columns that are not 0, neighbours in rising order or nearly so, and what they hold. */
export type MatrixRow = ReadonlyMap<number, number>;

/** out[…, k, …] = Σ_j rows[k][j] · x[…, j, …] / divisors[k] along one axis, counted from the end when negative.
 * @param divisors what the sum of a row is divided by, so that a mean of ones is 1. Default: 1 */
export function mapAxis(
  x: Tensor,
  axis: number,
  rows: readonly MatrixRow[],
  divisors: readonly number[] = rows.map(() => 1),
): Tensor {
  return mapAxisOp(x, { axis: normalizeAxis("mapAxis", axis, x.rank), rows, divisors });
}

interface AxisMap {
  readonly axis: number;
  readonly rows: readonly MatrixRow[];
  readonly divisors: readonly number[];
}

const mapAxisOp: Op<[x: Tensor], AxisMap> = defineOp({
  name: "mapAxis",
  forward: ([x], { axis, rows, divisors }) => {
    checkPlaces("mapAxis", x.device, at(x.shape, axis), `axis ${axis}`);
    const { first, taps, weights } = bandOf(rows);
    const [outer, size, inner] = [sizeOf(x.shape.slice(0, axis)), at(x.shape, axis), sizeOf(x.shape.slice(axis + 1))];
    const output = run(mapBand, [x, hostTensor(x, first), hostTensor(x, weights), hostTensor(x, divisors)], {
      shape: x.shape.map((n, i) => (i === axis ? rows.length : n)),
      threads: inner === 1 ? [rows.length, outer, 1] : [inner, rows.length, outer],
      constants:
        inner === 1
          ? { taps, step: 1, placeX: 1, placeY: 0, baseX: 0, baseY: size, baseZ: 0 }
          : { taps, step: inner, placeX: 0, placeY: 1, baseX: 1, baseY: 0, baseZ: size * inner },
    });
    return { output };
  },
  backward: (gradOutput, _saved, { inputs: [x], options: { axis, rows, divisors } }) => [
    mapAxis(gradOutput, axis, transposed(rows, divisors, at(x.shape, axis))),
  ],
});

/** The matrix as the kernel reads it: per row its first column, and all rows as long as the longest. */
function bandOf(rows: readonly MatrixRow[]): { first: number[]; taps: number; weights: number[] } {
  const spans = rows.map(spanOf);
  const first = spans.map(({ from }) => from);
  const taps = spans.reduce((most, { from, to }) => Math.max(most, to - from + 1), 0);
  const weights = rows.flatMap((row, k) => Array.from({ length: taps }, (_, t) => row.get(at(first, k) + t) ?? 0));
  return { first, taps, weights };
}

/** The first and the last column of a row that has any. */
function spanOf(row: MatrixRow): { from: number; to: number } {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const column of row.keys()) [from, to] = [Math.min(from, column), Math.max(to, column)];
  return row.size === 0 ? { from: 0, to: -1 } : { from, to };
}

/** The transposed matrix, which has the divisors in its numbers. */
function transposed(rows: readonly MatrixRow[], divisors: readonly number[], columns: number): MatrixRow[] {
  const result = Array.from({ length: columns }, () => new Map<number, number>());
  for (const [k, row] of rows.entries()) {
    for (const [j, weight] of row) at(result, j).set(k, weight / at(divisors, k));
  }
  return result;
}

/** Numbers that a kernel reads beside those of a tensor. */
export function hostTensor(like: Tensor, values: readonly number[]): Tensor {
  return new Tensor(like.device, like.device.upload(values), [values.length], like.dtype);
}
