/** Parameter groups: parameters that an optimiser moves with the same options. */
import { Tensor } from "../autograd/tensor.js";
import { refuseOthersTensor } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import type { Complete } from "../options.js";
import type { Kinds, OptimizerOptions, OptimizerRules } from "./rules.js";

/** Parameters and the options that they are moved with, which may be changed between steps; a value out of range throws ValueError,
 * and names that the optimiser has not cannot be added.
 * @category Optimisers */
export type ParamGroup<Options extends OptimizerOptions = OptimizerOptions> = {
  /** What it moves. */
  readonly params: readonly Tensor[];
} & { -readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** Parameters, and options of their own, in the place of those of the optimiser.
 * @category Optimisers */
export type ParamGroupOptions<Options extends OptimizerOptions = OptimizerOptions> = {
  /** What to move. */
  readonly params: Iterable<Tensor>;
} & { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** What an optimiser moves: tensors, such as `model.parameters()`, or groups of them.
 * @category Optimisers */
export type ParametersOrGroups<Options extends OptimizerOptions = OptimizerOptions> =
  | Iterable<Tensor>
  | Iterable<ParamGroupOptions<Options>>;

/** A group that holds whoever changes its options to their kinds. */
export function paramGroup<Options extends OptimizerOptions>(
  { name, kinds }: OptimizerRules<Options>,
  params: readonly Tensor[],
  options: Complete<Options>,
): ParamGroup<Options> {
  const group = { params: Object.freeze([...params]) };
  const values: Record<string, unknown> = { ...options };
  for (const [option, kind] of Object.entries(kinds as Kinds)) {
    Object.defineProperty(group, option, {
      enumerable: true,
      get: () => values[option],
      set: (value: unknown) => {
        if (!kind.fits(value))
          throw new ValueError(name, `${option} must be ${kind.means}, got ${describe(value)}`, { actual: value });
        values[option] = value;
      },
    });
  }
  return Object.freeze(group) as unknown as ParamGroup<Options>;
}

/** The groups among what an optimiser was given; one of all tensors where it was given tensors. */
export function groupsOf<Options extends OptimizerOptions>(
  parameters: ParametersOrGroups<Options>,
): readonly ParamGroupOptions<Options>[] {
  if (!isIterable(parameters)) return [{ params: parameters } as unknown as ParamGroupOptions<Options>];
  const list: readonly unknown[] = [...parameters]; // what is iterable once may not be so again
  if (list.length > 0 && list.every(isGroup)) return list as readonly ParamGroupOptions<Options>[];
  return [{ params: list } as unknown as ParamGroupOptions<Options>];
}

/** Each parameter of a group once.
 * @throws ValueError unless they are tensors, one at least */
export function parametersOf(name: string, parameters: Iterable<Tensor>): readonly Tensor[] {
  const list: readonly unknown[] = isIterable(parameters) ? [...new Set(parameters)] : [undefined];
  if (!list.every((parameter) => parameter instanceof Tensor)) {
    for (const parameter of list)
      if (!(parameter instanceof Tensor)) refuseOthersTensor(name, "a parameter", parameter);
    throw new ValueError(
      name,
      `it takes a list of tensors, such as model.parameters(), got ${describe(parameters)} (or a list of groups { params, lr, … })`,
    );
  }
  if (list.length === 0) throw new ValueError(name, "there is no parameter to optimise");
  return list as readonly Tensor[];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === "function";
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Tensor) && "params" in value;
}
