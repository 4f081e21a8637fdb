/** Records the calls of ops that a sample makes. Runs in the bundle that `record.ts` builds, where the op table's
 * `lg.relu` is `recorded("relu", relu)`. */
import { type Tensor, tensor, withDevice } from "../../src/index.js";
import type { Sample } from "../../test/ops/row.js";
import type { Program, Reference, Source, Step, Value } from "./program.js";

interface Recording {
  readonly steps: Step[];
  readonly known: Map<object, Reference>;
}

let recording: Recording | null = null;

/** Why a sample cannot be written as a program. */
class Unrecordable extends Error {}

/** The op, noting its calls while a sample is recorded. */
export function recorded<F extends (...args: never[]) => unknown>(op: string, f: F): F {
  const wrapper = (...args: never[]) => {
    const current = recording;
    const result = f(...args);
    if (current !== null) note(current, op, args, result);
    return result;
  };
  return wrapper as F;
}

function note({ steps, known }: Recording, op: string, args: readonly unknown[], result: unknown): void {
  const $step = steps.length;
  steps.push({ op, args: args.map((arg) => encode(arg, known)) });
  if (isTensor(result)) known.set(result, { $step });
  else if (typeof result === "object" && result !== null) {
    for (const [key, part] of Object.entries(result)) {
      if (isTensor(part)) known.set(part, { $step, $at: Array.isArray(result) ? Number(key) : key });
    }
  }
}

/** The sample as a program; a string that says why where it is none. */
export function record(source: Source, op: string, sample: Sample, order: 0 | 2): Program | string {
  return withDevice("reference", () => {
    const leaves = sample.inputs.map(({ shape, values }) =>
      tensor(Float64Array.from(values), { shape, requiresGrad: true }),
    );
    const current: Recording = { steps: [], known: new Map(leaves.map((leaf, i) => [leaf, { $input: i }])) };
    recording = current;
    try {
      const output = current.known.get(sample.call(...leaves));
      if (output === undefined) return "its output is made by something else than an exported op";
      return { source, op, title: sample.title, inputs: sample.inputs, steps: current.steps, output, order };
    } catch (error) {
      if (error instanceof Unrecordable) return error.message;
      throw error;
    } finally {
      recording = null;
    }
  });
}

function encode(value: unknown, known: ReadonlyMap<object, Reference>): Value {
  if (value === null || value === undefined) return value;
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value !== "object") throw new Unrecordable(`an argument is a ${typeof value}`);
  if (isTensor(value)) return known.get(value) ?? constant(value);
  if (Array.isArray(value)) return value.map((entry) => encode(entry, known));
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Unrecordable("an argument is an object of a class");
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, encode(entry, known)]));
}

function constant(x: Tensor): Reference {
  if (x.requiresGrad) throw new Unrecordable("an argument is made by something else than an exported op");
  const dtype = x.dtype === "bool" ? "bool" : x.dtype === "int32" ? "int" : "float";
  return { $constant: { dtype, shape: [...x.shape], values: Array.from(x.dataSync(), Number) } };
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "dataSync" in value && "requiresGrad" in value;
}
