/** A result of the degradation experiment as JSON text, and back. */
import { DataError, ValueError } from "../../errors.js";
import { FieldReader, type Fields, joined, jsonText, refused } from "../report/fields.js";
import type { DegradationPoint, DegradationResult, TrainedNetwork } from "./records.js";
import { type DegradationSettings, KINDS, type NetForm, type NetKind } from "./settings.js";

/** JSON text of a result; numbers that JSON does not have stand as `"NaN"`, `"Infinity"` and `"-Infinity"`.
 * @throws ValueError if the result lacks a field
 * @category Degradation */
export function degradationJson(result: DegradationResult): string {
  checkResult("degradationJson", result);
  return jsonText(result);
}

/** Reads what {@link degradationJson} wrote, and checks every field.
 * @throws DataError if the text is no JSON, or a field is missing or of another type; the message names its path
 * @category Degradation */
export function parseDegradation(json: string): DegradationResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    const rule = "a result is JSON text, and this is not; was the file cut off?";
    throw new DataError("parseDegradation", rule, { cause });
  }
  const refusal = refused(DataError, "parseDegradation", "");
  return resultFrom(parsed, new FieldReader(refusal, true));
}

/** Results that were checked. */
const checked = new WeakSet<DegradationResult>();

/** Throws unless a value has every field of a result.
 * @throws ValueError in the name of `op` that names the field */
export function checkResult(op: string, result: DegradationResult): void {
  if (typeof result === "object" && result !== null && checked.has(result)) return;
  const rule = "it takes a result, as degradation and parseDegradation return it: ";
  resultFrom(result, new FieldReader(refused(ValueError, op, rule), false));
  checked.add(result);
}

function resultFrom(value: unknown, read: FieldReader): DegradationResult {
  const result = read.object(value, "the result");
  const { format } = result;
  if (format !== 1) throw read.refusal("format", "1 (another version of livegrad wrote the file)", format);
  return {
    version: read.text(result, "version", ""),
    format,
    device: read.text(result, "device", ""),
    provenance: read.text(result, "provenance", ""),
    data: read.text(result, "data", ""),
    images: read.number(result, "images", ""),
    testImages: read.number(result, "testImages", ""),
    classes: read.number(result, "classes", ""),
    size: read.number(result, "size", ""),
    settings: settingsFrom(result["settings"], read),
    complete: read.flag(result, "complete", ""),
    networks: read.list(result, "networks", "", (network, path) => networkFrom(network, path, read)),
  };
}

const NUMBERS = ["width", "batch", "steps", "seeds", "seed", "lr", "momentum", "weightDecay"] as const;

function settingsFrom(value: unknown, read: FieldReader): DegradationSettings {
  const settings = read.object(value, "settings");
  const depths = read.list(settings, "depths", "settings", (depth, path) => {
    if (typeof depth === "number") return depth;
    throw read.refusal(path, "a number", depth);
  });
  const numbers = NUMBERS.map((name) => [name, read.number(settings, name, "settings")] as const);
  return {
    form: wordOf<NetForm>(settings, "form", "settings", ["cifar", "imagenet"], read),
    depths,
    ...(Object.fromEntries(numbers) as Record<(typeof NUMBERS)[number], number>),
  };
}

function networkFrom(value: unknown, path: string, read: FieldReader): TrainedNetwork {
  const network = read.object(value, path);
  return {
    model: read.text(network, "model", path),
    kind: wordOf<NetKind>(network, "kind", path, KINDS, read),
    depth: read.number(network, "depth", path),
    seed: read.number(network, "seed", path),
    points: read.list(network, "points", path, (point, at) => pointFrom(point, at, read)),
  };
}

const QUANTITIES = ["step", "trainingLoss", "trainingError", "testLoss", "testError"] as const;

function pointFrom(value: unknown, path: string, read: FieldReader): DegradationPoint {
  const point = read.object(value, path);
  const numbers = QUANTITIES.map((name) => [name, read.number(point, name, path)] as const);
  return Object.fromEntries(numbers) as Record<(typeof QUANTITIES)[number], number>;
}

function wordOf<Word extends string>(
  object: Fields,
  key: string,
  path: string,
  words: readonly Word[],
  read: FieldReader,
): Word {
  const word = words.find((one) => one === object[key]);
  if (word !== undefined) return word;
  throw read.refusal(joined(path, key), `one of ${words.join(", ")}`, object[key]);
}
