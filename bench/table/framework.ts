/** What a framework implements to be measured, and what a process that runs one answers. */
import { type Digest, type Problem, type TensorSpec, type Tensors, valuesOf } from "./problem.js";

/** A problem, made ready. */
export interface Task {
  /** Does it once: when it returns (or the promise is fulfilled), nothing is left to do. */
  run(): void | Promise<void>;
  /** What the last run computed, to be checked: the output and then the gradients, row-major in NCHW; or the loss. */
  results(): readonly ArrayLike<number>[] | Promise<readonly ArrayLike<number>[]>;
  /** Lets go of memory. */
  dispose?(): void;
}

/** A framework, ready to run. */
export interface Framework {
  readonly version: string;
  /** What really runs: a backend, a number of threads. */
  readonly detail: string;
  /** Makes a problem ready.
   * @throws Lacking if the framework cannot do it */
  task(problem: Problem, tensors: Tensors): Task | Promise<Task>;
}

/** The framework cannot do a problem; the message says why. */
export class Lacking extends Error {}

/** What a module of `frameworks/` exports. */
export interface Adapter {
  start(options: Readonly<Record<string, string>>): Promise<Framework>;
}

/** What the table asks of a process, one line of JSON each. */
export type Request =
  | { readonly ask: "prepare"; readonly problem: Problem; readonly tensors: Tensors }
  /** Runs so often, stops early where the time is up, and answers with what each took. */
  | { readonly ask: "check"; readonly runs: number; readonly milliseconds: number }
  | { readonly ask: "time"; readonly runs: number }
  | { readonly ask: "release" };

/** What a process says, one line of JSON each; the first is a `Hello`. */
export type Reply = Hello | Refusal | Checked | Timed | { readonly done: true };

export interface Hello {
  readonly version: string;
  readonly detail: string;
  /** Milliseconds that the import took, with whatever a backend needs to be ready. */
  readonly importing: number;
}

/** Why not: the framework lacks something, or failed. */
export interface Refusal {
  readonly refusal: string;
  readonly lacking: boolean;
}

export interface Checked {
  /** One list a run. */
  readonly digests: readonly (readonly Digest[])[];
  /** One number a run; the first compiles. */
  readonly milliseconds: readonly number[];
}

export interface Timed {
  /** Of all runs together. */
  readonly milliseconds: number;
}

/** The tensor of a name. */
export function specOf(tensors: Tensors, name: string): TensorSpec {
  const spec = tensors[name];
  if (spec === undefined) throw new Error(`the problem has no tensor ${name}`);
  return spec;
}

/** The numbers of the tensor of a name. */
export function numbers(tensors: Tensors, name: string): Float32Array {
  return valuesOf(specOf(tensors, name));
}

/** Names of the parameters that a step moves: all but the data. */
export function parameterNames(tensors: Tensors): readonly string[] {
  return Object.keys(tensors).filter((name) => name !== "x" && name !== "labels");
}

/** Refuses a kind of problem. */
export function lacking(reason: string): never {
  throw new Lacking(reason);
}
