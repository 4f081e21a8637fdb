/** A profile as a table. */
import { markdownTable } from "markdown-table";
import type { OpProfile } from "./profile.js";

/** Ops, and what is left outside of them. */
export function tableOf(profile: {
  readonly ops: readonly OpProfile[];
  readonly milliseconds: number;
  readonly outside: number;
}): string {
  const { ops, outside, milliseconds } = profile;
  const rows = ops.map((row) => [
    `${row.op === "" ? "(no op)" : row.op}${row.isBackward ? " backward" : ""}`,
    String(row.launches),
    row.milliseconds.toFixed(2),
    percent(row.share),
    (row.flops / 1e6).toFixed(1),
    row.flops === 0 ? "" : row.gflops.toFixed(1),
    (row.bytes / 1e6).toFixed(1),
    row.where,
  ]);
  return markdownTable(
    [
      ["op", "launches", "ms", "share", "MFLOP", "GFLOP/s", "MB", "where"],
      ...rows,
      ["outside of kernels", "", outside.toFixed(2), percent(outside / milliseconds)],
      ["all", "", milliseconds.toFixed(2), "100.0 %"],
    ],
    { align: ["l", "r", "r", "r", "r", "r", "r", "l"] },
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
