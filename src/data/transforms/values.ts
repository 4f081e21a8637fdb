/** Transforms of an image's numbers: to floats, normalised, and with a stretch erased; and several as one. */
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, oneOf, ownCheck } from "../../options.js";
import type { Precision } from "../dataset.js";
import type { Transform } from "../image-batch.js";
import { checkedProbability, checkedRange, like, transform, withPixels } from "./parts.js";
import { between, roundHalfEven } from "./resize.js";

/**
 * Options of {@link toTensor}.
 * @category Data
 */
export interface ToTensorOptions {
  /** The format of the floats; `"float32"` by default. */
  readonly precision?: Precision | undefined;
}

const toTensorOptions: OptionKinds<ToTensorOptions> = { precision: oneOf("float32", "float64") };

/**
 * Options of {@link normalize}.
 * @category Data
 */
export interface NormalizeImageOptions {
  /** Of each channel. */
  readonly mean: readonly number[];
  /** Of each channel, above 0. */
  readonly std: readonly number[];
}

const normalizeImageOptions: OptionKinds<NormalizeImageOptions> = { mean: ownCheck, std: ownCheck };

/**
 * Options of {@link randomErasing}.
 * @category Data
 */
export interface RandomErasingOptions {
  /** The probability that something is erased, 0 to 1; 0.5 by default. */
  readonly p?: number | undefined;
  /** The erased share of the area; `[0.02, 0.33]` by default. */
  readonly scale?: readonly [low: number, high: number] | undefined;
  /** Its height divided by its width; `[0.3, 3.3]` by default. */
  readonly ratio?: readonly [low: number, high: number] | undefined;
  /** What stands there then: a number, or `"random"` for normal numbers of floats; 0 by default. */
  readonly value?: number | "random" | undefined;
}

const randomErasingOptions: OptionKinds<RandomErasingOptions> = {
  p: number,
  scale: ownCheck,
  ratio: ownCheck,
  value: ownCheck,
};

/**
 * Several transforms as one, the first one first. Each draws from the generator in its turn.
 * @throws ValueError if one of them is no function
 * @example
 * ```ts
 * const augment = transforms.compose([transforms.randomHorizontalFlip(), transforms.randomCrop(32, { padding: 4 })]);
 * ```
 * @category Data
 */
export function compose(list: readonly Transform[]): Transform {
  if (!Array.isArray(list) || !list.every((one) => typeof one === "function")) {
    throw new ValueError("compose", `it takes a list of transforms, got ${describe(list)}`, { actual: list });
  }
  const steps: readonly Transform[] = [...list];
  return transform("compose", (image, generator) => steps.reduce((changed, step) => step(changed, generator), image));
}

/**
 * Bytes as floats, `x / 255`; floats are left as they are.
 * @category Data
 */
export function toTensor(options: ToTensorOptions = {}): Transform {
  const { precision = "float32" } = checkedOptions("toTensor", options, toTensorOptions);
  return transform("toTensor", (image) => {
    if (!(image.data instanceof Uint8Array)) return image;
    const pixels = precision === "float64" ? new Float64Array(image.data.length) : new Float32Array(image.data.length);
    for (const [place, byte] of image.data.entries()) pixels[place] = byte / 255;
    return withPixels(image, pixels);
  });
}

/**
 * Floats as `(x - mean[c]) / std[c]`. {@link channelStatistics} computes both from a data set.
 * @throws ValueError if `mean` or `std` is no list of finite numbers, or a `std` is not above 0; of an image, if it has bytes or
 *   another number of channels
 * @category Data
 */
export function normalize(options: NormalizeImageOptions): Transform {
  const op = "normalize";
  const { mean, std } = checkedOptions(op, options, normalizeImageOptions) as Partial<NormalizeImageOptions>;
  if (!areFinite(mean) || !areFinite(std) || mean.length !== std.length || !std.every((value) => value > 0)) {
    const rule = "mean and std must be lists of as many finite numbers as there are channels, those of std above 0";
    throw new ValueError(op, `${rule}, got ${describe(mean)} and ${describe(std)}`);
  }
  const [centres, scales] = [[...mean], [...std]];
  return transform(op, (image) => {
    const { data, channels } = image;
    if (data instanceof Uint8Array)
      throw new ValueError(op, "it takes floats, and the image has bytes; put toTensor() before it");
    if (channels !== centres.length) {
      const rule = `mean and std are of ${centres.length} channels`;
      throw new ValueError(op, `${rule}, and the image has ${channels}`, {
        expected: centres.length,
        actual: channels,
      });
    }
    const plane = data.length / channels;
    const pixels = like(data, data.length);
    for (let channel = 0; channel < channels; channel++) {
      const [centre, scale] = [centres[channel] as number, scales[channel] as number];
      const end = (channel + 1) * plane;
      for (let place = channel * plane; place < end; place++)
        pixels[place] = ((data[place] as number) - centre) / scale;
    }
    return withPixels(image, pixels);
  });
}

/**
 * Erases a random rectangle with a probability (Zhong et al. 2020, "Random erasing data augmentation"). Its area and its ratio
 * are drawn from ranges, the latter on a logarithmic scale; where ten of them do not fit, nothing is erased.
 * @throws ValueError if an option is out of range; of an image of bytes, if `value` is `"random"`
 * @category Data
 */
export function randomErasing(options: RandomErasingOptions = {}): Transform {
  const op = "randomErasing";
  const given = checkedOptions(op, options, randomErasingOptions);
  const p = checkedProbability(op, given.p ?? 0.5);
  const scale = checkedRange(op, "scale", given.scale ?? [0.02, 0.33], 0);
  const ratio = checkedRange(op, "ratio", given.ratio ?? [0.3, 3.3], Number.MIN_VALUE);
  const { value = 0 } = given;
  if (!(value === "random" || Number.isFinite(value))) {
    throw new ValueError(op, `value must be a finite number or "random", got ${describe(value)}`, { actual: value });
  }
  const logs = [Math.log(ratio[0]), Math.log(ratio[1])] as const;
  return transform(op, (image, generator) => {
    const { data, channels, height: rows, width: columns } = image;
    if (value === "random" && data instanceof Uint8Array) {
      throw new ValueError(op, 'value "random" is for floats, and the image has bytes; put toTensor() before it');
    }
    if (generator.uniform() >= p) return image;
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = rows * columns * between(scale, generator);
      const aspect = Math.exp(between(logs, generator));
      const height = roundHalfEven(Math.sqrt(area * aspect));
      const width = roundHalfEven(Math.sqrt(area / aspect));
      if (!(height < rows && width < columns)) continue;
      const top = generator.integer(0, rows - height + 1);
      const left = generator.integer(0, columns - width + 1);
      const pixels = data.slice();
      for (let channel = 0; channel < channels; channel++) {
        for (let y = top; y < top + height; y++) {
          const start = (channel * rows + y) * columns + left;
          if (value !== "random") pixels.fill(value, start, start + width);
          else for (let x = 0; x < width; x++) pixels[start + x] = generator.normal();
        }
      }
      return withPixels(image, pixels);
    }
    return image;
  });
}

function areFinite(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every(Number.isFinite);
}
