/** The images that a net is trained on: which kinds of data there are, and how the words of the command line name them.
 *
 * A kind of data is added here, in the table `kinds`. */
import { type Dirent, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { cifar10 } from "../../data/cifar10.js";
import { cifar100 } from "../../data/cifar100.js";
import type { ImageDataset } from "../../data/dataset.js";
import { drawnImages } from "../../data/drawn-images.js";
import type { LabelledImages } from "../../data/items.js";
import { mnist } from "../../data/mnist.js";
import { randomSplit } from "../../data/random-split.js";
import { DataError, ValueError } from "../../errors.js";
import type { Generator } from "../../random.js";
import { codeOf } from "../../write-failure.js";
import { imageFolderParts, imagesInFolders } from "./image-folders.js";
import { nearest } from "./named.js";

/** Which of a data set's files. */
export type Split = "train" | "test";

/** What is asked of a kind of data. */
export interface Asked {
  readonly split: Split;
  /** No more than the first so many. */
  readonly limit: number | undefined;
  /** Pixels a side, for images that are made here. */
  readonly size: number | undefined;
}

/** Labelled images, in one buffer or fetched one by one. */
export type TrainingImages = ImageDataset | LabelledImages;

/** A kind of data. */
interface DataKind {
  /** Names in its folder that tell which parts are there; none for what needs no folder. */
  readonly parts?: Readonly<Record<Split, RegExp>>;
  /** Whether a folder with these names in it is of this kind. Default: if a part is there. */
  readonly recognises?: (entries: readonly Dirent[]) => boolean;
  read(folder: string, asked: Asked): Promise<TrainingImages>;
}

const kinds: Readonly<Record<string, DataKind>> = {
  drawn: {
    read: async (_, { split, limit, size = 32 }) =>
      drawnImages({ count: limit ?? (split === "train" ? 2000 : 500), size, seed: split === "train" ? 0 : 1 }),
  },
  cifar10: {
    parts: { train: /^data_batch_\d\.bin$/, test: /^test_batch\.bin$/ },
    read: (folder, { split, limit }) => cifar10(folder, { split, limit }),
  },
  cifar100: {
    parts: { train: /^train\.bin$/, test: /^test\.bin$/ },
    read: (folder, { split, limit }) => cifar100(folder, { split, limit }),
  },
  mnist: inFilesOfMnist("mnist"),
  "fashion-mnist": inFilesOfMnist("fashion-mnist"),
  kmnist: inFilesOfMnist("kmnist"),
  folder: {
    parts: imageFolderParts,
    recognises: (entries) => entries.some((entry) => entry.isDirectory()),
    read: imagesInFolders,
  },
};

function inFilesOfMnist(variant: "mnist" | "fashion-mnist" | "kmnist"): DataKind {
  return {
    parts: { train: /^train-images[-.]idx3-ubyte(\.gz)?$/, test: /^t10k-images[-.]idx3-ubyte(\.gz)?$/ },
    read: (folder, { split, limit }) => mnist(folder, { split, limit, variant }),
  };
}

/** The word for data with its kind and whole path: `cifar10:/data/cifar-10-batches-bin`; a folder alone is recognised by its files.
 * @throws ValueError if there is no such kind; DataError if a folder cannot be read or holds no data that are known */
export function dataNamed(op: string, word: string): string {
  const [, kind = "", folder = ""] = /^([\w-]{2,}):(.*)$/s.exec(word) ?? []; // one letter is a drive
  if (word === "drawn") return word;
  if (kind === "") return `${recognised(op, word)}:${resolve(word)}`;
  if (kinds[kind]?.parts === undefined) {
    const others = Object.keys(kinds).filter((name) => name !== "drawn");
    throw new ValueError(op, `there is no kind of data ${JSON.stringify(kind)}; ${nearest(kind, others)}`);
  }
  if (folder === "") throw new ValueError(op, `data must be ${kind}:FOLDER, got ${word}`);
  return `${kind}:${resolve(folder)}`;
}

function recognised(op: string, folder: string): string {
  const entries = entriesOf(op, folder);
  const found = Object.entries(kinds).find(
    ([, { parts, recognises }]) => recognises?.(entries) ?? (has(parts?.train, entries) || has(parts?.test, entries)),
  );
  if (found !== undefined) return found[0];
  const known = Object.keys(kinds).filter((name) => name !== "drawn");
  throw new DataError(
    op,
    `the files of ${folder} are no data that are known; say which: --data KIND:${folder} (${known.join(", ")})`,
  );
}

function entriesOf(op: string, folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const remedy = "data must be drawn, a folder, or KIND:FOLDER";
    throw new DataError(op, `cannot read the folder ${folder} (${codeOf(cause)}); ${remedy}`, { cause });
  }
}

function has(pattern: RegExp | undefined, entries: readonly Dirent[]): boolean {
  return pattern !== undefined && entries.some(({ name }) => pattern.test(name));
}

/** Which images, of data that `dataNamed` gave. */
export interface ImageSettings {
  readonly data: string;
  /** Which files are trained on. */
  readonly split: Split;
  /** The share of the training images that is held out for validation; undefined where the test images are there for it. */
  readonly holdOut?: number | undefined;
  /** No more than the first so many to train on. */
  readonly images?: number | undefined;
  /** Pixels a side. */
  readonly size?: number | undefined;
}

/** Images to train on, and to validate with. */
export interface Images {
  readonly train: TrainingImages;
  readonly validation: TrainingImages;
}

/** The same settings, with a part held out where there are no test images.
 * @throws DataError if what is asked for is not there, or its folder cannot be read */
export function withHoldOut<Settings extends ImageSettings>(op: string, settings: Settings): Settings {
  const [kind, folder] = kindOf(settings.data);
  const { parts, recognises } = kind;
  const entries = parts === undefined ? [] : entriesOf(op, folder);
  const isTraining = settings.split === "train";
  const hasTest = parts === undefined || has(parts.test, entries);
  if (isTraining && hasTest && parts !== undefined && recognises === undefined && !has(parts.train, entries)) {
    const remedy = "--split test trains on a part of them and holds out the rest";
    throw new DataError(op, `${folder} has test images alone; ${remedy}`);
  }
  return settings.holdOut !== undefined || (isTraining && hasTest) ? settings : { ...settings, holdOut: 0.1 };
}

/** Reads or draws them.
 * @param random chooses what is held out
 * @throws DataError if a file is not there or damaged; ValueError if there are too few images */
export async function loadImages(op: string, settings: ImageSettings, random: Generator): Promise<Images> {
  const { split, holdOut, images, size } = settings;
  const train = await loadSplit(settings.data, { split, limit: images, size });
  if (holdOut === undefined)
    return { train, validation: await loadSplit(settings.data, { split: "test", limit: undefined, size }) };
  const shares = [1 - holdOut, holdOut] as const;
  const [kept, held] = randomSplit<TrainingImages, typeof shares>(train, shares, {
    ...{ generator: random, stratify: train.labels },
  });
  if (kept.length > 0 && held.length > 0) return { train: kept, validation: held };
  const left = `leaves ${kept.length} to train on and ${held.length} to validate with`;
  throw new ValueError(op, `holdOut ${holdOut} of ${train.length} images ${left}`);
}

/** Images of one part. */
export function loadSplit(data: string, asked: Asked): Promise<TrainingImages> {
  const [kind, folder] = kindOf(data);
  return kind.read(folder, asked);
}

function kindOf(data: string): readonly [kind: DataKind, folder: string] {
  const [name = "", ...folder] = data.split(":");
  return [kinds[name] as DataKind, folder.join(":")];
}
