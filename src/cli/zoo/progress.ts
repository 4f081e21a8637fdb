/** How far a comparison is, on the terminal. */
import { ProgressBar } from "../../train/logs/progress-bar.js";

/** A bar with the time left, or a line for each net where there is no terminal. */
export class Progress {
  readonly #bar = new ProgressBar();
  readonly #weights: readonly number[];
  readonly #total: number;
  #next = 0;
  #done = 0;
  #what = "";

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  begin(what: string): void {
    this.#what = what;
    this.#bar.update(this.#done / this.#total, what);
    if (process.stdout.isTTY) return;
    const left = this.#bar.left(this.#done / this.#total);
    console.log(`${this.#next + 1} of ${this.#weights.length}: ${what}${left === null ? "" : `, ${left} left`}`);
  }

  note(detail: string): void {
    this.#bar.update(this.#done / this.#total, `${this.#what}, ${detail} done`);
  }

  end(): void {
    this.#done += this.#weights[this.#next++] ?? 0;
  }

  stop(): void {
    this.#bar.stop();
  }
}
