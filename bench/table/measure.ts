/** Measuring: rows one after another, frameworks in turn within a row, until each has enough samples. */
import { linearRegression, median, quantile } from "simple-statistics";
import type { Column } from "./columns.js";
import type { Checked, Timed } from "./framework.js";
import { Peer, PeerError } from "./peer.js";
import { agrees, checkedRuns, type Digest, tensorsOf } from "./problem.js";
import type { Row, Series } from "./rows.js";

/** How long measuring may take. */
export interface Budget {
  /** Milliseconds that the samples of one cell take together; a slow one takes at least three samples. */
  readonly cell: number;
  /** Most samples of a cell. */
  readonly samples: number;
  /** Milliseconds that a cell runs, if its runs are short, before they are measured. */
  readonly warmUp: number;
  /** A run longer than this is measured once. */
  readonly slow: number;
  /** What takes longer is given up. */
  readonly limit: number;
}

/** Times, in milliseconds of one run. */
export interface Times {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly samples: readonly number[];
  /** Runs that each sample is the mean of. */
  readonly runs: number;
}

/** What was found: times, or why there are none. */
export type Cell =
  | { readonly kind: "measured"; readonly times: Times; readonly checked: readonly Digest[] }
  | { readonly kind: "wrong"; readonly reason: string; readonly checked: readonly Digest[] }
  | { readonly kind: "lacking" | "failed"; readonly reason: string };

/** The right results by row, first digests of the first run. */
export type Expected = Readonly<Record<string, readonly Digest[]>>;

/** Median and quartiles. */
export function timesOf(samples: readonly number[], runs = 1): Times {
  const list = [...samples];
  return { median: median(list), lower: quantile(list, 0.25), upper: quantile(list, 0.75), samples, runs };
}

/** The processes of a run, one a column, started when they are first needed and again when they had to be ended. */
export class Bench {
  readonly #peers = new Map<string, Peer>();
  /** What each column said of itself. */
  readonly about: Map<string, { readonly version: string; readonly detail: string }> = new Map();
  #stopped = false;

  constructor(
    readonly budget: Budget,
    readonly expected: Expected,
    /** Told before something takes time. */
    readonly progress: (row: string, column: string) => void,
  ) {}

