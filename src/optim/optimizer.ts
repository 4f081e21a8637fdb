/** What all optimisers share. */

import { enterOp, leaveOp } from "../autograd/launches.js";
import { markListed } from "../autograd/listed.js";
import { noGrad } from "../autograd/modes.js";
import { tidy } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { forgetGradients } from "../autograd/zero-grad.js";
import { describe, ValueError } from "../errors.js";
import { checkOptional } from "../ops/arguments.js";
import { loadState } from "./load-state.js";
import {
  groupsOf,
  type ParametersOrGroups,
  type ParamGroup,
  type ParamGroupOptions,
  parametersOf,
  paramGroup,
} from "./param-group.js";
import { ParameterState } from "./parameter-state.js";
import { Rates } from "./rates.js";
import { completeOptions, type OptimizerOptions, type OptimizerRules } from "./rules.js";
import { type OptimizerState, type OptimizerStateValue, snakeCase } from "./state-dict.js";

/** One parameter's part in a step. */
export interface Move<Options extends OptimizerOptions> {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** What is remembered of the parameter. */
  readonly state: ParameterState;
  readonly group: ParamGroup<Options>;
  /** Numbers beside the parameter, uploaded anew only where one has changed.
   * @param name what they are for */
  readonly rates: (name: string, numbers: readonly number[]) => Tensor;
}

/** Moves parameters against their gradients, each group of them with options of its own.
 * @typeParam Options of the optimiser and of each group
 * @category Optimisers */
export abstract class Optimizer<Options extends OptimizerOptions = OptimizerOptions> {
  readonly #rules: OptimizerRules<Options>;
  readonly #options: Partial<Options>;
  readonly #groups: ParamGroup<Options>[] = [];
  readonly #states = new Map<Tensor, ParameterState>();
  readonly #rates = new Map<ParamGroup<Options>, Map<string, Rates>>();

  /** @internal */
  protected constructor(
    rules: OptimizerRules<Options>,
    parameters: ParametersOrGroups<Options>,
    options: Partial<Options>,
  ) {
    this.#rules = rules;
    completeOptions(rules, options);
    this.#options = { ...options };
    for (const group of groupsOf(parameters)) this.addParamGroup(group);
  }

  /** Its groups, in the order in which they came. Their options may be changed between steps: `paramGroups[1].lr = 0.01`. */
  get paramGroups(): readonly ParamGroup<Options>[] {
    return this.#groups;
  }

  /** Adds parameters, with options of their own in the place of the optimiser's: layers that are thawed later, say.
   * @throws ValueError if there is no parameter among them, one is in a group already, or an option is out of range */
  addParamGroup(group: ParamGroupOptions<Options>): void {
    const { name } = this.#rules;
    if (typeof group !== "object" || group === null || !("params" in group)) {
      throw new ValueError(name, `a group is an object { params, lr, … }, got ${describe(group)}`, { actual: group });
    }
    const { params, ...own } = group;
    const list = parametersOf(name, params);
    if (list.some((parameter) => this.#states.has(parameter)))
      throw new ValueError(name, "a parameter stands in two groups; each is moved by one alone");
    const options = completeOptions(this.#rules, this.#options, own as unknown as Partial<Options>);
    const added = paramGroup(this.#rules, list, options);
    markListed(list);
    this.#groups.push(added);
    this.#rates.set(added, new Map());
    for (const parameter of list) {
      const state = new ParameterState();
      this.#states.set(parameter, state);
      this.prepare(parameter, state, added);
    }
  }

  /** Learning rate of its first group; set, that of all. */
  get lr(): number {
    return this.#first.lr as number;
  }

  /** Throws ValueError unless it is at least 0, or where the groups have rates of their own: then `paramGroups[i].lr` is set. */
  set lr(lr: number) {
    const rates = this.#groups.map((group) => group.lr);
    if (new Set(rates).size > 1) {
      throw new ValueError(
        this.#rules.name,
        `its groups have learning rates of their own, ${rates.join(", ")}; set optimizer.paramGroups[i].lr`,
      );
    }
    for (const group of this.#groups) group.lr = lr as ParamGroup<Options>["lr"];
  }

  get #first(): ParamGroup<Options> {
    return this.#groups[0] as ParamGroup<Options>; // the constructor adds one at least
  }

  /** Moves every parameter that has a gradient.
   * @throws ShapeError if a gradient has not its parameter's shape */
  step(): void {
    const entered = enterOp(this.#rules.name, false);
    try {
      noGrad(() =>
        tidy(() => {
          for (const group of this.#groups) for (const parameter of group.params) this.#move(parameter, group);
        }),
      );
    } finally {
      leaveOp(entered);
    }
  }

  #move(parameter: Tensor, group: ParamGroup<Options>): void {
    const { grad: gradient } = parameter;
    if (gradient === null) return;
    checkOptional(this.#rules.name, parameter, { gradient }, parameter.shape);
    const state = this.#stateOf(parameter);
    const rates = (name: string, numbers: readonly number[]): Tensor =>
      this.#ratesOf(group, name).beside(parameter, numbers);
    parameter.assign(this.update({ parameter, gradient, state, group, rates }));
  }

  #stateOf(parameter: Tensor): ParameterState {
    return this.#states.get(parameter) as ParameterState; // every parameter of a group has one
  }

  #ratesOf(group: ParamGroup<Options>, name: string): Rates {
    const ofGroup = this.#rates.get(group) as Map<string, Rates>;
    const known = ofGroup.get(name);
    if (known !== undefined) return known;
    const rates = new Rates();
    ofGroup.set(name, rates);
    return rates;
  }

  /** Where a parameter goes. @internal */
  protected abstract update(move: Move<Options>): Tensor;

  /** Sets up what is remembered of a parameter from the start on. @internal */
  protected prepare(_parameter: Tensor, _state: ParameterState, _group: ParamGroup<Options>): void {}

  /** Forgets the gradients, and disposes them unless somebody has kept them (`keep(parameter.grad)`), so that the next `backward` starts from nothing. */
  zeroGrad(): void {
    forgetGradients(this.#states.keys());
  }

  /** What it remembers, and the options of its groups, to be saved with the model; later steps do not change it. The names are
   * PyTorch's: `state.0.exp_avg` is a tensor of the first parameter, `state.0.step` a number, `param_groups.0.lr` an option. */
  stateDict(): OptimizerState {
    const state: Record<string, OptimizerStateValue> = {};
    let count = 0;
    for (const [i, group] of this.#groups.entries()) {
      const numbers = group.params.map((_, j) => count + j);
      for (const [j, parameter] of group.params.entries()) {
        for (const [name, value] of this.#stateOf(parameter).saved()) state[`state.${count + j}.${name}`] = value;
      }
      for (const option of Object.keys(this.#rules.kinds)) {
        const value = group[option as keyof typeof group] as OptimizerStateValue;
        state[`param_groups.${i}.${snakeCase(option)}`] = value;
      }
      state[`param_groups.${i}.params`] = numbers;
      count += group.params.length;
    }
    return state;
  }

  /** Takes over what `stateDict` gave, or what PyTorch's `state_dict()` gives of the same optimiser, flat or nested: what is remembered
   * of each parameter, and the options of the groups. An option that it does not name stays as it is.
   * @throws ShapeError if a tensor is not of its parameter's shape, ValueError if it is the state of other groups, of another optimiser
   * or none at all; then nothing has changed */
  loadStateDict(state: OptimizerState | object): void {
    loadState(this.#rules, this.#groups, (parameter) => this.#stateOf(parameter), state);
  }
}
