/** Photographs in folders as data of `livegrad train`: one folder a class, perhaps below `train` and `test`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { channelStatistics } from "../../data/channel-statistics.js";
import { imageFolder } from "../../data/image-folder.js";
import type { LabelledImages } from "../../data/items.js";
import { subset } from "../../data/parts.js";
import type { Asked, Split } from "./images.js";

const TESTS = ["test", "val", "validation"] as const;

/** What the folders of the parts are called. */
export const imageFolderParts: Readonly<Record<Split, RegExp>> = {
  train: /^train$/,
  test: new RegExp(`^(${TESTS.join("|")})$`),
};

/** Images of one part, with their mean and deviation; without a folder `train`, the folder itself has the classes. */
export async function imagesInFolders(folder: string, { split, limit }: Asked): Promise<LabelledImages> {
  const names = split === "train" ? (["train", "."] as const) : TESTS;
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  const all = await imageFolder(found ?? join(folder, names[0]));
  const images = limit === undefined || limit >= all.length ? all : subset(all, spread(all.length, limit));
  return { ...images, ...(await channelStatistics(images)) };
}

/** So many places in a list, evenly: the images are sorted by class. */
function spread(length: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}
