/** The file of a log: records are appended whole, and what is there is never half replaced. */
import { isNode, nodeModule } from "../../device/host.js";
import { DataError, describe, ValueError } from "../../errors.js";
import { cannotWrite, codeOf } from "../../write-failure.js";
import { makeFolder, replaceFile, writeAll } from "../whole-files.js";

/** Where a log is written: a file by {@link openLogFile}, or an object of one's own, as in a page that keeps the bytes for a
 * download.
 * @category Training logs */
export interface LogFile {
  /** All it holds. */
  read(): Uint8Array;
  /** Writes a record behind all others. It is there, whole, when this returns. */
  append(record: Uint8Array): void;
  /** Holds these bytes from now on, instead of all it held. */
  replace(bytes: Uint8Array): void;
  /** Begins anew, empty; what it held is kept elsewhere, as `NAME.kept-1.jsonl` beside a file. */
  startOver(): void;
  /** Returns when all of it would survive a loss of power. */
  flush(): void;
  /** Flushes and lets it go; nothing is written after it. */
  close(): void;
}

/** Opens or makes a file for a log, and the folders it is in. A process that is killed leaves whole records in it, at worst a torn
 * last one; where the disk is full, the part that was written of a record is taken away again. Needs a file system (Node.js).
 * @throws DataError that names the file and the remedy where it cannot be written, at once or later on
 * @throws ValueError if the path is none
 * @category Training logs */
export function openLogFile(path: string): LogFile {
  return openFor("openLogFile", path);
}

/** The same in the name of whoever needs the file. */
export function openFor(op: string, path: string): LogFile {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new ValueError(op, `it takes the path of a file, got ${describe(path)}`, { actual: path });
  }
  if (!isNode()) {
    throw new DataError(op, `cannot write ${path}: there is no file system here; pass a LogFile of your own instead`);
  }
  return new NodeLogFile(op, path);
}

/** The file of a log that is given by its path or as an object.
 * @throws DataError if it cannot be written; ValueError if it is neither */
export function fileOf(op: string, target: string | LogFile): LogFile {
  return typeof target === "string" ? openFor(op, target) : checkedFile(op, "a file", target);
}

/** A file that somebody made.
 * @param path what path the function takes instead
 * @throws ValueError in the name of `op` if it is none */
export function checkedFile(op: string, path: string, file: LogFile): LogFile {
  const methods = ["read", "append", "replace", "startOver", "flush", "close"] as const;
  if (methods.every((name) => typeof file?.[name] === "function")) return file;
  const rule = `it takes the path of ${path}, or a LogFile, which has ${methods.join(", ")}`;
  throw new ValueError(op, `${rule}; got ${describe(file)}`, { actual: file });
}

class NodeLogFile implements LogFile {
  readonly #fs = nodeModule("fs");
  readonly #op: string;
  readonly #path: string;
  #descriptor: number;
  #length: number;

  constructor(op: string, path: string) {
    this.#op = op;
    this.#path = path;
    this.#descriptor = this.#try(() => {
      makeFolder(nodeModule("path").dirname(path));
      return this.#fs.openSync(path, "a+");
    });
    this.#length = this.#try(() => this.#fs.fstatSync(this.#descriptor).size);
  }

  read(): Uint8Array {
    return this.#try(() => this.#fs.readFileSync(this.#path));
  }

  append(record: Uint8Array): void {
    this.#try(() => {
      try {
        writeAll(this.#descriptor, record);
      } catch (cause) {
        this.#takeAway();
        throw cause;
      }
      this.#length += record.length;
    });
  }

  replace(bytes: Uint8Array): void {
    this.#try(() => {
      replaceFile(this.#path, `${this.#path}.livegrad-new`, bytes);
      this.#reopen(bytes.length);
    });
  }

  startOver(): void {
    this.#try(() => {
      this.#fs.renameSync(this.#path, nameAside(this.#fs, this.#path));
      this.#reopen(0);
    });
  }

  flush(): void {
    this.#try(() => this.#fs.fsyncSync(this.#descriptor));
  }

  close(): void {
    if (this.#descriptor < 0) return;
    this.flush();
    this.#fs.closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  /** What was written of a record that did not fit. */
  #takeAway(): void {
    try {
      this.#fs.ftruncateSync(this.#descriptor, this.#length);
    } catch (cause) {
      if (codeOf(cause) !== "EINVAL") throw cause; // a device holds nothing
    }
  }

  /** Opens what bears the name now. */
  #reopen(length: number): void {
    this.#fs.closeSync(this.#descriptor);
    this.#descriptor = this.#fs.openSync(this.#path, "a+");
    this.#length = length;
  }

  #try<Result>(action: () => Result): Result {
    if (this.#descriptor < 0) throw new DataError(this.#op, `the log ${this.#path} is closed`);
    try {
      return action();
    } catch (cause) {
      throw cannotWrite(this.#op, this.#path, cause);
    }
  }
}

/** `log.kept-1.jsonl` for `log.jsonl`: a name that is free. */
function nameAside(fs: typeof import("node:fs"), path: string): string {
  const { join, parse } = nodeModule("path");
  const { dir, name, ext } = parse(path);
  for (let count = 1; ; count++) {
    const aside = join(dir, `${name}.kept-${count}${ext}`);
    if (!fs.existsSync(aside)) return aside;
  }
}
