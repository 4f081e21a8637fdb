/** What the test processes write down while they try mutants, line by line, so that nothing is lost with one of them. */
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";

/** One line of the journal. */
export type Entry =
  /** A test failed with the mutant on. */
  | { readonly killed: number; readonly by: string; readonly endless: boolean }
  /** Mutants that tests of a file reached. */
  | { readonly file: string; readonly reached: readonly number[] }
  /** A test that can kill nothing. */
  | { readonly unusable: string; readonly why: string }
  /** A slow test, put off to the second round, when most mutants are dead. */
  | { readonly slow: string }
  /** All tests of a file were run that are to be run in this round. */
  | { readonly done: string }
  /** A test failed without a mutant, because of what one before it had left behind. */
  | { readonly witness: string };

/** The journal of one share of the mutants. */
export class Journal {
  #currentFile: number | undefined;

  constructor(readonly path: string) {}

  write(entry: Entry): void {
    appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }

  read(): Entry[] {
    if (!existsSync(this.path)) return [];
    return readFileSync(this.path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Entry);
  }

  /** Says which mutant is tried right now, for the watchman; −1 for none. */
  setCurrent(mutant: number): void {
    if (this.#currentFile === undefined) {
      closeSync(openSync(`${this.path}.current`, "a")); // makes it if it is not there
      this.#currentFile = openSync(`${this.path}.current`, "r+");
    }
    const text = JSON.stringify({ mutant, pid: process.pid, since: Date.now() });
    writeSync(this.#currentFile, text.padEnd(80), 0); // always of one length: the file is never half written
  }

  /** What is tried right now, by which process, since when. */
  current(): { readonly mutant: number; readonly pid: number; readonly since: number } {
    return JSON.parse(readFileSync(`${this.path}.current`, "utf8")) as ReturnType<Journal["current"]>;
  }

  /** How often the tests of a file came to their end. */
  roundsOf(file: string): number {
    return this.read().filter((entry) => "done" in entry && entry.done === file).length;
  }

  killed(): Set<number> {
    return new Set(this.read().flatMap((entry) => ("killed" in entry ? [entry.killed] : [])));
  }
}
