/** Images of another size or number of channels, for models that ask for them. */
import type { ImageDataset } from "../data/dataset.js";
import { ValueError } from "../errors.js";

/** Channels, rows and columns of an image. */
export type InputSize = readonly [channels: number, height: number, width: number];

/** The data set with its images in another size: resized bilinearly, pixel centres aligned and edges repeated, without a filter
 * against aliasing; from three channels to one by their mean. The name says what was done.
 * @throws ValueError for other channels */
export function fitImages(dataset: ImageDataset, [channels, height, width]: InputSize): ImageDataset {
  const isGrey = dataset.channels === 3 && channels === 1;
  if (channels !== dataset.channels && !isGrey) {
    const rule = `images of ${dataset.name} have ${dataset.channels} channels`;
    throw new ValueError("gradientFlow", `${rule}, and cannot be made of ${channels}`, { actual: channels });
  }
  const resized = dataset.height === height && dataset.width === width ? dataset : resize(dataset, height, width);
  return isGrey ? grey(resized) : resized;
}

function resize(dataset: ImageDataset, height: number, width: number): ImageDataset {
  const { length, channels, images } = dataset;
  const [rows, columns] = [taps(dataset.height, height), taps(dataset.width, width)];
  const size = dataset.height * dataset.width;
  const out = new Uint8Array(length * channels * height * width);
  let at = 0;
  for (let plane = 0; plane < length * channels; plane++) {
    const pixel = (y: number, x: number) => images[plane * size + y * dataset.width + x] as number;
    for (const [y0, y1, v] of rows) {
      for (const [x0, x1, u] of columns) {
        const top = pixel(y0, x0) * (1 - u) + pixel(y0, x1) * u;
        const bottom = pixel(y1, x0) * (1 - u) + pixel(y1, x1) * u;
        out[at++] = Math.round(top * (1 - v) + bottom * v);
      }
    }
  }
  return { ...dataset, name: `${dataset.name}, resized to ${height} × ${width}`, height, width, images: out };
}

/** For each new pixel the two old ones that it lies between, and how near it is to the second. */
function taps(from: number, to: number): [number, number, number][] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(place);
    return [low, Math.min(low + 1, from - 1), place - low];
  });
}

function grey(dataset: ImageDataset): ImageDataset {
  const { length, height, width, images } = dataset;
  const size = height * width;
  const out = new Uint8Array(length * size);
  for (let image = 0; image < length; image++) {
    for (let i = 0; i < size; i++) {
      const at = 3 * image * size + i;
      out[image * size + i] = Math.round(
        ((images[at] as number) + (images[at + size] as number) + (images[at + 2 * size] as number)) / 3,
      );
    }
  }
  const values = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  return {
    ...dataset,
    name: `${dataset.name}, grey`,
    channels: 1,
    images: out,
    mean: [values(dataset.mean)],
    std: [values(dataset.std)],
  };
}
