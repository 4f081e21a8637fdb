/** Reads the files of CIFAR-10's and CIFAR-100's binary versions (Krizhevsky 2009): records of labels and 3 × 32 × 32 bytes. */
import { DataError } from "../errors.js";
import type { ImageDataset } from "./dataset.js";
import { checkImageBytes, checkLimit, type Folder, openFolder, otherwise, type Reader, refuseFile } from "./files.js";

/** What tells one of the two from the other. */
export interface CifarLayout extends Reader {
  /** What the data set is called. */
  readonly name: string;
  /** The folder that its archive unpacks to. */
  readonly folder: string;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** What precedes the pixels of a record: for each label how many classes there are. */
  readonly classes: readonly number[];
  /** Which of the labels is taken. */
  readonly label: number;
  /** What its classes are called where the file of names is not there. */
  readonly classNames: readonly string[];
  /** The file that has the classes' names, one a line. */
  readonly namesFile: string;
  /** What a label that is no class suggests. */
  readonly hint: string;
}

const SIDE = 32;
const IMAGE_BYTES = 3 * SIDE * SIDE;
/** A list of names is no longer. */
const MOST_NAMES_BYTES = 65_536;

/** The images of those of the files that are there, up to a limit. */
export async function readCifar(
  layout: CifarLayout,
  path: string,
  split: "train" | "test",
  wanted: readonly string[],
  limit: number,
): Promise<ImageDataset> {
  checkLimit(layout.op, limit);
  const folder = await openFolder(layout, path);
  const classNames = await readNames(layout, folder);
  const recordBytes = layout.classes.length + IMAGE_BYTES;
  const parts: Uint8Array[] = [];
  let read = 0;
  for (const file of filesOf(layout, folder, split, wanted)) {
    if (read >= limit) break;
    const records = Math.min(await recordsIn(layout, folder, file), limit - read);
    const what = `"${folder.pathOf(file)}" and those before it hold ${read + records} images`;
    checkImageBytes(layout.op, what, (read + records) * recordBytes);
    const bytes = await folder.readStart(file, records * recordBytes);
    checkLabels(layout, folder.pathOf(file), bytes);
    parts.push(bytes);
    read += records;
  }
  return assemble(layout, `${layout.name} ${split}`, classNames, parts);
}

function assemble(
  { classes, label, mean, std }: CifarLayout,
  name: string,
  classNames: readonly string[],
  parts: readonly Uint8Array[],
): ImageDataset {
  const recordBytes = classes.length + IMAGE_BYTES;
  const length = parts.reduce((sum, part) => sum + part.length / recordBytes, 0);
  const images = new Uint8Array(length * IMAGE_BYTES);
  const labels = new Uint8Array(length);
  let index = 0;
  for (const part of parts) {
    for (let start = 0; start < part.length; start += recordBytes) {
      labels[index] = part[start + label] as number;
      images.set(part.subarray(start + classes.length, start + recordBytes), index * IMAGE_BYTES);
      index++;
    }
  }
  return { name, classNames, channels: 3, height: SIDE, width: SIDE, length, images, labels, mean, std };
}

/** The number of records in a file. */
async function recordsIn(layout: CifarLayout, folder: Folder, file: string): Promise<number> {
  const recordBytes = layout.classes.length + IMAGE_BYTES;
  const size = await folder.sizeOf(file);
  const records = Math.floor(size / recordBytes);
  const rest = size % recordBytes;
  if (records > 0 && rest === 0) return records;
  const whole = `${records} whole ${records === 1 ? "record" : "records"} and ${rest} bytes more`;
  const other = otherwise(await folder.readStart(file, Math.min(size, 64)));
  const cut = other === "" ? ", so it was cut off, or something follows the records" : other;
  const found = size === 0 ? "it is empty" : `its ${size} bytes are ${whole}${cut}`;
  const rule = `it must hold one or more records of ${recordBytes} bytes and nothing else`;
  const expected = `a multiple of ${recordBytes} bytes above 0`;
  return refuseFile(layout, folder.pathOf(file), "truncated", `${rule}; ${found}`, { expected, actual: size });
}

function checkLabels(layout: CifarLayout, path: string, bytes: Uint8Array): void {
  const recordBytes = layout.classes.length + IMAGE_BYTES;
  for (let start = 0; start < bytes.length; start += recordBytes) {
    for (const [place, classes] of layout.classes.entries()) {
      const label = bytes[start + place] as number;
      if (label < classes) continue;
      const where = `record ${start / recordBytes} (byte ${start + place})`;
      const rule = `labels must be 0 to ${classes - 1}, got ${label} in ${where}`;
      refuseFile(layout, path, "bad-label", `${rule}; ${layout.hint}`, {
        expected: `0 … ${classes - 1}`,
        actual: label,
      });
    }
  }
}

function filesOf(
  { op, source, folder: usual }: CifarLayout,
  folder: Folder,
  split: string,
  wanted: readonly string[],
): readonly string[] {
  const files = wanted.filter((file) => folder.entries.includes(file));
  if (files.length > 0) return files;
  const hint = folder.entries.includes(usual)
    ? `pass "${folder.pathOf(usual)}"`
    : `pass its unpacked folder; ${source}`;
  const range = wanted.length > 1 ? `any of ${wanted[0]} to ${wanted.at(-1)}` : wanted[0];
  throw new DataError(op, `folder "${folder.path}" does not hold ${range}, for the split "${split}"; ${hint}`, {
    expected: wanted,
    actual: folder.entries.slice(0, 16),
  });
}

async function readNames(layout: CifarLayout, folder: Folder): Promise<readonly string[]> {
  const { namesFile, classNames } = layout;
  if (!folder.entries.includes(namesFile)) return classNames;
  const size = await folder.sizeOf(namesFile);
  const wrong = (found: string): never => {
    const path = folder.pathOf(namesFile);
    const rule = `"${path}" must name ${classNames.length} classes, one a line, got ${found}`;
    throw new DataError(layout.op, `${rule}; remove it for the usual names`, {
      expected: classNames.length,
      actual: found,
    });
  };
  if (size > MOST_NAMES_BYTES) wrong(`${size} bytes`);
  const names = new TextDecoder()
    .decode(await folder.readStart(namesFile, size))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return names.length === classNames.length ? names : wrong(String(names.length));
}
