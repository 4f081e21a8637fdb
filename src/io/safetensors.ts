/** safetensors (Hugging Face): a JSON header, then the bytes of the tensors. Nothing in it can be run. */
import { describe, ValueError } from "../errors.js";
import { checkedOptions } from "../options.js";
import { type ByteSource, checkedBytes, pieceOf } from "./byte-source.js";
import { reading, readingLater } from "./format-error.js";
import { bytesOf, checkNamedArray, decode, encode, type FileDType, type NamedArray } from "./named-array.js";
import { type ReadOptions, readOptions } from "./read-options.js";
import { RECOGNISABLE } from "./recognise.js";
import {
  formatName,
  type Header,
  headerLength,
  LENGTH_BYTES,
  METADATA_KEY,
  parseHeader,
} from "./safetensors-header.js";

/** What a safetensors file holds.
 * @category Files */
export interface Safetensors {
  /** The tensors by name, in the header's order. */
  readonly tensors: Map<string, NamedArray>;
  /** Texts by name: where the file comes from, or whatever else its writer put there. */
  readonly metadata: Map<string, string>;
}

/** Reads a safetensors file: every element type but the complex and 4-bit ones.
 * @param bytes the whole file; {@link openSafetensors} reads tensors of a large one, one by one
 * @returns copies, which share no memory with the bytes
 * @throws FormatError if the file is damaged: lengths, offsets or shapes that do not fit it, bytes that belong to no tensor or to
 * two, names that stand there twice
 * @example
 * ```ts
 * const { tensors } = readSafetensors(await readFile("model.safetensors"));
 * const { shape, data } = tensors.get("fc.weight");
 * ```
 * @category Files */
export function readSafetensors(bytes: Uint8Array | ArrayBuffer, options: ReadOptions = {}): Safetensors {
  const given = checkedBytes("readSafetensors", bytes);
  const { name = "the file" } = checkedOptions("readSafetensors", options, readOptions);
  return reading("readSafetensors", name, () => parseSafetensors(given));
}

/** The same, as a part of reading. */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  const start = LENGTH_BYTES + headerLength(bytes, bytes.length);
  const { places, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, start), bytes.length - start);
  const tensors = new Map<string, NamedArray>();
  for (const [key, { dtype, shape, begin, end }] of places) {
    tensors.set(key, { dtype, shape, data: decode(dtype, bytes.subarray(start + begin, start + end)) });
  }
  return { tensors, metadata };
}

/** What is known of a tensor before it is read.
 * @category Files */
export interface TensorInfo {
  /** The element type in the file. */
  readonly dtype: FileDType;
  /** Sizes of the axes, outermost first. */
  readonly shape: readonly number[];
}

/** A safetensors file of which the header was read, and the tensors are when they are asked for.
 * @category Files */
export class SafetensorsFile {
  /** Texts by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What is known of every tensor before it is read, by name. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly #source: ByteSource;
  readonly #places: Header["places"];
  readonly #dataStart: number;

  /** @internal */
  constructor(source: ByteSource, header: Header, dataStart: number) {
    this.metadata = header.metadata;
    this.tensors = header.places;
    this.#source = source;
    this.#places = header.places;
    this.#dataStart = dataStart;
  }

  /** Reads one tensor, and nothing else of the file.
   * @throws ValueError if there is none of that name; what the source throws */
  async read(name: string): Promise<NamedArray> {
    const place = this.#places.get(name);
    const file = nameOf(this.#source);
    if (place === undefined) {
      throw new ValueError("SafetensorsFile.read", `${describe(file)} has no tensor ${describe(name)}`, {
        expected: [...this.#places.keys()],
        actual: name,
      });
    }
    const { dtype, shape, begin, end } = place;
    return await readingLater("SafetensorsFile.read", file, async () => {
      const bytes = await pieceOf(this.#source, this.#dataStart + begin, end - begin);
      return { dtype, shape, data: decode(dtype, bytes) };
    });
  }
}

/** Reads the header of a safetensors file, however large the file is; its tensors are read one by one, when they are asked for.
 * @param source an open file, a URL (`httpSource`), or anything else that gives pieces of itself
 * @throws FormatError as {@link readSafetensors} does
 * @category Files */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  if (typeof source?.read !== "function" || !Number.isSafeInteger(source.size) || source.size < 0) {
    throw new ValueError("openSafetensors", `source must be { size, read }, got ${describe(source)}`, {
      actual: source,
    });
  }
  return await readingLater("openSafetensors", nameOf(source), async () => {
    const start = await pieceOf(source, 0, Math.min(RECOGNISABLE, source.size));
    const length = headerLength(start, source.size);
    const bytes = await pieceOf(source, LENGTH_BYTES, length);
    const dataStart = LENGTH_BYTES + length;
    return new SafetensorsFile(source, parseHeader(bytes, source.size - dataStart), dataStart);
  });
}

function nameOf({ name }: ByteSource): string {
  return name ?? "the file";
}

/** Tensors, or texts, by name.
 * @category Files */
export type ByName<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

/** The entries of what is given as a map or as an object. */
export function entriesOf<T>(op: string, what: string, given: ByName<T>): [string, T][] {
  if (given instanceof Map) return [...given];
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    throw new ValueError(op, `${what} go by name into a Map or an object, got ${describe(given)}`, { actual: given });
  }
  return Object.entries(given);
}

/** Writes a safetensors file. The same tensors give the same bytes: the widest elements come first, so that all are aligned, and
 * those of one width by name.
 * @param tensors arrays by name
 * @param metadata texts by name
 * @throws ValueError, DTypeError, ShapeError if a name or an array cannot be written
 * @category Files */
export function writeSafetensors(tensors: ByName<NamedArray>, metadata: ByName<string> = {}): Uint8Array {
  const op = "writeSafetensors";
  const arrays = entriesOf(op, "tensors", tensors);
  for (const [name, array] of arrays) {
    checkName(op, name);
    if (name === METADATA_KEY) throw new ValueError(op, `a tensor cannot have the name ${METADATA_KEY}`);
    checkNamedArray(op, name, array);
  }
  const texts = entriesOf(op, "metadata", metadata);
  for (const [name, value] of texts) {
    for (const one of [name, value]) checkName(op, one);
  }
  arrays.sort(([a, x], [b, y]) => bytesOf(y.dtype) - bytesOf(x.dtype) || (a < b ? -1 : 1));
  const fields: [string, unknown][] = texts.length > 0 ? [[METADATA_KEY, Object.fromEntries(texts)]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of arrays) {
    const begin = end;
    end += data.length * bytesOf(dtype);
    fields.push([name, { dtype: formatName(dtype), shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const length = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + length + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  let place = LENGTH_BYTES + length;
  for (const [, array] of arrays) {
    const part = encode(array);
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

/** Throws unless a text can be written as UTF-8: half a surrogate pair would become another sign. */
function checkName(op: string, value: unknown): void {
  if (typeof value === "string" && !/[\ud800-\udfff]/u.test(value)) return;
  throw new ValueError(op, `names and metadata must be well-formed strings, got ${describe(value)}`, { actual: value });
}
