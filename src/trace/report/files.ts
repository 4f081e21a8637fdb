/** A gradient-flow trace as CSV and JSON text, and back. */

import { DataError, describe, ValueError } from "../../errors.js";
import type { GradientFlowTrace, LayerRecord, NullReason, RunRecord } from "../records.js";

const RUN_COLUMNS = ["depth", "shortcut", "norm", "init", "width", "seed", "step", "loss"] as const;

const LAYER_COLUMNS = [
  "index",
  "name",
  "activationGradNorm",
  "weightGradNorm",
  "identityGradNorm",
  "branchGradNorm",
  "activationMean",
  "activationStd",
  "deadFraction",
  "weightNorm",
  "updateRatio",
] as const;

/** Comma-separated values (RFC 4180): a header, then one row per run and layer; an empty cell where a value is `null`,
 * its reason in the last column (`updateRatio: no-step; …`), and `NaN` or `Infinity` where it is that.
 * @category Tracing */
export function traceCsv(trace: GradientFlowTrace): string {
  checkTrace("traceCsv", trace);
  const rows = [[...RUN_COLUMNS, ...LAYER_COLUMNS, "forward", "reasons"].join(",")];
  for (const run of trace.runs) {
    const shared = RUN_COLUMNS.map((column) => csvCell(run[column]));
    for (const layer of run.layers) {
      const reasons = Object.entries(layer.reasons).map(([quantity, reason]) => `${quantity}: ${reason}`);
      const cells = LAYER_COLUMNS.map((column) => csvCell(layer[column]));
      rows.push([...shared, ...cells, csvCell(layer.forward), csvCell(reasons.join("; "))].join(","));
    }
  }
  return `${rows.join("\r\n")}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** JSON text of a trace; numbers that JSON does not have stand as `"NaN"`, `"Infinity"` and `"-Infinity"`.
 * @category Tracing */
export function traceJson(trace: GradientFlowTrace): string {
  checkTrace("traceJson", trace);
  return `${JSON.stringify(trace, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  )}\n`;
}

/** Reads what {@link traceJson} wrote, and checks every field.
 * @throws DataError if the text is no JSON, or a field is missing or of another type; the message names its path
 * @category Tracing */
export function parseTrace(json: string): GradientFlowTrace {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new DataError("parseTrace", "a trace is JSON text, and this is not; was the file cut off?", { cause });
  }
  return traceFrom(parsed);
}

/** Traces that were checked; a page asks for the figures of the same one once a step. */
const checked = new WeakSet<GradientFlowTrace>();

/** Throws unless a value has every field of a trace.
 * @throws ValueError in the name of `op` that names the field */
export function checkTrace(op: string, trace: GradientFlowTrace): void {
  if (typeof trace === "object" && trace !== null && checked.has(trace)) return;
  try {
    traceFrom(trace);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    const [, reason] = /^parseTrace: (.*)$/s.exec(cause.message) ?? [];
    throw new ValueError(op, `it takes a trace, as gradientFlow and parseTrace return it: ${reason}`, { cause });
  }
  checked.add(trace);
}

function traceFrom(value: unknown): GradientFlowTrace {
  const trace = objectAt(value, "the trace");
  return {
    version: textAt(trace, "version", ""),
    device: textAt(trace, "device", ""),
    provenance: textAt(trace, "provenance", ""),
    seed: numberAt(trace, "seed", ""),
    complete: booleanAt(trace, "complete"),
    batch: numberAt(trace, "batch", ""),
    data: textAt(trace, "data", ""),
    runs: listAt(trace, "runs", "").map((run, index) => parseRun(run, `runs[${index}]`)),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseRun(value: unknown, path: string): RunRecord {
  const run = objectAt(value, path);
  return {
    depth: numberAt(run, "depth", path),
    shortcut: textAt(run, "shortcut", path),
    norm: textAt(run, "norm", path),
    init: textAt(run, "init", path),
    width: numberAt(run, "width", path),
    seed: numberAt(run, "seed", path),
    step: numberAt(run, "step", path),
    loss: numberAt(run, "loss", path),
    layers: listAt(run, "layers", path).map((layer, index) => parseLayer(layer, `${path}.layers[${index}]`)),
  };
}

function parseLayer(value: unknown, path: string): LayerRecord {
  const layer = objectAt(value, path);
  return {
    index: numberAt(layer, "index", path),
    name: textAt(layer, "name", path),
    forward: optionalNumberAt(layer, "forward", path),
    activationGradNorm: optionalNumberAt(layer, "activationGradNorm", path),
    weightGradNorm: optionalNumberAt(layer, "weightGradNorm", path),
    identityGradNorm: optionalNumberAt(layer, "identityGradNorm", path),
    branchGradNorm: optionalNumberAt(layer, "branchGradNorm", path),
    activationMean: optionalNumberAt(layer, "activationMean", path),
    activationStd: optionalNumberAt(layer, "activationStd", path),
    deadFraction: optionalNumberAt(layer, "deadFraction", path),
    weightNorm: optionalNumberAt(layer, "weightNorm", path),
    updateRatio: optionalNumberAt(layer, "updateRatio", path),
    reasons: parseReasons(layer["reasons"], joined(path, "reasons")),
  };
}

const REASONS: Readonly<Record<NullReason, true>> = {
  "did-not-run": true,
  "not-recorded": true,
  "requires-none": true,
  "no-tensor": true,
  "no-gradient": true,
  frozen: true,
  "no-step": true,
  "zero-weights": true,
};

function parseReasons(value: unknown, path: string): LayerRecord["reasons"] {
  const reasons = objectAt(value, path);
  for (const [quantity, reason] of Object.entries(reasons)) {
    if (!(LAYER_COLUMNS as readonly string[]).includes(quantity)) throw refusal(path, "by quantities", quantity);
    if (!Object.hasOwn(REASONS, String(reason))) {
      throw refusal(joined(path, quantity), `one of ${Object.keys(REASONS).join(", ")}`, reason);
    }
  }
  return reasons as LayerRecord["reasons"];
}

function objectAt(value: unknown, path: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw refusal(path, "an object", value);
}

function listAt(object: JsonObject, key: string, path: string): readonly unknown[] {
  const value = object[key];
  if (Array.isArray(value)) return value;
  throw refusal(joined(path, key), "a list", value);
}

function textAt(object: JsonObject, key: string, path: string): string {
  const value = object[key];
  if (typeof value === "string") return value;
  throw refusal(joined(path, key), "a string", value);
}

function booleanAt(object: JsonObject, key: string): boolean {
  const value = object[key];
  if (typeof value === "boolean") return value;
  throw refusal(key, "true or false", value);
}

function numberAt(object: JsonObject, key: string, path: string): number {
  const value = object[key];
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  throw refusal(joined(path, key), 'a number, "NaN" or "Infinity"', value);
}

function optionalNumberAt(object: JsonObject, key: string, path: string): number | null {
  return object[key] === null ? null : numberAt(object, key, path);
}

function joined(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function refusal(path: string, expected: string, actual: unknown): DataError {
  const found = actual === undefined ? "nothing" : describe(actual);
  return new DataError("parseTrace", `${path} must be ${expected}, got ${found}`, { expected, actual });
}
