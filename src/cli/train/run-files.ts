/** The folder of a training run: what its files are called, and the settings it was begun with. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../errors.js";
import { lockFolder } from "../../folder-lock.js";
import { makeFolder, replaceFile } from "../../train/whole-files.js";
import { cannotWrite } from "../../write-failure.js";
import { type FileOptions, optionsIn, type TrainSettings } from "./settings.js";

/** Paths of what a run leaves. */
export interface RunFiles {
  /** Its settings, which `--config` takes. */
  readonly settings: string;
  readonly checkpoints: string;
  readonly last: string;
  readonly best: string;
  readonly jsonLines: string;
  readonly csv: string;
  readonly tensorBoard: string;
  readonly report: string;
}

/** The files of the run in a folder. */
export function runFiles(folder: string): RunFiles {
  const checkpoints = join(folder, "checkpoints");
  return {
    settings: join(folder, "config.json"),
    checkpoints,
    last: join(checkpoints, "last.safetensors"),
    best: join(checkpoints, "best.safetensors"),
    jsonLines: join(folder, "run.jsonl"),
    csv: join(folder, "epochs.csv"),
    tensorBoard: join(folder, "events"),
    report: join(folder, "report.html"),
  };
}

/** The settings that the run in a folder was begun with.
 * @throws DataError if there is none */
export function settingsIn(op: string, folder: string): TrainSettings {
  const { settings } = runFiles(folder);
  if (!existsSync(settings))
    throw new DataError(op, `there is no run in ${folder} to go on with; leave --resume out to begin one`);
  return optionsIn(settings) as FileOptions & TrainSettings;
}

/** The folder of a run that this process has to itself. */
export interface OpenRun {
  /** Writes the settings into it: from now on it has a run. */
  begin(settings: TrainSettings): void;
  /** Lets others in. */
  close(): void;
}

/** Makes a folder if needed and takes it for this process.
 * @param resume whether to go on with the run in it
 * @throws DataError naming the folder and the remedy if another run has it, it cannot be written, or it has a run that nobody asked
 * to go on with */
export function openRun(op: string, folder: string, resume: boolean): OpenRun {
  const { settings: path } = runFiles(folder);
  const unlock = taken(op, folder);
  if (!resume && existsSync(path)) {
    unlock();
    const remedy = `go on with it (${resumption(folder)}), or choose another folder with --out`;
    throw new DataError(op, `${folder} has a run: ${remedy}`);
  }
  return {
    begin(settings) {
      try {
        const text = `${JSON.stringify(settings, null, 2)}\n`;
        replaceFile(path, `${path}.unfinished`, new TextEncoder().encode(text));
      } catch (cause) {
        throw cannotWrite(op, path, cause);
      }
    },
    close: unlock,
  };
}

function taken(op: string, folder: string): () => void {
  try {
    makeFolder(folder);
    return lockFolder(op, folder);
  } catch (cause) {
    throw cannotWrite(op, folder, cause);
  }
}

/** The command that goes on with the run in a folder. */
export function resumption(folder: string): string {
  const word = /^[\w./:\\-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;
  return `npx livegrad train --resume --out ${word}`;
}
