/** Reads CIFAR-10 (Krizhevsky 2009) from the files of its binary version. */

import { DataError, describe, ValueError } from "../errors.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../options.js";
import type { ImageDataset } from "./dataset.js";
import { formatBytes, MOST_IMAGE_BYTES } from "./memory.js";

const CLASS_NAMES: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];
const MEAN: readonly number[] = [0.4914, 0.4822, 0.4465];
const STD: readonly number[] = [0.247, 0.2435, 0.2616];
const SIDE = 32;
const IMAGE_BYTES = 3 * SIDE * SIDE;
const RECORD_BYTES = 1 + IMAGE_BYTES;
const TRAIN_FILES: readonly string[] = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const TEST_FILES: readonly string[] = ["test_batch.bin"];
const NAMES_FILE = "batches.meta.txt";
/** A list of names is no longer. */
const MOST_NAMES_BYTES = 65_536;
const SOURCE = "https://www.cs.toronto.edu/~kriz/cifar.html";

/**
 * Options of {@link cifar10}.
 * @category Data
 */
export interface Cifar10Options {
  /** `"train"` (data_batch_1.bin to data_batch_5.bin, those that are there) or `"test"` (test_batch.bin). */
  readonly split?: "train" | "test" | undefined;
  /** Takes the first images only: at most so many, 1 or more; all by default. */
  readonly limit?: number | undefined;
}

const cifar10Options: OptionKinds<Cifar10Options> = { split: oneOf("train", "test"), limit: number };

/**
 * CIFAR-10: photographs of ten classes, 3 × 32 × 32 pixels, from the unpacked folder of its binary version. Class names
 * come from `batches.meta.txt` where it is there. Needs a file system (Node.js); importing it does not.
 * @param folder the folder that holds `data_batch_1.bin` and its kin
 * @throws DataError if the folder, the file or the file system is missing, a file is no regular one or no whole
 *   number of records, or a label is not 0 to 9
 * @throws ValueError if an option is out of range
 * @example
 * ```ts
 * const train = await cifar10("data/cifar-10-batches-bin");
 * const test = await cifar10("data/cifar-10-batches-bin", { split: "test", limit: 1000 });
 * ```
 * @category Data
 */
export async function cifar10(folder: string, options: Cifar10Options = {}): Promise<ImageDataset> {
  const { split = "train", limit = Number.POSITIVE_INFINITY } = checkedOptions("cifar10", options, cifar10Options);
  if (typeof folder !== "string" || folder === "" || folder.includes("\0")) {
    throw new ValueError("cifar10", `folder must be the path of one, got ${describe(folder)}`, { actual: folder });
  }
  checkLimit(limit);
  const files = fileSystem();
  const entries = await readOr(`folder "${folder}"`, () => files.readdir(folder));
  const classNames = entries.includes(NAMES_FILE) ? await readNames(files, `${folder}/${NAMES_FILE}`) : CLASS_NAMES;
  const parts: Uint8Array[] = [];
  let left = limit;
  for (const file of filesOf(split, folder, entries)) {
    if (left <= 0) break;
    const path = `${folder}/${file}`;
    const records = Math.min(recordsIn(path, await sizeOf(files, path)), left);
    checkMemory(path, records + parts.reduce((sum, part) => sum + part.length / RECORD_BYTES, 0));
    const bytes = await readStart(files, path, records * RECORD_BYTES);
    checkLabels(path, bytes);
    parts.push(bytes);
    left -= records;
  }
  return assemble(`CIFAR-10 ${split}`, classNames, parts);
}

type FileSystem = typeof import("node:fs/promises");

/** Bytes in a file that has an end: a pipe or a device may have none. */
async function sizeOf(files: FileSystem, path: string): Promise<number> {
  const stats = await readOr(`file "${path}"`, () => files.stat(path));
  if (stats.isFile()) return stats.size;
  const kind = stats.isDirectory() ? "a folder" : stats.isFIFO() ? "a pipe" : "a device or a socket";
  throw new DataError("cifar10", `"${path}" must be a regular file, and it is ${kind}; take the file from ${SOURCE}`, {
    expected: "a regular file",
    actual: kind,
  });
}

