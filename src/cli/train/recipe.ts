/** Recipes: how a net is trained, as a small file that people read and copy. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError, describe, ValueError } from "../../errors.js";
import { checkedOptions, count, flag, type OptionKind, type OptionKinds, text } from "../../options.js";
import type { ClipGradientsOptions } from "../../train/callbacks/clip-gradients.js";
import type { EarlyStoppingOptions } from "../../train/callbacks/early-stopping.js";
import { named, type Part, partOf } from "./named.js";

/** How a net is trained. */
export type Recipe = {
  /** For people. */
  readonly description?: string | undefined;
  /** Images in a batch. */
  readonly batchSize: number;
  /** How long: epochs, or else steps. */
  readonly epochs?: number | undefined;
  readonly steps?: number | undefined;
  /** Batches whose mean gradient makes a step. Default 1. */
  readonly accumulate?: number | undefined;
  /** Leaves out the last batch of an epoch where it is smaller. Default false. */
  readonly dropLast?: boolean | undefined;
  /** An optimiser and its options. */
  readonly optimizer: Part;
  /** A schedule and its options, `each` (`"step"` or `"epoch"`) and `metric` among them. Default: the rate stays. */
  readonly schedule?: Part | undefined;
  /** What happens to each training image, in this order; `"normalize"` says where its bytes become normalised numbers, by default at
   * the end. */
  readonly augment?: readonly Part[] | undefined;
  /** Options of the callbacks of these names. Default: none of them. */
  readonly clipGradients?: ClipGradientsOptions | undefined;
  readonly earlyStopping?: EarlyStoppingOptions | undefined;
};

/** As it stands in a file, unchecked. */
export type RawRecipe = Readonly<Record<string, unknown>>;

const object: OptionKind<never> = {
  means: "an object of names and values",
  fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};
const part: OptionKind<never> = {
  means: 'a name, or { "name": …, options }',
  fits: (value) => typeof value === "string" || object.fits(value),
};
const list: OptionKind<never> = { means: "a list", fits: Array.isArray };

/** A recipe with what changes for some models, not all of it there. */
type AnyRecipe = Partial<Recipe> & { readonly forModels?: object | undefined };

const kinds: OptionKinds<AnyRecipe> = {
  description: text,
  batchSize: count,
  epochs: count,
  steps: count,
  accumulate: count,
  dropLast: flag,
  optimizer: part,
  schedule: part,
  augment: list,
  clipGradients: object,
  earlyStopping: object,
  forModels: object,
};

/** Where the recipes of the package are: beside `src` and `dist`. */
const FOLDER = fileURLToPath(new URL("../../../recipes/", import.meta.url));

/** Reads a recipe of the package, by its name, or one of a file.
 * @throws ValueError if there is none of the name, which names the nearest; DataError if a file cannot be read or is no JSON */
export function readRecipe(op: string, word: string): RawRecipe {
  if (/[\\/]|\.json$/.test(word)) return readJsonObject(op, word);
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
  const ours = Object.fromEntries(files.map((file) => [parse(file).name, join(FOLDER, file)]));
  return readJsonObject(op, named(op, "recipe", ours, word));
}

/** Reads a file that holds one JSON object.
 * @throws DataError that names it */
export function readJsonObject(op: string, path: string): RawRecipe {
  if (!existsSync(path)) throw new DataError(op, `there is no file ${path}`, { actual: path });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new DataError(op, `cannot read ${path}: ${String((cause as Error).message).split("\n")[0]}`, { cause });
  }
  if (object.fits(value)) return value as RawRecipe;
  throw new DataError(op, `${path} must hold an object of names and values, got ${describe(value)}`);
}

/** Names that mean an option of the optimiser when they stand alone. */
const OF_OPTIMIZER: readonly string[] = ["lr", "momentum", "weightDecay"];

/** A recipe with one thing changed: `lr`, `batchSize`, `schedule.patience`. null takes it away.
 * @throws ValueError if there is no such part */
export function withChange(op: string, recipe: RawRecipe, path: string, value: unknown): RawRecipe {
  const [first = "", second, ...more] = (OF_OPTIMIZER.includes(path) ? `optimizer.${path}` : path).split(".");
  if (more.length > 0 || first === "" || second === "") {
    throw new ValueError(op, `what is set must be a NAME or a PART.NAME of the recipe, got ${describe(path)}`);
  }
  if (second === undefined) {
    const { epochs: _e, steps: _s, ...lasting } = recipe; // a run has one of the two
    return changed(first === "epochs" || first === "steps" ? lasting : recipe, first, value);
  }
  const whole = recipe[first] ?? (first in kinds ? {} : undefined);
  if (whole === undefined || Array.isArray(whole) || (typeof whole !== "object" && typeof whole !== "string")) {
    checkedOptions<AnyRecipe>(op, { [first]: whole } as AnyRecipe, kinds); // names the nearest
    throw new ValueError(op, `${first} of the recipe is ${describe(whole)} and has no ${second} to set`);
  }
  const parts = typeof whole === "string" ? { name: whole } : (whole as RawRecipe);
  return { ...recipe, [first]: changed(parts, second, value) };
}

function changed(values: RawRecipe, name: string, value: unknown): RawRecipe {
  const { [name]: _, ...others } = values;
  return value === null ? others : { ...others, [name]: value };
}

/** A recipe with what it has for a model of the zoo put in. */
export function forModel(op: string, { forModels = {}, ...recipe }: RawRecipe, model: string): RawRecipe {
  const changes = (forModels as Readonly<Record<string, RawRecipe>>)[model] ?? {};
  return Object.entries(changes).reduce<RawRecipe>((made, [path, value]) => withChange(op, made, path, value), recipe);
}

/** A recipe that can be cooked.
 * @param op whom errors name, and the recipe
 * @throws ValueError if something is missing, unknown (the nearest is named) or out of range */
export function checkedRecipe(op: string, raw: RawRecipe): Recipe {
  const { forModels: _, ...given } = checkedOptions<AnyRecipe>(op, raw, kinds);
  const { batchSize, optimizer, schedule, augment, epochs, steps } = given;
  if (batchSize === undefined) throw new ValueError(op, "it needs a batchSize, such as 128");
  if (optimizer === undefined) throw new ValueError(op, 'it needs an optimizer, such as { "name": "SGD", "lr": 0.1 }');
  if ((epochs === undefined) === (steps === undefined))
    throw new ValueError(op, `it must have either epochs or steps, got ${describe({ epochs, steps })}`);
  return {
    ...given,
    batchSize,
    optimizer: partOf(op, "optimizer", optimizer),
    ...(schedule === undefined ? {} : { schedule: partOf(op, "schedule", schedule) }),
    ...(augment === undefined ? {} : { augment: augment.map((one) => partOf(op, "each of augment", one)) }),
  };
}
