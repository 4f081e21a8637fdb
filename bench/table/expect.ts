/** Writes `expected.json`: what every row should give, computed by PyTorch in float64. */
import { writeFileSync } from "node:fs";
import { oracle } from "./columns.js";
import type { Checked } from "./framework.js";
import type { Expected } from "./measure.js";
import { Peer } from "./peer.js";
import { checkedRuns, type Digest, tensorsOf } from "./problem.js";
import { rows } from "./rows.js";

const limit = 600_000;

/** Computes and writes them. */
export async function writeExpected(file: string): Promise<void> {
  const command = oracle();
  if (command === null)
    throw new Error("expected results are computed with PyTorch: set LIVEGRAD_PYTHON to a Python that has it");
  const { peer } = await Peer.start(command, limit);
  const expected: Record<string, readonly Digest[]> = {};
  for (const { id, problem } of rows.filter(({ problem }) => problem.kind !== "limit")) {
    console.error(id);
    await peer.ask({ ask: "prepare", problem, tensors: tensorsOf(problem) }, limit);
    const { digests } = await peer.ask<Checked>(
      { ask: "check", runs: checkedRuns(problem), milliseconds: limit },
      limit,
    );
    expected[id] = digests.flat();
  }
  peer.stop();
  writeFileSync(file, `${JSON.stringify(expected satisfies Expected, null, 2)}\n`);
}
