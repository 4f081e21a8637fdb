/** Tests of the transforms: their functions against torchvision's, and what they draw. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as color from "../../src/data/transforms/color.js";
import { type Box, crop, mirrored } from "../../src/data/transforms/geometry.js";
import { middleBox, resized } from "../../src/data/transforms/resize.js";
import {
  batchOf,
  channelStatistics,
  DataLoader,
  drawnImages,
  flipCrop,
  type Generator,
  generator,
  type Image,
  type Transform,
  transforms,
  ValueError,
} from "../../src/index.js";

interface Case {
  readonly function: string;
  readonly arguments: Box & {
    readonly size: number & readonly [height: number, width: number];
    readonly factor: number;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  readonly bytes: boolean;
  readonly shape: readonly [number, number, number];
  readonly pixels: readonly number[];
  readonly resultShape: readonly number[];
  readonly result: readonly number[];
}

const cases = JSON.parse(
  readFileSync(new URL("torchvision/transforms.json", import.meta.url), "utf8"),
) as readonly Case[];

/** The functions by the names that the cases call them. */
const functions: Readonly<Record<string, (image: Image, given: Case["arguments"]) => Image>> = {
  resize: (image, { size }) => transforms.resize(size)(image, generator(0)),
  centerCrop: (image, { size }) => transforms.centerCrop(size)(image, generator(0)),
  normalize: (image, given) => transforms.normalize({ mean: given.mean, std: given.std })(image, generator(0)),
  crop: (image, box) => crop(image, box),
  resizedCrop: (image, { size, ...box }) => resized(crop(image, box), size[0], size[1]),
  mirrored,
  adjustBrightness: (image, { factor }) => color.adjustBrightness(image, factor),
  adjustContrast: (image, { factor }) => color.adjustContrast(image, factor),
  adjustSaturation: (image, { factor }) => color.adjustSaturation(image, factor),
  adjustHue: (image, { factor }) => color.adjustHue(image, factor),
};

const imageOf = ([channels, height, width]: readonly number[], data: Image["data"]): Image =>
  ({ data, channels, height, width }) as Image;

describe("torchvision's transforms", () => {
  it.each(Object.keys(functions))("%s gives torchvision's numbers", (name) => {
    const own = cases.filter((one) => one.function === name);
    expect(own.length).toBeGreaterThan(0);
    for (const { arguments: given, bytes, shape, pixels, result, resultShape } of own) {
      const image = imageOf(shape, bytes ? Uint8Array.from(pixels) : Float64Array.from(pixels));
      const before = image.data.slice();
      const found = (functions[name] as (typeof functions)[string])(image, given);
      const what = `${name} of ${bytes ? "bytes" : "floats"} [${shape}] with ${JSON.stringify(given)}`;
      expect([found.channels, found.height, found.width], what).toEqual(resultShape);
      // Bytes may differ by one: torchvision computes them in float32 and cuts then, of turned hues 52.9999 to 52.
      const worst = Math.max(...result.map((value, place) => Math.abs(value - (found.data[place] as number))));
      expect(worst, what).toBeLessThanOrEqual(bytes ? 1 : 1e-9);
      const different = result.filter((value, place) => value !== found.data[place]).length;
      if (bytes && name !== "adjustHue") expect(different, what).toBeLessThanOrEqual(Math.ceil(result.length / 20));
      expect(image.data, "the image itself").toEqual(before);
    }
  });
});

/** An image whose pixels say where they come from. */
const addressed = imageOf(
  [2, 5, 6],
  Float32Array.from({ length: 60 }, (_, place) => place),
);
const photo = drawnImages({ count: 1, size: 16 });
const bytes = imageOf([3, 16, 16], photo.images);

/** Every random transform, and one that draws nothing. */
const random: Readonly<Record<string, Transform>> = {
  randomCrop: transforms.randomCrop(8, { padding: 2, fill: 9 }),
  randomHorizontalFlip: transforms.randomHorizontalFlip(),
  randomResizedCrop: transforms.randomResizedCrop([7, 9]),
  colorJitter: transforms.colorJitter({ brightness: 0.4, contrast: [0.5, 1.5], saturation: 0.4, hue: 0.1 }),
  pcaLighting: transforms.pcaLighting(),
  randomErasing: transforms.randomErasing({ p: 0.9, value: 128 }),
  resize: transforms.resize(9),
};

