/** jacobian and hessian: whole matrices of derivatives. */
import { engineOps } from "../engine.js";
import { tidy } from "../scope.js";
import { Tensor } from "../tensor.js";
import { type ArgNumsOptions, argNumsOptions, differentiate, type GradientsOf } from "./grad.js";
import {
  type ArgNums,
  checkCall,
  checkTransform,
  pull,
  type Recorded,
  record,
  settle,
  transformOptions,
} from "./record.js";
import { checkOutputs, type MapTensors, mapTensors, rebuild } from "./tree.js";

/** The Jacobian of a `Result`: for each tensor in it, the derivatives by the arguments that `argNums` names.
 * @category Function transforms */
export type JacobianOf<Result, Args extends readonly unknown[], N extends ArgNums> = MapTensors<
  Result,
  GradientsOf<Args, N>
>;

/** The Jacobian of a function, as a function of the same arguments: for a tensor x and a tensor y = f(x) the tensor
 * ∂y/∂x of shape `[...y.shape, ...x.shape]`.
 *
 * ```ts
 * const J = jacobian((x: Tensor) => x.square())(tensor([1, 2])); // [[2, 0], [0, 4]]
 * ```
 *
 * An argument that is a tree gives a tree of such tensors, a list of `argNums` a list, and a function that returns a tree
 * gives a tree of all that. One backward pass for each element of y; where y is much larger than x, `jvp` along each unit
 * vector is cheaper. See `grad` for what is recorded.
 * @throws GradientError if `fn` returns anything but tensors; ValueError, DTypeError as `grad`
 * @category Function transforms */
export function jacobian<Result, Args extends readonly unknown[] = Tensor[], const N extends ArgNums = 0>(
  fn: (...args: Args) => Result,
  options: ArgNumsOptions<N> = {},
): (...args: Args) => JacobianOf<Result, Args, N> {
  checkTransform("jacobian", fn);
  const { argNums = 0 } = transformOptions<ArgNumsOptions>("jacobian", options, argNumsOptions);
  return (...args) => {
    const recorded = record("jacobian", fn, args, checkCall("jacobian", args, argNums));
    checkOutputs("jacobian", recorded.result);
    return rows(recorded, args, argNums) as JacobianOf<Result, Args, N>;
  };
}

/** The Hessian of a function that returns one number, as a function of the same arguments: for a tensor x the tensor of
 * shape `[...x.shape, ...x.shape]`.
 *
 * ```ts
 * const H = hessian((x: Tensor) => x.pow(3).sum())(tensor([1, 2])); // [[6, 0], [0, 12]]
 * ```
 *
 * It is the Jacobian of the gradient: with a list of `argNums`, `H[i][j]` is ∂²f/∂xᵢ∂xⱼ, and trees nest likewise. One
 * backward pass for each element of x; `hvp` gives its product with a vector for the price of one.
 * @throws as `grad`
 * @category Function transforms */
export function hessian<Args extends readonly unknown[] = Tensor[], const N extends ArgNums = 0>(
  fn: (...args: Args) => Tensor,
  options: ArgNumsOptions<N> = {},
): (...args: Args) => JacobianOf<GradientsOf<Args, N>, Args, N> {
  checkTransform("hessian", fn);
  const { argNums = 0 } = transformOptions<ArgNumsOptions>("hessian", options, argNumsOptions);
  return (...args) => {
    const gradient = (...inner: unknown[]) => differentiate("hessian", fn, inner, argNums).grad;
    const recorded = record("hessian", gradient, args, checkCall("hessian", args, argNums));
    return rows(recorded, args, argNums) as JacobianOf<GradientsOf<Args, N>, Args, N>;
  };
}

/** A backward pass for every element of every output. */
function rows(recorded: Recorded, args: readonly unknown[], argNums: ArgNums): unknown {
  const differentiated = typeof argNums === "number" ? [args[argNums]] : argNums.map((i) => args[i]);
  const jacobian = mapTensors(recorded.result, (output) => {
    const matrices = () => rebuild(differentiated, matricesOf(recorded, output));
    const trees = recorded.isOpen || recorded.isOpaque ? matrices() : tidy(matrices);
    return typeof argNums === "number" ? trees[0] : trees;
  });
  settle(recorded);
  return jacobian;
}

/** ∂output/∂input for every input of the call. */
function matricesOf(recorded: Recorded, output: Tensor): Tensor[] {
  const { stack, reshape } = engineOps();
  const gradients = Array.from({ length: output.size }, (_, k) => pull(recorded, [[output, unit(output, k)]], true));
  return recorded.inputs.map((input, i) => {
    const all = stack(gradients.map((row) => row[i] as Tensor));
    return reshape(all, [...output.shape, ...input.shape]);
  });
}

/** Zeros but for a one at element `k`. */
function unit(like: Tensor, k: number): Tensor {
  const values = new Float64Array(like.size);
  values[k] = 1;
  return new Tensor(like.device, like.device.upload(values), like.shape, like.dtype);
}
