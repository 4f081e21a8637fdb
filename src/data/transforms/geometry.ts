/** Transforms that move pixels without computing: crops and flips. */
import { ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import type { Transform } from "../image-batch.js";
import type { Image } from "../items.js";
import { checkedProbability, checkedSize, like, transform, withPixels } from "./parts.js";

/**
 * Options of {@link randomCrop}.
 * @category Data
 */
export interface RandomCropOptions {
  /** Pixels added on each side before, 0 or more; 0 by default. */
  readonly padding?: number | undefined;
  /** What is added: a number of the image's own kind, so 0 is black in bytes and the mean in normalised floats; 0 by default. */
  readonly fill?: number | undefined;
}

const randomCropOptions: OptionKinds<RandomCropOptions> = { padding: number, fill: number };

/**
 * Options of {@link randomHorizontalFlip}.
 * @category Data
 */
export interface RandomHorizontalFlipOptions {
  /** The probability of a flip, 0 to 1; 0.5 by default. */
  readonly p?: number | undefined;
}

const randomHorizontalFlipOptions: OptionKinds<RandomHorizontalFlipOptions> = { p: number };

/**
 * A stretch of `size` at a random place of the image, which is padded before. Draws two integers, row and column, unless the
 * padded image has that size.
 * @param size height and width, or one number for both
 * @throws ValueError if `size` or `padding` is out of range; of an image, if it is smaller
 * @category Data
 */
export function randomCrop(
  size: number | readonly [height: number, width: number],
  options: RandomCropOptions = {},
): Transform {
  const op = "randomCrop";
  const [height, width] = checkedSize(op, size);
  const { padding = 0, fill = 0 } = checkedOptions(op, options, randomCropOptions);
  if (!(Number.isSafeInteger(padding) && padding >= 0)) {
    throw new ValueError(op, `padding must be an integer of 0 or more, got ${padding}`, { actual: padding });
  }
  return transform(op, (image, generator) => {
    const down = image.height + 2 * padding - height;
    const right = image.width + 2 * padding - width;
    if (down < 0 || right < 0) {
      const rule = `the image of ${image.height} × ${image.width} pixels, padded by ${padding}, is smaller than the crop`;
      throw new ValueError(op, `${rule} of ${height} × ${width}; resize it first or pass more padding`);
    }
    const isWhole = down === 0 && right === 0;
    const top = (isWhole ? 0 : generator.integer(0, down + 1)) - padding;
    const left = (isWhole ? 0 : generator.integer(0, right + 1)) - padding;
    return crop(image, { top, left, height, width }, fill);
  });
}

/**
 * The middle of the image, `size` large; an image that is smaller is padded with zeros.
 * @param size height and width, or one number for both
 * @throws ValueError if `size` is out of range
 * @category Data
 */
export function centerCrop(size: number | readonly [height: number, width: number]): Transform {
  const [height, width] = checkedSize("centerCrop", size);
  return transform("centerCrop", (image) => {
    const [top, left] = [startOf(image.height - height), startOf(image.width - width)];
    return crop(image, { top, left, height, width });
  });
}

/** Half of what is too much, to the nearest even number where it lies between two; where something is missing, half of that,
 * rounded down, as torchvision does. */
function startOf(excess: number): number {
  if (excess < 0) return -Math.floor(-excess / 2);
  const half = Math.floor(excess / 2);
  return excess % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

/**
 * Mirrors the image left to right with a probability. Draws one uniform number.
 * @throws ValueError if `p` is not 0 to 1
 * @category Data
 */
export function randomHorizontalFlip(options: RandomHorizontalFlipOptions = {}): Transform {
  const op = "randomHorizontalFlip";
  const { p = 0.5 } = checkedOptions(op, options, randomHorizontalFlipOptions);
  checkedProbability(op, p);
  return transform(op, (image, generator) => (generator.uniform() < p ? mirrored(image) : image));
}

/** A stretch of an image, perhaps beyond its edges. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What lies in a box; beyond the edges, `fill`. */
export function crop(image: Image, { top, left, height, width }: Box, fill = 0): Image {
  const { data, channels } = image;
  const pixels = like(data, channels * height * width);
  if (fill !== 0) pixels.fill(fill);
  const first = Math.max(0, -left);
  const count = Math.min(width, image.width - left) - first;
  if (count <= 0) return withPixels(image, pixels, height, width);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = Math.max(0, -top); y < Math.min(height, image.height - top); y++) {
      const source = (channel * image.height + top + y) * image.width + left + first;
      pixels.set(data.subarray(source, source + count), (channel * height + y) * width + first);
    }
  }
  return withPixels(image, pixels, height, width);
}

/** Left and right changed. */
export function mirrored(image: Image): Image {
  const { data, width } = image;
  const pixels = like(data, data.length);
  for (let row = 0; row < data.length; row += width) {
    for (let x = 0; x < width; x++) pixels[row + x] = data[row + width - 1 - x] as number;
  }
  return withPixels(image, pixels);
}
