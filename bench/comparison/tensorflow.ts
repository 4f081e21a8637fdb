/** Runs programs on TensorFlow.js, float32 on its CPU backend. */
import * as tf from "@tensorflow/tfjs";
import type { Point } from "../../test/op-coverage/derivatives.js";
import { type Answers, attempt, Call, type Framework, isComparable, missing } from "./framework.js";
import { type Interpreter, interpret, type Program } from "./program.js";
import { tensorflowOps } from "./tensorflow-ops.js";

type T = tf.Tensor;

const isTensor = (value: unknown): value is T => value instanceof tf.Tensor;

const interpreter: Interpreter<T> = {
  constant: ({ dtype, shape, values }) =>
    tf.tensor([...values], [...shape], dtype === "float" ? "float32" : dtype === "int" ? "int32" : "bool"),
  use: (x) => x,
  call: (op, args) => {
    const call = new Call<T>(args, isTensor, (value) => tf.scalar(value));
    return tensorflowOps[op]?.(call, call.options);
  },
};

function run(program: Program, { inputs, gradOutput, directions }: Point, expected: readonly number[]): Answers {
  const xs = inputs.map(({ shape, values }) => tf.tensor([...values], [...shape], "float32"));
  const f = (...leaves: T[]) => interpret(program, leaves, interpreter);
  let shape = expected;
  const output = attempt(() => {
    const y = f(...xs);
    shape = y.shape;
    return numbers(y);
  });
  if (!isComparable(output, shape, expected) || program.order === 0)
    return { output, shape, gradients: [], second: [] };
  const g = tf.tensor([...gradOutput], [...shape], "float32");
  const value = (leaves: T[], g: T) => tf.sum(tf.mul(f(...leaves), g)) as tf.Scalar;
  const gradient = (leaves: T[], g: T, i: number) => tf.grad((x) => value(leaves.with(i, x), g))(leaves[i] as T);
  /** S = Σᵢ⟨gᵢ, uᵢ⟩. */
  const total = (leaves: T[], g: T) =>
    tf.addN(
      leaves.map((_, i) =>
        tf.sum(tf.mul(gradient(leaves, g, i), tf.tensor([...(directions[i] ?? [])], leaves[i]?.shape))),
      ),
    ) as tf.Scalar;
  return {
    output,
    shape,
    gradients: xs.map((_, i) => attempt(() => numbers(gradient(xs, g, i)))),
    second: [
      ...xs.map((x, i) => attempt(() => numbers(tf.grad((x) => total(xs.with(i, x), g))(x)))),
      attempt(() => numbers(tf.grad((g) => total(xs, g))(g))),
    ],
  };
}

function numbers(x: T): number[] {
  return Array.from(x.dataSync());
}

/** TensorFlow.js, ready to run. */
export async function tensorflow(): Promise<Framework> {
  await tf.setBackend("cpu");
  await tf.ready();
  return {
    name: "TensorFlow.js",
    version: tf.version.tfjs,
    backend: `${tf.getBackend()} backend, float32`,
    supports: (program) => missing(program, tensorflowOps),
    run: (program, point, shape) => {
      tf.engine().startScope();
      try {
        return run(program, point, shape);
      } finally {
        tf.engine().endScope();
      }
    },
  };
}
