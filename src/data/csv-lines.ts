/** The lines of a table in CSV, with their numbers. */
import { refuse } from "../io/format-error.js";
import { otherwise } from "./files.js";

/** A row, and the line of the file that it begins on, from 1. */
export interface TableLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** More is no string of JavaScript's. */
const MOST_BYTES = 500_000_000;

/** The rows of a table, one or more, without empty lines. */
export async function parsedCsv(bytes: Uint8Array, delimiter: string): Promise<readonly TableLine[]> {
  const { default: papaparse } = await import("papaparse");
  const { data, errors } = papaparse.parse<readonly string[]>(textOf(bytes), { delimiter });
  const lines: TableLine[] = [];
  let line = 1;
  for (const [row, cells] of data.entries()) {
    const broken = errors.find((error) => error.row === row);
    if (broken !== undefined) refuse("bad-data", `line ${line} is no CSV: ${broken.message}`);
    if (cells.length > 1 || cells[0] !== "") lines.push({ line, cells });
    line += 1 + cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0); // within quotes
  }
  if (lines.length === 0) refuse("truncated", "it is empty");
  return lines;
}

function textOf(bytes: Uint8Array): string {
  const other = otherwise(bytes);
  if (other !== "") refuse("bad-magic", `it must be a table in CSV${other}`);
  if (bytes.length > MOST_BYTES) {
    refuse("limit", `it has ${bytes.length} bytes, and no more than ${MOST_BYTES} are read at once`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("bad-data", "it is no text in UTF-8");
  }
}
