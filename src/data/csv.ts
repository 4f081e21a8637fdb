/** Reads tables in CSV as a data set: columns of numbers, and one to predict. */
import { describe, ValueError } from "../errors.js";
import { readingLater, refuse } from "../io/format-error.js";
import { checkedOptions, flag, type OptionKinds, oneOf, ownCheck, text } from "../options.js";
import { parsedCsv, type TableLine } from "./csv-lines.js";
import type { Precision } from "./dataset.js";
import { type Reader, readFile } from "./files.js";
import type { Dataset, HostArray } from "./items.js";
import { tensorDataset } from "./tensor-dataset.js";

/**
 * Options of {@link csvDataset}.
 * @category Data
 */
export interface CsvDatasetOptions {
  /** The column to predict: its name, or its number from 0. */
  readonly label: string | number;
  /** The columns to predict from, by name or number; all others by default. */
  readonly columns?: readonly (string | number)[] | undefined;
  /**
   * Whether the label is one of some classes. By default it is where any of it is no number; true makes classes of numbers, too. A
   * list gives their order, which a table of other rows needs to number them alike, and refuses what is not in it.
   */
  readonly classes?: boolean | readonly string[] | undefined;
  /** Whether the first line has the columns' names; true by default. Else they are called 0, 1, 2, … */
  readonly header?: boolean | undefined;
  /** The one letter that separates columns; `","` by default. */
  readonly delimiter?: string | undefined;
  /** The format of numbers; `"float32"` by default. */
  readonly precision?: Precision | undefined;
  /** What a table that is given as bytes is called, in errors; `"a table"` by default. */
  readonly name?: string | undefined;
}

const csvDatasetOptions: OptionKinds<CsvDatasetOptions> = {
  label: ownCheck,
  columns: ownCheck,
  classes: ownCheck,
  header: flag,
  delimiter: text,
  precision: oneOf("float32", "float64"),
  name: text,
};

/**
 * A row of a table, or all of them.
 * @category Data
 */
export type TableFields = {
  /** What to predict from, shape `[columns]` of a row, `[N, columns]` of all. */
  readonly x: HostArray<Float32Array | Float64Array>;
  /** What to predict, shape `[]` or `[N]`: numbers of classes as integers, or the numbers themselves. */
  readonly y: HostArray<Int32Array | Float32Array | Float64Array>;
};

/**
 * A table as a data set, whose items are its rows `{ x, y }`.
 * @category Data
 */
export interface TableDataset extends Dataset<TableFields>, TableFields {
  /** Names of the columns of `x`. */
  readonly columns: readonly string[];
  /** `classNames[y]` is the name of a class: sorted, words by their letters and numbers by their size; null where `y` is none. */
  readonly classNames: readonly string[] | null;
}

/**
 * The rows of a table in CSV (RFC 4180, in UTF-8): numbers to predict from, and one column, of words or numbers, to predict. It
 * is read by the package papaparse, and held in memory. Empty lines are passed over; a value that is missing is an error.
 * @param table the path of the file (Node.js), or its bytes
 * @throws FormatError, with the file and where there is one with line and column, if a number is missing or none, a label is
 *   missing or no class, a line has more or fewer columns than the first, quotes are not closed, two columns have one name, there
 *   are no rows, or it is no text
 * @throws ValueError if there is no such column
 * @example
 * ```ts
 * const iris = await csvDataset("iris.csv", { label: "species" });
 * for await (const { x, y } of new DataLoader(iris, { batchSize: 16 })) console.log(x.shape, y.shape);
 * ```
 * @category Data
 */
export async function csvDataset(table: string | Uint8Array, options: CsvDatasetOptions): Promise<TableDataset> {
  const given = checkedOptions(OP, options, csvDatasetOptions);
  checkOptions(given);
  const { header = true, delimiter = ",", precision = "float32" } = given;
  const { name, bytes } = await opened(table, given.name);
  return readingLater(OP, name, async () => {
    const lines = await parsedCsv(bytes, delimiter);
    const first = lines[0] as TableLine;
    const names = header ? namesOf(first) : first.cells.map((_, column) => `${column}`);
    const rows = header ? lines.slice(1) : lines;
    if (rows.length === 0) refuse("truncated", "it has no rows below the names of its columns");
    for (const { line, cells } of rows) {
      if (cells.length === names.length) continue;
      refuse("bad-shape", `line ${line} has ${cells.length} columns, and the first has ${names.length}`);
    }
    const label = columnOf(given.label, names);
    const columns =
      given.columns?.map((one) => columnOf(one, names)) ?? [...names.keys()].filter((one) => one !== label);
    const numbers = precision === "float64" ? Float64Array : Float32Array;
    const data = new numbers(rows.length * columns.length);
    for (const [row, line] of rows.entries()) {
      for (const [k, column] of columns.entries()) {
        data[row * columns.length + k] = numberIn(line, column, names, precision);
      }
    }
    const { classNames, values } = labelsOf(rows, label, names, precision, given.classes);
    const x = { shape: [rows.length, columns.length], data };
    const y = {
      shape: [rows.length],
      data: classNames === null ? numbers.from(values) : Int32Array.from(values),
    };
    const dataset = tensorDataset({ x, y });
    return { ...dataset, x, y, columns: columns.map((column) => names[column] as string), classNames };
  });
}

