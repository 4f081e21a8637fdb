/** Compares arrays that were read with those that a reference says a file holds. */
import { createHash } from "node:crypto";
import type { NamedArray } from "../../src/io/index.js";
import { encode } from "../../src/io/named-array.js";

/** A number as JSON holds it: what JSON has no number for is a string. */
export type Written = number | string | boolean;

/** An array as a reference tells it. */
export interface ExpectedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values?: readonly Written[];
  readonly first8?: readonly Written[];
  /** Of the elements, in row-major order, little end first. */
  readonly sha256?: string;
}

const otherNames: Readonly<Record<string, string>> = { F8_E4M3: "float8_e4m3fn", F8_E5M2: "float8_e5m2" };

/** What differs, in words; nothing if the array is the expected one, bit by bit. */
export function differences(name: string, array: NamedArray | undefined, expected: ExpectedArray): string[] {
  if (array === undefined) return [`${name} is missing`];
  const { dtype, shape, data } = array;
  const wanted = otherNames[expected.dtype] ?? expected.dtype;
  const found: string[] = [];
  if (dtype !== wanted) found.push(`${name} is of dtype ${dtype}, not ${wanted}`);
  if (String(shape) !== String(expected.shape)) found.push(`${name} has shape [${shape}], not [${expected.shape}]`);
  const values = expected.values ?? expected.first8 ?? [];
  if (expected.values !== undefined && data.length !== values.length) found.push(`${name} has ${data.length} elements`);
  values.forEach((value, i) => {
    if (!isSame(data[i], value)) found.push(`${name}[${i}] is ${data[i]}, not ${value}`);
  });
  const hash = createHash("sha256").update(encode(array)).digest("hex");
  if (expected.sha256 !== undefined && hash !== expected.sha256) found.push(`${name} has other bytes`);
  return found;
}

function isSame(value: number | bigint | undefined, expected: Written): boolean {
  if (typeof value === "bigint") return value === BigInt(expected);
  return Object.is(value, Number(expected));
}
