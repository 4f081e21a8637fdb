/** How a run moves its learning rates on. */
import { describe, ValueError } from "../errors.js";
import { checkedOptions, type OptionKinds, ownCheck, text } from "../options.js";
import type { MetricValues } from "./events.js";

/** What moves the rates of an optimiser on; every schedule of the package is one.
 * @category Training */
export interface Stepped {
  /** Moves them on. @param metric what a schedule that waits for a plateau looks at */
  step(metric?: number): void;
  /** Where it stands, as plain JSON. */
  stateDict(): unknown;
  /** Goes on from what `stateDict` gave. */
  loadStateDict(state: never): void;
}

/** A schedule, and how often it moves: after every step of the optimiser, or after every epoch.
 * @category Training */
export interface FitSchedule {
  /** Moves after every step of the optimiser. */
  readonly step?: Stepped | undefined;
  /** Moves after every epoch. */
  readonly epoch?: Stepped | undefined;
  /** The metric that an epoch's schedule is given, for one that waits for a plateau: of the validation data, or without any of the
   * training data. */
  readonly metric?: string | undefined;
}

const scheduleOptions: OptionKinds<FitSchedule> = { step: ownCheck, epoch: ownCheck, metric: text };

/** @throws ValueError unless it has one schedule, for steps or for epochs */
export function checkedSchedule(op: string, schedule: FitSchedule): FitSchedule {
  const given = checkedOptions(`${op}: schedule`, schedule, scheduleOptions);
  const schedules = [given.step, given.epoch].filter((one) => one !== undefined);
  if (!(schedules.length > 0 && schedules.every(isSchedule))) {
    throw new ValueError(
      op,
      `schedule must be { step: a schedule } or { epoch: a schedule }, as it moves after every step or epoch, got ${describe(schedule)}`,
    );
  }
  if (given.metric !== undefined && given.epoch === undefined)
    throw new ValueError(
      op,
      "schedule.metric goes with an epoch's schedule: a step has no metrics of the validation data",
    );
  return given;
}

function isSchedule(value: Partial<Stepped>): boolean {
  return typeof value.step === "function" && typeof value.stateDict === "function";
}

/** The number of that name among metrics.
 * @throws ValueError if there is none */
export function numberNamed(op: string, name: string, metrics: MetricValues): number {
  const value = metrics[name];
  if (typeof value === "number") return value;
  const names = Object.entries(metrics).flatMap(([known, found]) => (typeof found === "number" ? [known] : []));
  throw new ValueError(op, `there is no metric ${name} that is one number; there are ${names.join(", ")}`, {
    expected: names,
    actual: name,
  });
}
