/** How far a comparison is, on the terminal. */
import { SingleBar } from "cli-progress";
import { duration } from "../duration.js";

/** A bar with the time left, or lines where there is no terminal. */
export class Progress {
  readonly #bar: SingleBar;
  readonly #weights: readonly number[];
  readonly #total: number;
  readonly #started = performance.now();
  #next = 0;
  #done = 0;
  #what = "";

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#bar = new SingleBar({
      format: "{bar} {percentage}% | {left} left | {what}",
      clearOnComplete: true,
      hideCursor: null,
      stream: process.stdout,
    });
    if (process.stdout.isTTY) this.#bar.start(1000, 0, { left: "…", what: "starting" });
  }

  begin(what: string): void {
    this.#what = what;
    if (process.stdout.isTTY) this.note("");
    else {
      const left = this.#left();
      console.log(`${this.#next + 1} of ${this.#weights.length}: ${what}${left === null ? "" : `, ${left} left`}`);
    }
  }

  note(detail: string): void {
    if (!process.stdout.isTTY) return;
    const what = detail === "" ? this.#what : `${this.#what}, ${detail} done`;
    this.#bar.update(Math.round((1000 * this.#done) / this.#total), {
      left: this.#left() ?? "…",
      what,
    });
  }

  end(): void {
    this.#done += this.#weights[this.#next++] ?? 0;
  }

  stop(): void {
    this.#bar.stop();
  }

  /** The time left; null before the first net is done. */
  #left(): string | null {
    if (this.#done === 0) return null;
    const elapsed = (performance.now() - this.#started) / 1000;
    return duration((elapsed * (this.#total - this.#done)) / this.#done);
  }
}
