/** What `livegrad train` is asked for: options of the command line, a file of options, a recipe and what is changed of it. */
import type { DeviceName } from "../../device/device.js";
import { deviceNamed } from "../../device/registry.js";
import { currentDevice } from "../../device/select.js";
import { describe, ValueError } from "../../errors.js";
import {
  checkedOptions,
  count,
  flag,
  type OptionKind,
  type OptionKinds,
  oneOf,
  ownCheck,
  text,
} from "../../options.js";
import type { Json } from "../../train/events.js";
import { dataNamed, type ImageSettings, withHoldOut } from "./images.js";
import { modelNamed } from "./network.js";
import {
  checkedRecipe,
  forModel,
  type RawRecipe,
  type Recipe,
  readJsonObject,
  readRecipe,
  withChange,
} from "./recipe.js";

/** Options that the command line and a file of options have in common. */
interface CommonOptions {
  readonly model?: string | undefined;
  readonly data?: string | undefined;
  readonly split?: ImageSettings["split"] | undefined;
  readonly holdOut?: number | undefined;
  readonly images?: number | undefined;
  readonly size?: number | undefined;
  readonly epochs?: number | undefined;
  readonly steps?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly seed?: number | undefined;
  readonly device?: DeviceName | undefined;
  readonly trace?: number | undefined;
  readonly saveEvery?: number | undefined;
  readonly out?: string | undefined;
}

/** The options of the command line. */
export interface TrainFlags extends CommonOptions {
  readonly recipe?: string | undefined;
  /** `NAME=VALUE`, one by one. */
  readonly set?: readonly string[] | undefined;
  readonly config?: string | undefined;
  readonly resume?: boolean | undefined;
}

/** A file of options: what `--config` names, and what a run leaves of its own. */
export interface FileOptions extends CommonOptions {
  readonly recipe?: string | RawRecipe | undefined;
  readonly set?: RawRecipe | undefined;
}

/** All that a run depends on, in full: the same settings make the same run. */
export interface TrainSettings extends ImageSettings {
  /** Name in the zoo, or the whole path of a file. */
  readonly model: string;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly device: DeviceName;
  /** Steps from one traced step to the next, 0 for none; undefined for some twenty in all. */
  readonly trace?: number | undefined;
  /** Steps between two checkpoints, beside those at ends of epochs. */
  readonly saveEvery?: number | undefined;
}

const share: OptionKind<number> = {
  means: "a share above 0 and below 1",
  fits: (value) => typeof value === "number" && value > 0 && value < 1,
};
const integer: OptionKind<number> = { means: "an integer", fits: Number.isSafeInteger };
const fromZero: OptionKind<number> = {
  means: "an integer of at least 0",
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

const common: OptionKinds<CommonOptions> = {
  model: text,
  data: text,
  split: oneOf("train", "test"),
  holdOut: share,
  images: count,
  size: count,
  epochs: count,
  steps: count,
  batchSize: count,
  seed: integer,
  device: ownCheck,
  trace: fromZero,
  saveEvery: count,
  out: text,
};
const flagKinds: OptionKinds<TrainFlags> = { ...common, recipe: text, set: ownCheck, config: text, resume: flag };
const fileKinds: OptionKinds<FileOptions> = { ...common, recipe: ownCheck, set: ownCheck };

const OP = "train";

/** Where a run goes if nobody says so. */
const USUAL_FOLDER = "runs/train";

/** What was asked for. */
export interface Asked {
  readonly out: string;
  readonly resume: boolean;
  /** The options of the file, and of the command line in their place; `set` of both. */
  readonly options: FileOptions;
}

/** The options of the command line with those of the file that it names.
 * @throws ValueError if one is unknown or out of range; DataError if the file cannot be read */
export function askedFor(flags: TrainFlags): Asked {
  const { config, resume = false, set = [], ...given } = checkedOptions(OP, flags, flagKinds);
  const file = config === undefined ? {} : optionsIn(config);
  const options = {
    ...file,
    ...given,
    set: { ...file.set, ...Object.fromEntries(set.map(parsedChange)) },
  };
  return { out: options.out ?? USUAL_FOLDER, resume, options };
}

/** The options of a file.
 * @throws ValueError if one is unknown or out of range; DataError if it cannot be read */
export function optionsIn(path: string): FileOptions {
  return checkedOptions(`${OP}: ${path}`, readJsonObject(OP, path) as FileOptions, fileKinds);
}

function parsedChange(change: string): readonly [name: string, value: Json] {
  const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(change) ?? [];
  if (name === "") throw new ValueError(OP, `--set takes NAME=VALUE, such as lr=0.1, got ${describe(change)}`);
  try {
    return [name, JSON.parse(value) as Json];
  } catch {
    return [name, value]; // a word
  }
}

/** The settings of a run, complete.
 * @throws ValueError if something is missing, unknown or out of range; DataError if files are not there */
export function settled(options: FileOptions): TrainSettings {
  const { model, data = "drawn", split = "train", seed = 0, device, holdOut, images, size, trace, saveEvery } = options;
  if (model === undefined) {
    throw new ValueError(OP, "say which net: --model resnet20, of the zoo, or a file that exports one, ./my-net.ts");
  }
  const name = modelNamed(model);
  const settings = {
    ...{ model: name, data: dataNamed(OP, data), split, holdOut, images, size },
    ...{ recipe: recipeOf(options, name), seed, device: device ?? currentDevice().name, trace, saveEvery },
  };
  deviceNamed(settings.device);
  return JSON.parse(JSON.stringify(withHoldOut(OP, settings))) as TrainSettings; // as a file has them
}

function recipeOf(options: FileOptions, model: string): Recipe {
  const { recipe = "quick", set = {}, epochs, steps, batchSize } = options;
  const op = typeof recipe === "string" ? `${OP}: recipe ${recipe}` : `${OP}: recipe`;
  if (epochs !== undefined && steps !== undefined) throw new ValueError(OP, "give --epochs or --steps, not both");
  const raw = forModel(op, typeof recipe === "string" ? readRecipe(OP, recipe) : recipe, model);
  const flags = Object.entries({ epochs, steps, batchSize }).filter(([, value]) => value !== undefined);
  const changes = [...Object.entries(set), ...(flags as [string, number][])];
  return checkedRecipe(
    op,
    changes.reduce((made, [path, value]) => withChange(op, made, path, value), raw),
  );
}

/** What is not the same in two settings, in words: `seed (1, and 0 in the run)`. */
export function differences(now: TrainSettings, before: TrainSettings): string[] {
  const [flatNow, flatBefore] = [flat(now), flat(before)];
  const names = [...new Set([...Object.keys(flatNow), ...Object.keys(flatBefore)])];
  const words = (value: unknown) => (value === undefined ? "not given" : JSON.stringify(value));
  return names
    .filter((name) => JSON.stringify(flatNow[name]) !== JSON.stringify(flatBefore[name]))
    .map((name) => `${name} (${words(flatNow[name])}, and ${words(flatBefore[name])} in the run)`);
}

/** Settings as one level of names, as a file has their values; `recipe.` is left out. */
function flat({ recipe, ...settings }: TrainSettings): Readonly<Record<string, unknown>> {
  const { optimizer, schedule, description: _, ...rest } = recipe;
  const under = (name: string, part: object) => Object.entries(part).map(([key, value]) => [`${name}.${key}`, value]);
  const parts = [...under("optimizer", optimizer), ...under("schedule", schedule ?? {})];
  return { ...settings, ...rest, ...Object.fromEntries(parts) };
}
