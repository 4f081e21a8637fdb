/** vjp, jvp and hvp: products of a function's derivatives with vectors. */
import { describe, GradientError } from "../../errors.js";
import { pullBack } from "../backward.js";
import { engineOps } from "../engine.js";
import { tidy } from "../scope.js";
import { Tensor } from "../tensor.js";
import type { Seeds } from "../walk.js";
import { differentiate } from "./grad.js";
import {
  checkTransform,
  closed,
  handedOut,
  mayBeDifferentiated,
  pull,
  type Recorded,
  record,
  settle,
  variable,
} from "./record.js";
import { aligned, checkDifferentiable, checkOutputs, type Gradient, leavesOf, rebuild, type Tangent } from "./tree.js";

/** A value and the way back from it.
 * @category Function transforms */
export interface Vjp<Args extends readonly unknown[], Result> {
  /** What the function returned. */
  readonly value: Result;
  /** gᵀJ for a `gradOutput` g in the structure and shapes of `value`: one gradient per argument. Can be called again. */
  readonly vjp: (gradOutput: Tangent<Result>) => { -readonly [K in keyof Args]: Gradient<Args[K]> };
}

/** A value and the direction in which it moves.
 * @category Function transforms */
export interface Jvp<Result> {
  /** What the function returned. */
  readonly value: Result;
  /** Jv, in the structure and shapes of `value`. */
  readonly tangent: Gradient<Result>;
}

/** The arguments of a function as a list; a single tensor may stand for a list of one.
 * @category Function transforms */
export type Primals = Tensor | readonly [unknown, ...unknown[]];

/** The list of arguments.
 * @category Function transforms */
export type ArgumentsOf<P extends Primals> = P extends Tensor
  ? [x: Tensor]
  : P extends readonly unknown[]
    ? { -readonly [K in keyof P]: P[K] }
    : never;

/** The vector-Jacobian product: the value of `fn`, and a function that pulls a gradient of the value back to the arguments.
 *
 * ```ts
 * const { value, vjp: pull } = vjp((x: Tensor) => x.sin(), tensor([0, 1]));
 * const [gradient] = pull(tensor([1, 1])); // cos x
 * ```
 *
 * Arguments and value may be trees, see `grad`; every tensor in the arguments is differentiated by. The tape lives as long
 * as the returned function does.
 * @throws GradientError if `fn` returns anything but tensors; ShapeError, ValueError if a `gradOutput` does not fit the value
 * @category Function transforms */
export function vjp<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  ...primals: Args
): Vjp<Args, Result> {
  const recorded = recordAll("vjp", fn, primals);
  checkOutputs("vjp", recorded.result);
  const pullVector = (gradOutput: Tangent<Result>) =>
    rebuild(primals, pull(recorded, seedsFor("vjp", recorded, ["gradOutput", gradOutput], "value"), true));
  return { value: handedOut(recorded, recorded.result), vjp: pullVector } as unknown as Vjp<Args, Result>;
}

/** The Jacobian-vector product: the value of `fn`, and how it moves when the arguments move along `tangents`.
 *
 * ```ts
 * const { tangent } = jvp((x: Tensor) => x.sin(), tensor([0, 1]), tensor([1, 1])); // cos x
 * ```
 *
 * Computed by differentiating the vjp, which is linear in its vector, by that vector: exact for every op. It costs about
 * one forward and two backward passes.
 * @param primals a list of the arguments; a single tensor may stand alone
 * @param tangents in the structure of `primals`, null for a tensor that does not move
 * @throws GradientError if `fn` returns anything but tensors; ShapeError, ValueError if `tangents` do not fit `primals`
 * @category Function transforms */
