/** The table of a comparison: a row a net, the same on the terminal and in the page. */
import type { ZooFigure } from "./parts.js";
import type { BatchRun, ZooRecord, ZooRow } from "./records.js";

/** Columns and rows, as text; – where something was not measured. */
export function zooTable({ rows, training }: ZooRecord): ZooFigure["table"] {
  const batches = batchesOf(rows);
  const perBatch = batches.flatMap((batch): Column[] => [
    { name: `forward, ms an image, batch ${batch}`, of: (row) => perImage(runOf(row, batch), "forward") },
    ...(training
      ? [
          {
            name: `training step, ms an image, batch ${batch}`,
            of: (row: ZooRow) => perImage(runOf(row, batch), "training"),
          },
        ]
      : []),
    {
      name: `images a second, batch ${batch}`,
      of: (row) => {
        const run = runOf(row, batch);
        return run?.forward == null ? null : (1000 * batch) / run.forward.median;
      },
    },
    {
      name: `peak MiB, batch ${batch}`,
      of: (row) => {
        const run = runOf(row, batch);
        const bytes = run?.trainingMemory ?? run?.forwardMemory;
        return bytes == null ? null : bytes / 2 ** 20;
      },
    },
  ]);
  const columns: Column[] = [
    { name: "parameters, millions", of: ({ parameters }) => scaled(parameters, 1e6) },
    { name: "GMACs", of: ({ macs }) => scaled(macs, 1e9) },
    { name: "kept for backward, MiB an image", of: ({ keptForBackward }) => scaled(keptForBackward, 2 ** 20) },
    { name: "top-1 error, %", of: ({ published }) => published?.top1 ?? null },
    { name: "top-5 error, %", of: ({ published }) => published?.top5 ?? null },
    ...perBatch,
  ];
  return {
    head: ["net", "input", ...columns.map(({ name }) => name)],
    rows: rows.map((row) => [
      row.title,
      row.input.join("×"),
      ...columns.map(({ of }) => {
        const value = of(row);
        return value === null ? "–" : String(Number(value.toPrecision(4)));
      }),
    ]),
  };
}

/** The batch sizes that nets were measured at, rising. */
export function batchesOf(rows: readonly ZooRow[]): number[] {
  return [...new Set(rows.flatMap(({ runs }) => runs.map(({ batch }) => batch)))].sort((a, b) => a - b);
}

/** What was not measured, and why: a line each. */
export function failuresOf(rows: readonly ZooRow[]): string[] {
  return rows.flatMap(({ title, failure, runs }) => [
    ...(failure === null ? [] : [`${title}: ${failure}`]),
    ...runs.flatMap((run) => (run.failure === null ? [] : [`${title}, batch ${run.batch}: ${run.failure}`])),
  ]);
}

interface Column {
  readonly name: string;
  readonly of: (row: ZooRow) => number | null;
}

function runOf({ runs }: ZooRow, batch: number): BatchRun | undefined {
  return runs.find((run) => run.batch === batch);
}

function perImage(run: BatchRun | undefined, what: "forward" | "training"): number | null {
  const timing = run?.[what];
  return run === undefined || timing == null ? null : timing.median / run.batch;
}

function scaled(count: number | null, unit: number): number | null {
  return count === null ? null : count / unit;
}
