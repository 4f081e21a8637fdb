/** The vitest runner that tries the mutants: each test is run once as it is, and then once with each mutant that it
 * reached and that no test has killed before. */
import fc from "fast-check";
import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from "vitest";
import { VitestTestRunner } from "vitest/runners";
import { Journal } from "./journal.js";
import { EndlessError, fails, installSwitch, observe, tryMutant } from "./switch.js";

/** Milliseconds of processor time. A slow test waits for the second round; a slower one would take too long, run once
 * for each mutant that is left. */
const slow = 20;
const tooSlow = 2000;

installSwitch();

export default class MutationRunner extends VitestTestRunner {
  readonly #journal = new Journal(setting("JOURNAL"));
  readonly #share = Number(setting("SHARE"));
  readonly #shares = Number(setting("SHARES"));
  /** Whether they are tried once more, then with all tests that reach them. */
  readonly #again = setting("AGAIN") !== "";
  /** The mutants to try; null for all. */
  readonly #only = setting("ONLY") === "" ? null : new Set(setting("ONLY").split(",").map(Number));
  readonly #killed = this.#journal.killed();
  readonly #reached = new Set<number>();
  /** Tests that have failed after a mutant, though it was off: they are run after every mutant, to find the guilty one. */
  readonly #witnesses = new Map<string, () => unknown>();
  #file = "";
  #known: ReadonlySet<string> = new Set();
  /** In the second round, the tests that were too slow for the first. */
  #late: ReadonlySet<string> | null = null;
  #hasTried = false;
  #spoiled = false;

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    this.#file = file.name;
    this.#known = new Set(this.#journal.read().flatMap((entry) => ("witness" in entry ? [entry.witness] : [])));
    if (!this.#again && this.#journal.roundsOf(this.#file) > 0) {
      this.#late = new Set(this.#journal.read().flatMap((entry) => ("slow" in entry ? [entry.slow] : [])));
    }
    fc.configureGlobal({ seed: 1 }); // a test with random inputs is to reach and kill the same mutants every time
  }

  onCollected(files: RunnerTestFile[]): void {
    for (const test of files.flatMap(testsIn)) {
      if (this.#known.has(this.#nameOf(test)))
        this.#witnesses.set(this.#nameOf(test), VitestTestRunner.getTestFn(test));
    }
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    if (this.#spoiled || (this.#late !== null && !this.#late.has(this.#nameOf(test)))) return;
    const run = VitestTestRunner.getTestFn(test);
    const name = this.#nameOf(test);
    const start = process.cpuUsage();
    const first = await observe(run).catch((error: unknown) => ({ error }));
    if ("error" in first) {
      if (this.#hasTried && !this.#known.has(name)) this.#spoil(name);
      else this.#journal.write({ unusable: name, why: `it fails: ${String(first.error).split("\n")[0]}` });
      return;
    }
    const own = first.reached.filter((mutant) => mutant % this.#shares === this.#share);
    for (const mutant of own) this.#reached.add(mutant);
    const mutants = own.filter((mutant) => !this.#killed.has(mutant) && (this.#only?.has(mutant) ?? true));
    if (mutants.length === 0) return;
    const time = process.cpuUsage(start).user / 1000;
    if (time > slow && this.#late === null && !this.#again) this.#journal.write({ slow: name });
    else if (time > tooSlow) this.#journal.write({ unusable: name, why: "it is slow" });
    else if (await fails(run)) this.#journal.write({ unusable: name, why: "it fails the second time" });
    else await this.#tryAll(mutants, run, name, 10_000 + 10 * first.ticks);
    this.#journal.setCurrent(-1);
  }

  override onAfterRunFiles(): void {
    super.onAfterRunFiles();
    this.#journal.write({ file: this.#file, reached: [...this.#reached] });
    if (!this.#spoiled) this.#journal.write({ done: this.#file });
  }

  async #tryAll(mutants: readonly number[], run: () => unknown, name: string, limit: number): Promise<void> {
    for (const mutant of mutants) {
      this.#journal.setCurrent(mutant);
      this.#hasTried = true;
      const error = await tryMutant(mutant, limit, run);
      if (await this.#leftABrokenState()) {
        this.#kill(mutant, `${name} (a test after it)`, false);
        this.#spoiled = true;
        return;
      }
      if (error === null) continue;
      if (await fails(run)) return this.#spoil(name);
      // Once more, for a test may fail by chance (one that counts buffers, when the garbage collector runs in it).
      if ((await tryMutant(mutant, limit, run)) === null) continue;
      this.#kill(mutant, name, error instanceof EndlessError);
    }
  }

  async #leftABrokenState(): Promise<boolean> {
    for (const run of this.#witnesses.values()) if (await fails(run)) return true;
    return false;
  }

  #kill(mutant: number, by: string, endless: boolean): void {
    this.#killed.add(mutant);
    this.#journal.write({ killed: mutant, by, endless });
  }

  /** Some mutant left a state behind in which a test fails without it: the file is begun again, in a new process. */
  #spoil(witness: string): void {
    this.#spoiled = true;
    this.#journal.write({ witness });
  }

  #nameOf(test: RunnerTestCase): string {
    return `${this.#file} > ${test.fullTestName}`;
  }
}

function testsIn(suite: RunnerTestSuite): RunnerTestCase[] {
  return suite.tasks.flatMap((task) => (task.type === "suite" ? testsIn(task) : [task]));
}

function setting(name: string): string {
  return process.env[`LIVEGRAD_MUTATION_${name}`] ?? "";
}
