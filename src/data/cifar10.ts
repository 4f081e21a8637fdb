/** Reads CIFAR-10 (Krizhevsky 2009) from the files of its binary version. */
import { DataError, ValueError } from "../errors.js";
import type { ImageDataset } from "./dataset.js";

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

/**
 * CIFAR-10: photographs of ten classes, 3 × 32 × 32 pixels, from the unpacked folder of its binary version. Class names
 * come from `batches.meta.txt` where it is there. Needs a file system (Node.js); importing it does not.
 * @param folder the folder that holds `data_batch_1.bin` and its kin
 * @throws DataError if the folder, the file or the file system is missing, a file is truncated, or a label is not 0
 *   to 9
 * @throws ValueError if an option is out of range
 * @example
 * ```ts
 * const train = await cifar10("data/cifar-10-batches-bin");
 * const test = await cifar10("data/cifar-10-batches-bin", { split: "test", limit: 1000 });
 * ```
 * @category Data
 */
export async function cifar10(folder: string, options: Cifar10Options = {}): Promise<ImageDataset> {
  const { split = "train", limit = Number.POSITIVE_INFINITY } = options;
  checkOptions(split, limit);
  const { readdir, readFile } = await fileSystem();
  const entries = await readOr(`folder "${folder}"`, () => readdir(folder));
  const files = filesOf(split, folder, entries);
  const namesPath = `${folder}/${NAMES_FILE}`;
  const classNames = entries.includes(NAMES_FILE)
    ? parseNames(namesPath, await readOr(`file "${namesPath}"`, () => readFile(namesPath, "utf8")))
    : CLASS_NAMES;
  const parts: Uint8Array[] = [];
  let left = limit;
  for (const file of files) {
    if (left <= 0) break;
    const path = `${folder}/${file}`;
    const bytes = await readOr(`file "${path}"`, () => readFile(path));
    const records = checkRecords(path, bytes);
    const taken = Math.min(records, left);
    parts.push(bytes.subarray(0, taken * RECORD_BYTES));
    left -= taken;
  }
  return assemble(`CIFAR-10 ${split}`, classNames, parts);
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

/** The number of records in the file, all of them whole and rightly labelled. */
function checkRecords(path: string, bytes: Uint8Array): number {
  const records = Math.floor(bytes.length / RECORD_BYTES);
  if (records === 0 || bytes.length % RECORD_BYTES !== 0) throw truncated(path, bytes.length, records);
  for (let record = 0; record < records; record++) {
    const label = bytes[record * RECORD_BYTES] as number;
    if (label >= CLASS_NAMES.length) {
      const where = `record ${record} of "${path}" (byte ${record * RECORD_BYTES})`;
      throw new DataError(
        "cifar10",
        `labels must be 0 to 9, got ${label} in ${where}; this is not a file of CIFAR-10's binary version ` +
          `(CIFAR-100 has two labels a record), take it from ${SOURCE}`,
        { expected: "0 … 9", actual: label },
      );
    }
  }
  return records;
}

function truncated(path: string, size: number, records: number): DataError {
  const last = records === 0 ? "none of them whole" : `the last whole one is record ${records - 1} (the first is 0)`;
  return new DataError(
    "cifar10",
    `"${path}" is truncated: ${size} bytes are not a whole number of ${RECORD_BYTES}-byte records, ${last}; ` +
      `download and unpack the binary version again from ${SOURCE}`,
    { expected: `a multiple of ${RECORD_BYTES} bytes above 0`, actual: size },
  );
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
  throw new DataError(
    "cifar10",
    `"${path}" must name ${CLASS_NAMES.length} classes, one a line, got ${names.length}; remove it for the usual names`,
    { expected: CLASS_NAMES.length, actual: names.length },
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

// Imported here and not above, so that a browser can load the module.
async function fileSystem(): Promise<typeof import("node:fs/promises")> {
  try {
    return await import("node:fs/promises");
  } catch {
    throw new DataError("cifar10", "needs a file system, and there is none here; run it in Node.js");
  }
}

function checkOptions(split: string, limit: number): void {
  if (split !== "train" && split !== "test") {
    throw new ValueError("cifar10", `split must be "train" or "test", got ${JSON.stringify(split)}`, {
      expected: ["train", "test"],
      actual: split,
    });
  }
  if (!((Number.isSafeInteger(limit) || limit === Number.POSITIVE_INFINITY) && limit >= 1)) {
    throw new ValueError("cifar10", `limit must be an integer of 1 or more, got ${limit}`, {
      expected: ">= 1",
      actual: limit,
    });
  }
}
