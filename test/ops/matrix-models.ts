/** Plain JavaScript models of the ops on matrices, by the definitions: determinants by expansion along the first row. */
import { elementAt, fill, type Grid, sizeOf } from "./models.js";
import { type SampleInput, uniform } from "./row.js";

/** The numbers of one matrix. */
export type Matrix = readonly (readonly number[])[];

/** The matrices of a grid [...B, M, N]. */
export function matricesOf({ shape, values }: Grid): Matrix[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return Array.from({ length: sizeOf(shape.slice(0, -2)) }, (_, z) =>
    Array.from({ length: rows }, (_, y) =>
      Array.from({ length: columns }, (_, x) => values[(z * rows + y) * columns + x] as number),
    ),
  );
}

/** What f makes of each matrix, flat, one after the other. */
export function perMatrix(grid: Grid, f: (matrix: Matrix) => number | Matrix): number[] {
  return matricesOf(grid).flatMap((matrix) => [f(matrix)].flat(2) as number[]);
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, i) => i !== index);
}

/** The determinant, by expansion along the first row. */
export function determinant(a: Matrix): number {
  const [first, ...others] = a;
  if (first === undefined) return 1;
  return first.reduce((sum, v, j) => sum + (-1) ** j * v * determinant(others.map((row) => without(row, j))), 0);
}

/** The determinants without row i and column j, with their signs. */
function cofactors(a: Matrix): Matrix {
  return a.map((row, i) =>
    row.map((_, j) => (-1) ** (i + j) * determinant(without(a, i).map((other) => without(other, j)))),
  );
}

/** A matrix turned over. */
export function transposed(a: Matrix): Matrix {
  return (a[0] as readonly number[]).map((_, j) => a.map((row) => row[j] as number));
}

/** The product of two matrices. */
export function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => transposed(b).map((column) => row.reduce((sum, v, k) => sum + v * (column[k] as number), 0)));
}

/** The inverse, by Cramer's rule. */
export function inverted(a: Matrix): Matrix {
  const whole = determinant(a);
  return transposed(cofactors(a)).map((row) => row.map((v) => v / whole));
}

/** Matrices with a diagonal that keeps them far from singular ones. */
export function regular(shape: readonly number[]): SampleInput {
  const x = uniform(shape);
  return fill(shape, (place) => {
    const [row, column] = place.slice(-2);
    return Math.fround(elementAt(x, place) + (row === column ? 4 : 0));
  });
}

/** Matrices whose symmetric part is positive-definite. */
export function positive(shape: readonly number[]): SampleInput {
  const x = uniform(shape);
  return fill(shape, (place) => {
    const [row, column] = place.slice(-2);
    return Math.fround(elementAt(x, place) / 4 + (row === column ? 2 : 0));
  });
}

/** (A + Aᵀ)/2 */
export function symmetric(a: Matrix): Matrix {
  return a.map((row, i) => row.map((v, j) => (v + (a[j]?.[i] as number)) / 2));
}

/** A triangle of a matrix, with ones on its diagonal where that is wanted. */
export function triangle(a: Matrix, upper: boolean, unit = false): Matrix {
  return a.map((row, i) => row.map((v, j) => (i === j ? (unit ? 1 : v) : i < j === upper ? v : 0)));
}

/** The Cholesky factor of the symmetric part, column by column. */
export function choleskyFactor(a: Matrix): Matrix {
  const s = symmetric(a);
  const l = s.map((row) => row.map(() => 0));
  const entry = (i: number, j: number) => (l[i] as number[])[j] as number;
  for (let j = 0; j < s.length; j++) {
    for (let i = j; i < s.length; i++) {
      const rest = s.reduce((sum, _, k) => (k < j ? sum - entry(i, k) * entry(j, k) : sum), s[i]?.[j] as number);
      (l[i] as number[])[j] = i === j ? Math.sqrt(rest) : rest / entry(j, j);
    }
  }
  return l;
}
