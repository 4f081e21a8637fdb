/** The header of a safetensors file: what tensors there are, and where. Strict, as the reference implementation is. */
import { describe } from "../errors.js";
import { refuse } from "./format-error.js";
import { duplicateKey } from "./json-keys.js";
import { bytesOf, elementsOf, type FileDType } from "./named-array.js";
import { isAnother } from "./recognise.js";

/** Bytes that say how long the header is. */
export const LENGTH_BYTES = 8;
/** The limit of the reference implementation. */
const MOST_HEADER_BYTES = 100_000_000;
export const METADATA_KEY = "__metadata__";

/** Where a tensor lies. */
export interface TensorPlace {
  readonly dtype: FileDType;
  readonly shape: readonly number[];
  /** Its first byte, and the one behind its last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** What the header says. */
export interface Header {
  readonly places: ReadonlyMap<string, TensorPlace>;
  readonly metadata: Map<string, string>;
}

/** Types by the names that the format has for them. */
const dtypes: ReadonlyMap<unknown, FileDType> = new Map<unknown, FileDType>([
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["F8_E4M3", "float8_e4m3fn"],
  ["F8_E5M2", "float8_e5m2"],
  ["I64", "int64"],
  ["I32", "int32"],
  ["I16", "int16"],
  ["I8", "int8"],
  ["U64", "uint64"],
  ["U32", "uint32"],
  ["U16", "uint16"],
  ["U8", "uint8"],
  ["BOOL", "bool"],
]);

/** The format's name of a type. */
export function formatName(dtype: FileDType): string {
  return [...dtypes].find(([, known]) => known === dtype)?.[0] as string;
}

/** The length of the header of a file. @param start its first bytes, at least 8 if it has them @param size bytes of the file */
export function headerLength(start: Uint8Array, size: number): number {
  const another = isAnother(start, "safetensors");
  if (another !== null) refuse("not-this-format", `this is ${another}`);
  if (size < LENGTH_BYTES) refuse("truncated", `a safetensors file begins with 8 bytes, and it has ${size}`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > MOST_HEADER_BYTES)
    refuse("bad-header", `its header is said to have ${length} bytes, above the limit of ${MOST_HEADER_BYTES}`);
  if (length > size - LENGTH_BYTES)
    refuse("bad-header", `its header is said to have ${length} bytes, and ${size - LENGTH_BYTES} are there`);
  return Number(length);
}

/** What a header says, all of it checked. @param dataLength bytes behind it */
export function parseHeader(bytes: Uint8Array, dataLength: number): Header {
  const fields = parseJson(bytes);
  const metadata = new Map<string, string>();
  const places = new Map<string, TensorPlace>();
  for (const [name, value] of Object.entries(fields)) {
    if (name !== METADATA_KEY) places.set(name, placeOf(name, value));
    else for (const [key, text] of metadataOf(value)) metadata.set(key, text);
  }
  checkCover(places, dataLength);
  return { places, metadata };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b) refuse("bad-header", "its header must begin with {");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse("bad-header", "its header is not UTF-8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    refuse("bad-header", `its header is not JSON (${String(error).slice(0, 100)})`);
  }
  const twice = duplicateKey(text);
  if (twice !== null) refuse("duplicate-key", `its header has the name ${describe(twice)} twice`);
  return value as Record<string, unknown>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function metadataOf(value: unknown): [string, string][] {
  if (!isObject(value))
    refuse("bad-header", `its ${METADATA_KEY} must be an object of strings, got ${describe(value)}`);
  return Object.entries(value).map(([key, text]) => {
    if (typeof text !== "string")
      refuse("bad-header", `its metadata ${describe(key)} must be a string, got ${describe(text)}`);
    return [key, text];
  });
}

function placeOf(name: string, value: unknown): TensorPlace {
  const who = `tensor ${describe(name)}`;
  if (!isObject(value)) refuse("bad-header", `${who} must be an object, got ${describe(value)}`);
  const { dtype: code, shape, data_offsets: offsets, ...rest } = value;
  const missing = ["dtype", "shape", "data_offsets"].find((field) => !Object.hasOwn(value, field));
  if (missing !== undefined) refuse("bad-header", `${who} has no ${missing}`);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) refuse("bad-header", `${who} has the unknown field ${describe(unknown)}`);
  const dtype = dtypes.get(code);
  if (dtype === undefined)
    refuse("unsupported-dtype", `${who} is of dtype ${describe(code)}; known are ${[...dtypes.keys()].join(", ")}`);
  if (!Array.isArray(shape)) refuse("bad-shape", `the shape of ${who} must be a list, got ${describe(shape)}`);
  const bytes = elementsOf(shape) * bytesOf(dtype);
  if (bytes > Number.MAX_SAFE_INTEGER) refuse("bad-shape", `${who} has more bytes than can be counted`);
  const { begin, end } = offsetsOf(offsets);
  if (begin > end) refuse("bad-offsets", `${who} cannot lie at ${describe(offsets)}`);
  if (end - begin !== bytes)
    refuse("bad-offsets", `${who} of shape [${shape.join(", ")}] has ${bytes} bytes, its offsets say ${end - begin}`);
  return { dtype, shape, begin, end };
}

/** Offsets in order; others come out as a place that cannot be. */
function offsetsOf(offsets: unknown): { begin: number; end: number } {
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  return isOffset(begin) && isOffset(end) ? { begin, end } : { begin: 1, end: 0 };
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Every byte of the data must belong to one tensor. */
function checkCover(places: ReadonlyMap<string, TensorPlace>, dataLength: number): void {
  let end = 0;
  for (const [name, place] of [...places].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (place.begin === place.end && place.end <= dataLength) continue; // nothing lies anywhere
    if (place.begin !== end) {
      const what =
        place.begin < end ? "overlaps the one before it" : `leaves ${place.begin - end} bytes before it unused`;
      refuse("bad-offsets", `tensor ${describe(name)} ${what}`);
    }
    end = place.end;
  }
  if (end > dataLength) refuse("truncated", `its tensors have ${end} bytes, and ${dataLength} are there`);
  if (end < dataLength) refuse("trailing-data", `${dataLength - end} bytes behind its tensors belong to none`);
}
