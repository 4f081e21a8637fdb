/** A profile as a table. */
import Table from "cli-table3";
import type { OpProfile } from "./profile.js";

/** Ops, and what is left outside of them. */
export function tableOf(profile: {
  readonly ops: readonly OpProfile[];
  readonly milliseconds: number;
  readonly outside: number;
}): string {
  const table = new Table({
    head: ["op", "launches", "ms", "share", "MFLOP", "GFLOP/s", "MB", "where"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { op, isBackward, launches, milliseconds, share, flops, gflops, bytes, where } of profile.ops) {
    table.push([
      `${op === "" ? "(no op)" : op}${isBackward ? " backward" : ""}`,
      launches,
      milliseconds.toFixed(2),
      percent(share),
      (flops / 1e6).toFixed(1),
      flops === 0 ? "" : gflops.toFixed(1),
      (bytes / 1e6).toFixed(1),
      where,
    ]);
  }
  const { outside, milliseconds } = profile;
  table.push(["outside of kernels", "", outside.toFixed(2), percent(outside / milliseconds), "", "", "", ""]);
  table.push(["all", "", milliseconds.toFixed(2), "100.0 %", "", "", "", ""]);
  return table.toString();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