describe("a transform", () => {
  it.each(Object.entries(random))(
    "gives the same for the same seed, and leaves its image alone: %s",
    (_, transform) => {
      const before = bytes.data.slice();
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const once = transform(bytes, generator(seed));
          expect(transform(bytes, generator(seed))).toEqual(once);
          expect(once.data).toBeInstanceOf(Uint8Array);
          expect(once.data.length).toBe(once.channels * once.height * once.width);
          expect(bytes.data).toEqual(before);
        }),
        { numRuns: 20 },
      );
    },
  );

  it("composes: each draws in its turn", () => {
    const [flip, erase] = [transforms.randomHorizontalFlip(), transforms.randomErasing()];
    const [one, other] = [generator(1), generator(1)];
    for (let round = 0; round < 20; round++) {
      expect(transforms.compose([flip, erase])(bytes, one)).toEqual(erase(flip(bytes, other), other));
    }
  });

  it("flips, then crops what is padded, as flip-crop does, bit for bit", () => {
    const { images } = batchOf(photo, [0]);
    const steps = transforms.compose([transforms.randomHorizontalFlip(), transforms.randomCrop(16, { padding: 4 })]);
    for (let seed = 0; seed < 20; seed++) {
      const whole = imageOf([3, 16, 16], images.data);
      expect(steps(whole, generator(seed)).data).toEqual(flipCrop(images, { generator: generator(seed) }).data);
    }
  });

  it("goes into a loader, whose batch has its numbers", async () => {
    const steps = transforms.compose([random["randomCrop"] as Transform, transforms.toTensor()]);
    for await (const { images, labels } of new DataLoader(photo, { transform: steps, generator: generator(0) })) {
      expect(images.shape).toEqual([1, 3, 8, 8]);
      expect(labels.get(0)).toBe(photo.labels[0]);
      const children = generator(0);
      children.split(); // of the order
      expect(images.data).toEqual(steps(bytes, children.split()).data);
    }
  });
});

describe("randomCrop", () => {
  it("reaches every place, and none beyond the padding", () => {
    const draws = generator(0);
    const corners = new Set<number>();
    for (let round = 0; round < 500; round++) {
      const { data } = transforms.randomCrop([3, 4])(addressed, draws);
      corners.add(data[0] as number);
    }
    expect([...corners].sort((a, b) => a - b)).toEqual([0, 1, 2, 6, 7, 8, 12, 13, 14]);
  });

  it("pads with what it is told", () => {
    const padded = transforms.randomCrop(20, { padding: 2, fill: 7 })(bytes, generator(0));
    expect([padded.data[0], padded.data[2 * 20 + 2]]).toEqual([7, bytes.data[0]]);
  });

  it("refuses an image that is smaller", () => {
    expect(() => transforms.randomCrop(8)(addressed, generator(0))).toThrow(
      "randomCrop: the image of 5 × 6 pixels, padded by 0, is smaller than the crop of 8 × 8; resize it first",
    );
  });
});

/** A generator that gives these numbers of 0 to 1, and 0 for every integer. */
function scripted(...numbers: number[]): Generator {
  const left = [...numbers];
  return { ...generator(0), uniform: () => left.shift() as number, integer: () => 0 } as Generator;
}

describe("randomResizedCrop", () => {
  it("takes the area and the ratio that are drawn, and the middle where nothing fits", () => {
    // Half of the area at the ratio 1 of an image of 8 × 8 pixels: 6 × 6.
    const square = imageOf(
      [1, 8, 8],
      Float64Array.from({ length: 64 }, (_, place) => place),
    );
    const cropped = transforms.randomResizedCrop(6, { scale: [0.5, 0.5], ratio: [1, 1] })(square, scripted(0, 0));
    expect(cropped.data).toEqual(crop(square, { top: 0, left: 0, height: 6, width: 6 }).data);
    const wide = imageOf([1, 2, 8], new Float64Array(16));
    expect(middleBox(wide, [0.5, 2])).toEqual({ top: 0, left: 2, height: 2, width: 4 });
    expect(middleBox(imageOf([1, 9, 2], new Float64Array(18)), [0.5, 2])).toEqual({
      top: 2,
      left: 0,
      height: 4,
      width: 2,
    });
    const never = transforms.randomResizedCrop(4, { scale: [9, 9], ratio: [0.5, 2] })(wide, generator(0));
    expect([never.height, never.width]).toEqual([4, 4]);
  });
});

