/** A sample of the op table as data: which ops it calls with what, so that any framework can run it. */
import type { SampleInput } from "../../test/ops/row.js";

/** A tensor that has no gradient: labels, masks, class weights. */
export interface Constant {
  readonly dtype: "float" | "int" | "bool";
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Stands for a tensor among the arguments: an input, (a part of) what an earlier step returned, or a constant. */
export type Reference =
  | { readonly $input: number }
  | { readonly $step: number; readonly $at?: number | string }
  | { readonly $constant: Constant };

/** An argument: plain data in which references stand for tensors. */
export type Value =
  | number
  | string
  | boolean
  | null
  | undefined
  | Reference
  | readonly Value[]
  | { readonly [key: string]: Value };

/** One call. */
export interface Step {
  readonly op: string;
  readonly args: readonly Value[];
}

/** What a case should come to, where something else than central differences says so. */
export interface Expected {
  readonly output: readonly number[];
  readonly gradOutput: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly second?: {
    readonly directions: readonly (readonly number[])[];
    /** By every input, at the end by gradOutput. */
    readonly gradients: readonly (readonly number[])[];
  };
}

/** Where a case comes from, and so who judges it. */
export type Source = "op table" | "composition" | "kink" | "PyTorch";

/** One case. */
export interface Program {
  readonly source: Source;
  readonly op: string;
  readonly title: string;
  readonly inputs: readonly SampleInput[];
  readonly steps: readonly Step[];
  readonly output: Reference;
  /** Whether it has derivatives at all. */
  readonly order: 0 | 2;
  readonly expected?: Expected;
}

/** What a program needs of a framework whose tensors are `T`. */
export interface Interpreter<T> {
  constant(constant: Constant): T;
  /** Called for every use of a tensor; for frameworks that count references. */
  use(x: T): T;
  call(op: string, args: readonly unknown[]): unknown;
}

/** Runs a program. */
export function interpret<T>(program: Program, inputs: readonly T[], framework: Interpreter<T>): T {
  const results: unknown[] = [];
  const find = (reference: Reference): T => {
    if ("$input" in reference) return framework.use(inputs[reference.$input] as T);
    if ("$constant" in reference) return framework.constant(reference.$constant);
    const result = results[reference.$step];
    const part = reference.$at === undefined ? result : (result as Record<string, unknown>)[reference.$at];
    return framework.use(part as T);
  };
  const decode = (value: Value): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (isReference(value)) return find(value);
    if (Array.isArray(value)) return value.map(decode);
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, decode(entry as Value)]));
  };
  for (const { op, args } of program.steps) results.push(framework.call(op, args.map(decode)));
  return find(program.output);
}

function isReference(value: object): value is Reference {
  return "$input" in value || "$step" in value || "$constant" in value;
}
