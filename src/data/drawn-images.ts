/** A data set that needs no download: images of ten figures, drawn from a seed. */

import { ValueError } from "../errors.js";
import { checkedOptions, number, type OptionKinds } from "../options.js";
import { type Generator, generator } from "../random.js";
import type { ImageDataset } from "./dataset.js";
import { FIGURES, type Figure } from "./figures.js";
import { formatBytes, MOST_IMAGE_BYTES } from "./memory.js";

/** Of `drawnImages({ count: 2000, seed: 0, size: 32 })`. */
const MEAN: readonly number[] = [0.5006, 0.4914, 0.501];
const STD: readonly number[] = [0.2392, 0.2409, 0.2376];
const CHANNELS = 3;
/** An edge pixel is sampled at so many points a side. */
const SAMPLES = 4;
/** Points a side of the grid that the soft texture interpolates. */
const TEXTURE_POINTS = 6;

/**
 * Options of {@link drawnImages}.
 * @category Data
 */
export interface DrawnImagesOptions {
  /** Images to draw, 1 or more; 2,000 by default. */
  readonly count?: number | undefined;
  /** Any safe integer; 0 by default. Take another seed for the images to test on. */
  readonly seed?: number | undefined;
  /** Pixels a side, 16 or more; 32 by default. */
  readonly size?: number | undefined;
}

const drawnImagesOptions: OptionKinds<DrawnImagesOptions> = { count: number, seed: number, size: number };

/**
 * Colour images of ten figures, drawn here: disc, ring, square, triangle, cross, star, horizontal, vertical and
 * diagonal stripes, checkerboard. Place, size, angle, both colours, light, texture and noise are random, and a figure
 * is about as often darker than its ground as lighter, so that single pixels say next to nothing about the class and
 * edges say it all.
 *
 * The classes take turns (image i has label `i mod 10`), and image i depends on `seed`, `size` and i only, not on
 * `count`. `mean` and `std` are those of the first 2,000 images of seed 0 at size 32, for every seed.
 * @returns `count` images of shape `[3, size, size]`
 * @throws ValueError if an option is out of range, or the images would take more than 2 GiB
 * @example
 * ```ts
 * const train = drawnImages({ count: 2000, seed: 0 });
 * const test = drawnImages({ count: 500, seed: 1 });
 * ```
 * @category Data
 */
export function drawnImages(options: DrawnImagesOptions = {}): ImageDataset {
  const { count = 2000, seed = 0, size = 32 } = checkedOptions("drawnImages", options, drawnImagesOptions);
  checkAtLeast("count", count, 1);
  checkAtLeast("size", size, 16);
  const pixels = CHANNELS * size * size;
  checkMemory(count, size, count * pixels);
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  const root = generator(seed);
  for (let index = 0; index < count; index++) {
    const label = index % FIGURES.length;
    labels[index] = label;
    drawImage(images.subarray(index * pixels, (index + 1) * pixels), size, FIGURES[label] as Figure, root.split());
  }
  return {
    name: "drawn images",
    classNames: FIGURES.map((figure) => figure.name),
    channels: CHANNELS,
    height: size,
    width: size,
    length: count,
    images,
    labels,
    mean: MEAN,
    std: STD,
  };
}

/** Where the figure lies: how a point of the image, in pixels from the middle, maps into the figure's own plane. */
interface Placement {
  readonly centreX: number;
  readonly centreY: number;
  /** Pixels per unit of the figure's plane. */
  readonly scale: number;
  readonly cosine: number;
  readonly sine: number;
}

