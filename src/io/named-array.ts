/** Arrays as files hold them: an element type, a shape, and the numbers in row-major order. */
import { DTypeError, describe, ShapeError, ValueError } from "../errors.js";
import { refuse } from "./format-error.js";
import { bfloat16, codeOf, float8E4m3, float8E5m2, float16, float32BitsOf, type SmallFloat } from "./small-floats.js";

/** Element types of files, under PyTorch's names.
 * @category Files */
export type FileDType =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "float8_e4m3fn"
  | "float8_e5m2"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint64"
  | "uint32"
  | "uint16"
  | "uint8"
  | "bool";

/** The numbers of an array in memory. Floats of 8 and 16 bits are held as float32, which has every one of them; integers of 64
 * bits as bigints, for a number has 53; booleans as bytes of 0 and 1.
 * @category Files */
export type FileData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** An array as files hold it.
 * @category Files */
export interface NamedArray {
  /** The element type in the file. */
  readonly dtype: FileDType;
  /** Sizes of the axes, outermost first; a size may be 0. */
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly data: FileData;
}

type DataConstructor = {
  new (buffer: ArrayBuffer): FileData;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
};

/** How the elements of a type are stored. */
interface ElementFormat {
  /** Bytes of an element in a file. */
  readonly bytes: number;
  readonly Data: DataConstructor;
  readonly small?: SmallFloat;
}

const plain = (Data: DataConstructor): ElementFormat => ({ bytes: Data.BYTES_PER_ELEMENT, Data });
const small = (bytes: number, format: SmallFloat): ElementFormat => ({ bytes, Data: Float32Array, small: format });

const formats: ReadonlyMap<FileDType, ElementFormat> = new Map([
  ["float64", plain(Float64Array)],
  ["float32", plain(Float32Array)],
  ["float16", small(2, float16)],
  ["bfloat16", small(2, bfloat16)],
  ["float8_e4m3fn", small(1, float8E4m3)],
  ["float8_e5m2", small(1, float8E5m2)],
  ["int64", plain(BigInt64Array)],
  ["int32", plain(Int32Array)],
  ["int16", plain(Int16Array)],
  ["int8", plain(Int8Array)],
  ["uint64", plain(BigUint64Array)],
  ["uint32", plain(Uint32Array)],
  ["uint16", plain(Uint16Array)],
  ["uint8", plain(Uint8Array)],
  ["bool", plain(Uint8Array)],
]);

function formatOf(dtype: FileDType): ElementFormat {
  return formats.get(dtype) as ElementFormat;
}

/** Bytes of an element in a file. */
export function bytesOf(dtype: FileDType): number {
  return formatOf(dtype).bytes;
}

/** How many elements a shape of a file has; refuses what is no shape, or too large to count. */
export function elementsOf(shape: readonly unknown[]): number {
  let elements = 1;
  for (const size of shape) {
    if (!isSize(size)) refuse("bad-shape", `its sizes must be integers of at least 0, got ${describe(shape)}`);
    elements *= size;
    if (elements > Number.MAX_SAFE_INTEGER) refuse("bad-shape", `${describe(shape)} is more than can be counted`);
  }
  return elements;
}

function isSize(size: unknown): size is number {
  return Number.isSafeInteger(size) && (size as number) >= 0 && !Object.is(size, -0);
}

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The elements whose bytes these are, always a copy. */
export function decode(dtype: FileDType, bytes: Uint8Array, order: "little" | "big" = "little"): FileData {
  const { bytes: width, Data, small } = formatOf(dtype);
  const copy = bytes.slice();
  if ((order === "little") !== hostIsLittle) swapBytes(copy, width);
  if (small !== undefined) return widened(copy, width, small);
  const wrong = dtype === "bool" ? copy.findIndex((value) => value > 1) : -1;
  if (wrong >= 0) refuse("bad-data", `a bool is 0 or 1, and element ${wrong} is ${copy[wrong]}`);
  return new Data(copy.buffer as ArrayBuffer);
}

/** The bytes of an array's elements, little end first; a view of its own where nothing needs changing. */
export function encode({ dtype, data }: NamedArray): Uint8Array {
  const { bytes: width, small } = formatOf(dtype);
  const bytes = small === undefined ? bytesIn(data) : narrowed(data as Float32Array, width, small);
  if (hostIsLittle) return bytes;
  const swapped = bytes.slice();
  swapBytes(swapped, width);
  return swapped;
}

function bytesIn(data: FileData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** By way of the bits, for a NaN that passes through a number may lose its payload. */
function widened(bytes: Uint8Array, width: number, format: SmallFloat): Float32Array {
  const codes = width === 1 ? bytes : new Uint16Array(bytes.buffer);
  const values = new Float32Array(codes.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < codes.length; i++) bits[i] = float32BitsOf(codes[i] as number, format);
  return values;
}

function narrowed(data: Float32Array, width: number, format: SmallFloat): Uint8Array {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const codes = width === 1 ? new Uint8Array(data.length) : new Uint16Array(data.length);
  for (let i = 0; i < codes.length; i++) codes[i] = codeOf(bits[i] as number, format);
  return new Uint8Array(codes.buffer);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}

/** Throws unless this is an array that a file can hold.
 * @param op who writes it; @param name what it is called there */
export function checkNamedArray(op: string, name: string, array: NamedArray): void {
  if (typeof array !== "object" || array === null || !("data" in array)) {
    throw new ValueError(op, `${name} must be an array { dtype, shape, data }, got ${describe(array)}`);
  }
  const { dtype, shape, data } = array;
  const format = formats.get(dtype);
  if (format === undefined) {
    const known = [...formats.keys()];
    throw new DTypeError(op, `${name} has no dtype of a file: ${describe(dtype)}; they are ${known.join(", ")}`, {
      expected: known,
      actual: dtype,
    });
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new ShapeError(op, `${name} must have a list of sizes of at least 0 for its shape, got ${describe(shape)}`);
  }
  if (!(data instanceof format.Data)) {
    throw new DTypeError(op, `the data of ${name} (${dtype}) must be a ${format.Data.name}, got ${describe(data)}`);
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (data.length !== elements)
    throw new ShapeError(op, `${name} has ${data.length} elements, its shape [${shape.join(", ")}] ${elements}`);
  const wrong = dtype === "bool" ? (data as Uint8Array).findIndex((value) => value > 1) : -1;
  if (wrong >= 0) throw new ValueError(op, `${name} is of dtype bool, and element ${wrong} of it is ${data[wrong]}`);
}