/** The first bytes of a file, without reading the rest. */
async function readStart(files: FileSystem, path: string, length: number): Promise<Uint8Array> {
  const bytes = await readOr(`file "${path}"`, async () => {
    const handle = await files.open(path);
    try {
      const buffer = new Uint8Array(length);
      let filled = 0;
      for (let read = -1; filled < length && read !== 0; filled += read) {
        read = (await handle.read(buffer, filled, length - filled, filled)).bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  });
  if (bytes.length === length) return bytes;
  throw new DataError(
    "cifar10",
    `"${path}" became shorter while it was read: ${bytes.length} bytes of ${length} are left`,
  );
}

async function readNames(files: FileSystem, path: string): Promise<readonly string[]> {
  const size = await sizeOf(files, path);
  if (size > MOST_NAMES_BYTES) throw wrongNames(path, `${size} bytes`);
  return parseNames(path, new TextDecoder().decode(await readStart(files, path, size)));
}

function assemble(name: string, classNames: readonly string[], parts: readonly Uint8Array[]): ImageDataset {
  const length = parts.reduce((sum, part) => sum + part.length / RECORD_BYTES, 0);
  const images = new Uint8Array(length * IMAGE_BYTES);
  const labels = new Uint8Array(length);
  let index = 0;
  for (const part of parts) {
    for (let start = 0; start < part.length; start += RECORD_BYTES) {
      labels[index] = part[start] as number;
      images.set(part.subarray(start + 1, start + RECORD_BYTES), index * IMAGE_BYTES);
      index++;
    }
  }
  return { name, classNames, channels: 3, height: SIDE, width: SIDE, length, images, labels, mean: MEAN, std: STD };
}

/** The number of records in a file of this size. */
function recordsIn(path: string, size: number): number {
  const records = Math.floor(size / RECORD_BYTES);
  const rest = size % RECORD_BYTES;
  if (records > 0 && rest === 0) return records;
  const found =
    size === 0
      ? "it is empty"
      : `its ${size} bytes are ${records} whole ${records === 1 ? "record" : "records"} and ${rest} bytes more, so it was cut off, or something follows the records`;
  throw new DataError(
    "cifar10",
    `"${path}" must hold one or more records of ${RECORD_BYTES} bytes and nothing else; ${found}; ` +
      `download and unpack the binary version again from ${SOURCE}`,
    { expected: `a multiple of ${RECORD_BYTES} bytes above 0`, actual: size },
  );
}

function checkMemory(path: string, records: number): void {
  if (records * RECORD_BYTES <= MOST_IMAGE_BYTES) return;
  throw new DataError(
    "cifar10",
    `"${path}" and those before it hold ${records} images, ${formatBytes(records * RECORD_BYTES)}, and more than ${formatBytes(MOST_IMAGE_BYTES)} are not read at once; pass a limit`,
    { expected: `<= ${MOST_IMAGE_BYTES}`, actual: records * RECORD_BYTES },
  );
}

function checkLabels(path: string, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; start += RECORD_BYTES) {
    const label = bytes[start] as number;
    if (label < CLASS_NAMES.length) continue;
    const where = `record ${start / RECORD_BYTES} of "${path}" (byte ${start})`;
    throw new DataError(
      "cifar10",
      `labels must be 0 to 9, got ${label} in ${where}; this is not a file of CIFAR-10's binary version ` +
        `(CIFAR-100 has two labels a record), take it from ${SOURCE}`,
      { expected: "0 … 9", actual: label },
    );
  }
}

function filesOf(split: "train" | "test", folder: string, entries: readonly string[]): readonly string[] {
  const wanted = split === "train" ? TRAIN_FILES : TEST_FILES;
  const files = wanted.filter((file) => entries.includes(file));
  if (files.length > 0) return files;
  const hint = entries.includes("cifar-10-batches-bin")
    ? `pass "${folder}/cifar-10-batches-bin"`
    : `pass the unpacked folder of the binary version (${SOURCE})`;
  const range = split === "train" ? "any of data_batch_1.bin to data_batch_5.bin" : "test_batch.bin";
  throw new DataError("cifar10", `folder "${folder}" does not hold ${range}; ${hint}`, {
    expected: wanted,
    actual: entries.slice(0, 16),
  });
}

function parseNames(path: string, text: string): readonly string[] {
  const names = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (names.length === CLASS_NAMES.length) return names;
  throw wrongNames(path, String(names.length));
}

function wrongNames(path: string, found: string): DataError {
  return new DataError(
    "cifar10",
    `"${path}" must name ${CLASS_NAMES.length} classes, one a line, got ${found}; remove it for the usual names`,
    { expected: CLASS_NAMES.length, actual: found },
  );
}

async function readOr<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError("cifar10", `cannot read the ${what} (${reason}); the binary version is at ${SOURCE}`, {
      expected: what,
      actual: reason,
      cause: error,
    });
  }
}

/** Looked up while it runs, so that no bundle for a page asks for a module of Node's. */
function fileSystem(): FileSystem {
  const files = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs/promises");
  if (files !== undefined) return files;
  throw new DataError("cifar10", "needs a file system, and there is none here; run it in Node.js, 20.16 or later");
}

function checkLimit(limit: number): void {
  if (!((Number.isSafeInteger(limit) || limit === Number.POSITIVE_INFINITY) && limit >= 1)) {
    throw new ValueError("cifar10", `limit must be an integer of 1 or more, got ${limit}`, {
      expected: ">= 1",
      actual: limit,
    });
  }
}
