/** What happens to images on their way into a batch: the size and the channels that the model takes, augmentation, normalisation. */
import type { Transform } from "../../data/image-batch.js";
import type { Image } from "../../data/items.js";
import * as transforms from "../../data/transforms/index.js";
import type { InputSize } from "../../experiments/fit-images.js";
import { checkedOptions } from "../../options.js";
import type { TrainingImages } from "./images.js";
import { named, type Part } from "./named.js";

type Size = readonly [height: number, width: number];

/** What a transform of a recipe is made of. */
interface Making {
  /** That of the images as the model takes them. */
  readonly size: Size;
  /** Bytes as normalised numbers. */
  readonly normalize: Transform;
  /** As the recipe has them. */
  readonly options: never;
}

/** Transforms that a recipe may name. */
const table: Readonly<Record<string, (making: Making) => Transform>> = {
  centerCrop: ({ size, options }) => without("centerCrop", options, transforms.centerCrop(size)),
  colorJitter: ({ options }) => transforms.colorJitter(options),
  normalize: ({ normalize, options }) => without("normalize", options, normalize),
  pcaLighting: ({ options }) => transforms.pcaLighting(options),
  randomCrop: ({ size, options }) => transforms.randomCrop(size, options),
  randomErasing: ({ options }) => transforms.randomErasing(options),
  randomHorizontalFlip: ({ options }) => transforms.randomHorizontalFlip(options),
  randomResizedCrop: ({ size, options }) => transforms.randomResizedCrop(size, options),
};

/** A transform without options. @throws ValueError if it has some */
function without(name: string, options: object, transform: Transform): Transform {
  checkedOptions(name, options, {});
  return transform;
}

/** What happens to an image in training, and in evaluation. */
export interface Pipelines {
  readonly train: Transform;
  readonly evaluate: Transform;
}

/** The pipelines of some images.
 * @param input channels, rows and columns that the net takes
 * @param statistics of the images that the net is trained on
 * @throws ValueError if there is no transform of a name, or an option is unknown or out of range */
export function pipelinesOf(
  op: string,
  images: TrainingImages,
  {
    input,
    mean,
    std,
  }: { readonly input: InputSize; readonly mean: readonly number[]; readonly std: readonly number[] },
  augment: readonly Part[],
): Pipelines {
  const [channels, height, width] = input;
  const normalize = transforms.compose([
    transforms.toTensor(),
    transforms.normalize({ mean: channelsOf(mean, channels), std: channelsOf(std, channels) }),
  ]);
  const making = { size: [height, width], normalize } as const;
  const steps = augment.map(({ name, ...options }) =>
    named(op, "transform", table, name)({ ...making, options: options as never }),
  );
  const isNamed = augment.some(({ name }) => name === "normalize");
  const cropsFirst = augment[0]?.name === "randomResizedCrop"; // of images as they are
  const coloured: Transform = (image) => (image.channels === channels ? image : withChannels(image, channels));
  const fitted = sized(images, [height, width]);
  return {
    train: transforms.compose([...(cropsFirst ? [] : fitted), coloured, ...steps, ...(isNamed ? [] : [normalize])]),
    evaluate: transforms.compose([...fitted, coloured, normalize]),
  };
}

/** To the size of the net: images of one size as a whole, others by their shorter side, of which the middle is taken. */
function sized(images: TrainingImages, size: Size): Transform[] {
  if ("get" in images) return [transforms.resize(Math.max(...size)), transforms.centerCrop(size)];
  return images.height === size[0] && images.width === size[1] ? [] : [transforms.resize(size)];
}

/** Grey as three equal channels, colours as their mean. */
function withChannels({ data, channels: own, height, width }: Image, channels: number): Image {
  const plane = height * width;
  const grey = Uint8Array.from({ length: plane }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < own; channel++) sum += data[i + channel * plane] as number;
    return Math.round(sum / own);
  });
  const pixels = new Uint8Array(channels * plane);
  for (let channel = 0; channel < channels; channel++) pixels.set(grey, channel * plane);
  return { data: pixels, channels, height, width };
}

/** A figure for each channel: of one channel three times, of three their mean. */
function channelsOf(values: readonly number[], channels: number): readonly number[] {
  if (values.length === channels) return values;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array.from({ length: channels }, () => mean);
}
