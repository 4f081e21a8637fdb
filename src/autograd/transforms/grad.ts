/** grad and valueAndGrad: the gradient of a function as a function. */

import { refuseOthersTensor } from "../../copies.js";
import { DTypeError, describe, GradientError, ValueError } from "../../errors.js";
import { flag, type OptionKinds, ownCheck } from "../../options.js";
import { formatShape } from "../../shape.js";
import { isFloat } from "../dtype.js";
import { engineOps } from "../engine.js";
import { Tensor } from "../tensor.js";
import {
  type ArgNums,
  checkCall,
  checkTransform,
  handedOut,
  pull,
  record,
  settle,
  transformOptions,
} from "./record.js";
import { type Gradient, rebuild } from "./tree.js";

/** By which arguments a transform differentiates.
 * @category Function transforms */
export interface ArgNumsOptions<N extends ArgNums = ArgNums> {
  /** A position, or a list of them. Default 0: the first argument. */
  readonly argNums?: N | undefined;
}

/** The kinds of the options of `grad`, `jacobian` and `hessian`. */
export const argNumsOptions: OptionKinds<ArgNumsOptions> = { argNums: ownCheck };

/** Options of `valueAndGrad`.
 * @category Function transforms */
export interface ValueAndGradOptions<N extends ArgNums = ArgNums> extends ArgNumsOptions<N> {
  /** Whether the function returns `[value, aux]`, where `aux` is anything that comes along undifferentiated. Default
   * false. */
  readonly hasAux?: boolean | undefined;
}

const valueAndGradOptions: OptionKinds<ValueAndGradOptions> = { ...argNumsOptions, hasAux: flag };

/** The gradient by one argument, in its structure; for a list of positions, a list of those.
 * @category Function transforms */
export type GradientsOf<Args extends readonly unknown[], N extends ArgNums> = N extends readonly number[]
  ? { [K in keyof N]: N[K] extends number ? Gradient<Args[N[K]]> : never }
  : N extends number
    ? Gradient<Args[N]>
    : never;

/** What a `valueAndGrad` returns.
 * @category Function transforms */
export interface ValueAndGrad<G> {
  /** What the function returned. */
  readonly value: Tensor;
  /** Its gradient. */
  readonly grad: G;
}

/** The same with what came along.
 * @category Function transforms */
export interface ValueGradAux<G, Aux> extends ValueAndGrad<G> {
  /** The second result of the function. */
  readonly aux: Aux;
}

/** The gradient ∇f of a function that returns one number, as a function of the same arguments.
 *
 * ```ts
 * const slope = grad((x: Tensor) => x.pow(3).sum()); // 3x²
 * const bend = grad((x: Tensor) => slope(x).sum()); // 6x
 * ```
 *
 * An argument may be a tensor or a tree: tensors nested in arrays and plain objects. Its gradient has the same structure,
 * zeros for tensors that the value does not depend on, and the same numbers, strings and nulls where those stand beside
 * the tensors. int32 and bool tensors have no gradient and are refused there.
 *
 * A call touches no `.grad`, frees its tape and returns plain tensors. Only where a further derivative is possible, because
 * the function captured a tensor that requires a gradient or an argument requires one, is the gradient recorded: the
 * gradients of gradients are exact, and `grad(f)(x).square().sum().backward()` reaches the parameters that `f` captured.
 * Inside `noGrad` it is never recorded; recording inside the function is always on.
 * @param fn returns a float tensor of one element; must not be async
 * @returns a function that returns the gradient by the argument (or a list of them) that `argNums` names
 * @throws GradientError if the value is no tensor of one element; DTypeError if it, or what is differentiated by, is not
 * float; ValueError if `argNums` does not fit the arguments
 * @category Function transforms */
