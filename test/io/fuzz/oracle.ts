/** Other readers, as short as can be, for files that were read although bytes of them were changed. */
import type { NamedArray } from "../../../src/io/index.js";
import { bytesOf, decode, encode } from "../../../src/io/named-array.js";

type Arrays = ReadonlyMap<string, NamedArray>;

/** What is wrong with arrays that were read of a changed file, in words; null if nothing is. */
export function differingFrom(
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  arrays: Arrays,
  original: () => Arrays,
): string | null {
  for (const [key, { dtype, shape, data }] of arrays) {
    if (data.length !== shape.reduce((product, size) => product * size, 1)) return `${key} has ${data.length} elements`;
    if (decode(dtype, new Uint8Array(bytesOf(dtype))).constructor !== data.constructor) return `${key} is no ${dtype}`;
  }
  if (name.endsWith(".npz") || name.startsWith("zip")) return changedOf(arrays, original());
  if (name.endsWith(".safetensors")) return otherThanHeader(bytes, arrays);
  if (name.endsWith(".npy")) return otherThanTail(bytes, [...arrays.values()][0] as NamedArray);
  return null; // the older form has no checksum, and its numbers are what its bytes say
}

/** In a zip archive checksums cover everything: what is read is what was written. */
function changedOf(arrays: Arrays, original: Arrays): string | null {
  for (const [key, array] of arrays) {
    const wanted = original.get(key);
    if (wanted === undefined) continue; // a name is covered by nothing where it stands in directory and header alike
    if (String(array.shape) !== String(wanted.shape) || !isSame(encode(array), encode(wanted)))
      return `${key} has changed`;
  }
  return null;
}

/** The bytes of a tensor are those that the header's JSON says. */
function otherThanHeader(bytes: Uint8Array, arrays: Arrays): string | null {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Readonly<
    Record<string, { data_offsets: [number, number] }>
  >;
  for (const [key, array] of arrays) {
    const [begin, end] = header[key]?.data_offsets ?? [0, 0];
    if (!isSame(encode(array), bytes.subarray(8 + length + begin, 8 + length + end))) return `${key} has other bytes`;
  }
  return null;
}

/** The bytes of an array stand at the end, in some order. */
function otherThanTail(bytes: Uint8Array, array: NamedArray): string | null {
  const own = encode(array);
  const tail = bytes.subarray(bytes.length - own.length);
  return isSame(own.slice().sort(), tail.slice().sort()) ? null : "it has other bytes";
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
