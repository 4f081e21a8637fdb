/** What all optimisers share. */

import { enterOp, leaveOp } from "../autograd/launches.js";
import { markListed } from "../autograd/listed.js";
import { noGrad } from "../autograd/modes.js";
import { tidy } from "../autograd/scope.js";
import { Tensor } from "../autograd/tensor.js";
import { forgetGradients } from "../autograd/zero-grad.js";
import { refuseOthersTensor } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import { checkOptional } from "../ops/arguments.js";

/** Moves parameters against their gradients.
 * @typeParam State what it remembers between steps
 * @category Optimisers */
export abstract class Optimizer<State = unknown> {
  /** Its class, for errors and profiles. @internal */
  protected readonly name: string;
  /** What it moves. @internal */
  protected readonly parameters: readonly Tensor[];
  #lr = 0;

  /** @internal */
  protected constructor(name: string, parameters: Iterable<Tensor>, lr: number) {
    this.name = name;
    this.parameters = parametersOf(name, parameters);
    this.lr = lr;
  }

  /** Learning rate; may be changed between steps. */
  get lr(): number {
    return this.#lr;
  }

  /** Throws ValueError unless it is at least 0. */
  set lr(lr: number) {
    checkNotNegative(this.name, { lr });
    this.#lr = lr;
  }

  /** Moves every parameter that has a gradient.
   * @throws ShapeError if a gradient has not its parameter's shape */
  step(): void {
    const entered = enterOp(this.name, false);
    try {
      noGrad(() =>
        tidy(() => {
          for (const [i, parameter] of this.parameters.entries()) this.#move(parameter, i);
        }),
      );
    } finally {
      leaveOp(entered);
    }
  }

  #move(parameter: Tensor, i: number): void {
    const { grad: gradient } = parameter;
    if (gradient === null) return;
    checkOptional(this.name, parameter, { gradient }, parameter.shape);
    parameter.assign(this.update(parameter, gradient, i));
  }

  /** Where parameter `i` goes. @internal */
  protected abstract update(parameter: Tensor, gradient: Tensor, i: number): Tensor;

  /** Forgets the gradients, and disposes them unless somebody has kept them (`keep(parameter.grad)`), so that the next `backward` starts from nothing. */
  zeroGrad(): void {
    forgetGradients(this.parameters);
  }

  /** What it remembers, to be saved with the model; later steps do not change it. */
  abstract stateDict(): State;

  /** Takes over what `stateDict` gave.
   * @throws ShapeError if it is not that of these parameters, ValueError if it is none at all */
  abstract loadStateDict(state: State): void;
}

/** Throws unless every one is a finite number from 0 on. */
export function checkNotNegative(name: string, numbers: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(numbers)) {
    if (!(Number.isFinite(value) && value >= 0))
      throw new ValueError(name, `${option} must be at least 0, got ${describe(value)}`, { actual: value });
  }
}

/** Throws unless it is an object, as `stateDict` gives; what is in it, each optimiser checks. */
export function checkedState<State>(op: string, state: State): State {
  if (typeof state === "object" && state !== null) return state;
  throw new ValueError(op, `it takes what stateDict() gave, got ${describe(state)}`, { actual: state });
}

/** Each parameter once. */
function parametersOf(name: string, parameters: Iterable<Tensor>): readonly Tensor[] {
  const list = typeof parameters?.[Symbol.iterator] === "function" ? [...new Set(parameters)] : [undefined];
  if (!list.every((parameter) => parameter instanceof Tensor)) {
    for (const parameter of list as readonly unknown[])
      if (!(parameter instanceof Tensor)) refuseOthersTensor(name, "a parameter", parameter);
    throw new ValueError(name, `it takes a list of tensors, such as model.parameters(), got ${describe(parameters)}`);
  }
  if (list.length === 0) throw new ValueError(name, "there is no parameter to optimise");
  markListed(list);
  return list;
}
