/** Transforms of colour: brightness, contrast, saturation, hue, and the light that AlexNet was trained with. */
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import type { Transform } from "../image-batch.js";
import type { Image } from "../items.js";
import { checkedRange, like, transform, whiteOf, withPixels } from "./parts.js";
import { between } from "./resize.js";

/** A factor is drawn from `[1 - x, 1 + x]`, cut off at 0, or from the range itself. */
type Strength = number | readonly [low: number, high: number];

/**
 * Options of {@link colorJitter}; what is left out is not changed.
 * @category Data
 */
export interface ColorJitterOptions {
  /** The factor of all numbers: x for `[max(0, 1 - x), 1 + x]`, or a range of 0 or more. */
  readonly brightness?: number | readonly [low: number, high: number] | undefined;
  /** The factor of their distance from the mean of the grey image, likewise. */
  readonly contrast?: number | readonly [low: number, high: number] | undefined;
  /** The factor of their distance from the grey image, likewise. */
  readonly saturation?: number | readonly [low: number, high: number] | undefined;
  /** How far around the circle of colours: x for `[-x, x]`, or a range within -0.5 … 0.5. */
  readonly hue?: number | readonly [low: number, high: number] | undefined;
}

const colorJitterOptions: OptionKinds<ColorJitterOptions> = {
  brightness: ownCheck,
  contrast: ownCheck,
  saturation: ownCheck,
  hue: ownCheck,
};

/**
 * Options of {@link pcaLighting}.
 * @category Data
 */
export interface PcaLightingOptions {
  /** Standard deviation of the three numbers that are drawn, 0 or more; 0.1 by default. */
  readonly std?: number | undefined;
}

const pcaLightingOptions: OptionKinds<PcaLightingOptions> = { std: number };

/** Changes one image by a factor. */
type Adjust = (image: Image, factor: number) => Image;

/**
 * Changes brightness, contrast, saturation and hue by random factors in a random order, as torchvision does. Draws a
 * permutation of four and a uniform number for each that is asked for. Images of one channel have neither saturation nor hue.
 * @throws ValueError if an option is out of range; of an image, if it has neither 1 nor 3 channels
 * @category Data
 */
export function colorJitter(options: ColorJitterOptions = {}): Transform {
  const op = "colorJitter";
  const { brightness, contrast, saturation, hue } = checkedOptions(op, options, colorJitterOptions);
  const steps: readonly (readonly [Adjust, readonly [number, number] | undefined])[] = [
    [adjustBrightness, factors(op, "brightness", brightness)],
    [adjustContrast, factors(op, "contrast", contrast)],
    [adjustSaturation, factors(op, "saturation", saturation)],
    [adjustHue, turns(op, hue)],
  ];
  return transform(op, (image, generator) => {
    if (image.channels !== 1 && image.channels !== 3) {
      throw new ValueError(op, `the image must have 1 or 3 channels, got ${image.channels}`, {
        actual: image.channels,
      });
    }
    const order = generator.permutation(steps.length);
    const drawn = steps.map(([, range]) => (range === undefined ? undefined : between(range, generator)));
    return order.reduce((changed, step) => {
      const [[adjust], factor] = [steps[step] as (typeof steps)[number], drawn[step]];
      return factor === undefined ? changed : adjust(changed, factor);
    }, image);
  });
}

/** Eigenvalues and eigenvectors of the colours of ImageNet's pixels, of 0 to 1, as they are handed on (fb.resnet.torch). */
const EIGENVALUES: readonly number[] = [0.2175, 0.0188, 0.0045];
const EIGENVECTORS: readonly (readonly number[])[] = [
  [-0.5675, 0.7192, 0.4009],
  [-0.5808, -0.0045, -0.814],
  [-0.5836, -0.6948, 0.4203],
];

/**
 * Adds light of a random colour to the whole image: for each principal component of ImageNet's colours, a normal number times
 * its eigenvalue (Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks", section 4.1).
 * Draws three normal numbers. Bytes are rounded and kept within 0 to 255; floats may leave 0 to 1.
 * @throws ValueError if `std` is out of range; of an image, if it has not 3 channels
 * @category Data
 */
export function pcaLighting(options: PcaLightingOptions = {}): Transform {
  const op = "pcaLighting";
  const { std = 0.1 } = checkedOptions(op, options, pcaLightingOptions);
  if (!(Number.isFinite(std) && std >= 0)) throw new ValueError(op, `std must be 0 or more, got ${describe(std)}`);
  return transform(op, (image, generator) => {
    const { data, channels } = image;
    if (channels !== 3)
      throw new ValueError(op, `the image must have 3 channels, got ${channels}`, { actual: channels });
    const alphas = EIGENVALUES.map((eigenvalue) => generator.normal(0, std) * eigenvalue * whiteOf(data));
    const light = EIGENVECTORS.map((row) => row.reduce((sum, entry, k) => sum + entry * (alphas[k] as number), 0));
    const plane = data.length / 3;
    const pixels = like(data, data.length);
    for (let place = 0; place < data.length; place++) {
      const value = (data[place] as number) + (light[Math.trunc(place / plane)] as number);
      pixels[place] = data instanceof Uint8Array ? Math.min(255, Math.max(0, Math.round(value))) : value;
    }
    return withPixels(image, pixels);
  });
}

