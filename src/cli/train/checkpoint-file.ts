/** A checkpoint as the commands read it that need not go on with its run: the weights, and the settings that made them. */
import { existsSync, statSync } from "node:fs";
import { DataError } from "../../errors.js";
import { readWhole } from "../../file-system.js";
import type { NamedArray } from "../../io/named-array.js";
import { readTensorsAs } from "../../io/read-tensors.js";
import type { TrainedOn } from "./preparation.js";
import { runFiles } from "./run-files.js";
import type { TrainSettings } from "./settings.js";

/** What a checkpoint of `livegrad train` holds. */
export interface CheckpointFile {
  readonly path: string;
  readonly settings: TrainSettings;
  readonly trainedOn: TrainedOn;
  /** The whole file, of which `load` takes the weights. */
  readonly bytes: Uint8Array;
  /** The state dict of the net. */
  readonly weights: ReadonlyMap<string, NamedArray>;
  /** Steps made. */
  readonly step: number;
}

/** What the run was set up with, if the command set it up. */
type Configuration = Partial<TrainSettings & { readonly trainedOn: TrainedOn }>;

/** Reads a checkpoint.
 * @param given its path, or the folder of a run, of which the best one is taken, else the last
 * @throws DataError if there is none, or it is of a run that the command did not make; FormatError if the file is damaged */
export async function readCheckpoint(op: string, given: string): Promise<CheckpointFile> {
  const path = checkpointOf(op, given);
  const bytes = await readWhole(op, path);
  const { tensors: weights, metadata } = readTensorsAs(op, path, bytes);
  const configuration = parsed(metadata.get("configuration")) as Configuration | null;
  const state = parsed(metadata.get("state")) as { readonly step?: unknown } | null;
  if (
    configuration?.recipe === undefined ||
    configuration.trainedOn === undefined ||
    typeof configuration.model !== "string" ||
    typeof state?.step !== "number"
  ) {
    throw new DataError(
      op,
      `${path} is no checkpoint that livegrad train has written: it does not tell its net and data`,
    );
  }
  const { trainedOn, ...settings } = configuration as TrainSettings & { readonly trainedOn: TrainedOn };
  return { path, settings, trainedOn, bytes, weights, step: state.step };
}

function checkpointOf(op: string, given: string): string {
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory() !== true) return given;
  const { best, last } = runFiles(given);
  const found = [best, last].find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new DataError(op, `${given} has no checkpoint of a run; it would be ${last}`);
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text);
}
