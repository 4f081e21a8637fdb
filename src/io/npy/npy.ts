/** NumPy's arrays: one to a file (`.npy`), or several in a zip archive (`.npz`). */
import { DTypeError, describe, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds } from "../../options.js";
import { checkedBytes } from "../byte-source.js";
import { reading, readingPart, refuse } from "../format-error.js";
import { bytesOf, checkNamedArray, decode, elementsOf, encode, type NamedArray } from "../named-array.js";
import {
  type ArchiveOptions,
  archiveOptions,
  MOST_UNPACKED_BYTES,
  type ReadOptions,
  readOptions,
} from "../read-options.js";
import { isAnother } from "../recognise.js";
import { type ByName, entriesOf } from "../safetensors.js";
import { denseStrides, gathered } from "../strided.js";
import { writeZip, ZipArchive } from "../zip/archive.js";
import { descrOf, headerText, parseNpyHeader } from "./header.js";

const MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The data begin at a multiple of this. */
const ALIGNMENT = 64;

/** Reads a `.npy` file: every number type but the complex ones and long doubles, in either byte order.
 * @returns the elements in row-major order, also where the file has them in Fortran's
 * @throws FormatError if the file is damaged, or holds Python objects, texts or structures
 * @example
 * ```ts
 * const { shape, data } = readNpy(await readFile("images.npy"));
 * ```
 * @category Files */
export function readNpy(bytes: Uint8Array | ArrayBuffer, options: ReadOptions = {}): NamedArray {
  const given = checkedBytes("readNpy", bytes);
  const { name = "the file" } = checkedOptions("readNpy", options, readOptions);
  return reading("readNpy", name, () => parseNpy(given));
}

function parseNpy(bytes: Uint8Array): NamedArray {
  const another = isAnother(bytes, "npy");
  if (another !== null) refuse("bad-magic", `this is ${another}, no NumPy array`);
  const begins = bytes.subarray(0, MAGIC.length);
  if (begins.some((byte, i) => byte !== MAGIC[i])) refuse("bad-magic", "it does not begin as a NumPy array does");
  if (bytes.length < MAGIC.length + 2)
    refuse("truncated", `a NumPy array begins with 8 bytes, and it has ${bytes.length}`);
  const version = bytes[MAGIC.length] as number;
  if (version < 1 || version > 3) refuse("bad-header", `it is of version ${version} of the format; 1 to 3 are read`);
  const lengthStart = MAGIC.length + 2;
  const start = lengthStart + (version === 1 ? 2 : 4);
  if (bytes.length < start) refuse("truncated", "it ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(lengthStart, true) : view.getUint32(lengthStart, true);
  if (start + length > bytes.length)
    refuse("truncated", `its header has ${length} bytes, and ${bytes.length - start} are there`);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  const { dtype, order, fortranOrder, shape } = parseNpyHeader(text);
  const wanted = elementsOf(shape) * bytesOf(dtype);
  const data = bytes.subarray(start + length);
  if (data.length < wanted) refuse("truncated", `its elements have ${wanted} bytes, and ${data.length} are there`);
  if (data.length > wanted) refuse("trailing-data", `${data.length - wanted} bytes behind its elements belong to none`);
  const elements = decode(dtype, data, order);
  return { dtype, shape, data: fortranOrder ? gathered(elements, shape, denseStrides(shape, true)) : elements };
}

/** Writes a `.npy` file, of version 1 of the format.
 * @throws DTypeError for the types that NumPy does not have (bfloat16 and those of 8 bits); ValueError, ShapeError if it is no array
 * @category Files */
export function writeNpy(array: NamedArray): Uint8Array {
  checkWritable("writeNpy", "the array", array);
  return npyBytes(array);
}

function checkWritable(op: string, name: string, array: NamedArray): void {
  checkNamedArray(op, name, array);
  if (descrOf(array.dtype) !== null) return;
  throw new DTypeError(op, `NumPy has no ${array.dtype}, of which ${name} is; write it as float32, or as safetensors`, {
    actual: array.dtype,
  });
}

function npyBytes(array: NamedArray): Uint8Array {
  const text = headerText(array.dtype, array.shape);
  const before = MAGIC.length + 4;
  const start = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const data = encode(array);
  const bytes = new Uint8Array(start + data.length);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(before - 2, start - before, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - before - 1)}\n`), before);
  bytes.set(data, start);
  return bytes;
}

/** Reads a `.npz` file, stored or compressed.
 * @returns the arrays by name, in the archive's order, without the ending `.npy` that they have there
 * @throws FormatError if the archive or an array in it is damaged, if it unpacks to more than `limit` bytes, or if a member is no array
 * @category Files */
export function readNpz(bytes: Uint8Array | ArrayBuffer, options: ArchiveOptions = {}): Map<string, NamedArray> {
  const given = checkedBytes("readNpz", bytes);
  const { name = "the file", limit = MOST_UNPACKED_BYTES } = checkedOptions("readNpz", options, archiveOptions);
  return reading("readNpz", name, () => parseNpz(given, limit));
}

/** The same, as a part of reading. */
export function parseNpz(bytes: Uint8Array, limit: number): Map<string, NamedArray> {
  if (bytes.length === 0) refuse("not-this-format", "it is empty");
  const another = isAnother(bytes, "npz");
  if (another !== null) refuse("not-this-format", `this is ${another}`);
  const archive = new ZipArchive(bytes, limit);
  const arrays = new Map<string, NamedArray>();
  for (const member of archive.names) {
    if (!member.endsWith(ENDING)) refuse("bad-magic", `its member ${describe(member)} is no NumPy array`);
    const content = archive.read(member);
    const array = readingPart(`its member ${describe(member)}`, () => parseNpy(content));
    arrays.set(member.slice(0, -ENDING.length), array);
  }
  return arrays;
}

const ENDING = ".npy";

/** Options of {@link writeNpz}.
 * @category Files */
export interface WriteNpzOptions {
  /** Whether the arrays are deflated. Default false. */
  readonly compress?: boolean | undefined;
}

const writeNpzOptions: OptionKinds<WriteNpzOptions> = { compress: flag };

/** Writes a `.npz` file; the same arrays give the same bytes.
 * @param arrays arrays by name
 * @throws ValueError, DTypeError, ShapeError if a name or an array cannot be written
 * @category Files */
export function writeNpz(arrays: ByName<NamedArray>, options: WriteNpzOptions = {}): Uint8Array {
  const { compress = false } = checkedOptions("writeNpz", options, writeNpzOptions);
  const entries = entriesOf("writeNpz", "arrays", arrays);
  for (const [name, array] of entries) {
    checkMemberName(name);
    checkWritable("writeNpz", name, array);
  }
  const members = entries.map(([name, array]): [string, Uint8Array] => [`${name}${ENDING}`, npyBytes(array)]);
  return writeZip(members, compress);
}

/** Throws unless a name can stand in an archive, and lead nowhere else. */
function checkMemberName(name: unknown): void {
  const isOne =
    typeof name === "string" &&
    name.length < 10_000 &&
    !/[\ud800-\udfff]|^\/|^[a-z]:|\\|\0|(^|\/)\.\.?(\/|$)|\/\//iu.test(name);
  if (!isOne) throw new ValueError("writeNpz", `a name cannot be ${describe(name)}`, { actual: name });
}
