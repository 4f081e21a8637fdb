/** Where the images of the command come from. */
import { cifar10 } from "../data/cifar10.js";
import type { ImageDataset } from "../data/dataset.js";
import { drawnImages } from "../data/drawn-images.js";
import { fitImages, type InputSize } from "../experiments/fit-images.js";

/** A folder of CIFAR-10 in its binary format, or null for the images the package draws; how many, and of which size. */
export interface ImageSource {
  readonly folder: string | null;
  readonly count: number;
  readonly input: InputSize;
}

/** Fewest pixels a side that are drawn. */
const SMALLEST_DRAWN = 16;

/** Reads or draws them. */
export async function loadImages({ folder, count, input }: ImageSource): Promise<ImageDataset> {
  const size = Math.max(input[1], input[2], SMALLEST_DRAWN);
  const images = folder === null ? drawnImages({ count, size }) : await cifar10(folder, { limit: count });
  return fitImages(images, input);
}