/** `factor` times the image. */
export const adjustBrightness: Adjust = (image, factor) => blended(image, () => 0, factor);

/** The image moved away from the mean of its grey. */
export const adjustContrast: Adjust = (image, factor) => {
  const grey = image.channels === 1 ? image.data : greyOf(image);
  let sum = 0;
  for (const value of grey) sum += value;
  const mean = sum / grey.length;
  return blended(image, () => mean, factor);
};

/** The image moved away from its grey. */
export const adjustSaturation: Adjust = (image, factor) => {
  if (image.channels === 1) return image;
  const grey = greyOf(image);
  return blended(image, (place) => grey[place % grey.length] as number, factor);
};

/** The image with its colours turned by `factor` of the circle. */
export const adjustHue: Adjust = (image, factor) => {
  if (image.channels === 1) return image;
  const { data } = image;
  const plane = data.length / 3;
  const white = whiteOf(data);
  const pixels = like(data, data.length);
  for (let place = 0; place < plane; place++) {
    const [r, g, b] = [0, 1, 2].map((channel) => (data[channel * plane + place] as number) / white) as [
      number,
      number,
      number,
    ];
    const turned = turnedHue(r, g, b, factor);
    for (const [channel, value] of turned.entries()) {
      pixels[channel * plane + place] = white === 1 ? value : Math.trunc(value * 255.999); // as torchvision makes bytes
    }
  }
  return withPixels(image, pixels);
};

/** `factor · image + (1 - factor) · other`, kept within black and white; bytes are rounded down. */
function blended(image: Image, other: (place: number) => number, factor: number): Image {
  const white = whiteOf(image.data);
  const pixels = like(image.data, image.data.length);
  for (let place = 0; place < pixels.length; place++) {
    const value = factor * (image.data[place] as number) + (1 - factor) * other(place);
    pixels[place] = Math.min(white, Math.max(0, value));
  }
  return withPixels(image, pixels);
}

/** Grey of a colour image, in its own format (ITU-R 601). */
function greyOf({ data }: Image): Image["data"] {
  const plane = data.length / 3;
  const grey = like(data, plane);
  for (let place = 0; place < plane; place++) {
    const [red, green, blue] = [data[place], data[plane + place], data[2 * plane + place]] as [number, number, number];
    grey[place] = 0.2989 * red + 0.587 * green + 0.114 * blue;
  }
  return grey;
}

/** A colour with its hue turned, by way of hue, saturation and value. */
function turnedHue(r: number, g: number, b: number, turn: number): readonly [number, number, number] {
  const value = Math.max(r, g, b);
  const spread = value - Math.min(r, g, b);
  if (spread === 0) return [r, g, b];
  const sixth = value === r ? (g - b) / spread : value === g ? 2 + (b - r) / spread : 4 + (r - g) / spread;
  const hue = sixth / 6 + 1 + turn;
  const angle = 6 * (hue - Math.floor(hue));
  const sector = Math.floor(angle) % 6;
  const within = angle - Math.floor(angle);
  const saturation = spread / value;
  const low = value * (1 - saturation);
  const falling = value * (1 - saturation * within);
  const rising = value * (1 - saturation * (1 - within));
  const colours = [
    [value, rising, low],
    [falling, value, low],
    [low, value, rising],
    [low, falling, value],
    [rising, low, value],
    [value, low, falling],
  ] as const;
  return colours[sector] as readonly [number, number, number];
}

function factors(op: string, name: string, strength: Strength | undefined): readonly [number, number] | undefined {
  if (strength === undefined) return undefined;
  if (typeof strength !== "number") return checkedRange(op, name, strength, 0);
  if (strength >= 0 && strength < Number.POSITIVE_INFINITY) return [Math.max(0, 1 - strength), 1 + strength];
  throw new ValueError(op, `${name} must be 0 or more, or a range, got ${strength}`, { actual: strength });
}

function turns(op: string, hue: Strength | undefined): readonly [number, number] | undefined {
  if (hue === undefined) return undefined;
  const [low, high] = checkedRange(op, "hue", typeof hue === "number" ? [-hue, hue] : hue, -0.5);
  if (high <= 0.5) return [low, high];
  throw new ValueError(op, `hue must be within -0.5 to 0.5, got ${describe(hue)}`, { actual: hue });
}
