/** What a run looks like on a stream: a bar while it goes on, a line for each epoch. */
import type { EpochEvent, EventSink, FitEvent, MetricValues, StartEvent, StepEvent } from "../events.js";
import { duration } from "./duration.js";
import { ProgressBar } from "./progress-bar.js";

/** Shows a run on a stream: a terminal, or what takes lines. */
export function terminalSink(stream: NodeJS.WriteStream): EventSink {
  let view: TerminalView | null = null;
  return (event) => {
    if (event.kind === "start") view = new TerminalView(event, stream);
    view?.take(event);
  };
}

class TerminalView {
  readonly #start: StartEvent;
  readonly #bar: ProgressBar;
  /** Fraction at which the last line was printed. */
  #printed: number;
  #examples = 0;
  #seconds = 0;

  constructor(start: StartEvent, stream: NodeJS.WriteStream) {
    this.#start = start;
    this.#printed = this.#fraction(start.step);
    this.#bar = new ProgressBar({ from: this.#printed, stream });
    const { step, totalSteps, epoch } = start;
    if (step === totalSteps) this.#bar.line(`all ${step} steps were made before; nothing is left to do`);
    else if (step > 0) this.#bar.line(`going on after step ${step} of ${totalSteps ?? "?"} (epoch ${epoch + 1})`);
  }

  take(event: FitEvent): void {
    if (event.kind === "step") this.#step(event);
    else if (event.kind === "epoch") this.#bar.line(epochLine(event, this.#start.totalEpochs));
    else if (event.kind === "stop") this.#bar.line(`stopped after step ${event.step}: ${event.message}`);
    else if (event.kind === "end") {
      this.#bar.stop();
      if (event.stopped === null)
        this.#bar.line(`${event.step} steps in ${duration(event.seconds)}, on ${event.provenance}`);
    }
  }

  #step(event: StepEvent): void {
    this.#examples = 0.9 * this.#examples + event.examples; // of the last ten steps or so
    this.#seconds = 0.9 * this.#seconds + event.seconds;
    const rate = this.#seconds > 0 ? `${numberWords(this.#examples / this.#seconds)} examples/s` : "";
    const { epoch, step, loss, metrics, lr } = event;
    const where = `epoch ${epoch}${of(this.#start.totalEpochs)}, step ${step}${of(this.#start.totalSteps)}`;
    const parts = [where, metricWords({ loss, ...metrics }), `lr ${numberWords(lr[0] ?? 0)}`, rate];
    this.#show(this.#fraction(step), parts.filter(Boolean).join(" | "));
  }

  #show(fraction: number, what: string): void {
    this.#bar.update(fraction, what);
    if (this.#bar.isDrawn || (fraction - this.#printed < 0.1 && fraction < 1)) return;
    this.#printed = fraction;
    this.#bar.line(`${Math.round(100 * fraction)} % | ${this.#bar.left(fraction)} left | ${what}`);
  }

  #fraction(step: number): number {
    const { totalSteps } = this.#start;
    return totalSteps === null || totalSteps === 0 ? 0 : step / totalSteps;
  }
}

function of(total: number | null): string {
  return total === null ? "" : ` of ${total}`;
}

function epochLine({ epoch, train, validation, lr, seconds }: EpochEvent, total: number | null): string {
  const parts = [
    `epoch ${epoch}${of(total)}`,
    metricWords(train),
    ...(validation === null ? [] : [`validation: ${metricWords(validation)}`]),
    `lr ${numberWords(lr[0] ?? 0)}`,
    duration(seconds),
  ];
  return parts.join(" | ");
}

function metricWords(metrics: MetricValues): string {
  const single = Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return single.map(([name, value]) => `${name} ${numberWords(value)}`).join(", ");
}

/** Four digits, without zeros at the end. */
export function numberWords(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}
