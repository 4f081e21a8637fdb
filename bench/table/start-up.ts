/** Start-up: a fresh process for every sample, which tells how long its import took and then its first step. */
import type { Column } from "./columns.js";
import type { Checked } from "./framework.js";
import { type Cell, timesOf } from "./measure.js";
import { Peer, PeerError } from "./peer.js";
import { type Problem, tensorsOf } from "./problem.js";

/** Both cells of a column. */
export interface StartUp {
  readonly importing: Cell;
  readonly firstStep: Cell;
}

/** Starts each framework `samples` times, in turn; `stopped` is asked before each. */
export async function measureStartUp(
  columns: readonly Column[],
  problem: Problem,
  { samples, limit }: { readonly samples: number; readonly limit: number },
  { progress, stopped }: { readonly progress: (column: Column) => void; readonly stopped: () => boolean },
): Promise<ReadonlyMap<Column, StartUp>> {
  const found = new Map(columns.map((column) => [column, { importing: [] as number[], firstStep: [] as number[] }]));
  const failures = new Map<Column, Cell>();
  for (let sample = 0; sample < samples; sample++) {
    for (const [column, { importing, firstStep }] of found) {
      if (stopped() || failures.has(column)) continue;
      progress(column);
      try {
        const once = await startOnce(column, problem, limit);
        importing.push(once.importing);
        firstStep.push(once.firstStep);
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        failures.set(column, { kind: error.lacking ? "lacking" : "failed", reason: error.message });
      }
    }
  }
  const cell = (column: Column, list: readonly number[]): Cell =>
    failures.get(column) ??
    (list.length === 0
      ? { kind: "failed", reason: "interrupted" }
      : { kind: "measured", times: timesOf(list), checked: [] });
  return new Map(
    [...found].map(([column, { importing, firstStep }]) => [
      column,
      { importing: cell(column, importing), firstStep: cell(column, firstStep) },
    ]),
  );
}

async function startOnce({ command }: Column, problem: Problem, limit: number) {
  const { peer, hello } = await Peer.start(command, limit);
  try {
    await peer.ask({ ask: "prepare", problem, tensors: tensorsOf(problem) }, limit);
    const { milliseconds } = await peer.ask<Checked>({ ask: "check", runs: 1, milliseconds: limit }, limit);
    return { importing: hello.importing, firstStep: milliseconds[0] as number };
  } finally {
    peer.stop();
  }
}