export function jvp<P extends Primals, Result>(
  fn: (...args: ArgumentsOf<P>) => Result,
  primals: P,
  tangents: Tangent<NoInfer<P>>,
): Jvp<Result> {
  const args = argumentsOf("jvp", "primals", primals);
  const vectors = aligned("jvp", ["tangents", argumentsOf("jvp", "tangents", tangents)], ["primals", args]);
  const recorded = recordAll("jvp", fn, args);
  checkOutputs("jvp", recorded.result);
  const createGraph = mayBeDifferentiated(recorded, vectors);
  const push = () => pushForward(recorded, vectors, createGraph);
  const [tangent] = rebuild([recorded.result], createGraph ? closed(recorded, vectors, push()) : tidy(push));
  const value = handedOut(recorded, recorded.result);
  if (!createGraph) settle(recorded);
  return { value, tangent } as Jvp<Result>;
}

/** The Hessian-vector product Hv of a function that returns one number, without making H: two backward passes.
 *
 * ```ts
 * const product = hvp((x: Tensor) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])); // 6x ∘ v
 * ```
 *
 * It is vᵀH, which is the same because a Hessian is symmetric.
 * @param primals a list of the arguments; a single tensor may stand alone
 * @param tangents v, in the structure of `primals`, null for zeros
 * @returns in the structure of `primals`
 * @throws as `grad` and `jvp`
 * @category Function transforms */
export function hvp<P extends Primals>(
  fn: (...args: ArgumentsOf<P>) => Tensor,
  primals: P,
  tangents: Tangent<NoInfer<P>>,
): Gradient<P> {
  checkTransform("hvp", fn);
  const args = argumentsOf("hvp", "primals", primals);
  const vectors = argumentsOf("hvp", "tangents", tangents);
  const positions = args.flatMap((arg, i) => (leavesOf(arg).length > 0 ? [i] : []));
  const gradient = (...inner: unknown[]) =>
    rebuild(
      [args],
      leavesOf(differentiate("hvp", fn, inner, positions).grad).map(({ tensor }) => tensor),
    )[0];
  const recorded = recordAll("hvp", gradient, args);
  const products = rebuild(args, pull(recorded, seedsFor("hvp", recorded, ["tangents", vectors], "primals"), false));
  settle(recorded);
  return (primals instanceof Tensor ? products[0] : products) as Gradient<P>;
}

/** Jv = d(uᵀJ)v/du, whatever u is: how each output moves along `vectors`. */
function pushForward(
  { result, inputs, since }: Recorded,
  vectors: readonly (Tensor | null)[],
  createGraph: boolean,
): Tensor[] {
  const outputs = leavesOf(result).map(({ tensor }) => tensor);
  const weights = outputs.map((output) => variable(engineOps().zerosLike(output))); // u
  const seeds = outputs.map((output, i) => [output, weights[i] as Tensor] as const);
  const products = pullBack(seeds, inputs, { since, createGraph: true, retainGraph: true });
  const along = products.flatMap((product, i): Seeds[number][] => {
    const vector = vectors[i];
    return product === null || vector == null ? [] : [[product, vector]];
  });
  const moved = pullBack(along, weights, { since, createGraph, retainGraph: createGraph });
  return moved.map((tangent, i) => tangent ?? engineOps().zerosLike(outputs[i] as Tensor));
}

/** Records a call that is differentiated by every tensor in its arguments. */
function recordAll(op: string, fn: (...args: never[]) => unknown, args: readonly unknown[]): Recorded {
  checkTransform(op, fn);
  for (const [i, arg] of args.entries()) checkDifferentiable(op, `argument ${i}`, arg);
  if (leavesOf(args).length === 0) throw new GradientError(op, "the arguments have no tensor to differentiate by");
  return record(
    op,
    fn,
    args,
    args.map((_, i) => i),
  );
}

/** The outputs of a call with the gradients that they start from; those with null are left out. */
function seedsFor(op: string, { result }: Recorded, vector: readonly [string, unknown], like: string): Seeds {
  const vectors = aligned(op, vector, [like, result]);
  return leavesOf(result).flatMap(({ tensor }, i): Seeds[number][] => {
    const start = vectors[i];
    return start == null ? [] : [[tensor, start]];
  });
}

function argumentsOf(op: string, name: string, given: unknown): readonly unknown[] {
  if (given instanceof Tensor) return [given];
  if (Array.isArray(given)) return given;
  throw new GradientError(op, `${name} must be a list of arguments or a single tensor, got ${describe(given)}`);
}