  /** Ends every process; what goes on fails. */
  stop(): void {
    this.#stopped = true;
    for (const peer of this.#peers.values()) peer.stop("interrupted");
  }

  /** Measures a row on every column, in turn. */
  async measureRow(row: Row, columns: readonly Column[], tell: Tell): Promise<void> {
    const running: Cellwise[] = [];
    for (const column of columns) {
      this.progress(row.title, column.title);
      try {
        const ready = await this.#prepare(row, column);
        if (ready instanceof Cellwise) running.push(ready);
        else tell(column, ready);
      } catch (error) {
        const cell = refused(error);
        if (!this.#stopped) tell(column, cell);
      }
      if (this.#stopped) break;
    }
    while (running.some((cell) => cell.wantsMore) && !this.#stopped) {
      for (const cell of running.filter(({ wantsMore }) => wantsMore)) {
        this.progress(row.title, cell.column.title);
        await cell.sample();
        if (this.#stopped) break;
      }
    }
    for (const cell of running) {
      const found = cell.result();
      if (!this.#stopped || found.kind === "measured") tell(cell.column, found);
      await cell.release();
    }
  }

  async #prepare(row: Row, column: Column): Promise<Cellwise | Cell> {
    const peer = await this.#peer(column);
    const { problem, id } = row;
    await peer.ask({ ask: "prepare", problem, tensors: tensorsOf(problem) }, this.budget.limit);
    const check = { ask: "check", runs: checkedRuns(problem), milliseconds: this.budget.limit / 3 } as const;
    const { digests, milliseconds } = await peer.ask<Checked>(check, this.budget.limit);
    const checked = digests.flat();
    // Of tiles the limit has no results: it checks them itself.
    if (column.family !== "limit" || checked.length > 0) {
      const expected = this.#expectedOf(id);
      const complete = checkedRuns(problem) > 1 || checked.length === expected.length;
      if (!complete || !agrees(checked, expected)) {
        await peer.ask({ ask: "release" }, this.budget.limit);
        return { kind: "wrong", reason: difference(checked, expected), checked };
      }
    }
    return Cellwise.start({ peer, column, budget: this.budget, checked }, milliseconds);
  }

  #expectedOf(id: string): readonly Digest[] {
    const expected = this.expected[id];
    if (expected === undefined) throw new Error(`expected.json has no row ${id}: npm run bench -- --write-expected`);
    return expected;
  }

  async #peer(column: Column): Promise<Peer> {
    const known = this.#peers.get(column.id);
    if (known?.alive) return known;
    const { peer, hello } = await Peer.start(column.command, this.budget.limit);
    this.#peers.set(column.id, peer);
    this.about.set(column.id, { version: hello.version, detail: hello.detail });
    return peer;
  }
}

/** Told of every cell that is found. */
export type Tell = (column: Column, cell: Cell) => void;

interface Subject {
  readonly peer: Peer;
  readonly column: Column;
  readonly budget: Budget;
  readonly checked: readonly Digest[];
}

/** The samples of one cell, as they come. */
class Cellwise {
  readonly #samples: number[];
  #runs = 1;
  #spent = 0;
  #failure: Cell | null = null;

  private constructor(
    readonly subject: Subject,
    first: readonly number[],
  ) {
    this.#samples = [...first];
  }

  /** Warms up, and finds how many runs a sample needs. */
  static async start(subject: Subject, checks: readonly number[]): Promise<Cellwise> {
    const { peer, budget } = subject;
    const warm = checks.slice(1);
    let one = warm.at(-1) ?? (checks[0] as number);
    if (one > budget.slow) {
      if (warm.length > 0) return new Cellwise(subject, [one]); // there is a time without compiling already
      one = (await peer.ask<Timed>({ ask: "time", runs: 1 }, budget.limit)).milliseconds;
      if (one > budget.slow) return new Cellwise(subject, [one]);
    }
    const cell = new Cellwise(subject, []);
    const target = budget.cell / budget.samples;
    // Short runs get faster while the engine compiles them: go on until that is over and a sample has its length.
    let spent = 0;
    for (cell.#runs = 1; ; cell.#runs = Math.ceil(cell.#runs * Math.min(10, (1.2 * target) / one))) {
      const { milliseconds } = await peer.ask<Timed>({ ask: "time", runs: cell.#runs }, budget.limit);
      one = milliseconds;
      spent += one;
      if (one >= target / 2 && spent >= budget.warmUp) break;
    }
    cell.#runs = Math.max(1, Math.round((cell.#runs * target) / one));
    return cell;
  }

  get column(): Column {
    return this.subject.column;
  }

  get wantsMore(): boolean {
    const { budget } = this.subject;
    if (this.#failure !== null || (this.#spent === 0 && this.#samples.length === 1)) return false;
    return this.#samples.length < (this.#spent < budget.cell ? budget.samples : 3);
  }

  async sample(): Promise<void> {
    const { peer, budget } = this.subject;
    try {
      const { milliseconds } = await peer.ask<Timed>({ ask: "time", runs: this.#runs }, budget.limit);
      this.#spent += milliseconds;
      this.#samples.push(milliseconds / this.#runs);
    } catch (error) {
      this.#failure = refused(error);
    }
  }

  result(): Cell {
    if (this.#samples.length === 0) return this.#failure ?? { kind: "failed", reason: "interrupted" };
    return { kind: "measured", times: timesOf(this.#samples, this.#runs), checked: this.subject.checked };
  }

  /** Lets the process forget the problem; one that cannot is started anew for the next row. */
  async release(): Promise<void> {
    const { peer, budget } = this.subject;
    try {
      await peer.ask({ ask: "release" }, budget.limit);
    } catch (error) {
      refused(error);
      peer.stop();
    }
  }
}

function refused(error: unknown): Cell {
  if (!(error instanceof PeerError)) throw error;
  return { kind: error.lacking ? "lacking" : "failed", reason: error.message };
}

function difference(actual: readonly Digest[], expected: readonly Digest[]): string {
  const place = actual.findIndex((_, i) => !agrees([actual[i] as Digest], [expected[i] as Digest]));
  if (place < 0) return `${actual.length} results instead of ${expected.length}`;
  const [is, should] = [actual[place], expected[place]];
  return `result ${place + 1} of ${actual.length} has norm ${is?.norm.toPrecision(5)} instead of ${should?.norm.toPrecision(5)}`;
}

/** The power of its size that a series' cost grows with: the slope of a line through the logarithms. */
export function slope(series: Series, timeOf: (row: string) => number | null): number | null {
  const points = series.points.flatMap(({ row, size }) => {
    const time = timeOf(row);
    return time === null ? [] : [[Math.log(size), Math.log(time)]];
  });
  return points.length < series.points.length ? null : linearRegression(points).m;
}
