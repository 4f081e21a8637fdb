/** A profile as a table. */
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
  return inMarkdown([
    ...rows,
    ["outside of kernels", "", outside.toFixed(2), percent(outside / milliseconds), "", "", "", ""],
    ["all", "", milliseconds.toFixed(2), "100.0 %", "", "", "", ""],
  ]);
}

const heads: readonly string[] = ["op", "launches", "ms", "share", "MFLOP", "GFLOP/s", "MB", "where"];

/** Words stand on the left of their column, numbers on the right. */
function inMarkdown(rows: readonly (readonly string[])[]): string {
  const columns = heads.map((head, i) => ({
    isWords: head === "op" || head === "where",
    width: Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)),
  }));
  const line = (cells: readonly string[], fill: string) => {
    const padded = columns.map(({ isWords, width }, i) =>
      isWords ? cells[i]?.padEnd(width, fill) : cells[i]?.padStart(width, fill),
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = heads.map(() => ":");
  return [line(heads, " "), line(rule, "-"), ...rows.map((row) => line(row, " "))].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
