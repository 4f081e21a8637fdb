/** The folder of a run's checkpoints, which this process has to itself: each file is there whole, or as it was before. */
import { isNode, nodeModule } from "../../device/host.js";
import { DataError } from "../../errors.js";
import { lockFolder } from "../../folder-lock.js";
import { cannotWrite, codeOf } from "../../write-failure.js";
import { makeFolder, replaceFile } from "../whole-files.js";

/** What a file is called while it is written. */
const UNFINISHED = /^\.[\w.-]+\.unfinished$/;

/** A folder that is locked. */
export class CheckpointFolder {
  readonly #fs = nodeModule("fs");
  readonly #path = nodeModule("path");
  readonly #folder: string;
  readonly #unlock: () => void;

  /** Makes the folder if needed, and takes it for this process; what a run that was killed had begun to write is taken away.
   * @throws DataError naming the folder and the remedy: another run has it, or it cannot be written */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      makeFolder(folder);
      this.#unlock = lockFolder("fit", folder);
      for (const name of this.#fs.readdirSync(folder)) if (UNFINISHED.test(name)) this.remove(name);
    } catch (cause) {
      throw cannotWrite("fit", folder, cause);
    }
  }

  /** The path of a file in it. */
  pathOf(name: string): string {
    return this.#path.join(this.#folder, name);
  }

  /** The files that are there. */
  names(): string[] {
    return this.#fs.readdirSync(this.#folder).sort();
  }

  /** The bytes of a file; null where there is none. */
  read(name: string): Uint8Array | null {
    try {
      return this.#fs.readFileSync(this.pathOf(name));
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return null;
      throw new DataError("fit", `cannot read ${this.pathOf(name)} (${codeOf(cause)})`, { cause });
    }
  }

  /** Writes a file beside the one of its name, syncs it, and puts it in its place: after a loss of power, too, either is there whole.
   * @throws DataError naming the file and the remedy; what was there is as it was */
  write(name: string, bytes: Uint8Array): void {
    try {
      replaceFile(this.pathOf(name), this.pathOf(`.${name}.unfinished`), bytes);
    } catch (cause) {
      throw cannotWrite("fit", this.pathOf(name), cause);
    }
  }

  remove(name: string): void {
    this.#fs.rmSync(this.pathOf(name), { force: true });
  }

  /** Lets other runs in. */
  close(): void {
    this.#unlock();
  }
}

/** @throws DataError where there is no file system */
export function needsFiles(): void {
  if (!isNode())
    throw new DataError(
      "fit",
      "checkpoints go into a folder, and there is no file system here; leave them out, or run it in Node.js",
    );
}
