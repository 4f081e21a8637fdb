/** A bar with the time left, where standard output is a terminal. */
import { SingleBar } from "cli-progress";
import { duration } from "./duration.js";

/** The bar, and the time since it was made. Where there is no terminal it shows nothing. */
export class ProgressBar {
  readonly #bar: SingleBar;
  readonly #started = performance.now();

  constructor() {
    this.#bar = new SingleBar({
      format: "{bar} {percentage}% | {left} left | {what}",
      clearOnComplete: true,
      hideCursor: null,
      stream: process.stdout,
    });
    if (process.stdout.isTTY) this.#bar.start(1000, 0, { left: "…", what: "starting" });
  }

  /** @param fraction of the work that is done, 0 to 1 */
  update(fraction: number, what: string): void {
    if (process.stdout.isTTY) this.#bar.update(Math.round(fraction * 1000), { left: this.left(fraction) ?? "…", what });
  }

  /** The time left, in words; null before anything is done. */
  left(fraction: number): string | null {
    if (fraction === 0) return null;
    const elapsed = (performance.now() - this.#started) / 1000;
    return duration((elapsed / fraction) * (1 - fraction));
  }

  stop(): void {
    this.#bar.stop();
  }
}
