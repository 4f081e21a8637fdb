/** A summary in words: the table, its sums and its conventions. */
import type { Shape } from "../shape.js";
import type { Summary, SummaryRow } from "./records.js";

/** The heads of the columns. */
const heads: readonly string[] = ["layer", "kernel", "output", "parameters", "MACs", "kept"];

/** The cells of the rows down to a depth, drawn as a tree. */
function cellsOf(
  { rows, model }: Pick<Summary, "rows" | "model">,
  depth: number = Number.POSITIVE_INFINITY,
): string[][] {
  const shown = rows.filter((row) => row.depth <= depth);
  return shown.map((row, i) => [
    `${branch(shown, i)}${row.depth === 0 ? model : labelOf(row)}`,
    row.kernel === null ? "" : row.kernel.join("×"),
    row.call === 0 ? "did not run" : row.outputs.map(formatSizes).join(", "),
    parametersOf(row),
    row.macs === 0 ? "" : count(row.macs),
    row.keptBytes === 0 ? "" : formatBytes(row.keptBytes),
  ]);
}

type Told = Omit<Summary, "toString">;

/** All of it. */
export function tableOf(summary: Told, depth?: number): string {
  const cells = [[...heads], ...cellsOf(summary, depth)];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0], rule, ...lines.slice(1), rule, ...closing(summary)].join("\n");
}

/** The sums, and what they count. */
function closing({ inputs, training, device, totals, memory }: Told): string[] {
  const { parameters, trainable, macs, convolutionMacs, linearMacs, flops, otherFlops, unlisted } = totals;
  const frozen = trainable === parameters ? "all trainable" : `${count(trainable)} trainable`;
  const held = `parameters ${formatBytes(memory.parameters)}, buffers ${formatBytes(memory.buffers)}, input ${formatBytes(memory.input)}`;
  return [
    `input ${inputs.map(formatSizes).join(", ")} in ${training ? "training" : "evaluation"}; device ${device}`,
    `parameters: ${count(parameters)} (${frozen})`,
    ...(unlisted.length === 0
      ? []
      : [`ran, but parameters() lists them not: ${unlisted.map(formatSizes).join(", ")}; nobody trains or saves them`]),
    `multiply-accumulates: ${count(macs)} (convolutions ${count(convolutionMacs)}, products with weights ` +
      `${count(linearMacs)}; no biases), that is ${count(flops)} FLOPs; all other ops ${count(otherFlops)} FLOPs`,
    `alive after the forward pass: ${formatBytes(memory.forward)} (${held}, kept by the tape ${formatBytes(memory.kept)}, ` +
      `output ${formatBytes(memory.output)})`,
    `at most alive in the backward pass: ${formatBytes(memory.backwardPeak)} (gradients of parameters ` +
      `${formatBytes(memory.gradients)}); buffers inside of one op come on top`,
    "kept: what the tape holds for the backward pass beside parameters, buffers and input; each buffer counts once, for the " +
      "first op that it is kept for",
  ];
}

function labelOf({ name, type, call }: SummaryRow): string {
  if (call === null) return type;
  return `${name}: ${type}${call > 1 ? ` (call ${call})` : ""}`;
}

function parametersOf({ parameters, trainable, call }: SummaryRow): string {
  if (parameters === 0) return call !== null && call > 1 ? "counted above" : "";
  if (trainable === parameters) return count(parameters);
  return trainable === 0 ? `${count(parameters)} (frozen)` : `${count(parameters)} (${count(trainable)} trainable)`;
}

/** The lines that lead to a row of a tree. */
function branch(rows: readonly SummaryRow[], at: number): string {
  const { depth } = rows[at] as SummaryRow;
  if (depth === 0) return "";
  const goesOn = (level: number): boolean => {
    for (const row of rows.slice(at + 1)) {
      if (row.depth < level) return false;
      if (row.depth === level) return true;
    }
    return false;
  };
  const before = Array.from({ length: depth - 1 }, (_, i) => (goesOn(i + 1) ? "│ " : "  ")).join("");
  return `${before}${goesOn(depth) ? "├ " : "└ "}`;
}

function formatSizes(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** In units of 1000, as disks and most tables count. */
function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${size.toPrecision(4)} ${unit}`;
}