function drawImage(target: Uint8Array, size: number, figure: Figure, random: Generator): void {
  const placement = place(figure, size, random);
  const ground = [0, 1, 2].map(() => random.uniform(0.15, 0.85));
  const colour = contrasting(ground, random);
  const light = softLight(size, random);
  const grain = random.uniform(0.01, 0.06);
  const plane = size * size;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cover = coverage(figure, placement, x + 0.5 - size / 2, y + 0.5 - size / 2);
      const pixel = y * size + x;
      const shade = light[pixel] as number;
      for (let channel = 0; channel < CHANNELS; channel++) {
        const back = ground[channel] as number;
        const value = back + cover * ((colour[channel] as number) - back) + shade + random.normal(0, grain);
        target[channel * plane + pixel] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
}

function place(figure: Figure, size: number, random: Generator): Placement {
  const angle = figure.turn === 0 ? 0 : random.uniform(-figure.turn, figure.turn);
  const turned = figure.name === "diagonal stripes" && random.uniform() < 0.5 ? angle + Math.PI / 2 : angle;
  const isBody = figure.kind === "body";
  const scale = size * (isBody ? random.uniform(0.25, 0.42) : random.uniform(0.09, 0.19));
  // A body may leave the image by a tenth of its size; a pattern has no middle, so any place will do.
  const reach = isBody ? size / 2 - 0.9 * scale : scale;
  return {
    centreX: random.uniform(-reach, reach),
    centreY: random.uniform(-reach, reach),
    scale,
    cosine: Math.cos(turned),
    sine: Math.sin(turned),
  };
}

/** A colour 0.3 to 0.9 away from the ground's in a random direction, less where it would leave the colour cube. */
function contrasting(ground: readonly number[], random: Generator): readonly number[] {
  const direction = ground.map(() => random.normal());
  const contrast = random.uniform(0.3, 0.9) / Math.hypot(...direction);
  return ground.map((value, channel) => {
    const step = contrast * (direction[channel] as number);
    const moved = value + step >= 0 && value + step <= 1 ? value + step : value - step;
    return Math.min(1, Math.max(0, moved));
  });
}

/** The part of the pixel at (x, y) that the figure covers, 0 to 1. */
function coverage(figure: Figure, placement: Placement, x: number, y: number): number {
  const distance = placement.scale * distanceAt(figure, placement, x, y);
  // Half the diagonal of a pixel: an edge farther away does not cross it.
  if (Math.abs(distance) >= Math.SQRT1_2) return distance < 0 ? 1 : 0;
  let inside = 0;
  for (let row = 0; row < SAMPLES; row++) {
    for (let column = 0; column < SAMPLES; column++) {
      const sampleX = x + (column + 0.5) / SAMPLES - 0.5;
      const sampleY = y + (row + 0.5) / SAMPLES - 0.5;
      if (distanceAt(figure, placement, sampleX, sampleY) < 0) inside++;
    }
  }
  return inside / (SAMPLES * SAMPLES);
}

function distanceAt(figure: Figure, placement: Placement, x: number, y: number): number {
  const { centreX, centreY, scale, cosine, sine } = placement;
  const right = (x - centreX) / scale;
  const down = (y - centreY) / scale;
  return figure.distance(cosine * right + sine * down, cosine * down - sine * right);
}

/** Light that changes slowly over the image, shape `[size, size]`: a slope, and a texture between random points. */
function softLight(size: number, random: Generator): Float64Array {
  const slopeX = random.normal(0, 0.08);
  const slopeY = random.normal(0, 0.08);
  const strength = random.uniform(0.01, 0.08);
  const points = Float64Array.from({ length: TEXTURE_POINTS ** 2 }, () => random.normal(0, strength));
  const light = new Float64Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const right = (x + 0.5) / size;
      const down = (y + 0.5) / size;
      const slope = slopeX * (2 * right - 1) + slopeY * (2 * down - 1);
      light[y * size + x] = slope + interpolate(points, right * (TEXTURE_POINTS - 1), down * (TEXTURE_POINTS - 1));
    }
  }
  return light;
}

/** Bilinear interpolation of a square grid at column x and row y. */
function interpolate(points: Float64Array, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const corner = row * TEXTURE_POINTS + column;
  const right = x - column;
  const upper = (points[corner] as number) * (1 - right) + (points[corner + 1] as number) * right;
  const below = corner + TEXTURE_POINTS;
  const lower = (points[below] as number) * (1 - right) + (points[below + 1] as number) * right;
  return upper + (y - row) * (lower - upper);
}

function checkMemory(count: number, size: number, bytes: number): void {
  if (bytes <= MOST_IMAGE_BYTES) return;
  const limit = `more than ${formatBytes(MOST_IMAGE_BYTES)} are not held at once`;
  throw new ValueError(
    "drawnImages",
    `${count} images of ${size} × ${size} pixels would take ${formatBytes(bytes)} of memory, and ${limit}; lower count or size`,
    { expected: `<= ${MOST_IMAGE_BYTES}`, actual: bytes },
  );
}

function checkAtLeast(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ValueError("drawnImages", `${name} must be an integer of ${least} or more, got ${value}`, {
    expected: `>= ${least}`,
    actual: value,
  });
}
