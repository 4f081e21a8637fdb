/** Options of what reads files. */
import { count, type OptionKinds, text } from "../options.js";

/** Options of what reads bytes.
 * @category Files */
export interface ReadOptions {
  /** The file's name, for errors. Default "the file". */
  readonly name?: string | undefined;
}

export const readOptions: OptionKinds<ReadOptions> = { name: text };

/** Options of what reads zip archives, as `.pth` and `.npz` files are.
 * @category Files */
export interface ArchiveOptions extends ReadOptions {
  /** The most bytes that it may unpack to, 1 or more. Default 2³¹, 2 GiB. */
  readonly limit?: number | undefined;
}

export const archiveOptions: OptionKinds<ArchiveOptions> = { ...readOptions, limit: count };

export const MOST_UNPACKED_BYTES: number = 2 ** 31;
