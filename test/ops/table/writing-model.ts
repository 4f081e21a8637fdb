/** What the rows of ops that write by index share: the definition, samples of it, and what is refused. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type ErrorCase, type Sample, type SampleInput, uniform } from "../row.js";

/** Indices, int32. */
export const index = (values: readonly number[], shape: Shape = [values.length]): Tensor =>
  lg.tensor(Int32Array.from(values), { shape, dtype: "int32" });

export const nan: number = Number.NaN;
export const infinity: number = Number.POSITIVE_INFINITY;

/** What becomes of an element of x and of those that meet in its place, in their order. */
export type Meet = (own: number, met: readonly number[]) => number;

/** The last one stays. */
export const last: Meet = (own, met) => met.at(-1) ?? own;

/** x after all elements of source went where the indices say, by the definition; a list of indices holds for all rows. */
function model(x: Grid, places: Grid, source: Grid, axis: number, meet: Meet, isList: boolean): readonly number[] {
  const along = (axis + x.shape.length) % x.shape.length;
  return fill(x.shape, (place) => {
    const met: number[] = [];
    fill(isList ? source.shape : places.shape, (from) => {
      const target = from.with(along, elementAt(places, isList ? [from[along] as number] : from));
      if (target.join() === place.join()) met.push(elementAt(source, from));
      return 0;
    });
    return meet(elementAt(x, place), met);
  }).values;
}

/** A call of such an op. */
export type Write = (x: Tensor, index: Tensor, source: Tensor, options: { axis: number }) => Tensor;

type Writer = (
  title: string,
  call: Write,
  meet: Meet,
  inputs: readonly [SampleInput, SampleInput],
  places: Grid,
  axis?: number,
) => Required<Sample>;

const writer =
  (isList: boolean): Writer =>
  (title, call, meet, inputs, places, axis = 0) => ({
    title,
    inputs,
    call: (x, source) => call(x as Tensor, index(places.values, places.shape), source as Tensor, { axis }),
    expected: (x, source) => model(x as Grid, places, source as Grid, axis, meet, isList),
  });

/** A sample whose index has the rank of the source. */
export const writes: Writer = writer(false);
/** A sample whose index is a list. */
export const writesSlices: Writer = writer(true);

/** Numbers in a shape. */
export const grid = (shape: Shape, ...values: number[]): SampleInput => ({ shape, values });
/** Numbers in a row. */
export const list = (...values: number[]): SampleInput => grid([values.length], ...values);
/** Numbers for x and the source. */
export const both = (
  x: Shape,
  source: Shape,
  make: (shape: Shape) => SampleInput = uniform,
): [SampleInput, SampleInput] => [make(x), make(source)];

/** An index of −1, and one too large. */
export const outOfRange = (run: (k: number) => unknown): ErrorCase[] =>
  [-1, 3].map((k) => ({
    title: `refuses the index ${k}`,
    run: () => run(k),
    type: lg.ValueError,
    says: ["0 to 2", `got ${k} at element 1`],
  }));
/** Indices that are floats. */
export const floatIndex = (run: (x: Tensor) => unknown): ErrorCase => ({
  title: "refuses float indices",
  run: () => run(lg.ones([2])),
  type: lg.DTypeError,
  says: ["int32", "float"],
});
/** Shapes that do not fit. */
export const misfit = (title: string, run: () => unknown, ...says: string[]): ErrorCase => ({
  title,
  run,
  type: lg.ShapeError,
  says,
});
/** A source of another dtype than x. */
export const mixed = (run: (source: Tensor) => unknown, name: string): ErrorCase => ({
  title: "refuses another dtype",
  run: () => run(index([1, 2])),
  type: lg.DTypeError,
  says: [`${name} must be float`, "int32", "cast"],
});
