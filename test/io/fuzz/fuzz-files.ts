/** Fuzzing of the readers of files: good files with bytes changed, left out, repeated or put in. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { FormatError, type NamedArray, readNpy, readTensors, writeSafetensors } from "../../../src/io/index.js";
import { differingFrom } from "./oracle.js";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** A file, and how it is read. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const written: NamedArray[] = [
  { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 3e38, -0, 1e-40) },
  { dtype: "int64", shape: [2], data: BigInt64Array.of(-(2n ** 60n), 5n) },
  { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
  { dtype: "float16", shape: [], data: Float32Array.of(0.25) },
];

/** The good files that are changed: those of the fixtures, and one in safetensors. */
export const seeds: readonly Seed[] = [
  {
    name: "written.safetensors",
    bytes: writeSafetensors(new Map(written.map((array, i) => [`tensor.${i}`, array])), { format: "pt" }),
  },
  ...readdirSync(fixtures)
    .filter((name) => /\.(npy|npz|pth)$/.test(name) && !name.startsWith("refused"))
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(`${fixtures}${name}`)) })),
];

/** The arrays of a file. */
function arraysOf({ name, bytes }: Seed): ReadonlyMap<string, NamedArray> {
  return name.endsWith(".npy") ? new Map([["it", readNpy(bytes, { name })]]) : readTensors(bytes, { name }).tensors;
}

/** One change; places are fractions of the file, so that every file takes every change. */
type Change = (bytes: Uint8Array) => Uint8Array;

/** Everywhere alike: what changes a file's first bytes is refused at once. */
const place = fc.noBias(fc.nat(999_999)).map((millionth) => millionth / 1e6);
/** Bytes that lengths, counts, opcodes and signs are made of. */
const telling = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x28, 0x2e, 0x7f, 0x80, 0x81, 0xfe, 0xff));
const length = fc.oneof(fc.nat(8), fc.nat(200));

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.array(telling, { minLength: 1, maxLength: 9 })).map(([at, values]): Change => {
    return (bytes) => spliced(bytes, at, values.length, Uint8Array.from(values));
  }),
  fc.tuple(place, fc.nat(7)).map(([at, bit]): Change => {
    return (bytes) => bytes.map((byte, i) => (i === Math.floor(at * bytes.length) ? byte ^ (1 << bit) : byte));
  }),
  place.map(
    (at): Change =>
      (bytes) =>
        bytes.slice(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(place, length).map(
    ([at, count]): Change =>
      (bytes) =>
        spliced(bytes, at, count, new Uint8Array(0)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map(
    ([at, more]): Change =>
      (bytes) =>
        spliced(bytes, at, 0, more),
  ),
  fc.tuple(place, place, length).map(([at, from, count]): Change => {
    return (bytes) => {
      const start = Math.floor(from * bytes.length);
      return spliced(bytes, at, count, bytes.slice(start, start + count));
    };
  }),
);

function spliced(bytes: Uint8Array, at: number, without: number, more: Uint8Array): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const rest = bytes.subarray(Math.min(bytes.length, start + without));
  const changed = new Uint8Array(start + more.length + rest.length);
  changed.set(bytes.subarray(0, start));
  changed.set(more, start);
  changed.set(rest, start + more.length);
  return changed;
}

/** A good file with one to three changes. */
const changed: fc.Arbitrary<Seed & { readonly original: Seed }> = fc
  .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([original, changes]) => ({
    name: original.name,
    bytes: changes.reduce((bytes, one) => one(bytes), original.bytes),
    original,
  }));

/** How many files there were, by what became of them. */
export type Counts = Map<string, number>;

/** Microseconds of a processor, beyond which a small file counts as a hang. */
const MOST_TIME = 1e6;

/** Reads changed files: each must be refused by a FormatError, or give what another reader gives.
 * @param counts is filled */
export function fuzzFiles(runs: number, seed: number, counts: Counts): void {
  const property = fc.property(changed, (file) => {
    const start = process.cpuUsage();
    const became = outcome(file);
    const { user } = process.cpuUsage(start);
    if (user > MOST_TIME) throw new Error(`${file.name} took ${user / 1e6} s`);
    const kind = file.name.replace(/.*\./, ".");
    counts.set(`${kind} ${became}`, (counts.get(`${kind} ${became}`) ?? 0) + 1);
  });
  fc.assert(property, { numRuns: runs, seed });
}

function outcome(file: Seed & { readonly original: Seed }): string {
  let arrays: ReadonlyMap<string, NamedArray>;
  try {
    arrays = arraysOf(file);
  } catch (error) {
    if (error instanceof FormatError) return `refused: ${error.reason}`;
    throw error;
  }
  const differing = differingFrom(file, arrays, () => arraysOf(file.original));
  if (differing !== null) throw new Error(`${file.name} was read, and ${differing}`);
  return "read";
}
