/** A bar with the time left, where there is a terminal. */
import type { SingleBar } from "cli-progress";
import { nodeModule } from "../../device/host.js";
import { duration } from "./duration.js";

/** Where a bar is drawn, and from where on it counts. */
interface BarOptions {
  /** Fraction that was done before, by another process. Default 0. */
  readonly from?: number;
  /** Default: standard output. */
  readonly stream?: NodeJS.WriteStream;
}

/** The bar, and the time since it was made. Where there is no terminal it shows nothing but lines. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: SingleBar | null;
  readonly #from: number;
  readonly #started = performance.now();

  constructor({ from = 0, stream = process.stdout }: BarOptions = {}) {
    this.#stream = stream;
    this.#from = from;
    this.#bar = stream.isTTY ? barOn(stream) : null;
    this.#bar?.start(1000, Math.round(from * 1000), { left: "…", what: "starting" });
  }

  /** Whether there is a terminal. */
  get isDrawn(): boolean {
    return this.#bar !== null;
  }

  /** @param fraction of the work that is done, 0 to 1 */
  update(fraction: number, what: string): void {
    this.#bar?.update(Math.round(fraction * 1000), { left: this.left(fraction) ?? "…", what });
  }

  /** Prints a line that stays, above the bar. */
  line(text: string): void {
    this.#stream.write(this.#bar === null ? `${text}\n` : `\r${CLEAR_LINE}${text}\n`);
    this.#bar?.render();
  }

  /** The time left, in words; null before anything is done. */
  left(fraction: number): string | null {
    if (fraction <= this.#from) return null;
    const elapsed = (performance.now() - this.#started) / 1000;
    return duration((elapsed * (1 - fraction)) / (fraction - this.#from));
  }

  stop(): void {
    this.#bar?.stop();
  }
}

const CLEAR_LINE = "\u001b[2K";

/** The package is loaded where a bar is drawn: a page has no use for it. */
function barOn(stream: NodeJS.WriteStream): SingleBar {
  const load = nodeModule("module").createRequire(import.meta.url);
  const { SingleBar } = load("cli-progress") as typeof import("cli-progress");
  return new SingleBar({
    ...{ format: "{bar} {percentage}% | {left} left | {what}", barsize: 24, stream, clearOnComplete: true },
    ...{ hideCursor: null, linewrap: null, gracefulExit: false }, // nothing that a signal would have to put back
    forceRedraw: true, // also after a line took the bar's place
  });
}
