/** Reading the files of a data set: from a disk where there is one, and no more of them than was asked for. */
import { DataError, describe, ValueError } from "../errors.js";
import { FormatError, type FormatReason } from "../io/format-error.js";
import { isAnother, RECOGNISABLE } from "../io/recognise.js";
import { formatBytes, MOST_IMAGE_BYTES } from "./memory.js";

type FileSystem = typeof import("node:fs/promises");

/** Who reads a data set, and where it is to be had. */
export interface Reader {
  /** The function that the user called. */
  readonly op: string;
  /** What every refusal ends with: where to take the files from. */
  readonly source: string;
}

/** A folder on a disk, whose files belong to one data set. */
export interface Folder {
  readonly path: string;
  /** Names of what is in it. */
  readonly entries: readonly string[];
  /** Bytes in a file. @throws DataError if it is no regular file: a pipe or a device may have no end */
  sizeOf(name: string): Promise<number>;
  /** The first bytes of a file, without reading the rest. */
  readStart(name: string, length: number): Promise<Uint8Array>;
  /** The last bytes of a file of a known size. */
  readEnd(name: string, length: number, size: number): Promise<Uint8Array>;
  /** Where a file lies. */
  pathOf(name: string): string;
}

/** Opens a folder for reading.
 * @throws ValueError if `path` is none; DataError if there is no such folder, or no file system */
export async function openFolder(reader: Reader, path: unknown): Promise<Folder> {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new ValueError(reader.op, `folder must be the path of one, got ${describe(path)}`, { actual: path });
  }
  const files = fileSystem(reader.op);
  const entries = await readOr(reader, `folder "${path}"`, () => files.readdir(path));
  const pathOf = (name: string): string => `${path}/${name}`;
  return {
    path,
    entries,
    pathOf,
    sizeOf: (name) => sizeOf(files, reader, pathOf(name)),
    readStart: (name, length) => readPart(files, reader, pathOf(name), 0, length),
    readEnd: (name, length, size) => readPart(files, reader, pathOf(name), size - length, length),
  };
}

/** The bytes of a file.
 * @throws DataError if there is none, or it is no regular file */
export async function readFile(reader: Reader, path: string): Promise<Uint8Array> {
  const files = fileSystem(reader.op);
  return readPart(files, reader, path, 0, await sizeOf(files, reader, path));
}

/** The files and folders in a folder below the one that is open, by what they are; links are followed.
 * @param name a path below it, "" for itself */
export async function listFolder(reader: Reader, folder: Folder, name: string): Promise<Listing> {
  const files = fileSystem(reader.op);
  const path = name === "" ? folder.path : folder.pathOf(name);
  const names = (await readOr(reader, `folder "${path}"`, () => files.readdir(path))).sort();
  const isFolder = await Promise.all(
    names.map(async (one) =>
      (await readOr(reader, `file "${path}/${one}"`, () => files.stat(`${path}/${one}`))).isDirectory(),
    ),
  );
  return { files: names.filter((_, k) => !isFolder[k]), folders: names.filter((_, k) => isFolder[k]) };
}

/** Names in a folder, sorted by the numbers of their letters, the same on every machine. */
interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Refuses a file; the message ends with where the data set is to be had. */
export function refuseFile(
  reader: Reader,
  path: string,
  reason: FormatReason,
  message: string,
  details: { readonly expected?: unknown; readonly actual?: unknown } = {},
): never {
  throw new FormatError(reader.op, path, reason, `${message}; ${reader.source}`, details);
}

/** Does a piece of reading; what it refuses is told with where the data set is to be had. */
export async function withSource<T>({ source }: Reader, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { op, file, reason, message, expected, actual } = error;
    const said = message.slice(`${op}: ${describe(file)}: `.length);
    throw new FormatError(op, file, reason, `${said}; ${source}`, { expected, actual, cause: error });
  }
}

/** In words, what a file is that stands where one of a data set should be: `; it is a web page`. Empty if nobody knows. */
export function otherwise(start: Uint8Array): string {
  const other = isAnother(start.subarray(0, RECOGNISABLE), "safetensors"); // whatever is none of that is none of ours
  return other === null ? "" : `; it is ${other}`;
}

/** @throws DataError if so many bytes of images are not held at once */
export function checkImageBytes(op: string, what: string, bytes: number): void {
  if (bytes <= MOST_IMAGE_BYTES) return;
  const limit = `more than ${formatBytes(MOST_IMAGE_BYTES)} are not read at once`;
  throw new DataError(op, `${what}, ${formatBytes(bytes)}, and ${limit}; pass a limit`, {
    expected: `<= ${MOST_IMAGE_BYTES}`,
    actual: bytes,
  });
}

/** @throws ValueError unless a limit is an integer of 1 or more, or Infinity */
export function checkLimit(op: string, limit: number): void {
  if ((Number.isSafeInteger(limit) || limit === Number.POSITIVE_INFINITY) && limit >= 1) return;
  throw new ValueError(op, `limit must be an integer of 1 or more, got ${limit}`, { expected: ">= 1", actual: limit });
}

/** Looked up while it runs, so that no bundle for a page asks for a module of Node's. */
function fileSystem(op: string): FileSystem {
  const files = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs/promises");
  if (files !== undefined) return files;
  throw new DataError(op, "needs a file system, and there is none here; run it in Node.js, 20.16 or later");
}

async function sizeOf(files: FileSystem, reader: Reader, path: string): Promise<number> {
  const stats = await readOr(reader, `file "${path}"`, () => files.stat(path));
  if (stats.isFile()) return stats.size;
  const kind = stats.isDirectory() ? "a folder" : stats.isFIFO() ? "a pipe" : "a device or a socket";
  throw new DataError(reader.op, `"${path}" must be a regular file, and it is ${kind}; ${reader.source}`, {
    expected: "a regular file",
    actual: kind,
  });
}

async function readPart(
  files: FileSystem,
  reader: Reader,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = await readOr(reader, `file "${path}"`, async () => {
    const handle = await files.open(path);
    try {
      const buffer = new Uint8Array(length);
      let filled = 0;
      for (let read = -1; filled < length && read !== 0; filled += read) {
        read = (await handle.read(buffer, filled, length - filled, offset + filled)).bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  });
  if (bytes.length === length) return bytes;
  const found = `${bytes.length} bytes of ${length} are left`;
  throw new DataError(reader.op, `"${path}" became shorter while it was read: ${found}`);
}

/** Reads, and says of what failed which file it was, and where the data set is to be had. */
async function readOr<T>({ op, source }: Reader, what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(op, `cannot read the ${what} (${reason}); ${source}`, {
      expected: what,
      actual: reason,
      cause: error,
    });
  }
}
