/** The events of a run as JSON lines, and back. */
import { DataError, describe, ValueError } from "../../errors.js";
import type { EventSink, FitEvent } from "../events.js";
import { fileOf, type LogFile } from "./log-file.js";

/** Writes each event as a line of JSON, as it happens: `{"kind":"step","step":1,"loss":2.31,…}`. Numbers that JSON does not have are
 * `"NaN"`, `"Infinity"` and `"-Infinity"`. What is too large for a line is left out: `parameters` events, and the predictions of an
 * evaluation.
 *
 * A run that goes on from a checkpoint goes on in the same file: lines of later steps, which are told again, and a torn last one are
 * cut off first. A run that begins from its first step sets aside what the file holds, as `NAME.kept-1.jsonl`.
 * @param target the path of the file (needs a file system), or the file
 * @throws DataError if it cannot be written, now or later, or holds other lines; ValueError if the target is none
 * @category Training logs */
export function logToJsonLines(target: string | LogFile): EventSink {
  const file = fileOf("logToJsonLines", target);
  let from = 0;
  let told: ReadonlySet<string> = new Set();
  return (event) => {
    if (event.kind === "start") [from, told] = [event.step, resume(file, event.step)];
    else if (event.step === from && told.has(keyOf(event))) return;
    const line = lineOf(event);
    if (line !== null) file.append(new TextEncoder().encode(`${line}\n`));
    if (event.kind === "end") file.close();
  };
}

/** Reads what {@link logToJsonLines} wrote; a torn last line is left out.
 * @throws DataError if another line is no event; ValueError if it is no text
 * @category Training logs */
export function parseJsonLines(text: string): FitEvent[] {
  if (typeof text !== "string") throw new ValueError("parseJsonLines", `it takes text, got ${describe(text)}`);
  return wholeLines("parseJsonLines", text).map(({ event }) => event);
}

/** Cuts off what is told again. @returns what was told of the step itself, which may be told once more */
function resume(file: LogFile, step: number): ReadonlySet<string> {
  const bytes = file.read();
  if (step === 0) {
    if (bytes.length > 0) file.startOver();
    return new Set();
  }
  const lines = wholeLines("logToJsonLines", new TextDecoder().decode(bytes));
  const later = lines.findIndex(({ event }) => event.step > step);
  const kept = later < 0 ? lines : lines.slice(0, later);
  const text = new TextEncoder().encode(kept.map(({ line }) => `${line}\n`).join(""));
  if (text.length !== bytes.length) file.replace(text);
  return new Set(kept.flatMap(({ event }) => (event.step === step && !OWN.has(event.kind) ? [keyOf(event)] : [])));
}

/** What is told once of a step. */
function keyOf(event: FitEvent): string {
  return event.kind === "checkpoint" ? `checkpoint ${event.role}` : event.kind;
}

/** What each process tells for itself. */
const OWN: ReadonlySet<FitEvent["kind"]> = new Set(["start", "stop", "end"]);

function lineOf(event: FitEvent): string | null {
  if (event.kind === "parameters") return null;
  const { predictions: _, ...rest } = { predictions: null, ...event };
  return JSON.stringify(rest, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

function wholeLines(op: string, text: string): { readonly line: string; readonly event: FitEvent }[] {
  const lines = text.split("\n").slice(0, -1); // what follows the last line break is nothing, or torn
  return lines.map((line, i) => {
    try {
      return { line, event: eventOf(JSON.parse(line)) };
    } catch (cause) {
      throw new DataError(op, `line ${i + 1} is no event of a run; is it the log of something else?`, { cause });
    }
  });
}

function eventOf(parsed: { readonly kind?: unknown; readonly step?: unknown }): FitEvent {
  if (typeof parsed.kind !== "string" || typeof parsed.step !== "number") throw new Error("it has no kind and step");
  const event = parsed.kind === "start" ? parsed : withNumbers(parsed); // whose words may be anything
  return (parsed.kind === "evaluation" ? { ...(event as object), predictions: null } : event) as FitEvent;
}

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

function withNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return NUMBERS.get(value) ?? value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withNumbers(entry)]));
}
