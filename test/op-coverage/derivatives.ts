/** The derivatives that the matrices compare: livegrad's own, and central differences of forward values, which judge. */
import { gradients, mul, sum, type Tensor, tensor, withDevice } from "../../src/index.js";
import { relativeError } from "../ops/measure.js";
import type { SampleInput } from "../ops/row.js";

/** With gᵢ the gradients of ⟨gradOutput, f(x)⟩ and S = Σᵢ⟨gᵢ, uᵢ⟩ for fixed directions u: what a function came to. */
export interface Derivatives {
  readonly output: readonly number[];
  /** gᵢ. */
  readonly gradients: readonly (readonly number[])[];
  /** dS/dxᵢ, and at the end dS/dgradOutput. */
  readonly second: readonly (readonly number[])[];
}

/** Where the derivatives are taken. */
export interface Point {
  readonly inputs: readonly SampleInput[];
  readonly gradOutput: readonly number[];
  readonly directions: readonly (readonly number[])[];
}

/** livegrad's derivatives in float64 on the reference device; `call` is made of its ops. */
export function derivatives(call: (...inputs: Tensor[]) => Tensor, point: Point): Derivatives {
  return withDevice("reference", () => {
    const inputs = point.inputs.map(({ shape, values }) => leaf(shape, values));
    const output = call(...inputs);
    if (!output.requiresGrad) return { output: numbers(output), gradients: [], second: [] };
    const gradOutput = leaf(output.shape, point.gradOutput);
    const found = gradients(output, inputs, { gradOutput, createGraph: true });
    const terms = found.flatMap((g, i) =>
      g === null ? [] : [sum(mul(g, leaf(g.shape, point.directions[i] ?? []).detach()))],
    );
    const total = terms.length === 0 ? null : terms.reduce((a, b) => a.add(b));
    const second = total?.requiresGrad ? gradients(total, [...inputs, gradOutput]) : [];
    return {
      output: numbers(output),
      gradients: inputs.map((x, i) => numbersOrZeros(found[i], x)),
      second: [...inputs, gradOutput].map((x, i) => numbersOrZeros(second[i], x)),
    };
  });
}

/** The output in float64, nothing recorded. */
export function forward(call: (...inputs: Tensor[]) => Tensor, inputs: readonly SampleInput[]): number[] {
  return numbers(outputOf(call, inputs));
}

/** The output's shape. */
export function shapeOf(call: (...inputs: Tensor[]) => Tensor, inputs: readonly SampleInput[]): readonly number[] {
  return outputOf(call, inputs).shape;
}

function outputOf(call: (...inputs: Tensor[]) => Tensor, inputs: readonly SampleInput[]): Tensor {
  return withDevice("reference", () => call(...inputs.map(({ shape, values }) => leaf(shape, values).detach())));
}

/** Of a first and of a mixed second difference: what rounding and truncation leave is about even. */
const steps = { first: 1e-4, second: 5e-4 };

/** The same by central differences of forward values: no backward rule takes part, so that they can judge one.
 * @param value the output for inputs in float64 */
export function differences(value: (inputs: readonly SampleInput[]) => readonly number[], point: Point): Derivatives {
  const { inputs, gradOutput, directions } = point;
  const slope = (at: readonly SampleInput[], along: readonly (readonly number[])[], step = steps.first) => {
    const [ahead, behind] = [value(moved(at, along, step)), value(moved(at, along, -step))];
    return ahead.map((v, i) => (v - (behind[i] as number)) / (2 * step));
  };
  const curveIn = (along: readonly (readonly number[])[], step: number) => {
    const [ahead, behind] = [step, -step].map((h) => dot(gradOutput, slope(moved(inputs, along, h), directions, step)));
    return ((ahead as number) - (behind as number)) / (2 * step);
  };
  // Two steps take away what is quadratic in them (Richardson 1911).
  const curve = (along: readonly (readonly number[])[]) =>
    (4 * curveIn(along, steps.second) - curveIn(along, 2 * steps.second)) / 3;
  const entries = (f: (along: number[][]) => number) =>
    inputs.map(({ values }, i) =>
      values.map((_, k) => f(inputs.map((x, j) => unit(x.values.length, j === i ? k : -1)))),
    );
  return {
    output: value(inputs),
    gradients: entries((along) => dot(gradOutput, slope(inputs, along))),
    second: [...entries(curve), slope(inputs, directions)],
  };
}

/** Largest difference, relative to the largest finite expected entry, to 0.01 where that is smaller: differences of values
 * near 1 cannot tell a tiny derivative from 0. */
export function derivativeError(got: readonly number[], expected: readonly number[]): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  return relativeError([...got, 0.01], [...expected, 0.01]);
}

function moved(inputs: readonly SampleInput[], along: readonly (readonly number[])[], h: number): SampleInput[] {
  return inputs.map(({ shape, values }, i) => ({
    shape,
    values: values.map((value, k) => value + h * (along[i]?.[k] ?? 0)),
  }));
}

function unit(size: number, place: number): number[] {
  return Array.from({ length: size }, (_, i) => Number(i === place));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * (b[i] as number), 0);
}

function leaf(shape: readonly number[], values: readonly number[]): Tensor {
  return tensor(Float64Array.from(values), { shape, requiresGrad: true });
}

function numbers(x: Tensor): number[] {
  return Array.from(x.dataSync());
}

function numbersOrZeros(g: Tensor | null | undefined, x: Tensor): number[] {
  return g == null ? new Array<number>(x.size).fill(0) : numbers(g);
}