const OP = "csvDataset";
const reader: Reader = { op: OP, source: "it takes the path of a table in CSV, or its bytes" };

function checkOptions({ label, columns, classes, delimiter }: CsvDatasetOptions): void {
  const isColumn = (one: unknown): boolean => typeof one === "string" || Number.isSafeInteger(one);
  if (!isColumn(label))
    throw new ValueError(OP, `label must be the name or the number of a column, got ${describe(label)}`);
  if (columns !== undefined && !(Array.isArray(columns) && columns.length > 0 && columns.every(isColumn))) {
    throw new ValueError(OP, `columns must be a list of names or numbers of columns, got ${describe(columns)}`);
  }
  const isList = Array.isArray(classes) && classes.every((one) => typeof one === "string");
  if (classes !== undefined && typeof classes !== "boolean" && !(isList && new Set(classes).size === classes.length)) {
    throw new ValueError(OP, `classes must be true, false or a list of different names, got ${describe(classes)}`);
  }
  if (delimiter !== undefined && !/^[^"\r\n\uFEFF]$/.test(delimiter)) {
    throw new ValueError(OP, `delimiter must be one letter, no quote and no end of a line, got ${describe(delimiter)}`);
  }
}

async function opened(
  table: unknown,
  name = "a table",
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if (table instanceof Uint8Array) return { name, bytes: table };
  if (typeof table === "string" && table !== "" && !table.includes("\0")) {
    return { name: table, bytes: await readFile(reader, table) };
  }
  throw new ValueError(OP, `${reader.source}, got ${describe(table)}`, { actual: table });
}

function namesOf({ cells }: TableLine): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, column) => names.indexOf(name) < column);
  if (twice !== undefined) refuse("duplicate-key", `two of its columns are called ${describe(twice)}`);
  return names;
}

function columnOf(wanted: string | number, names: readonly string[]): number {
  const column = typeof wanted === "number" ? wanted : names.indexOf(wanted);
  if (column >= 0 && column < names.length) return column;
  const hint = names.length === 1 ? "; pass delimiter if something else than a comma separates them" : "";
  throw new ValueError(OP, `there is no column ${describe(wanted)}; there are ${describe(names)}${hint}`, {
    expected: names,
    actual: wanted,
  });
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberIn({ line, cells }: TableLine, column: number, names: readonly string[], precision: Precision): number {
  const cell = (cells[column] as string).trim();
  const value = Number(cell);
  if (NUMBER.test(cell) && Number.isFinite(precision === "float32" ? Math.fround(value) : value)) return value;
  const where = `line ${line}, column ${describe(names[column])}`;
  if (cell === "") return refuse("bad-data", `${where} is empty, and a number is missing there`);
  return refuse("bad-data", `${where} must be a number of ${precision}, got ${describe(cell)}`);
}

function labelsOf(
  rows: readonly TableLine[],
  column: number,
  names: readonly string[],
  precision: Precision,
  classes: CsvDatasetOptions["classes"],
): { readonly classNames: readonly string[] | null; readonly values: readonly number[] } {
  const cells = rows.map(({ cells }) => (cells[column] as string).trim());
  const empty = cells.indexOf("");
  if (empty >= 0) {
    refuse(
      "bad-label",
      `line ${rows[empty]?.line}, column ${describe(names[column])} is empty, and the label is missing there`,
    );
  }
  const areNumbers = cells.every((cell) => NUMBER.test(cell));
  if (classes === false || (classes === undefined && areNumbers)) {
    return { classNames: null, values: rows.map((row) => numberIn(row, column, names, precision)) };
  }
  const found = [...new Set(cells)].sort(areNumbers ? (a, b) => Number(a) - Number(b) : undefined);
  const classNames = typeof classes === "object" ? [...classes] : found;
  const places = new Map(classNames.map((name, place) => [name, place]));
  const values = cells.map((cell, row) => {
    const where = `line ${rows[row]?.line}, column ${describe(names[column])}`;
    return places.get(cell) ?? refuse("bad-label", `${where} must be one of the classes, got ${describe(cell)}`);
  });
  return { classNames, values };
}
