/** Runs a program on every framework and compares each number with the one that something independent says is right. */
import {
  type Derivatives,
  derivativeError,
  derivatives,
  differences,
  forward,
  type Point,
  shapeOf,
} from "../../test/op-coverage/derivatives.js";
import { pointOf } from "../../test/op-coverage/measure-row.js";
import { type Answer, type Answers, type Framework, Lacking } from "./framework.js";
import { asFunction } from "./livegrad.js";
import type { Program } from "./program.js";
import { isKink } from "./pytorch.js";

/** What is compared. */
export type Aspect = "forward" | "gradient" | "second order" | "kinks";

/** All of them, in the order of the page's columns. */
export const aspects: readonly Aspect[] = ["forward", "gradient", "second order", "kinks"];

/** Largest relative errors that count as agreement: what float32 may lose, a second derivative more. */
export const tolerances: Readonly<Record<Aspect, number>> = {
  forward: 1e-4,
  gradient: 1e-4,
  "second order": 1e-3,
  kinks: 1e-4,
};

/** One tensor that came out otherwise, at the entry where it differs most. */
export interface Difference {
  readonly program: Program;
  readonly aspect: Aspect;
  /** By what: `input 0`, `gradOutput`; empty for the output and for the only input. */
  readonly by: string;
  readonly entry: number;
  readonly got: number;
  readonly livegrad: number;
  readonly arbiter: number;
  /** Another shape than it should be: what it is. */
  readonly shape?: readonly number[];
  /** At a kink: the slopes from the left and from the right, by differences of forward values. */
  readonly sides?: readonly [left: number, right: number];
}

/** What a framework threw instead of a number, and whether the right answer was all zeros. */
export interface Thrown {
  readonly program: Program;
  readonly aspect: Aspect;
  readonly by: string;
  readonly message: string;
  readonly zero: boolean;
}

/** One program on one framework. */
export interface Verdict {
  readonly program: Program;
  /** What was compared, agreeing or not. */
  readonly compared: ReadonlySet<Aspect>;
  readonly differences: readonly Difference[];
  readonly thrown: readonly Thrown[];
}

/** A program ready for judgement: livegrad's numbers, and the arbiter's. */
export interface Trial {
  readonly program: Program;
  readonly point: Point;
  readonly shape: readonly number[];
  readonly livegrad: Derivatives;
  readonly arbiter: Derivatives;
}

/** Computes what a program should come to: by PyTorch or by declaration where it says so, else by central differences. */
export function prepare(program: Program): Trial {
  const { inputs, expected, source, order } = program;
  const call = asFunction(program);
  const value = forward(call, inputs);
  const point: Point = {
    ...pointOf(inputs, value.length),
    ...(expected && { gradOutput: expected.gradOutput }),
    ...(expected?.second && { directions: expected.second.directions }),
  };
  const trial = { program, point, shape: shapeOf(call, inputs), livegrad: derivatives(call, point) };
  if (source === "kink")
    return { ...trial, arbiter: { output: value, gradients: expected?.gradients ?? [], second: [] } };
  if (expected !== undefined) {
    const { output, gradients, second } = expected;
    return { ...trial, arbiter: { output, gradients, second: second?.gradients ?? [] } };
  }
  if (order === 0) return { ...trial, arbiter: { output: value, gradients: [], second: [] } };
  return { ...trial, arbiter: differences((at) => forward(call, at), point) };
}

/** Runs a trial on a framework; a string says what it lacks. */
export function judge(framework: Framework, trial: Trial): Verdict | string {
  const { program, point, shape } = trial;
  const supported = framework.supports(program);
  if (supported !== true) return supported;
  try {
    return compare(trial, framework.run(program, point, shape));
  } catch (error) {
    if (error instanceof Lacking) return error.message;
    throw error;
  }
}

/** livegrad's own numbers before the same arbiter. */
export function judgeLivegrad(trial: Trial): Verdict {
  return compare(trial, { ...trial.livegrad, shape: trial.shape });
}

function compare(trial: Trial, answers: Answers): Verdict {
  const { program } = trial;
  const compared = new Set<Aspect>();
  const differences: Difference[] = [];
  const thrown: Thrown[] = [];
  for (const { aspect, by, input, got, livegrad, arbiter } of partsOf(trial, answers)) {
    compared.add(aspect);
    if (got instanceof Error) {
      const zero = arbiter.every((v) => Math.abs(v) < 1e-6);
      thrown.push({ program, aspect, by, message: firstLine(got), zero });
      continue;
    }
    const misshapen = aspect === "forward" && answers.shape.join() !== trial.shape.join();
    if (!misshapen && derivativeError(got, arbiter) <= tolerances[aspect]) continue;
    const entry = worstEntry(got, arbiter);
    const at = (list: readonly number[]) => list[entry] ?? Number.NaN;
    const numbers = { entry, got: at(got), livegrad: at(livegrad), arbiter: at(arbiter) };
    const sides = aspect === "kinks" && { sides: sidesOf(trial, input, entry) };
    differences.push({ program, aspect, by, ...numbers, ...(misshapen && { shape: answers.shape }), ...sides });
  }
  return { program, compared, differences, thrown };
}

interface Part {
  readonly aspect: Aspect;
  readonly by: string;
  /** Which input it is the derivative by; the number of inputs for gradOutput, -1 for the output. */
  readonly input: number;
  readonly got: Answer;
  readonly livegrad: readonly number[];
  readonly arbiter: readonly number[];
}

/** Every tensor to compare. Where the output already threw or has another shape, it is all there is. */
function partsOf({ program, shape, livegrad, arbiter }: Trial, answers: Answers): Part[] {
  const output = { by: "", input: -1, got: answers.output, livegrad: livegrad.output, arbiter: arbiter.output };
  const whole = !(answers.output instanceof Error) && answers.shape.join() === shape.join();
  if (!whole || program.order === 0) return [{ aspect: "forward", ...output }];
  const many = program.inputs.length > 1;
  const named = (aspect: Aspect, key: "gradients" | "second") =>
    arbiter[key].map((expected, i): Part => {
      const by = i === program.inputs.length ? "gradOutput" : many ? `input ${i}` : "";
      return { aspect, by, input: i, got: answers[key][i] ?? [], livegrad: livegrad[key][i] ?? [], arbiter: expected };
    });
  if (isKink(program)) return named("kinks", "gradients");
  return [{ aspect: "forward", ...output }, ...named("gradient", "gradients"), ...named("second order", "second")];
}

/** Slopes of ⟨gradOutput, f⟩ along one entry of one input. */
function sidesOf({ program, point }: Trial, input: number, entry: number): [left: number, right: number] {
  const step = 1e-6;
  const at = (h: number) => {
    const inputs = point.inputs.map(({ shape, values }, i) => ({
      shape,
      values: i === input ? values.map((v, k) => (k === entry ? v + h : v)) : values,
    }));
    const output = forward(asFunction(program), inputs);
    return output.reduce((total, v, i) => total + v * (point.gradOutput[i] as number), 0);
  };
  return [(at(0) - at(-step)) / step, (at(step) - at(0)) / step];
}

function worstEntry(got: readonly number[], expected: readonly number[]): number {
  let [worst, place] = [-1, 0];
  expected.forEach((value, i) => {
    const agrees = Object.is(got[i], value) || (Number.isNaN(value) && Number.isNaN(got[i]));
    const distance = Math.abs((got[i] as number) - value);
    const difference = agrees ? 0 : Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    if (difference > worst) [worst, place] = [difference, i];
  });
  return place;
}

function firstLine({ message }: Error): string {
  return (message.split("\n")[0] as string).slice(0, 160);
}
