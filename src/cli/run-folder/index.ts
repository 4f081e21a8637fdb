/** The folder of a run: locked while the run is at work, and its files replaced as one. */

import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lockFolder } from "../../folder-lock.js";
import { makeFolder } from "../../train/whole-files.js";
import { version } from "../../version.js";
import { cannotWrite } from "../../write-failure.js";
import { COMMIT, stepsToCommit, take } from "./commit.js";
import { MANIFEST, manifestText, markOf } from "./manifest.js";

/** A file of a run. */
export interface RunFile {
  readonly name: string;
  readonly text: string;
}

/** What was written. */
export interface WrittenFiles {
  /** Paths of the new files, the manifest last. */
  readonly written: readonly string[];
  /** Paths to which files that livegrad had not written were moved, out of the way of new ones. */
  readonly kept: readonly string[];
}

/** A run's folder that this process has to itself. */
export interface RunFolder {
  /** Puts these files in the place of those of an earlier run, all or none.
   * @throws DataError that names the path and the remedy; the earlier files are as they were */
  replace(files: readonly RunFile[]): Promise<WrittenFiles>;
  /** Lets other runs in. */
  close(): void;
}

const STAGING = /^\.livegrad-staging-[0-9a-f]{32}$/;

/** Creates the folder if needed, takes it for this process, proves that it can be written, and finishes what a run that
 * was killed had begun to put in place.
 * @param op whom errors name
 * @param whole name of the file that is a report on its own
 * @throws DataError naming the path and the remedy */
export async function openRunFolder(op: string, folder: string, whole: string): Promise<RunFolder> {
  try {
    makeFolder(folder);
    const unlock = lockFolder(op, folder); // a file that is made, and so the proof
    try {
      commit(folder, whole);
      for (const name of await readdir(folder)) {
        if (STAGING.test(name)) await rm(join(folder, name), { recursive: true }); // of a run that was killed
      }
    } catch (cause) {
      unlock();
      throw cause;
    }
    return { replace: (files) => replace(op, folder, files, whole), close: unlock };
  } catch (cause) {
    throw cannotWrite(op, folder, cause);
  }
}

async function replace(op: string, folder: string, files: readonly RunFile[], whole: string): Promise<WrittenFiles> {
  const staging = join(folder, `.livegrad-staging-${randomBytes(16).toString("hex")}`);
  let path = staging;
  try {
    await mkdir(staging);
    const marks = new Map(files.map(({ name, text }) => [name, markOf(Buffer.from(text))]));
    for (const { name, text } of [...files, { name: MANIFEST, text: manifestText(version, marks) }]) {
      path = join(folder, name);
      await writeThrough(join(staging, name), text);
    }
    await rename(staging, join(folder, COMMIT)); // from here on the new files win, whoever puts them in place
  } catch (cause) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    throw cannotWrite(op, path, cause);
  }
  try {
    const written = [...files.map(({ name }) => name), MANIFEST].map((name) => join(folder, name));
    return { written, kept: commit(folder, whole) };
  } catch (cause) {
    throw cannotWrite(op, join(folder, COMMIT), cause);
  }
}

/** Puts a complete set in place, without a pause. @returns where files of strangers are kept */
function commit(folder: string, whole: string): string[] {
  const steps = stepsToCommit(folder, whole);
  for (const step of steps) take(step);
  return steps.flatMap((step) => (step.kind === "keep" ? step.to : []));
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync(); // The text must be on disk before its name is.
  } finally {
    await file.close();
  }
}
