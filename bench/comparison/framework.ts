/** What the comparison asks of a framework, and how adapters read the arguments of a call. */
import type { Point } from "../../test/op-coverage/derivatives.js";
import type { Program } from "./program.js";

/** A part of the derivatives, or what the framework threw instead. */
export type Answer = readonly number[] | Error;

/** What a framework computed: the parts of `Derivatives` in derivatives.ts, each of which may have thrown. */
export interface Answers {
  readonly output: Answer;
  /** The output's; what it should be where the output threw. */
  readonly shape: readonly number[];
  readonly gradients: readonly Answer[];
  readonly second: readonly Answer[];
}

/** A framework under comparison. */
export interface Framework {
  readonly name: string;
  readonly version: string;
  /** What runs its kernels, in which precision. */
  readonly backend: string;
  /** Whether it has the ops of a program; a string says what it lacks. */
  supports(program: Program): true | string;
  /** Output, gradients and second order, as in `Derivatives`; no derivatives where the output has not the shape. */
  run(program: Program, point: Point, shape: readonly number[]): Answers;
}

/** An adapter refuses: the framework has the op, but not with these options. */
export class Lacking extends Error {}

/** Refuses unless the framework can do it. */
export function needs(condition: boolean, what: string): void {
  if (!condition) throw new Lacking(what);
}

/** Options of livegrad's ops, as adapters read them. */
export interface Options {
  readonly axis?: number | readonly number[] | null;
  readonly keepDims?: boolean;
  readonly correction?: number;
  readonly negativeSlope?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly k?: number;
  readonly size?: number | readonly number[];
  readonly delta?: number;
  readonly approximate?: string;
  readonly min?: number;
  readonly max?: number;
  readonly p?: number;
  readonly value?: number;
  readonly mode?: string;
  readonly start?: readonly number[];
  readonly end?: readonly number[];
  readonly step?: readonly number[];
  readonly startAxis?: number;
  readonly endAxis?: number;
  readonly shift?: number | readonly number[];
  readonly diagonal?: number;
  readonly reduction?: string;
  readonly labelSmoothing?: number;
  readonly ignoreIndex?: number;
  readonly weight?: unknown;
  readonly stride?: number | readonly number[];
  readonly padding?: number | string | readonly number[];
  readonly dilation?: number | readonly number[];
  readonly outputPadding?: number | readonly number[];
  readonly groups?: number;
  readonly kernelSize?: number | readonly number[];
  readonly ceilMode?: boolean;
  readonly countIncludePad?: boolean;
  readonly outputSize?: number | readonly number[];
  readonly training?: boolean;
  readonly eps?: number;
  readonly runningMean?: unknown;
  readonly runningVar?: unknown;
  readonly normalizedShape?: readonly number[];
  readonly scaleFactor?: number | readonly number[];
  readonly alignCorners?: boolean;
  readonly mask?: unknown;
  readonly isCausal?: boolean;
  readonly scale?: number;
  readonly offset?: number;
  readonly numClasses?: number;
}

/** The arguments of one call, by place. */
export class Call<T> {
  readonly options: Options;

  constructor(
    readonly args: readonly unknown[],
    private readonly isTensor: (value: unknown) => value is T,
    private readonly scalar: (value: number) => T,
  ) {
    const last = args.at(-1);
    const plain = typeof last === "object" && last !== null && !Array.isArray(last) && !isTensor(last);
    this.options = plain ? (last as Options) : {};
  }

  /** A tensor; a number becomes a scalar. */
  tensor(place: number): T {
    const found = this.optional(place);
    if (found === null) throw new Lacking(`a tensor as argument ${place}`);
    return found;
  }

  /** A tensor or null. */
  optional(place: number): T | null {
    const value = this.args[place];
    if (typeof value === "number") return this.scalar(value);
    return this.isTensor(value) ? value : null;
  }

  /** A list of tensors. */
  tensors(place: number): T[] {
    const list = this.args[place];
    if (Array.isArray(list)) return list as T[];
    return this.args.slice(place).filter(this.isTensor);
  }

  number(place: number): number {
    return this.args[place] as number;
  }

  numbers(place: number): number[] {
    const value = this.args[place];
    return Array.isArray(value) ? [...(value as number[])] : [value as number];
  }

  string(place: number): string {
    return this.args[place] as string;
  }
}

/** How a framework does one of livegrad's ops. */
export type Adapter<T> = (call: Call<T>, options: Options) => unknown;

/** An adapter that refuses unless the options are such. */
export function only<T>(
  holds: (options: Options, call: Call<T>) => boolean,
  lacks: string,
  adapter: Adapter<T>,
): Adapter<T> {
  return (call, options) => {
    needs(holds(options, call), lacks);
    return adapter(call, options);
  };
}

/** A number for both axes, or one for each. */
export function pair(value: number | readonly number[] | undefined, otherwise: number): [number, number] {
  if (value === undefined) return [otherwise, otherwise];
  return typeof value === "number" ? [value, value] : [value[0] as number, value[1] ?? (value[0] as number)];
}

/** Pairs of padding before and after each of two axes; refuses names such as "same". */
export function padding(value: Options["padding"]): [number, number] {
  needs(typeof value !== "string", "padding by name");
  return pair(value as number | readonly number[] | undefined, 0);
}

/** Pairs of padding for every axis of `pad`: axes that are not named have none. */
export function paddingOf(pairs: unknown, rank: number): [number, number][] {
  return Array.from({ length: rank }, (_, i) => (pairs as [number, number][])[i] ?? [0, 0]);
}

/** Begin and end along every axis of `slice`, and its steps. */
export function sliceOf(
  shape: readonly number[],
  { start = [], end = [], step = [] }: Options,
): { begin: number[]; stop: number[]; steps: number[] } {
  const place = (value: number | undefined, size: number, otherwise: number) =>
    value === undefined ? otherwise : Math.min(size, Math.max(0, value < 0 ? value + size : value));
  const begin = shape.map((size, i) => place(start[i], size, 0));
  const stop = shape.map((size, i) => place(end[i], size, size));
  return { begin, stop, steps: shape.map((_, i) => step[i] ?? 1) };
}

/** What an adapter makes of a program's ops, or which is missing. */
export function missing(program: Program, adapters: Readonly<Record<string, unknown>>): true | string {
  const lacking = program.steps.find(({ op }) => !Object.hasOwn(adapters, op));
  return lacking === undefined ? true : `no op for ${lacking.op}`;
}

/** Whether an output can be differentiated: it is there, and has the shape that it should have. */
export function isComparable(output: Answer, shape: readonly number[], expected: readonly number[]): boolean {
  return !(output instanceof Error) && shape.join() === expected.join();
}

/** Runs a task; what it throws is its answer, except where an adapter refuses. */
export function attempt(task: () => readonly number[]): Answer {
  try {
    return task();
  } catch (error) {
    if (error instanceof Lacking) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}
