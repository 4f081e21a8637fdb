/** What a run found, as it is printed and as JSON. */
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import type { Column } from "./columns.js";
import { type Cell, slope } from "./measure.js";
import { type Line, series } from "./rows.js";

/** Cells by row and column. */
export type Found = ReadonlyMap<string, ReadonlyMap<string, Cell>>;

/** A finished (or interrupted) run. */
export interface Report {
  readonly date: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memory: string;
    readonly system: string;
    readonly node: string;
  };
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly columns: readonly (Pick<Column, "id" | "title" | "family" | "partial"> & {
    version?: string;
    detail?: string;
  })[];
  readonly missing: readonly string[];
  readonly rows: readonly (Line & { readonly cells: Readonly<Record<string, ReportedCell>> })[];
  readonly growth: readonly {
    readonly series: string;
    readonly by: string;
    /** The power of the size that cost grows with, by column. */
    readonly slopes: Readonly<Record<string, number>>;
  }[];
}

/** A cell with its rates. */
export type ReportedCell = Cell & { readonly gflops?: number; readonly gigabytesPerSecond?: number };

/** What a run was of. */
export interface Run {
  readonly lines: readonly Line[];
  readonly columns: readonly Column[];
  readonly missing: readonly string[];
  readonly about: ReadonlyMap<string, { readonly version: string; readonly detail: string }>;
  readonly found: Found;
  readonly interrupted: boolean;
  readonly milliseconds: number;
}

/** Puts the report together. */
export function reportOf({ lines, columns, missing, about, found, interrupted, milliseconds }: Run): Report {
  const measured = (row: string, column: string): number | null => {
    const cell = found.get(row)?.get(column);
    return cell?.kind === "measured" ? cell.times.median : null;
  };
  const slopes = (one: (typeof series)[number]) =>
    columns.flatMap(({ id }): [string, number][] => {
      const power = slope(one, (row) => measured(row, id));
      return power === null ? [] : [[id, power]];
    });
  return {
    date: new Date().toISOString(),
    machine: {
      processor: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
      system: `${platform()} ${release()} ${arch()}`,
      node: process.version,
    },
    interrupted,
    seconds: Math.round(milliseconds / 1000),
    columns: columns.map(({ id, title, family, partial }) => ({
      id,
      title,
      family,
      ...(partial && { partial }),
      ...about.get(id),
    })),
    missing,
    rows: lines
      .filter(({ id }) => (found.get(id)?.size ?? 0) > 0)
      .map(({ id, group, title, flops, bytes }) => ({
        ...{ id, group, title, ...(flops !== undefined && { flops }), ...(bytes !== undefined && { bytes }) },
        cells: Object.fromEntries([...(found.get(id) ?? [])].map(([key, cell]) => [key, rated(cell, flops, bytes)])),
      })),
    growth: series
      .map((one) => ({ series: one.title, by: one.by, slopes: Object.fromEntries(slopes(one)) }))
      .filter(({ slopes }) => Object.keys(slopes).length > 0),
  };
}

function rated(cell: Cell, flops: number | undefined, bytes: number | undefined): ReportedCell {
  if (cell.kind !== "measured") return cell;
  const perSecond = (amount: number) => amount / cell.times.median / 1e6; // a number in ms gives 10⁹ in s
  return {
    ...cell,
    ...(flops !== undefined && { gflops: perSecond(flops) }),
    ...(bytes !== undefined && { gigabytesPerSecond: perSecond(bytes) }),
  };
}
