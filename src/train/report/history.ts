/** What a report shows of a run, gathered from its events in a bounded memory. */
import type {
  EndEvent,
  EvaluationEvent,
  FitEvent,
  MetricValues,
  StartEvent,
  StepEvent,
  StopEvent,
  TraceEvent,
} from "../events.js";

/** Some steps, one after another, as one point. */
export interface StepPoint {
  /** The last of them. */
  readonly step: number;
  readonly steps: number;
  /** Mean over them. */
  readonly loss: number;
  /** Of the first group of parameters, in the last of them. */
  readonly lr: number;
  /** Means over them. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** An epoch, or an evaluation in the middle of one, in single numbers. */
export interface EpochPoint {
  readonly epoch: number;
  readonly step: number;
  readonly train: Readonly<Record<string, number>> | null;
  readonly validation: Readonly<Record<string, number>> | null;
  readonly lr: number | null;
}

/** Where the time of an epoch went, in seconds. */
export interface EpochTime {
  /** Making steps, without what follows. */
  readonly computing: number;
  /** Waiting for data. */
  readonly waiting: number;
  readonly evaluating: number;
  /** Examples that it was trained on. */
  readonly examples: number;
}

/** ‖∂L/∂h‖ of each layer at a step; null where it has none. */
export interface FlowPoint {
  readonly step: number;
  readonly norms: ReadonlyMap<string, number | null>;
}

const MOST_POINTS = 600;
const MOST_FLOWS = 120;

/** Everything that a report shows. */
export class History {
  start: StartEvent | null = null;
  stop: StopEvent | null = null;
  end: EndEvent | null = null;
  /** Of the last evaluation, with its predictions. */
  evaluation: EvaluationEvent | null = null;
  steps: StepPoint[] = [];
  epochs: EpochPoint[] = [];
  times: Map<number, EpochTime> = new Map();
  flows: FlowPoint[] = [];
  /** The first step that was told of; what was before is not here. */
  first = 0;
  #stepsAPoint = 1;
  #flowsSkipped = 1;
  #flowsSeen = 0;

  add(event: FitEvent): void {
    if (event.kind === "start") this.start = event;
    else if (event.kind === "step") this.#addStep(event);
    else if (event.kind === "evaluation") this.#addEvaluation(event);
    else if (event.kind === "epoch") {
      const { epoch, step, lr } = event;
      const [train, validation] = [numbersOf(event.train), event.validation && numbersOf(event.validation)];
      this.epochs = [
        ...this.epochs.filter((one) => one.step !== step),
        { epoch, step, train, validation, lr: lr[0] ?? null },
      ];
    } else if (event.kind === "trace") this.#addFlow(event);
    else if (event.kind === "stop") this.stop = event;
    else if (event.kind === "end") this.end = event;
  }

  #addStep(event: StepEvent): void {
    const { step, epoch, loss, lr, metrics, seconds, waited, examples } = event;
    if (this.first === 0) this.first = step;
    this.#addTime(epoch, { computing: seconds - waited, waiting: waited, examples });
    const point = { step, steps: 1, loss, lr: lr[0] ?? Number.NaN, metrics };
    const last = this.steps.at(-1);
    if (last === undefined || last.steps >= this.#stepsAPoint) this.steps.push(point);
    else this.steps[this.steps.length - 1] = merged(last, point);
    if (this.steps.length <= MOST_POINTS) return;
    this.#stepsAPoint *= 2;
    const { steps } = this;
    this.steps = steps.flatMap((one, i) =>
      i % 2 === 1 ? [] : [i + 1 < steps.length ? merged(one, steps[i + 1] as StepPoint) : one],
    );
  }

  #addEvaluation(event: EvaluationEvent): void {
    this.evaluation = event;
    this.#addTime(event.epoch, { evaluating: event.seconds });
    const { epoch, step } = event;
    this.epochs.push({ epoch, step, train: null, validation: numbersOf(event.metrics), lr: null });
  }

  #addTime(epoch: number, more: Partial<EpochTime>): void {
    const sums: Record<keyof EpochTime, number> = {
      computing: 0,
      waiting: 0,
      evaluating: 0,
      examples: 0,
      ...this.times.get(epoch),
    };
    for (const [name, value] of Object.entries(more)) sums[name as keyof EpochTime] += value;
    this.times.set(epoch, sums);
  }

  #addFlow({ step, record }: TraceEvent): void {
    if (this.#flowsSeen++ % this.#flowsSkipped !== 0) return;
    this.flows.push({
      step,
      norms: new Map(record.layers.map(({ name, activationGradNorm }) => [name, activationGradNorm])),
    });
    if (this.flows.length <= MOST_FLOWS) return;
    this.flows = this.flows.filter((_, i) => i % 2 === 0);
    this.#flowsSkipped *= 2;
  }
}

/** The metrics that are one number. */
function numbersOf(metrics: MetricValues): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

function merged(one: StepPoint, other: StepPoint): StepPoint {
  const steps = one.steps + other.steps;
  const mean = (a: number, b: number) => (a * one.steps + b * other.steps) / steps;
  const metrics = Object.entries(other.metrics).map(
    ([name, value]) => [name, mean(one.metrics[name] ?? value, value)] as const,
  );
  return {
    step: other.step,
    steps,
    loss: mean(one.loss, other.loss),
    lr: other.lr,
    metrics: Object.fromEntries(metrics),
  };
}