describe("randomErasing", () => {
  it("erases about the share that is asked for, with the probability that is", () => {
    const white = imageOf([1, 20, 20], new Float32Array(400).fill(1));
    const transform = transforms.randomErasing({ p: 0.5, scale: [0.25, 0.25], ratio: [1, 1] });
    const draws = generator(3);
    const erased = Array.from({ length: 1000 }, () => {
      const { data } = transform(white, draws);
      return data.filter((value: number) => value === 0).length;
    });
    expect(new Set(erased)).toEqual(new Set([0, 100]));
    expect(Math.abs(erased.filter((count) => count > 0).length - 500)).toBeLessThan(80);
  });

  it("fills with normal numbers, and says that bytes have none", () => {
    const transform = transforms.randomErasing({ p: 1, value: "random" });
    const { data } = transform(transforms.toTensor()(bytes, generator(0)), generator(0));
    expect(data.some((value: number) => value < 0)).toBe(true);
    expect(() => transform(bytes, generator(0))).toThrow('value "random" is for floats, and the image has bytes');
  });
});

describe("pcaLighting", () => {
  it("adds one colour to every pixel: eigenvectors times eigenvalues times what is drawn", () => {
    const black = imageOf([3, 1, 2], new Float64Array(6));
    const ones = { ...generator(0), normal: () => 1 } as Generator;
    const { data } = transforms.pcaLighting()(black, ones);
    expect(data[0]).toBeCloseTo(-0.5675 * 0.2175 + 0.7192 * 0.0188 + 0.4009 * 0.0045, 12);
    expect([data[1], data[3], data[5]]).toEqual([data[0], data[2], data[4]]);
  });
});

describe("channelStatistics", () => {
  it("makes normalised pixels have mean 0 and deviation 1", async () => {
    const images = drawnImages({ count: 20, size: 16 });
    const { mean, std } = await channelStatistics(images);
    const { data } = batchOf(
      { ...images, mean, std },
      Array.from({ length: 20 }, (_, index) => index),
      { precision: "float64" },
    ).images;
    for (const channel of [0, 1, 2]) {
      const own = data.filter((_, place) => Math.trunc(place / 256) % 3 === channel);
      const average = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(average).toBeCloseTo(0, 10);
      expect(own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length).toBeCloseTo(1, 10);
    }
  });

  it("refuses no images, and images that differ in their channels", async () => {
    await expect(channelStatistics({ length: 0, get: () => ({ image: bytes, label: 0 }) })).rejects.toThrow(
      "there are no images",
    );
    const grey = imageOf([1, 2, 2], new Uint8Array(4));
    const mixed = { length: 2, get: (index: number) => ({ image: index === 0 ? bytes : grey, label: 0 }) };
    await expect(channelStatistics(mixed)).rejects.toThrow("image 1 has 1 channels where the first has 3");
  });
});

describe("what a transform is given", () => {
  it.each<[string, () => unknown, string]>([
    [
      "a size of 0",
      () => transforms.resize(0),
      "resize: size must be an integer of 1 to 16384, or [height, width] of such, got 0",
    ],
    ["a size of three", () => transforms.centerCrop([1, 2, 3] as never), "centerCrop: size must be"],
    ["a probability above 1", () => transforms.randomHorizontalFlip({ p: 1.5 }), "p must be 0 to 1, got 1.5"],
    [
      "a range the wrong way round",
      () => transforms.randomResizedCrop(4, { scale: [1, 0.5] }),
      "scale must be [low, high] with 0 <= low <= high, got [1, 0.5]",
    ],
    [
      "a negative strength",
      () => transforms.colorJitter({ contrast: -1 }),
      "contrast must be 0 or more, or a range, got -1",
    ],
    ["more than half a turn", () => transforms.colorJitter({ hue: 0.6 }), "hue must be [low, high] with -0.5 <= low"],
    [
      "more than half a turn on one side",
      () => transforms.colorJitter({ hue: [0, 0.6] }),
      "hue must be within -0.5 to 0.5",
    ],
    ["a deviation of 0", () => transforms.normalize({ mean: [0], std: [0] }), "those of std above 0"],
    [
      "bytes to normalise",
      () => transforms.normalize({ mean: [0], std: [1] })(bytes, generator(0)),
      "the image has bytes; put toTensor() before it",
    ],
    [
      "channels without a mean",
      () => transforms.normalize({ mean: [0], std: [1] })(addressed, generator(0)),
      "mean and std are of 1 channels, and the image has 2",
    ],
    [
      "four channels to colour",
      () => transforms.colorJitter()({ ...addressed, channels: 4 } as Image, generator(0)),
      "colorJitter: an image of shape [4, 5, 6] has 120 numbers, got 60",
    ],
    [
      "two channels to colour",
      () => transforms.colorJitter()(addressed, generator(0)),
      "the image must have 1 or 3 channels, got 2",
    ],
    ["what is no transform", () => transforms.compose([1 as never]), "compose: it takes a list of transforms, got [1]"],
  ])("is refused with its name: %s", (_, call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });
});
