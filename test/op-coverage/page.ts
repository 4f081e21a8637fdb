/** Writes docs/op-coverage.md from what was measured. */
import type { DeviceName } from "../../src/index.js";
import { declaredDeviations } from "../browser/deviations.js";
import { kinkCases } from "../ops/kink-cases.js";
import { opTable } from "../ops/op-table.js";
import { type OpParity, samplesOf } from "../ops/parity.js";
import { byFamily } from "./families.js";
import { plural, relative, table, tableLine } from "./markdown.js";
import type { RowErrors } from "./measure-row.js";

/** One op, in float64. */
export interface MeasuredRow {
  readonly op: string;
  readonly errors: RowErrors;
}

/** One device. */
export interface DeviceColumn {
  readonly device: DeviceName;
  readonly provenance: string;
  readonly parity: readonly OpParity[];
}

/** What is asked of the float64 numbers; the devices are held to the tolerance of the op table's row, 1e-4 by default. */
export const tolerance: { readonly forward: number; readonly gradient: number } = { forward: 1e-10, gradient: 1e-5 };

/** The whole page.
 * @param before the page of an earlier run, of which the lines stay of what was not measured now */
export async function coveragePage(
  rows: readonly MeasuredRow[],
  columns: readonly DeviceColumn[],
  versions: string,
  before: string,
): Promise<string> {
  const lines = opTable.flatMap(({ op }): readonly Line[] => {
    const row = rows.find((r) => r.op === op);
    const text = row === undefined ? lineBefore(op, before) : lineOf(row, columns);
    return text === undefined ? [] : [{ op, text }];
  });
  const samples = opTable.reduce((total, row) => total + samplesOf(row), 0);
  const tables = (await byFamily(lines)).map((f) => `## ${title(f.family)}\n\n${familyTable(f.rows, columns)}`);
  return `${[heading(lines.length, samples, versions), ...tables, deviceNotes(columns)].join("\n\n")}\n`;
}

/** The line of one op. */
interface Line {
  readonly op: string;
  readonly text: string;
}

function lineBefore(op: string, page: string): string | undefined {
  return page.split("\n").find((line) => line.startsWith(`| \`${op}\` |`) && line.split(" | ").length > 4);
}

function heading(ops: number, samples: number, versions: string): string {
  return `# Every op, measured

Written by \`npm run op-coverage\`, not by hand: ${plural(ops, "op")}, ${plural(samples, "sample")}, on ${versions}.

- **forward**: largest error of the float64 reference against the op's formula in plain JavaScript, special values
  included; \`n/m\` says how many samples have such a formula where it is not all of them, – that none has. Tolerance
  ${tolerance.forward}.
- **gradient**, **second order**: against central differences of forward values, entry by entry, in float64; no backward
  rule takes part in those. What is seen here is mostly the error of the differences. Second order is the derivative of the
  gradients' inner product with fixed directions, by every input and by \`gradOutput\`. Tolerance ${tolerance.gradient}. – is
  an op without a derivative (its results are bools, integers or copies on the host).
- **kinks**: how many declared derivatives at kinks and ties hold, on every device.
- **devices**: the samples' outputs and gradients against the reference's, special values against their formula, kinks
  against what is declared; the largest error, which stays below the row's tolerance (1e-4 unless it says otherwise), or
  ✗ and a note below.

All errors are relative to the largest entry of the tensor compared.`;
}

function familyTable(lines: readonly Line[], columns: readonly DeviceColumn[]): string {
  const head = ["op", "forward", "gradient", "second order", "kinks", ...columns.map(({ device }) => device)];
  return [table(head, []), ...lines.map(({ text }) => text)].join("\n");
}

function lineOf({ op, errors }: MeasuredRow, columns: readonly DeviceColumn[]): string {
  return tableLine([
    `\`${op}\``,
    forwardCell(errors),
    errors.gradient === null ? "–" : relative(errors.gradient),
    errors.second === null ? "–" : relative(errors.second),
    kinkCell(op, columns),
    ...columns.map((column) => deviceCell(op, column)),
  ]);
}

function forwardCell({ forward, defined: [defined, all] }: RowErrors): string {
  if (forward === null) return "–";
  return defined === all ? relative(forward) : `${relative(forward)} (${defined}/${all})`;
}

function kinkCell(op: string, columns: readonly DeviceColumn[]): string {
  const titles = kinkCases.filter((kink) => kink.op === op).map((kink) => kink.title);
  if (titles.length === 0) return "";
  const deviating = columns
    .flatMap(({ parity }) => parity.find((row) => row.op === op)?.deviations ?? [])
    .map(({ sample }) => sample);
  const holding = titles.filter((title) => !deviating.includes(title)).length;
  return holding === titles.length ? `✓ ${holding}` : `✗ ${holding}/${titles.length}`;
}

function deviceCell(op: string, { parity }: DeviceColumn): string {
  const result = parity.find((row) => row.op === op);
  if (result === undefined) throw new Error(`${op} was not measured`);
  return result.deviations.length > 0 ? "✗" : `✓ ${relative(result.worst)}`;
}

function deviceNotes(columns: readonly DeviceColumn[]): string {
  const ran = columns.map(({ device, provenance }) => [`\`${device}\``, provenance]);
  const notes = declaredDeviations.map(({ device, op, sample, why }) => [`\`${device}\``, `\`${op}\``, sample, why]);
  const list =
    notes.length === 0 ? "Nothing: every op runs on every device." : table(["device", "op", "sample", "why"], notes);
  return `## What ran\n\n${table(["device", "kernels ran as"], ran)}\n\n## What a device cannot do\n\n${list}`;
}

function title(family: string): string {
  return family.charAt(0).toUpperCase() + family.slice(1);
}
