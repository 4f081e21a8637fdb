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
  /** Images to train on, the default, or those to test on. */
  readonly split?: "train" | "test";
}

/** Fewest pixels a side that are drawn. */
const SMALLEST_DRAWN = 16;

/** Reads or draws them. */
export async function loadImages({ folder, count, input, split = "train" }: ImageSource): Promise<ImageDataset> {
  const size = Math.max(input[1], input[2], SMALLEST_DRAWN);
  const drawn = () => drawnImages({ count, size, seed: split === "train" ? 0 : 1 });
  const images = folder === null ? drawn() : await cifar10(folder, { limit: count, split });
  return fitImages(images, input);
}
