/** How far the networks of an experiment are, on the terminal. */
import { networkName, type Planned, Work } from "../experiments/work.js";
import { ProgressBar } from "../train/logs/progress-bar.js";

/** A bar with the time left, or a line for each tenth of the work where there is no terminal. */
export class Progress {
  readonly #work: Work;
  readonly #bar = new ProgressBar();
  #printed = 0;

  /** @param passes of each network */
  constructor(plans: readonly Planned[], passes: number) {
    this.#work = new Work(plans, passes);
  }

  /** A network has done so many of its passes, and is at a step. */
  reach(network: Planned, passes: number, step: number): void {
    this.#work.reach(network, passes);
    const fraction = this.#work.fraction();
    const what = `${networkName(network)}, step ${step}`;
    this.#bar.update(fraction, what);
    if (process.stdout.isTTY || (fraction - this.#printed < 0.1 && fraction < 1)) return;
    this.#printed = fraction;
    console.log(`${Math.round(fraction * 100)} % | ${this.#bar.left(fraction)} left | ${what}`);
  }

  stop(): void {
    this.#bar.stop();
  }
}
