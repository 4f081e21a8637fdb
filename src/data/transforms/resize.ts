/** Transforms that change the size: bilinear, and antialiased where they make it smaller. */
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import type { Generator } from "../../random.js";
import type { Transform } from "../image-batch.js";
import type { Image } from "../items.js";
import { type Box, crop } from "./geometry.js";
import { checkedRange, checkedSize, like, transform, withPixels } from "./parts.js";

/**
 * Options of {@link randomResizedCrop}.
 * @category Data
 */
export interface RandomResizedCropOptions {
  /** The crop's share of the image's area; `[0.08, 1]` by default. */
  readonly scale?: readonly [low: number, high: number] | undefined;
  /** Its width divided by its height; `[3/4, 4/3]` by default. */
  readonly ratio?: readonly [low: number, high: number] | undefined;
}

const randomResizedCropOptions: OptionKinds<RandomResizedCropOptions> = { scale: ownCheck, ratio: ownCheck };

/**
 * The image in another size: each pixel is the mean of those below it, weighted by a triangle that is as wide as two of its own
 * pixels, or two of the image's where it grows (bilinear and antialiased, as Pillow and torchvision do it). Bytes are rounded.
 * @param size one number: that of the shorter side, the longer one in proportion, rounded down; or `[height, width]`
 * @throws ValueError if `size` is out of range
 * @category Data
 */
export function resize(size: number | readonly [height: number, width: number]): Transform {
  const [first, second] = checkedSize("resize", size);
  return transform("resize", (image) => {
    if (Array.isArray(size)) return resized(image, first, second);
    const { height, width } = image;
    const long = Math.trunc((first * Math.max(height, width)) / Math.min(height, width));
    return height <= width ? resized(image, first, long) : resized(image, long, first);
  });
}

/**
 * A random stretch of the image, in `size` (Szegedy et al. 2015, "Going deeper with convolutions", section 6): its area and its
 * ratio of width to height are drawn from ranges, the latter on a logarithmic scale; where ten of them do not fit into the
 * image, its middle is taken.
 * @param size height and width, or one number for both
 * @throws ValueError if `size` or a range is out of its range
 * @category Data
 */
export function randomResizedCrop(
  size: number | readonly [height: number, width: number],
  options: RandomResizedCropOptions = {},
): Transform {
  const [height, width] = checkedSize(OP, size);
  const given = checkedOptions(OP, options, randomResizedCropOptions);
  const scale = checkedRange(OP, "scale", given.scale ?? [0.08, 1], 0);
  const ratio = checkedRange(OP, "ratio", given.ratio ?? [3 / 4, 4 / 3], 0);
  if (ratio[0] === 0) throw new ValueError(OP, `ratio must be above 0, got ${describe(ratio)}`);
  return transform(OP, (image, generator) =>
    resized(crop(image, drawnBox(image, scale, ratio, generator)), height, width),
  );
}

const OP = "randomResizedCrop";
const ATTEMPTS = 10;

type Range = readonly [low: number, high: number];

function drawnBox(image: Image, scale: Range, ratio: Range, generator: Generator): Box {
  const { height: most, width: widest } = image;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = most * widest * between(scale, generator);
    const aspect = Math.exp(between([Math.log(ratio[0]), Math.log(ratio[1])], generator));
    const width = roundHalfEven(Math.sqrt(area * aspect));
    const height = roundHalfEven(Math.sqrt(area / aspect));
    if (!(width > 0 && width <= widest && height > 0 && height <= most)) continue;
    const top = generator.integer(0, most - height + 1);
    const left = generator.integer(0, widest - width + 1);
    return { top, left, height, width };
  }
  return middleBox(image, ratio);
}

/** As much of the middle as the ratios allow. */
export function middleBox({ height: most, width: widest }: Image, [low, high]: Range): Box {
  let [height, width] = [most, widest];
  if (widest / most < low) height = Math.max(1, roundHalfEven(widest / low));
  else if (widest / most > high) width = Math.max(1, roundHalfEven(most * high));
  return { top: Math.floor((most - height) / 2), left: Math.floor((widest - width) / 2), height, width };
}

/** A uniform number of a range, of which one end may be the other. */
export function between([low, high]: Range, generator: Generator): number {
  return low + (high - low) * generator.uniform();
}

/** To the nearest integer, to the even one of two, as Python does. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The image in another size, bilinear and antialiased. */
export function resized(image: Image, height: number, width: number): Image {
  if (height === image.height && width === image.width) return image;
  const { data, channels } = image;
  const isBytes = data instanceof Uint8Array;
  const across = weightsOf(image.width, width);
  const down = weightsOf(image.height, height);
  const rows = new Float64Array(image.height * width);
  const pixels = like(data, channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * image.height * image.width;
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < width; x++) {
        const { first, weights } = across[x] as Weights;
        const source = plane + y * image.width + first;
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (data[source + k] as number);
        rows[y * width + x] = sum;
      }
    }
    for (let y = 0; y < height; y++) {
      const { first, weights } = down[y] as Weights;
      const target = (channel * height + y) * width;
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++)
          sum += (weights[k] as number) * (rows[(first + k) * width + x] as number);
        pixels[target + x] = isBytes ? roundHalfEven(sum) : sum;
      }
    }
  }
  return withPixels(image, pixels, height, width);
}

/** Which pixels of a line one of the new line is made of. */
interface Weights {
  readonly first: number;
  readonly weights: Float64Array;
}

/** For each pixel of the new line: a triangle around its middle, which sums to 1. */
function weightsOf(from: number, to: number): readonly Weights[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, place) => {
    const centre = scale * (place + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const weights = Float64Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs((first + k - centre + 0.5) / support)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}
