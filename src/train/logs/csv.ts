/** The numbers of a run as a table of comma-separated values. */
import { DataError } from "../../errors.js";
import { checkedOptions, type OptionKinds, oneOf } from "../../options.js";
import type { EpochEvent, EventSink, MetricValues, StepEvent } from "../events.js";
import { fileOf, type LogFile } from "./log-file.js";

/** Options of {@link logToCsv}.
 * @category Training logs */
export interface CsvLogOptions {
  /** What a row is. Default `"epoch"`. */
  readonly each?: "epoch" | "step" | undefined;
}

const csvOptions: OptionKinds<CsvLogOptions> = { each: oneOf("epoch", "step") };

/** Writes a row of comma-separated values (RFC 4180) at the end of each epoch, or after each step: the metrics that are one number,
 * learning rates, and times. Columns of epochs are `epoch,step,lr,train/loss,validation/loss,…,seconds`, of steps
 * `step,epoch,lr,loss,…,examples,seconds,waited`; with several groups of parameters `lr/0,lr/1,…`. A cell is empty where there is no
 * such number. A metric that comes later adds its column at the end.
 *
 * A run that goes on from a checkpoint, or begins anew, does with the file what {@link logToJsonLines} does.
 * @param target the path of the file (needs a file system), or the file
 * @throws DataError if it cannot be written, now or later, or holds another table; ValueError if the target or an option is none
 * @category Training logs */
export function logToCsv(target: string | LogFile, options: CsvLogOptions = {}): EventSink {
  const { each = "epoch" } = checkedOptions("logToCsv", options, csvOptions);
  const table = new Table(fileOf("logToCsv", target));
  return (event) => {
    if (event.kind === "start") table.resume(event.step);
    else if (event.kind === each) table.add(event.kind === "step" ? stepRow(event) : epochRow(event));
    else if (event.kind === "end") table.close();
  };
}

type Row = Readonly<Record<string, number>> & { readonly step: number };

function stepRow({ step, epoch, lr, loss, metrics, examples, seconds, waited }: StepEvent): Row {
  return { step, epoch, ...rates(lr), loss, ...metrics, examples, seconds, waited };
}

function epochRow({ epoch, step, lr, train, validation, seconds }: EpochEvent): Row {
  return { epoch, step, ...rates(lr), ...numbers("train", train), ...numbers("validation", validation ?? {}), seconds };
}

function rates(lr: readonly number[]): Record<string, number> {
  if (lr.length === 1) return { lr: lr[0] as number };
  return Object.fromEntries(lr.map((rate, group) => [`lr/${group}`, rate]));
}

function numbers(of: string, metrics: MetricValues): Record<string, number> {
  const single = Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return Object.fromEntries(single.map(([name, value]) => [`${of}/${name}`, value]));
}

const END = "\r\n";

/** A file of which each line is a row, and the first one the names of the columns. */
class Table {
  readonly #file: LogFile;
  #columns: readonly string[] = [];
  /** Step of the last row. */
  #last = 0;

  constructor(file: LogFile) {
    this.#file = file;
  }

  /** Cuts off rows of later steps. */
  resume(step: number): void {
    const text = new TextDecoder().decode(this.#file.read());
    if (step === 0) {
      if (text !== "") this.#file.startOver();
      return;
    }
    const [head, ...rows] = text.split(END).slice(0, -1); // what follows the last line break is nothing, or torn
    this.#columns = head === undefined ? [] : cellsOf(head);
    const place = this.#columns.indexOf("step");
    if (head !== undefined && place < 0) {
      throw new DataError("logToCsv", "the file holds another table, without a column step; give another path");
    }
    const steps = rows.map((row) => Number(row.split(",")[place]));
    const later = steps.findIndex((one) => !(one <= step));
    const kept = later < 0 ? rows.length : later;
    this.#last = steps[kept - 1] ?? 0;
    const lines = head === undefined ? [] : [head, ...rows.slice(0, kept)];
    if (joined(lines) !== text) this.#file.replace(bytesOf(joined(lines)));
  }

  add(row: Row): void {
    if (row.step <= this.#last) return; // told again by a run that goes on from this very step
    const more = Object.keys(row).filter((name) => !this.#columns.includes(name));
    if (more.length > 0) this.#widen(more);
    this.#file.append(bytesOf(joined([this.#columns.map((name) => row[name] ?? "").join(",")])));
    this.#last = row.step;
  }

  #widen(more: readonly string[]): void {
    this.#columns = [...this.#columns, ...more];
    const [, ...rows] = new TextDecoder().decode(this.#file.read()).split(END).slice(0, -1);
    const head = this.#columns.map(cell).join(",");
    this.#file.replace(bytesOf(joined([head, ...rows.map((row) => row + ",".repeat(more.length))])));
  }

  close(): void {
    this.#file.close();
  }
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => line + END).join("");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cells of a line, quoted or not. */
function cellsOf(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
