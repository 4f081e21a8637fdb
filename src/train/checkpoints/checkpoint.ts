/** A checkpoint: everything that a run needs to go on as if it had never stopped, in one safetensors file. */
import { DataError, describe } from "../../errors.js";
import { CHECKPOINT_FORMAT } from "../../io/checkpoint-format.js";
import type { NamedArray } from "../../io/named-array.js";
import { readSafetensors, writeSafetensors } from "../../io/safetensors.js";
import type { AnyModule } from "../../nn/module.js";
import { version } from "../../version.js";
import type { Json } from "../events.js";
import type { Run } from "../run.js";
import { type PackedTensors, pack, unpack } from "./packing.js";

/** The best value of the metric by which checkpoints are chosen.
 * @category Training */
export interface Best {
  readonly value: number;
  readonly step: number;
}

/** What stands in a checkpoint, names of the run's parts. */
interface State {
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly lr: readonly number[];
  readonly totals: unknown;
  readonly history: unknown;
  readonly validation: unknown;
  readonly best: Best | null;
  readonly model: unknown;
  readonly optimizer: unknown;
  readonly schedules: { readonly step?: unknown; readonly epoch?: unknown };
  readonly loader: unknown;
  readonly generators: unknown;
  readonly callbacks: Readonly<Record<string, unknown>>;
}

/** The bytes of a checkpoint: the same run gives the same ones. */
export async function checkpointBytes<Model extends AnyModule, Batch>(
  run: Run<Model, Batch>,
  best: Best | null,
): Promise<Uint8Array> {
  const { settings, step, epoch, batch, lr, totals, history, validation } = run;
  const { schedule, callbacks, train } = settings;
  const savers = callbacks.filter(({ stateDict }) => stateDict !== undefined);
  const state: State = {
    ...{ step, epoch, batch, lr, totals, history, validation, best },
    model: run.model.stateDict(),
    optimizer: settings.optimizer.stateDict(),
    schedules: { step: schedule.step?.stateDict(), epoch: schedule.epoch?.stateDict() },
    loader: typeof train === "function" ? null : train.stateDict?.(),
    generators: run.generators.state(),
    callbacks: Object.fromEntries(savers.map((callback) => [callback.name, callback.stateDict?.()])),
  };
  const packed: PackedTensors = new Map();
  const json = Object.entries(state).map(([name, value]) => [name, pack(value, name, packed)]);
  const tensors = new Map<string, NamedArray>();
  for (const [name, array] of packed) tensors.set(name, await array);
  return writeSafetensors(tensors, {
    format: CHECKPOINT_FORMAT,
    livegrad: version,
    configuration: JSON.stringify(settings.configuration),
    state: JSON.stringify(Object.fromEntries(json)),
  });
}

/** Puts a run where a checkpoint has it.
 * @returns the best so far
 * @throws DataError if the file is no checkpoint; ValueError, ShapeError if it is one of another model, optimiser, loader or schedule */
export function restore<Model extends AnyModule, Batch>(
  run: Run<Model, Batch>,
  bytes: Uint8Array,
  path: string,
): Best | null {
  const { tensors, json } = readCheckpoint(bytes, path);
  const state = unpack(json, tensors) as State;
  const { settings } = run;
  const names = Object.keys(state.callbacks);
  const savers = settings.callbacks.filter(({ loadStateDict }) => loadStateDict !== undefined);
  const given = savers.map(({ name }) => name);
  if (names.join() !== given.join()) {
    const [before, now] = [names, given].map((list) => (list.length === 0 ? "none" : list.join(", ")));
    throw new DataError(
      "fit",
      `${path} has the state of other callbacks: ${before}, and the run has ${now}; give the same ones`,
    );
  }
  run.model.loadStateDict(state.model as never);
  settings.optimizer.loadStateDict(state.optimizer as never);
  settings.schedule.step?.loadStateDict(state.schedules.step as never);
  settings.schedule.epoch?.loadStateDict(state.schedules.epoch as never);
  if (typeof settings.train !== "function") settings.train.loadStateDict?.(state.loader as never);
  run.generators.load(state.generators as never);
  for (const saver of savers) saver.loadStateDict?.(state.callbacks[saver.name] as never);
  Object.assign(run, {
    ...{ step: state.step, epoch: state.epoch, batch: state.batch, lr: state.lr },
    ...{ totals: state.totals, history: state.history, validation: state.validation },
  });
  return state.best;
}

/** Reads what a checkpoint holds. */
function readCheckpoint(
  bytes: Uint8Array,
  path: string,
): { readonly tensors: ReadonlyMap<string, NamedArray>; readonly json: Json } {
  const { tensors, metadata } = readSafetensors(bytes, { name: path });
  if (metadata.get("format") !== CHECKPOINT_FORMAT) {
    throw new DataError(
      "fit",
      `${path} is no checkpoint of a run: its format is ${describe(metadata.get("format"))}, not ${CHECKPOINT_FORMAT}`,
    );
  }
  return { tensors, json: JSON.parse(metadata.get("state") ?? "null") as Json };
}
