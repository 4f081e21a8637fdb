/** A gradient-flow trace as CSV and JSON text, and back. */

import { DataError, ValueError } from "../../errors.js";
import {
  type JoinKind,
  LAYER_QUANTITIES,
  type LayerQuantity,
  type LayerRecord,
  type NullReason,
  type Split,
  type SplitPart,
} from "../../trace/records.js";
import type { CifarConfiguration, GradientFlowTrace, RunRecord } from "../records.js";
import { FieldReader, type Fields, joined, jsonText, refused } from "./fields.js";
import { fromFormat1 } from "./format-1.js";

const MAKE_COLUMNS = ["shortcut", "norm", "init", "width"] as const;

const RUN_COLUMNS = ["seed", "step", "loss"] as const;

const LAYER_COLUMNS = ["index", "name", "depth", ...LAYER_QUANTITIES] as const;

const LAYER_HEAD = LAYER_COLUMNS.map((column) => (column === "depth" ? "layerDepth" : column));

/** Comma-separated values (RFC 4180): a header, then one row per run and layer, the layer's own depth as `layerDepth`; an empty
 * cell where a value is `null`, its reason in the last column (`updateRatio: no-step; …`), and `NaN` or `Infinity` where it is that.
 * @category Gradient flow */
export function traceCsv(trace: GradientFlowTrace): string {
  checkTrace("traceCsv", trace);
  const rows = [["model", "depth", ...MAKE_COLUMNS, ...RUN_COLUMNS, ...LAYER_HEAD, "forward", "reasons"].join(",")];
  for (const run of trace.runs) {
    const make = MAKE_COLUMNS.map((column) => csvCell(run.cifar === null ? null : run.cifar[column]));
    const shared = [csvCell(run.model), run.depth, ...make, ...RUN_COLUMNS.map((column) => csvCell(run[column]))];
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
 * @category Gradient flow */
export function traceJson(trace: GradientFlowTrace): string {
  checkTrace("traceJson", trace);
  return jsonText(trace);
}

/** Reads what {@link traceJson} wrote, now or before there were other models than the CIFAR nets, and checks every field.
 * @throws DataError if the text is no JSON, or a field is missing or of another type; the message names its path
 * @category Gradient flow */
export function parseTrace(json: string): GradientFlowTrace {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new DataError("parseTrace", "a trace is JSON text, and this is not; was the file cut off?", { cause });
  }
  return traceFrom(fromFormat1(parsed), new FieldReader(refused(DataError, "parseTrace", ""), true));
}

/** Traces that were checked; a page asks for the figures of the same one once a step. */
const checked = new WeakSet<GradientFlowTrace>();

/** Throws unless a value has every field of a trace.
 * @throws ValueError in the name of `op` that names the field */
export function checkTrace(op: string, trace: GradientFlowTrace): void {
  if (typeof trace === "object" && trace !== null && checked.has(trace)) return;
  const rule = "it takes a trace, as gradientFlow and parseTrace return it: ";
  traceFrom(trace, new FieldReader(refused(ValueError, op, rule), false));
  checked.add(trace);
}

function traceFrom(value: unknown, read: FieldReader): GradientFlowTrace {
  const trace = read.object(value, "the trace");
  return {
    version: read.text(trace, "version", ""),
    format: formatFrom(trace, read),
    device: read.text(trace, "device", ""),
    provenance: read.text(trace, "provenance", ""),
    seed: read.number(trace, "seed", ""),
    complete: read.flag(trace, "complete", ""),
    batch: read.number(trace, "batch", ""),
    data: read.text(trace, "data", ""),
    runs: read.list(trace, "runs", "", (run, path) => runFrom(run, path, read)),
  };
}

function formatFrom({ format }: Fields, { refusal }: FieldReader): 2 {
  if (format === 2) return format;
  throw refusal("format", "2 (another version of livegrad wrote the file)", format);
}

function runFrom(value: unknown, path: string, read: FieldReader): RunRecord {
  const run = read.object(value, path);
  return {
    model: read.text(run, "model", path),
    depth: read.number(run, "depth", path),
    cifar: run["cifar"] === null ? null : cifarFrom(run["cifar"], joined(path, "cifar"), read),
    seed: read.number(run, "seed", path),
    step: read.number(run, "step", path),
    loss: read.number(run, "loss", path),
    layers: read.list(run, "layers", path, (layer, at) => layerFrom(layer, at, read)),
  };
}

function cifarFrom(value: unknown, path: string, read: FieldReader): CifarConfiguration {
  const cifar = read.object(value, path);
  return {
    shortcut: read.text(cifar, "shortcut", path),
    norm: read.text(cifar, "norm", path),
    init: read.text(cifar, "init", path),
    width: read.number(cifar, "width", path),
  };
}

function layerFrom(value: unknown, path: string, read: FieldReader): LayerRecord {
  const layer = read.object(value, path);
  const numbers = LAYER_QUANTITIES.map((quantity) => [quantity, read.numberOrNull(layer, quantity, path)] as const);
  return {
    index: read.number(layer, "index", path),
    name: read.text(layer, "name", path),
    forward: read.numberOrNull(layer, "forward", path),
    depth: read.numberOrNull(layer, "depth", path),
    isBottleneck: layer["isBottleneck"] === null ? null : read.flag(layer, "isBottleneck", path),
    outputShape: layer["outputShape"] === null ? null : read.list(layer, "outputShape", path, sizeFrom(read)),
    within: textOrNull(layer, "within", path, read),
    splits: read.list(layer, "splits", path, (split, at) => splitFrom(split, at, read)),
    ...(Object.fromEntries(numbers) as Record<LayerQuantity, number | null>),
    reasons: reasonsFrom(layer["reasons"], joined(path, "reasons"), read),
  };
}

function splitFrom(value: unknown, path: string, read: FieldReader): Split {
  const split = read.object(value, path);
  return {
    from: textOrNull(split, "from", path, read),
    joins: read.list(split, "joins", path, (kind, at) => oneOf(JOINS, kind, at, read)),
    ...gradientFrom(split, path, read),
    parts: read.list(split, "parts", path, (part, at) => partFrom(part, at, read)),
  };
}

function partFrom(value: unknown, path: string, read: FieldReader): SplitPart {
  const part = read.object(value, path);
  return {
    name: read.text(part, "name", path),
    depth: read.numberOrNull(part, "depth", path),
    ...gradientFrom(part, path, read),
  };
}

function gradientFrom(part: Fields, path: string, read: FieldReader): Pick<SplitPart, "gradNorm" | "reason"> {
  const { reason } = part;
  return {
    gradNorm: read.numberOrNull(part, "gradNorm", path),
    reason: reason === null ? null : oneOf(REASONS, reason, joined(path, "reason"), read),
  };
}

function textOrNull(object: Fields, key: string, path: string, read: FieldReader): string | null {
  return object[key] === null ? null : read.text(object, key, path);
}

function sizeFrom({ refusal }: FieldReader): (value: unknown, path: string) => number {
  return (value, path) => {
    if (typeof value === "number") return value;
    throw refusal(path, "a number", value);
  };
}

function oneOf<Word extends string>(
  words: Readonly<Record<Word, true>>,
  value: unknown,
  path: string,
  { refusal }: FieldReader,
): Word {
  if (typeof value === "string" && Object.hasOwn(words, value)) return value as Word;
  throw refusal(path, `one of ${Object.keys(words).join(", ")}`, value);
}

const JOINS: Readonly<Record<JoinKind, true>> = { add: true, concat: true };

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

function reasonsFrom(value: unknown, path: string, read: FieldReader): LayerRecord["reasons"] {
  const reasons = read.object(value, path);
  for (const [quantity, reason] of Object.entries(reasons)) {
    if (!(LAYER_QUANTITIES as readonly string[]).includes(quantity)) {
      throw read.refusal(path, `by quantities (${LAYER_QUANTITIES.join(", ")})`, quantity);
    }
    oneOf(REASONS, reason, joined(path, quantity), read);
  }
  return reasons as LayerRecord["reasons"];
}
