/** Runs a `training-schedules-1` file: the learning rates of schedules, step by step, and the momenta that they cycle. */
import * as livegrad from "../../../src/index.js";
import {
  type DeviceName,
  LivegradError,
  type Optimizer,
  type Schedule,
  tensor,
  withDevice,
} from "../../../src/index.js";
import type { Comparison, Outcome } from "../outcome.js";
import { compareLists, numbersOf, outcomeOf, type Tolerance, type Written, withNumbers } from "./numbers.js";

/** A schedule by name. */
interface Definition {
  readonly schedule: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** One schedule's rates; those of ResNetPaper are told by their changes. */
export interface ScheduleCase extends Definition {
  readonly name: string;
  readonly baseLr?: readonly number[];
  readonly optimizer?: "SGD" | "Adam";
  readonly momentum?: number;
  readonly lrs?: readonly (readonly number[])[];
  readonly momentums?: readonly (readonly number[])[];
  readonly metrics?: readonly Written[];
  readonly factors?: readonly number[];
  readonly error?: { readonly atStep: number };
  readonly errors?: readonly (number | null)[];
  readonly changes?: readonly (readonly [iteration: number, lr: number])[];
}

/** The file. */
export interface SchedulesFile {
  readonly format: "training-schedules-1";
  readonly cases: readonly ScheduleCase[];
}

const tolerance: Tolerance = { absolute: 1e-12, relative: 1e-9 };

/** Runs every case of the file; rates are numbers of the host, the device does nothing. */
export async function runSchedulesFile({ cases }: SchedulesFile, device: DeviceName): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of cases) {
    const run = one.changes === undefined ? runScheduleCase : runPaperCase;
    outcomes.push(await outcomeOf(one.name, one.schedule, () => withDevice(device, () => run(one))));
  }
  return outcomes;
}

function optimizerOf(one: ScheduleCase, rates: readonly number[]): Optimizer {
  const groups = rates.map((lr) => ({ params: [tensor([1])], lr }));
  const { momentum = 0 } = one;
  if (one.optimizer === "Adam") return new livegrad.Adam(groups, { betas: [momentum, 0.999] });
  return new livegrad.SGD(groups, { lr: 1, momentum });
}

function scheduleOf(optimizer: Optimizer, { schedule, options }: Definition, factors?: readonly number[]): Schedule {
  const Class = (livegrad as unknown as Record<string, new (optimizer: Optimizer, options: object) => Schedule>)[
    schedule
  ];
  if (Class === undefined) throw new Error(`there is no schedule ${schedule}`);
  const given = withNumbers(options) as Record<string, unknown>;
  if (factors !== undefined) return new Class(optimizer, { lrLambda: lambdaOf(given, factors) });
  if (!Array.isArray(given["schedules"])) return new Class(optimizer, given);
  const schedules = given["schedules"].map((part: Definition) => scheduleOf(optimizer, part));
  return new Class(optimizer, { ...given, schedules });
}

/** The factor function that a case names, where the package has it; else the factors as they are listed. */
function lambdaOf({ lambda, ...options }: Record<string, unknown>, factors: readonly number[]): (k: number) => number {
  const make = (livegrad as unknown as Record<string, (options: object) => (k: number) => number>)[lambda as string];
  return make === undefined ? (k) => factors[k] as number : make(options);
}

function momentaOf(optimizer: Optimizer): number[] {
  return (optimizer.paramGroups as unknown as { momentum?: number; betas?: readonly number[] }[]).map(
    ({ momentum, betas }) => momentum ?? (betas?.[0] as number),
  );
}

function runScheduleCase(one: ScheduleCase): Comparison[] {
  const { lrs = [], momentums, metrics, error } = one;
  const optimizer = optimizerOf(one, one.baseLr ?? []);
  const schedule = scheduleOf(optimizer, one, one.factors);
  const comparisons: Comparison[] = [];
  for (const [k, expected] of lrs.entries()) {
    if (k > 0) schedule.step(...(metrics === undefined ? [] : numbersOf([metrics[k - 1] as Written])));
    comparisons.push(compareLists(`rates after ${k} steps`, schedule.lastLr, expected, tolerance));
    const cycled = momentums?.[k];
    if (cycled !== undefined)
      comparisons.push(compareLists(`momenta after ${k} steps`, momentaOf(optimizer), cycled, tolerance));
  }
  if (error !== undefined) comparisons.push(refusesToGoOn(schedule));
  return comparisons;
}

function refusesToGoOn(schedule: Schedule): Comparison {
  const what = "refuses to go on";
  try {
    schedule.step();
    return { what, passed: false, detail: "it went on" };
  } catch (error) {
    return { what, passed: error instanceof LivegradError, detail: String(error) };
  }
}

/** The paper's schedule, iteration by iteration. */
function runPaperCase(one: ScheduleCase): Comparison[] {
  const { baseLr, total, ...options } = one.options as { baseLr: number; total: number };
  const schedule = scheduleOf(optimizerOf(one, [baseLr]), { schedule: one.schedule, options });
  const changes: number[][] = [[0, ...schedule.lastLr]];
  for (let i = 0; i < total - 1; i++) {
    schedule.step(one.errors?.[i] ?? undefined);
    const [lr] = schedule.lastLr;
    if (lr !== changes.at(-1)?.[1]) changes.push([i + 1, lr as number]);
  }
  return [compareLists("changes", changes.flat(), (one.changes ?? []).flat(), tolerance)];
}
