/** How files are refused: every reader throws a FormatError that names the file and the reason. */
import { DataError, describe, type ErrorDetails } from "../errors.js";

/** Why a file was refused, in one word.
 * @category Files */
export type FormatReason =
  | "not-this-format"
  | "bad-magic"
  | "truncated"
  | "trailing-data"
  | "byte-order"
  | "bad-header"
  | "bad-shape"
  | "bad-offsets"
  | "bad-storage"
  | "bad-data"
  | "unsupported-dtype"
  | "object-array"
  | "forbidden-global"
  | "malformed-pickle"
  | "limit"
  | "bad-zip"
  | "unsupported-zip"
  | "zip-bomb"
  | "duplicate-entry"
  | "duplicate-key"
  | "unsafe-path"
  | "bad-label"
  | "count-mismatch";

/** A file is not what it should be: damaged, of another format, or made to do harm. Nothing of it was used.
 * @category Errors */
export class FormatError extends DataError {
  /** Why, in one word. */
  readonly reason: FormatReason;
  /** The file's name, as it was given. */
  readonly file: string;

  /** @param op who refuses; @param file the file's name; @param reason why, in one word; @param message why, in a sentence */
  constructor(op: string, file: string, reason: FormatReason, message: string, details: ErrorDetails = {}) {
    super(op, `${describe(file)}: ${message}`, details);
    this.reason = reason;
    this.file = file;
  }
}

/** What a parser throws, which knows neither the file nor who reads it; it becomes a FormatError on the way out. */
class Refusal extends Error {
  constructor(
    readonly reason: FormatReason,
    message: string,
  ) {
    super(message);
  }
}

/** Refuses the file that is being read. */
export function refuse(reason: FormatReason, message: string): never {
  throw new Refusal(reason, message);
}

/** Does a piece of reading; what it refuses is told as `op` says it of this file. */
export function reading<T>(op: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toldOf(op, file, error);
  }
}

/** The same for what takes its time. */
export async function readingLater<T>(op: string, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toldOf(op, file, error);
  }
}

/** Does a piece of reading inside of another: what it refuses is said of a part of the file. */
export function readingPart<T>(part: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.reason, `${part}: ${error.message}`);
    throw error;
  }
}

function toldOf(op: string, file: string, error: unknown): unknown {
  if (error instanceof Refusal) return new FormatError(op, file, error.reason, error.message);
  if (error instanceof RangeError && /alloc|array length/i.test(error.message))
    return new FormatError(op, file, "limit", `what it holds does not fit into memory (${error.message})`, {
      cause: error,
    });
  return error;
}
