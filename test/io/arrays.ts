/** Arrays of every element type, drawn for properties. */
import fc from "fast-check";
import type { FileData, FileDType, NamedArray } from "../../src/io/index.js";
import { bytesOf, decode } from "../../src/io/named-array.js";

/** Every element type of a file. */
export const dtypes: readonly FileDType[] = [
  ...(["float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"] as const),
  ...(["int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"] as const),
];

/** An array of some elements that the type has, made from any bytes: NaNs with a payload, denormal numbers and all. */
export function arrays(some: readonly FileDType[] = dtypes): fc.Arbitrary<NamedArray> {
  return fc
    .record({
      dtype: fc.constantFrom(...some),
      shape: fc.array(fc.nat(3), { maxLength: 4 }),
      seed: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    })
    .map(({ dtype, shape, seed }) => ({ dtype, shape, data: dataOf(dtype, shape, seed) }));
}

function dataOf(dtype: FileDType, shape: readonly number[], seed: Uint8Array): FileData {
  const elements = shape.reduce((product, size) => product * size, 1);
  const bytes = Uint8Array.from({ length: elements * bytesOf(dtype) }, (_, i) => (seed[i % seed.length] as number) ^ i);
  return decode(dtype, dtype === "bool" ? bytes.map((byte) => byte & 1) : bytes);
}

/** The bytes of an array in memory. */
export function bitsOf({ data }: NamedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
