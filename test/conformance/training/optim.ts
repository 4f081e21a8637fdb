/** Runs a `training-optim-1` file: trajectories of optimisers, their final states, and options that are refused. */
import * as livegrad from "../../../src/index.js";
import { type DeviceName, LivegradError, type Optimizer, type Tensor, tensor, withDevice } from "../../../src/index.js";
import type { Comparison, Outcome } from "../outcome.js";
import {
  atLeastOne,
  compareLists,
  isExact,
  numbersOf,
  outcomeOf,
  read,
  type Tolerance,
  type Written,
  type WrittenTensor,
  withNumbers,
} from "./numbers.js";

type Options = Readonly<Record<string, unknown>>;

/** What is remembered of a parameter, in PyTorch's words. */
type FinalState = Readonly<Record<string, Written | readonly Written[] | null>>;

/** One trajectory. */
export interface OptimCase {
  readonly name: string;
  readonly optimizer: string;
  readonly options: Options;
  readonly paramGroups: readonly {
    readonly options: Options;
    readonly fromStep?: number;
    readonly params: readonly WrittenTensor[];
  }[];
  readonly lrs: readonly (readonly (number | null)[])[];
  readonly grads: readonly (readonly (readonly Written[] | null)[])[];
  readonly params: readonly (readonly (readonly Written[])[])[];
  readonly finalState: readonly FinalState[];
  readonly float32Deviation: number;
}

/** The file. */
export interface OptimFile {
  readonly format: "training-optim-1";
  readonly cases: readonly OptimCase[];
  readonly invalid: readonly { readonly optimizer: string; readonly options: Options }[];
}

const tolerances = { float64: atLeastOne(1e-11), float32: atLeastOne(2e-5) };

/** Beyond this, float32 itself strays too far to compare. */
const comparable = 1e-5;

/** Runs every case of the file. */
export async function runOptimFile({ cases, invalid }: OptimFile, device: DeviceName): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of cases) {
    if (!isExact(device) && one.float32Deviation > comparable) {
      const because = "float32 itself strays too far";
      outcomes.push({ name: one.name, op: one.optimizer, skipped: true, because, comparisons: [] });
    } else {
      const run = () =>
        withDevice(device, () => runOptimCase(one, tolerances[isExact(device) ? "float64" : "float32"]));
      outcomes.push(await outcomeOf(one.name, one.optimizer, run));
    }
  }
  for (const { optimizer, options } of invalid) {
    const name = `${optimizer} ${JSON.stringify(options)}`;
    outcomes.push(await outcomeOf(name, optimizer, () => [compareRefusal(optimizer, options)]));
  }
  return outcomes;
}

function optimizerOf(name: string, groups: readonly object[], options: Options): Optimizer {
  const Class = (livegrad as unknown as Record<string, new (groups: readonly object[], options: Options) => Optimizer>)[
    name
  ];
  if (Class === undefined) throw new Error(`there is no optimiser ${name}`);
  return new Class(groups, options);
}

async function runOptimCase(one: OptimCase, tolerance: Tolerance): Promise<Comparison[]> {
  const groups = one.paramGroups.map(({ options, fromStep = 0, params }) => {
    const tensors = params.map(({ shape, values }) => tensor(numbersOf(values), { shape, requiresGrad: true }));
    return { fromStep, group: { params: tensors, ...(withNumbers(options) as Options) } };
  });
  const first = groups.filter(({ fromStep }) => fromStep === 0).map(({ group }) => group);
  const optimizer = optimizerOf(one.optimizer, first, withNumbers(one.options) as Options);
  const parameters = groups.flatMap(({ group }) => group.params);
  const comparisons: Comparison[] = [];
  for (const [step, grads] of one.grads.entries()) {
    for (const { fromStep, group } of groups) if (fromStep === step && step > 0) optimizer.addParamGroup(group);
    for (const [i, group] of optimizer.paramGroups.entries()) group.lr = one.lrs[step]?.[i] as number;
    for (const [i, parameter] of parameters.entries()) parameter.grad = gradOf(grads[i] ?? null, parameter);
    optimizer.step();
    for (const [i, parameter] of parameters.entries()) {
      const expected = numbersOf(one.params[step]?.[i] as readonly Written[]);
      comparisons.push(compareLists(`parameter ${i} after step ${step}`, await read(parameter), expected, tolerance));
    }
  }
  return [...comparisons, ...(await compareState(optimizer, one.finalState, tolerance))];
}

function gradOf(values: readonly Written[] | null, { shape }: Tensor): Tensor | null {
  return values === null ? null : tensor(numbersOf(values), { shape });
}

/** Compares what is remembered; PyTorch's null is what was never begun. */
async function compareState(
  optimizer: Optimizer,
  states: readonly FinalState[],
  tolerance: Tolerance,
): Promise<Comparison[]> {
  const got = new Map(Object.entries(optimizer.stateDict()).filter(([key]) => key.startsWith("state.")));
  const comparisons: Comparison[] = [];
  for (const [i, state] of states.entries()) {
    for (const [name, value] of Object.entries(state)) {
      const key = `state.${i}.${name}`;
      const own = got.get(key) ?? null;
      got.delete(key);
      const values = own === null || typeof own === "number" ? own : await (own as Tensor).data();
      const expected = value === null ? null : numbersOf(Array.isArray(value) ? value : [value]);
      const isUnbegun = own === null && (state["step"] ?? null) === 0; // PyTorch's Adagrad begins before the first step
      if (isUnbegun) continue;
      comparisons.push(compareLists(key, typeof values === "number" ? [values] : values, expected, tolerance));
    }
  }
  comparisons.push({ what: "more state", passed: got.size === 0, detail: [...got.keys()].join(", ") });
  return comparisons;
}

function compareRefusal(optimizer: string, options: Options): Comparison {
  const what = "is refused";
  try {
    optimizerOf(optimizer, [{ params: [tensor([1])] }], options);
    return { what, passed: false, detail: "it was accepted" };
  } catch (error) {
    return { what, passed: error instanceof LivegradError, detail: String(error) };
  }
}
