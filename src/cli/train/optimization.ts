/** The optimiser and the schedule of a recipe. */
import type { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import * as optim from "../../optim/index.js";
import type { Optimizer } from "../../optim/optimizer.js";
import type { Callback } from "../../train/callback.js";
import type { FitSchedule, Stepped } from "../../train/schedule.js";
import { named, type Part } from "./named.js";

type OptimizerClass = new (params: readonly Tensor[], options: never) => Optimizer;
type ScheduleClass = new (optimizer: Optimizer, options: never) => optim.Schedule;

const { Adadelta, Adagrad, Adam, AdamW, Adamax, ASGD, LAMB, LARS, Lion, NAdam, RAdam, RMSprop, Rprop, SGD } = optim;
const optimizers: Readonly<Record<string, OptimizerClass>> = {
  ...{ Adadelta, Adagrad, Adam, AdamW, Adamax, ASGD, LAMB, LARS, Lion, NAdam, RAdam, RMSprop, Rprop, SGD },
};

/** A schedule that a recipe may name. */
interface ScheduleEntry {
  readonly Class: ScheduleClass;
  /** How often it moves unless the recipe says otherwise. */
  readonly each: "step" | "epoch";
  /** Options that the run knows. */
  readonly known?: (length: number, lr: number) => object;
}

const schedules: Readonly<Record<string, ScheduleEntry>> = {
  ConstantLR: { Class: optim.ConstantLR, each: "epoch" },
  CosineAnnealingLR: { Class: optim.CosineAnnealingLR, each: "epoch", known: (tMax) => ({ tMax }) },
  CosineAnnealingWarmRestarts: { Class: optim.CosineAnnealingWarmRestarts, each: "epoch" },
  CyclicLR: { Class: optim.CyclicLR, each: "step", known: (_, maxLr) => ({ maxLr }) },
  ExponentialLR: { Class: optim.ExponentialLR, each: "epoch" },
  LinearLR: { Class: optim.LinearLR, each: "epoch" },
  MultiStepLR: { Class: optim.MultiStepLR, each: "epoch" },
  OneCycleLR: { Class: optim.OneCycleLR, each: "step", known: (totalSteps, maxLr) => ({ totalSteps, maxLr }) },
  PolynomialLR: { Class: optim.PolynomialLR, each: "epoch", known: (totalIters) => ({ totalIters }) },
  ReduceLROnPlateau: { Class: optim.ReduceLROnPlateau, each: "epoch" },
  ResNetPaper: { Class: optim.ResNetPaper, each: "step" },
  StepLR: { Class: optim.StepLR, each: "epoch" },
};

/** The optimiser of a recipe.
 * @throws ValueError if there is none of the name, or an option is unknown or out of range */
export function optimizerOf(op: string, { name, ...options }: Part, parameters: readonly Tensor[]): Optimizer {
  return new (named(op, "optimizer", optimizers, name))(parameters, options as never);
}

/** How long a run is. */
export interface RunLength {
  readonly steps: number;
  readonly epochs: number;
}

/** What moves the learning rate of a run: a schedule of fit's, or a callback. */
export interface Scheduling {
  readonly schedule?: FitSchedule;
  readonly callbacks: readonly Callback[];
}

/** The schedule of a recipe; what it leaves open, the run's length and the optimiser's rate fill in.
 * @throws ValueError if there is none of the name, or an option is unknown or out of range */
export function scheduleOf(op: string, part: Part | undefined, optimizer: Optimizer, length: RunLength): Scheduling {
  if (part === undefined) return { callbacks: [] };
  const { name, each: asked, metric, ...options } = part;
  const { Class, each: usual, known } = named(op, "schedule", schedules, name);
  const each = asked ?? usual;
  if (each !== "step" && each !== "epoch")
    throw new ValueError(op, `each of the schedule must be "step" or "epoch", got ${JSON.stringify(asked)}`);
  const lr = Number(optimizer.paramGroups[0]?.lr);
  const schedule = new Class(optimizer, {
    ...known?.(each === "step" ? length.steps : length.epochs, lr),
    ...options,
  } as never);
  if (schedule instanceof optim.ResNetPaper) return { callbacks: [afterTrainingErrors(schedule)] };
  if (schedule instanceof optim.ReduceLROnPlateau && each === "step")
    throw new ValueError(op, `${name} looks at the metric of an epoch; leave "each" out`);
  if (metric === undefined && !(schedule instanceof optim.ReduceLROnPlateau))
    return { schedule: { [each]: schedule }, callbacks: [] };
  return { schedule: { [each]: schedule, metric: metricOf(op, metric) }, callbacks: [] };
}

function metricOf(op: string, metric: unknown = "loss"): string {
  if (metric === "loss" || metric === "accuracy") return metric;
  throw new ValueError(op, `metric of the schedule must be "loss" or "accuracy", got ${JSON.stringify(metric)}`);
}

/** Moves the schedule after every step, which is told the training error of the step's batch: its warm-up waits for that. */
function afterTrainingErrors(schedule: Stepped): Callback {
  return {
    name: "schedule",
    onStep: (_, { metrics }) => schedule.step(1 - Number(metrics["accuracy"])),
    stateDict: () => schedule.stateDict(),
    loadStateDict: (state: never) => schedule.loadStateDict(state),
  };
}
