/** The file system of the host, where it has one: found when it is needed, so that pages load nothing of it. */
import { DataError, describe, ValueError } from "./errors.js";
import { cannotWrite } from "./write-failure.js";

type FileSystem = typeof import("node:fs/promises");

/** Bytes that are read at a time: more than 2 GiB at once is refused by Node. */
const MOST_READ = 2 ** 30;

function fileSystem(op: string): FileSystem {
  const files = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs/promises");
  if (files === undefined)
    throw new DataError(
      op,
      "there is no file system here; pass a URL or the bytes, and take bytes where it would write",
    );
  return files;
}

/** Whether there is a file system. */
export function hasFileSystem(): boolean {
  return typeof process !== "undefined" && process.getBuiltinModule?.("node:fs/promises") !== undefined;
}

/** The path that a `file:` URL stands for. */
export function pathOf(op: string, { href }: { readonly href: string }): string {
  fileSystem(op);
  return process.getBuiltinModule("node:url").fileURLToPath(href);
}

function checkPath(op: string, path: string): void {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
  throw new ValueError(op, `path must be the path of a file, got ${describe(path)}`, { actual: path });
}

/** An open file, of which pieces can be read. */
export interface OpenFile {
  /** Its path, as it was given. */
  readonly name: string;
  /** Bytes that it had when it was opened. */
  readonly size: number;
  /** The bytes `[offset, offset + length)`.
   * @throws DataError if they are not there */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Closes it. */
  close(): Promise<void>;
}

/** Opens a file to be read piece by piece; close it when it is read.
 * @param path in Node; there are no files in a page
 * @throws DataError if there is none, or it is no regular file
 * @example
 * ```ts
 * const file = await openFile("model.safetensors");
 * const model = await openSafetensors(file);
 * const weight = await model.read("fc.weight");
 * await file.close();
 * ```
 * @category Files */
export async function openFile(path: string): Promise<OpenFile> {
  return await open("openFile", path);
}

async function open(op: string, path: string): Promise<OpenFile> {
  checkPath(op, path);
  const files = fileSystem(op);
  const failed = (cause: unknown): DataError =>
    new DataError(op, `${describe(path)} cannot be read (${String((cause as Error).message)})`, { cause });
  const handle = await files.open(path).catch((error: unknown) => {
    throw failed(error);
  });
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new DataError(
      op,
      `${describe(path)} must be a regular file, and it is ${stats.isDirectory() ? "a folder" : "none"}`,
    );
  }
  return {
    name: path,
    size: stats.size,
    close: () => handle.close(),
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        const piece = Math.min(length - filled, MOST_READ);
        const { bytesRead } = await handle.read(bytes, filled, piece, offset + filled).catch((error: unknown) => {
          throw failed(error);
        });
        if (bytesRead === 0)
          throw new DataError(op, `${describe(path)} ends at byte ${offset + filled}, while it is read`);
        filled += bytesRead;
      }
      return bytes;
    },
  };
}

/** The bytes of a whole file. */
export async function readWhole(op: string, path: string): Promise<Uint8Array> {
  const file = await open(op, path);
  try {
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

/** Writes a file so that at every moment there is the old one or the new one, whole: beside, to the disk, then under its name. */
export async function writeWhole(op: string, path: string, bytes: Uint8Array): Promise<void> {
  checkPath(op, path);
  const files = fileSystem(op);
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const handle = await files.open(beside, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync(); // the bytes must be on the disk before their name is
    } finally {
      await handle.close();
    }
    await files.rename(beside, path);
  } catch (error) {
    await files.rm(beside, { force: true }).catch(() => undefined);
    throw cannotWrite(op, path, error);
  }
}