export function grad<Args extends readonly unknown[] = Tensor[], const N extends ArgNums = 0>(
  fn: (...args: Args) => Tensor,
  options: ArgNumsOptions<N> = {},
): (...args: Args) => GradientsOf<Args, N> {
  checkTransform("grad", fn);
  const { argNums = 0 } = transformOptions<ArgNumsOptions>("grad", options, argNumsOptions);
  return (...args) => differentiate("grad", fn, args, argNums).grad as GradientsOf<Args, N>;
}

/** The value of a function together with its gradient, at the price of one forward and one backward pass; see `grad`.
 *
 * ```ts
 * const { value, grad } = valueAndGrad((x: Tensor) => x.square().sum())(tensor([1, 2])); // 5 and [2, 4]
 * ```
 *
 * With `hasAux` the function returns `[value, aux]`, and `aux` (predictions, say, or counts) is handed on.
 * @throws as `grad`
 * @category Function transforms */
export function valueAndGrad<Args extends readonly unknown[], Aux, const N extends ArgNums = 0>(
  fn: (...args: Args) => readonly [value: Tensor, aux: Aux],
  options: ValueAndGradOptions<N> & { readonly hasAux: true },
): (...args: Args) => ValueGradAux<GradientsOf<Args, N>, Aux>;
/** Without `hasAux`.
 * @category Function transforms */
export function valueAndGrad<Args extends readonly unknown[] = Tensor[], const N extends ArgNums = 0>(
  fn: (...args: Args) => Tensor,
  options?: ValueAndGradOptions<N> & { readonly hasAux?: false | undefined },
): (...args: Args) => ValueAndGrad<GradientsOf<Args, N>>;
export function valueAndGrad(
  fn: (...args: unknown[]) => unknown,
  options: ValueAndGradOptions = {},
): (...args: unknown[]) => ValueAndGrad<unknown> {
  checkTransform("valueAndGrad", fn);
  const { argNums = 0, hasAux = false } = transformOptions("valueAndGrad", options, valueAndGradOptions);
  return (...args) => {
    const { value, aux, grad } = differentiate("valueAndGrad", fn, args, argNums, hasAux);
    return hasAux ? { value, grad, aux } : { value, grad };
  };
}

/** Value and gradient of one call. @param op whom errors name */
export function differentiate(
  op: string,
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
  argNums: ArgNums,
  hasAux = false,
): ValueGradAux<unknown, unknown> {
  const positions = checkCall(op, args, argNums);
  const recorded = record(op, fn, args, positions);
  const { result } = recorded;
  if (hasAux && !(Array.isArray(result) && result.length === 2)) {
    throw new ValueError(op, `with hasAux the function must return [value, aux], got ${describe(result)}`);
  }
  const [output, aux] = hasAux ? (result as [unknown, unknown]) : [result];
  checkScalar(op, output);
  const start = engineOps().onesLike(output);
  const gradients = pull(recorded, [[output, start]], false);
  if (!recorded.isOpen) start.dispose();
  const trees = rebuild(
    positions.map((i) => args[i]),
    gradients,
  );
  const [value, handedAux] = handedOut(recorded, [output, aux]) as [Tensor, unknown];
  settle(recorded);
  return { value, aux: handedAux, grad: typeof argNums === "number" ? trees[0] : trees };
}

function checkScalar(op: string, output: unknown): asserts output is Tensor {
  if (!(output instanceof Tensor)) {
    refuseOthersTensor(op, "what the function returned", output);
    throw new GradientError(
      op,
      `the function must return a tensor of one element, got ${describe(output)}; for a value with more beside it use ` +
        "valueAndGrad with { hasAux: true }, for several tensors vjp or jacobian",
    );
  }
  if (!isFloat(output.dtype)) {
    throw new DTypeError(op, `only float tensors have gradients, the function returned ${output.dtype}`, {
      actual: output.dtype,
    });
  }
  if (output.size !== 1) {
    throw new GradientError(
      op,
      `the function returned shape ${formatShape(output.shape)}, which has no single gradient; reduce it (sum, mean), ` +
        "or use vjp or jacobian",
      { actual: output.shape },
    );
  }
}
