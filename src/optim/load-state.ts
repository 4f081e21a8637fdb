/** Loading the state of an optimiser: all of it is checked before anything changes. */
import { tidy } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { describe, ValueError } from "../errors.js";
import type { OptionKind } from "../options.js";
import type { ParamGroup } from "./param-group.js";
import type { ParameterState } from "./parameter-state.js";
import { completeOptions, type OptimizerOptions, type OptimizerRules } from "./rules.js";
import { readNumber, readState, readTensor, snakeCase } from "./state-dict.js";

/** Names in PyTorch's groups that say how it computes, or what its schedules started from, and change nothing here. */
const others: ReadonlySet<string> = new Set([
  ...["foreach", "fused", "capturable", "differentiable", "param_names"],
  ...["initial_lr", "min_lr", "max_lr", "base_momentum", "max_momentum"],
]);

/** Takes a state over into groups and what is remembered of their parameters.
 * @throws ValueError, ShapeError if it is not theirs */
export function loadState<Options extends OptimizerOptions>(
  rules: OptimizerRules<Options>,
  groups: readonly ParamGroup<Options>[],
  stateOf: (parameter: Tensor) => ParameterState,
  given: unknown,
): void {
  const op = `${rules.name}.loadStateDict`;
  const { groups: saved, parameters } = readState(op, given);
  if (saved.length !== groups.length)
    throw new ValueError(op, `the state has ${saved.length} parameter groups, the optimiser ${groups.length}`);
  tidy(() => {
    const unclaimed = new Set(parameters.keys());
    const loads = groups.map((group, i) => {
      const own = saved[i] as ReadonlyMap<string, unknown>;
      const options = optionsIn(op, rules, group, i, own);
      const states = numbersIn(op, own.get("params"), i, group).map((number, j) => {
        unclaimed.delete(number);
        const entries = parameters.get(number) ?? new Map<string, unknown>();
        return entriesIn(op, rules, options, `state.${number}`, entries, group.params[j] as Tensor);
      });
      return { group, options, states };
    });
    const [stray] = unclaimed;
    if (stray !== undefined) throw new ValueError(op, `no group of the state has the parameter of state.${stray}`);
    for (const { group, options, states } of loads) {
      Object.assign(group, options);
      for (const [j, entries] of states.entries()) takeOver(stateOf(group.params[j] as Tensor), entries);
    }
  });
}

/** What is to be remembered of a parameter. */
type Entries = ReadonlyMap<string, number | Tensor>;

function takeOver(state: ParameterState, entries: Entries): void {
  state.clear();
  for (const [name, value] of entries) {
    if (typeof value === "number") state.setNumber(name, value);
    else state.replace(name, value);
  }
}

/** The options of a group with those of a state in their place. */
function optionsIn<Options extends OptimizerOptions>(
  op: string,
  rules: OptimizerRules<Options>,
  group: ParamGroup<Options>,
  i: number,
  saved: ReadonlyMap<string, unknown>,
) {
  const names = new Map(Object.keys(rules.kinds).map((name) => [snakeCase(name), name]));
  const options: Record<string, unknown> = {};
  for (const name of names.values()) options[name] = group[name as keyof typeof group];
  for (const [key, value] of saved) {
    const name = names.get(key);
    if (name !== undefined) options[name] = checked(op, `param_groups.${i}.${key}`, value, rules.kinds, name);
    else if (key === "decoupled_weight_decay" && value === (rules.isDecoupled ?? false)) continue;
    else if (key !== "params" && !others.has(key)) {
      const known = [...names.keys()].join(", ");
      throw new ValueError(op, `it cannot do param_groups.${i}.${key}: ${describe(value)} (it knows ${known})`);
    }
  }
  return completeOptions({ ...rules, name: op }, options as Partial<Options>);
}

function checked(op: string, key: string, value: unknown, kinds: object, name: string): unknown {
  const { fits, means } = (kinds as Readonly<Record<string, OptionKind>>)[name] as OptionKind;
  if (fits(value)) return value;
  throw new ValueError(op, `${key} must be ${means}, got ${describe(value)}`, { actual: value });
}

/** The numbers that a group's parameters have in a state. */
function numbersIn(
  op: string,
  params: unknown,
  i: number,
  group: { readonly params: readonly Tensor[] },
): readonly number[] {
  const { length } = group.params;
  if (Array.isArray(params) && params.length === length && params.every(Number.isInteger)) return params;
  throw new ValueError(op, `param_groups.${i}.params must number ${length} parameters, got ${describe(params)}`);
}

/** What a state has of a parameter.
 * @throws ValueError unless it is all that its optimiser remembers, or nothing */
function entriesIn<Options extends OptimizerOptions>(
  op: string,
  rules: OptimizerRules<Options>,
  options: Parameters<OptimizerRules<Options>["needs"]>[0],
  path: string,
  saved: ReadonlyMap<string, unknown>,
  parameter: Tensor,
): Entries {
  const entries = new Map<string, number | Tensor>();
  for (const [name, value] of saved) {
    const key = `${path}.${name}`;
    if (value === null || value === undefined) continue; // as PyTorch's SGD writes a velocity that has not started
    if (rules.numbers.includes(name)) entries.set(name, readNumber(op, key, value));
    else if (rules.tensors.includes(name)) entries.set(name, readTensor(op, key, value, parameter));
    else throw new ValueError(op, `${rules.name} remembers no ${key}; is it the state of another optimiser?`);
  }
  const missing = entries.size === 0 ? undefined : rules.needs(options).find((name) => !entries.has(name));
  if (missing !== undefined)
    throw new ValueError(op, `${path}.${missing} is missing, though its parameter has stepped`);
  return entries;
}
