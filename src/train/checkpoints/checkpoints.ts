/** Checkpoints of a run: when they are written, and which stay. */
import { DataError, ValueError } from "../../errors.js";
import type { AnyModule } from "../../nn/module.js";
import { checkedOptions, count, flag, type OptionKinds, oneOf, text } from "../../options.js";
import type { BatchSource } from "../data-source.js";
import type { CheckpointEvent } from "../events.js";
import { type Goal, goalOf, isBetter } from "../goal.js";
import type { Run } from "../run.js";
import { numberNamed } from "../schedule.js";
import { type Best, checkpointBytes, restore } from "./checkpoint.js";
import { CheckpointFolder, needsFiles } from "./folder.js";

/** Where checkpoints go, and how often. `last.safetensors` is written at the end of every epoch and of the run, also of one that is
 * interrupted.
 * @category Training */
export interface CheckpointOptions {
  /** The folder; it is made if needed, and one run at a time writes to it. */
  readonly folder: string;
  /** Goes on from `last.safetensors`, if it is there. Default false: a folder that has one is refused. */
  readonly resume?: boolean | undefined;
  /** Steps between two writings of `last.safetensors`, beside those at ends of epochs. Default: none. */
  readonly everySteps?: number | undefined;
  /** Keeps the checkpoint of every n-th step under a name of its own, `step-00001000.safetensors`. Default: none. */
  readonly keepEvery?: number | undefined;
  /** How many of these stay; older ones are removed. Default: all. */
  readonly keep?: number | undefined;
  /** The metric by which `best.safetensors` is chosen at ends of epochs: of the validation data, or without any of the training data.
   * Default: none, and no such file. */
  readonly best?: string | undefined;
  /** Whether better is less or more. Default: `"min"` for `loss`, else `"max"`. */
  readonly goal?: Goal | undefined;
}

const checkpointOptions: OptionKinds<CheckpointOptions> = {
  folder: text,
  resume: flag,
  everySteps: count,
  keepEvery: count,
  keep: count,
  best: text,
  goal: oneOf("min", "max"),
};

const LAST = "last.safetensors";
const BEST = "best.safetensors";
const NUMBERED = /^step-\d{8}\.safetensors$/;

/** @throws ValueError if an option is unknown or out of range, or the position of `train` cannot be saved */
export function checkedCheckpoints(
  op: string,
  options: CheckpointOptions,
  train: BatchSource<unknown>,
): CheckpointOptions {
  const given = checkedOptions(`${op}: checkpoints`, options, checkpointOptions);
  if (given.folder === undefined || given.folder === "")
    throw new ValueError(op, 'checkpoints need a folder: { folder: "runs/first" }');
  const canBeSaved = typeof train !== "function" && train.stateDict !== undefined && train.loadStateDict !== undefined;
  if (!canBeSaved)
    throw new ValueError(
      op,
      "checkpoints save where the loader stands; train must have stateDict and loadStateDict, as DataLoader has",
    );
  return given;
}

/** The checkpoints of one run. */
export class Checkpoints {
  readonly #options: CheckpointOptions;
  readonly #folder: CheckpointFolder;
  #best: Best | null = null;
  /** The step and epoch of the last file. */
  #saved = "";

  /** @throws DataError if another run has the folder, or it cannot be written */
  constructor(options: CheckpointOptions) {
    needsFiles();
    this.#options = options;
    this.#folder = new CheckpointFolder(options.folder);
  }

  /** Puts the run where its last checkpoint has it, if there is one.
   * @throws DataError if there is one and nobody asked to go on from it */
  begin<Model extends AnyModule, Batch>(run: Run<Model, Batch>): void {
    const bytes = this.#folder.read(LAST);
    if (bytes === null) return;
    const path = this.#folder.pathOf(LAST);
    if (this.#options.resume !== true) {
      throw new DataError(
        "fit",
        `${path} is there from an earlier run; go on from it with resume: true, or choose another folder`,
      );
    }
    this.#best = restore(run, bytes, path);
    this.#saved = placeOf(run);
  }

  async afterStep<Model extends AnyModule, Batch>(run: Run<Model, Batch>): Promise<void> {
    const { everySteps } = this.#options;
    if (this.#isKept(run) || (everySteps !== undefined && run.step % everySteps === 0)) await this.#save(run, false);
  }

  async afterEpoch<Model extends AnyModule, Batch>(run: Run<Model, Batch>): Promise<void> {
    const { best: metric, goal } = this.#options;
    let isBest = false;
    if (metric !== undefined) {
      const { train, validation } = run.history.at(-1) ?? { train: {}, validation: null };
      const value = numberNamed("fit", metric, validation ?? train);
      isBest = isBetter(goalOf(metric, goal), value, this.#best?.value ?? null, 0);
      if (isBest) this.#best = { value, step: run.step };
    }
    await this.#save(run, isBest);
  }

  /** Saves what was done since the last time. */
  async atEnd<Model extends AnyModule, Batch>(run: Run<Model, Batch>): Promise<void> {
    if (this.#saved !== placeOf(run)) await this.#save(run, false);
  }

  /** `last` comes last: a run that is killed in between goes on from the one before, and writes the others again. */
  async #save<Model extends AnyModule, Batch>(run: Run<Model, Batch>, isBest: boolean): Promise<void> {
    await run.checkWeights();
    const bytes = await checkpointBytes(run, this.#best);
    const write = async (name: string, role: CheckpointEvent["role"]) => {
      this.#folder.write(name, bytes);
      await run.tell({ kind: "checkpoint", step: run.step, path: this.#folder.pathOf(name), role });
    };
    if (isBest) await write(BEST, "best");
    if (this.#isKept(run)) await write(`step-${String(run.step).padStart(8, "0")}.safetensors`, "numbered");
    await write(LAST, "last");
    this.#saved = placeOf(run);
    this.#sweep();
  }

  #sweep(): void {
    const { keep = Number.POSITIVE_INFINITY } = this.#options;
    const numbered = this.#folder.names().filter((name) => NUMBERED.test(name));
    for (const name of numbered.slice(0, Math.max(0, numbered.length - keep))) this.#folder.remove(name);
  }

  #isKept({ step }: { readonly step: number }): boolean {
    const { keepEvery } = this.#options;
    return keepEvery !== undefined && step % keepEvery === 0;
  }

  close(): void {
    this.#folder.close();
  }
}

function placeOf({ step, epoch }: { readonly step: number; readonly epoch: number }): string {
  return `${step} ${epoch}`;
}
