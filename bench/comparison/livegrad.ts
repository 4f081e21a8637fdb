/** Runs programs on livegrad itself, in float64 on its reference device. */
import * as livegrad from "../../src/index.js";
import { type Tensor, tensor } from "../../src/index.js";
import { type Interpreter, interpret, type Program } from "./program.js";

const ops = livegrad as unknown as Readonly<Record<string, (...args: unknown[]) => unknown>>;

const interpreter: Interpreter<Tensor> = {
  constant: ({ dtype, shape, values }) =>
    tensor(Float64Array.from(values), {
      shape,
      ...(dtype !== "float" && { dtype: dtype === "int" ? ("int32" as const) : ("bool" as const) }),
    }),
  use: (x) => x,
  call: (op, args) => {
    const f = ops[op];
    if (f === undefined) throw new Error(`livegrad has no op ${op}`);
    return f(...args);
  },
};

/** Whether livegrad has every op of a program: a file of cases may know more. */
export function isKnown(program: Program): boolean {
  return program.steps.every(({ op }) => ops[op] !== undefined);
}

/** A program as a function of livegrad tensors. */
export function asFunction(program: Program): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => interpret(program, inputs, interpreter);
}
