/** Runs programs on jax-js, float32 in WebAssembly. */
import { readFileSync } from "node:fs";
import { defaultDevice, grad, init, Array as JaxArray, numpy as np } from "@jax-js/jax";
import type { Point } from "../../test/op-coverage/derivatives.js";
import { type Answers, attempt, Call, type Framework, isComparable, missing } from "./framework.js";
import { jaxOps } from "./jax-ops.js";
import { type Interpreter, interpret, type Program } from "./program.js";

type T = np.Array;

/** An array, or what stands for one while jax-js differentiates. */
function isTensor(value: unknown): value is T {
  return (
    value instanceof JaxArray || (typeof value === "object" && value !== null && "ref" in value && "aval" in value)
  );
}

/** Adapters may use an argument more than once, and jax-js frees what was used once: every reading takes a reference. */
class CountedCall extends Call<T> {
  override tensor(place: number): T {
    return super.tensor(place).ref;
  }
  override optional(place: number): T | null {
    return super.optional(place)?.ref ?? null;
  }
}

const interpreter: Interpreter<T> = {
  constant: ({ dtype, shape, values }) => {
    const flat = dtype === "float" ? new Float32Array(values) : new Int32Array(values);
    const x = np.array(flat, { shape: [...shape], dtype: dtype === "float" ? np.float32 : np.int32 });
    return dtype === "bool" ? np.astype(x, np.bool) : x;
  },
  use: (x) => x.ref,
  call: (op, args) => {
    const call = new CountedCall(args, isTensor, (value) => np.array(value));
    return jaxOps[op]?.(call, call.options);
  },
};

function array(values: readonly number[], shape: readonly number[]): T {
  return np.array(new Float32Array(values), { shape: [...shape] });
}

function run(program: Program, { inputs, gradOutput, directions }: Point, expected: readonly number[]): Answers {
  const make = () => inputs.map(({ shape, values }) => array(values, shape));
  const f = (...leaves: T[]) => interpret(program, leaves, interpreter);
  let shape = expected;
  const output = attempt(() => {
    const y = f(...make());
    shape = y.shape;
    return numbers(y);
  });
  if (!isComparable(output, shape, expected) || program.order === 0)
    return { output, shape, gradients: [], second: [] };
  const g = () => array(gradOutput, shape);
  const places = inputs.map((_, i) => i);
  const value = (leaves: readonly T[], g: T) => np.sum(np.multiply(f(...leaves), g.ref));
  /** All gradients at leaves and gradOutput. What is not differentiated is closed over: `grad` would cut arguments that
   * are not among its `argnums` off from an outer `grad` (see `mixedDerivatives`). */
  const gradient = (leaves: readonly T[], g: T) =>
    grad((...xs: T[]) => value(xs, g), { argnums: places })(...leaves.map((x) => x.ref)) as T[];
  /** S = Σᵢ⟨gᵢ, uᵢ⟩. */
  const total = (leaves: readonly T[], g: T) =>
    gradient(leaves, g)
      .map((first, i) => np.sum(np.multiply(first, array(directions[i] ?? [], inputs[i]?.shape ?? []))))
      .reduce((a, b) => np.add(a, b));
  const second = (i: number) => grad((x: T) => total(make().with(i, x), g()))(make()[i] as T);
  return {
    output,
    shape,
    gradients: places.map((i) => attempt(() => numbers(gradient(make(), g())[i] as T))),
    second: [
      ...places.map((i) => attempt(() => numbers(second(i)))),
      attempt(() => numbers(grad((g: T) => total(make(), g))(g()))),
    ],
  };
}

/** ∂²(x²y)/∂y∂x at x = 3, y = 5, which is 2x = 6: with y as an argument of the inner function, and closed over. */
export function mixedDerivatives(): { readonly asArgument: number; readonly closedOver: number } {
  const f = (x: T, y: T) => np.multiply(np.square(x), y);
  const at = (value: number) => np.array(value);
  return {
    asArgument: grad((y: T) => grad(f, { argnums: 0 })(at(3), y))(at(5)).item(),
    closedOver: grad((y: T) => grad((x: T) => f(x, y.ref))(at(3)))(at(5)).item(),
  };
}

function numbers(x: T): number[] {
  return Array.from(x.dataSync(), Number);
}

/** jax-js, ready to run. */
export async function jax(): Promise<Framework> {
  await init("wasm");
  defaultDevice("wasm");
  const manifest = new URL("../node_modules/@jax-js/jax/package.json", import.meta.url);
  return {
    name: "jax-js",
    version: (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version,
    backend: `${defaultDevice()} backend, float32`,
    supports: (program) => missing(program, jaxOps),
    run,
  };
}
