/** Where the images of the command come from. */
import { cifar10 } from "../data/cifar10.js";
import type { ImageDataset } from "../data/dataset.js";
import { drawnImages } from "../data/drawn-images.js";

/** A folder of CIFAR-10 in its binary format, or null for the images the package draws; and how many. */
export interface ImageSource {
  readonly folder: string | null;
  readonly count: number;
}

/** Reads or draws them. */
export function loadImages({ folder, count }: ImageSource): Promise<ImageDataset> {
  return folder === null ? Promise.resolve(drawnImages({ count })) : cifar10(folder, { limit: count });
}
