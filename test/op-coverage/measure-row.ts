/** What one row of the op table came to in float64: forward, gradient, second order. */
import { direction, expectedOf, relativeError } from "../ops/measure.js";
import type { OpRow, Sample } from "../ops/row.js";
import { derivativeError, derivatives, differences, forward, type Point } from "./derivatives.js";

/** Largest relative errors; null where there is nothing to compare. */
export interface RowErrors {
  /** Against the row's plain JavaScript, special values included. */
  readonly forward: number | null;
  /** Samples that have a definition in plain JavaScript, and samples. */
  readonly defined: readonly [defined: number, all: number];
  /** Against central differences of forward values, entry by entry. */
  readonly gradient: number | null;
  readonly second: number | null;
}

/** Measures a row on the reference device. */
export function measureRow({ order = 2, samples, specials = [] }: OpRow): RowErrors {
  const all = [...samples, ...specials];
  const defined = all.filter((sample) => sample.expected !== undefined);
  const found = order === 0 ? [] : samples.map(errorsOf);
  return {
    forward: worst(defined.map((s) => relativeError(forward(s.call, s.inputs), expectedOf(s).values))),
    defined: [defined.length, all.length],
    gradient: worst(found.flatMap(({ gradients }) => gradients)),
    second: worst(found.flatMap(({ second }) => second)),
  };
}

/** Where the samples' derivatives are taken: directions from seeds, the same in every run. */
export function pointOf(inputs: Sample["inputs"], outputSize: number): Point {
  return {
    inputs,
    gradOutput: direction(1, outputSize),
    directions: inputs.map(({ values }, i) => direction(200 + i, values.length)),
  };
}

function errorsOf({ call, inputs }: Sample): { gradients: number[]; second: number[] } {
  const point = pointOf(inputs, forward(call, inputs).length);
  const [got, expected] = [derivatives(call, point), differences((at) => forward(call, at), point)];
  return {
    gradients: expected.gradients.map((g, i) => derivativeError(got.gradients[i] ?? [], g)),
    second: expected.second.map((s, i) => derivativeError(got.second[i] ?? [], s)),
  };
}

function worst(errors: readonly number[]): number | null {
  return errors.length === 0 ? null : Math.max(...errors);
}
