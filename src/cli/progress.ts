/** How far an experiment is, on the terminal. */
import { SingleBar } from "cli-progress";
import { workOf } from "../experiments/gradient-flow.js";
import type { GradientFlowSettings, RunPlan } from "../experiments/plan.js";
import type { RunRecord } from "../experiments/records.js";
import { duration } from "./duration.js";

/** A network in words. */
export function networkName({ model, seed }: RunPlan | RunRecord): string {
  return `${model}, seed ${seed}`;
}

/** A bar with the time left, or lines where there is no terminal. */
export class Progress {
  readonly #work: ReturnType<typeof workOf>;
  readonly #bar: SingleBar;
  readonly #seen = new Map<string, number>();
  readonly #started = performance.now();
  #printed = 0;

  constructor(plans: readonly RunPlan[], settings: GradientFlowSettings) {
    this.#work = workOf(plans, settings);
    this.#bar = new SingleBar({
      format: "{bar} {percentage}% | {left} left | {what}",
      clearOnComplete: true,
      hideCursor: null,
      stream: process.stdout,
    });
    if (process.stdout.isTTY) this.#bar.start(1000, 0, { left: "…", what: "starting" });
  }

  add(plan: RunPlan, record: RunRecord): void {
    const name = networkName(record);
    this.#work.add(plan, record.step - (this.#seen.get(name) ?? -1));
    this.#seen.set(name, record.step);
    const fraction = this.#work.fraction();
    const elapsed = (performance.now() - this.#started) / 1000;
    const left = duration((elapsed / fraction) * (1 - fraction));
    const what = `${name}, step ${record.step}`;
    if (process.stdout.isTTY) {
      this.#bar.update(Math.round(fraction * 1000), { left, what });
    } else if (fraction - this.#printed >= 0.1 || fraction >= 1) {
      this.#printed = fraction;
      console.log(`${Math.round(fraction * 100)} % | ${left} left | ${what}`);
    }
  }

  stop(): void {
    this.#bar.stop();
  }
}
