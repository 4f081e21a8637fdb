/** The experiments whose networks run on the threads of a pool; each is loaded where it is asked for. */
import type { DegradationPoint } from "../experiments/degradation/records.js";
import type { DegradationPlan } from "../experiments/degradation/settings.js";
import type { RunPlan } from "../experiments/plan.js";
import type { RunRecord } from "../experiments/records.js";
import type { DegradationThreadTask } from "./degradation/networks.js";
import type { GradientFlowTask } from "./gradient-flow-networks.js";

/** What is posted to a thread and back, experiment by experiment. */
export interface Experiments {
  "gradient-flow": Experiment<GradientFlowTask, RunPlan, RunRecord>;
  degradation: Experiment<DegradationThreadTask, DegradationPlan, DegradationPoint>;
}

/** Types alone. */
interface Experiment<Task, Plan, Record> {
  /** What all networks have in common. */
  readonly task: Task;
  /** A network. */
  readonly plan: Plan;
  /** What a network yields. */
  readonly record: Record;
}

/** The name of an experiment, which is that of its command. */
export type ExperimentName = keyof Experiments;

/** Runs a network and yields its records; ends early on a signal. */
export type NetworkRunner<Name extends ExperimentName> = (
  plan: Experiments[Name]["plan"],
  signal?: AbortSignal,
) => AsyncIterable<Experiments[Name]["record"]>;

type Openers = {
  readonly [Name in ExperimentName]: (task: Experiments[Name]["task"]) => Promise<NetworkRunner<Name>>;
};

const openers: Openers = {
  "gradient-flow": async (task) => (await import("./gradient-flow-networks.js")).gradientFlowNetworks(task),
  degradation: async (task) => (await import("./degradation/networks.js")).degradationNetworks(task),
};

/** Loads what the networks of an experiment have in common. */
export function openNetworks<Name extends ExperimentName>(
  name: Name,
  task: Experiments[Name]["task"],
): Promise<NetworkRunner<Name>> {
  return openers[name](task);
}
