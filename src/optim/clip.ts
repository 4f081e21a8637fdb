/** Clipping gradients, between `backward` and `optimizer.step()`. */
import { noGrad } from "../autograd/modes.js";
import { tidy } from "../autograd/scope.js";
import { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import { checkNumbers } from "../ops/arguments.js";
import { zeros } from "../ops/create.js";
import { add, div, minimum, mul } from "../ops/elementwise/arithmetic.js";
import { clamp } from "../ops/elementwise/clamp.js";
import { norm } from "../ops/reduce/norm.js";
import { concat } from "../ops/shape/join.js";
import { reshape } from "../ops/shape/reshape.js";
import { checkedOptions, flag, number, type OptionKinds } from "../options.js";
import { notNegative } from "./option-kinds.js";

/** Options of `clipGradNorm`.
 * @category Optimisers */
export interface ClipGradNormOptions {
  /** Order of the norm, above 0; Infinity for the largest number. Default 2. */
  readonly normType?: number | undefined;
  /** Whether a total norm that is NaN or infinite is a ValueError, rather than clipped by. Default false. */
  readonly errorIfNonfinite?: boolean | undefined;
}

const clipGradNormOptions: OptionKinds<ClipGradNormOptions> = { normType: number, errorIfNonfinite: flag };

/** Scales the gradients of all parameters together so that their norm, as if they were one vector, is at most `maxNorm`: each is
 * multiplied by min(1, maxNorm/(total + 1e-6)), as `torch.nn.utils.clip_grad_norm_` does (Pascanu, Mikolov & Bengio 2013). Parameters
 * without a gradient count for nothing.
 * @returns the total norm before, a scalar
 * @throws ValueError if a number is out of range, or the total is not finite and that was asked for; then the gradients are as they were
 * @category Optimisers */
export function clipGradNorm(parameters: Iterable<Tensor>, maxNorm: number, options: ClipGradNormOptions = {}): Tensor {
  const { normType = 2, errorIfNonfinite = false } = checkedOptions("clipGradNorm", options, clipGradNormOptions);
  if (!notNegative.fits(maxNorm)) refuse("clipGradNorm", "maxNorm", maxNorm);
  if (!(normType > 0)) throw new ValueError("clipGradNorm", `normType must be above 0, got ${normType}`);
  const gradients = gradientsOf("clipGradNorm", parameters);
  return noGrad(() =>
    tidy(() => {
      const [first] = gradients;
      if (first === undefined) return zeros([]);
      const norms = gradients.map((gradient) => reshape(norm(gradient, { p: normType }), [1]));
      const total = norm(concat(norms), { p: normType });
      if (errorIfNonfinite) {
        checkNumbers(total, ({ 0: value }) =>
          Number.isFinite(value)
            ? undefined
            : new ValueError("clipGradNorm", `the total norm of the gradients is ${value}`, { actual: value }),
        );
      }
      const coefficient = minimum(div(maxNorm, add(total, 1e-6)), 1);
      for (const gradient of gradients) gradient.assign(mul(gradient, coefficient));
      return total;
    }),
  );
}

/** Cuts every number of the gradients off at ±`clipValue`, as `torch.nn.utils.clip_grad_value_` does; NaN stays NaN.
 * @throws ValueError if the value is below 0
 * @category Optimisers */
export function clipGradValue(parameters: Iterable<Tensor>, clipValue: number): void {
  if (!notNegative.fits(clipValue)) refuse("clipGradValue", "clipValue", clipValue);
  const gradients = gradientsOf("clipGradValue", parameters);
  noGrad(() =>
    tidy(() => {
      for (const gradient of gradients) gradient.assign(clamp(gradient, { min: -clipValue, max: clipValue }));
    }),
  );
}

function refuse(op: string, name: string, value: unknown): never {
  throw new ValueError(op, `${name} must be ${notNegative.means}, got ${describe(value)}`, { actual: value });
}

/** The gradients that are there. */
function gradientsOf(op: string, parameters: Iterable<Tensor>): readonly Tensor[] {
  const isList = typeof parameters?.[Symbol.iterator] === "function";
  const list: readonly unknown[] = isList ? [...new Set(parameters)] : [parameters];
  if (!list.every((parameter) => parameter instanceof Tensor))
    throw new ValueError(op, `it takes a list of tensors, such as model.parameters(), got ${describe(parameters)}`);
  return (list as readonly Tensor[]).flatMap(({ grad }) => (grad === null ? [] : [grad]));
}
