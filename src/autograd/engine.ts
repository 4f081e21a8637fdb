/** What the engine needs of the ops, handed to it so that it imports none of them. */
import type { Shape } from "../shape.js";
import type { Tensor } from "./tensor.js";

/** The ops that the backward pass and the transforms use. */
export interface EngineOps {
  /** Sums gradients that reach a tensor along several paths. */
  add(a: Tensor, b: Tensor): Tensor;
  /** Undoes a broadcast: sums over the axes that were repeated. */
  sumTo(x: Tensor, shape: Shape): Tensor;
  /** Where a gradient starts. */
  onesLike(x: Tensor): Tensor;
  /** The gradient by what an output does not depend on. */
  zerosLike(x: Tensor): Tensor;
  /** Puts the rows of a Jacobian together, along a new first axis. */
  stack(rows: readonly Tensor[]): Tensor;
  /** Repeats the inputs of own ops that broadcast. */
  broadcastTo(x: Tensor, shape: Shape): Tensor;
  /** Gives a Jacobian its shape. */
  reshape(x: Tensor, shape: Shape): Tensor;
}

let handed: EngineOps | null = null;

/** Hands the ops to the engine; the creation of the first tensor does it. */
export function handOver(ops: EngineOps): void {
  handed = ops;
}

/** The ops that were handed over. */
export function engineOps(): EngineOps {
  if (handed === null) throw new Error("the engine was used before a tensor was made");
  return handed;
}
