/** Tests of the loader of any data set, and of its position. */
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Batch,
  balancedSampler,
  batches,
  batchOf,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
  type Dataset,
  drawnImages,
  generator,
  type HostArray,
  type ImageDataset,
  type LabelledImage,
  randomSampler,
  subset,
  type Transform,
  tensorDataset,
  ValueError,
  weightedRandomSampler,
} from "../../src/index.js";

const images = drawnImages({ count: 23, size: 16 });
/** Images of 2 × 3 pixels in two classes. */
const small: ImageDataset = {
  ...{ name: "small", classNames: ["a", "b"], channels: 1, height: 2, width: 3, length: 23, mean: [0.5], std: [0.25] },
  images: Uint8Array.from({ length: 23 * 6 }, (_, place) => (place * 37) % 256),
  labels: Uint8Array.from({ length: 23 }, (_, index) => index % 2),
};
const numbers = (length: number): Dataset<number> => ({ length, get: (index) => index });

async function all<B>(loader: AsyncIterable<B>, most = Number.POSITIVE_INFINITY): Promise<B[]> {
  const found: B[] = [];
  for await (const batch of loader) {
    found.push(batch);
    if (found.length >= most) break;
  }
  return found;
}

/** Adds noise, so that every image costs a number of draws. */
const noisy: Transform = (image, random) => ({
  ...image,
  data: Float32Array.from(image.data, (value, place) => (place < 5 ? random.normal(value) : value)),
});

describe("DataLoader", () => {
  it("visits every item once an epoch, in batches of the size asked for", async () => {
    const sizes = fc.record({ length: fc.integer({ min: 1, max: 40 }), batchSize: fc.integer({ min: 1, max: 50 }) });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.boolean(),
        fc.integer(),
        fc.nat(5),
        async ({ length, batchSize }, shuffle, seed, prefetch) => {
          const loader = new DataLoader(numbers(length), { batchSize, shuffle, generator: generator(seed), prefetch });
          for (let epoch = 0; epoch < 2; epoch++) {
            expect(loader.epoch).toBe(epoch);
            const walked = await all(loader);
            expect(walked.length).toBe(loader.length);
            for (const batch of walked.slice(0, -1)) expect(batch.length).toBe(batchSize);
            expect(walked.flat().sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
            if (!shuffle) expect(walked.flat()).toEqual(Array.from({ length }, (_, index) => index));
          }
        },
      ),
    );
  });

  it("gives the very batches of batches(), with the same generator, augmentation and precision", async () => {
    for (const precision of ["float32", "float64"] as const) {
      const loader = new DataLoader(images, {
        batchSize: 5,
        shuffle: true,
        generator: generator(3),
        transform: "flip-crop",
        precision,
      });
      const walked = [...(await all(loader)), ...(await all(loader))];
      const options = { batchSize: 5, generator: generator(3), augment: "flip-crop", precision, epochs: 2 } as const;
      expect(walked).toEqual([...batches(images, options)]);
    }
  });

  it("normalises in the data set's order, and needs no generator, where nothing is drawn", async () => {
    const [first] = await all(new DataLoader(images, { batchSize: 4 }));
    expect(first).toEqual(batchOf(images, [0, 1, 2, 3]));
    const resized: Transform = (image) => ({ ...image, data: image.data.map((byte) => 255 - byte) });
    expect((await all(new DataLoader(images, { transform: resized }))).length).toBe(23);
  });

  it("leaves out a last batch that is smaller, where dropLast says so", async () => {
    const loader = new DataLoader(numbers(23), { batchSize: 5, dropLast: true });
    expect(loader.length).toBe(4);
    expect((await all(loader)).map((batch) => batch.length)).toEqual([5, 5, 5, 5]);
  });

  it("makes records of arrays into arrays, whatever collates into what it makes, and the rest into lists", async () => {
    const rows = tensorDataset({
      x: { shape: [3, 2], data: Float64Array.of(0, 1, 2, 3, 4, 5) },
      y: { shape: [3], data: Int32Array.of(7, 8, 9) },
    });
    const [first, last] = await all(new DataLoader(rows, { batchSize: 2 }));
    expect([first?.x.shape, [...(first?.x.data ?? [])]]).toEqual([
      [2, 2],
      [0, 1, 2, 3],
    ]);
    expect([last?.y.shape, last?.y.data, last?.indices]).toEqual([[1], Int32Array.of(9), Int32Array.of(2)]);
    expectTypeOf(first?.x.data).toExtend<Float64Array | undefined>();
    const sums = new DataLoader(numbers(4), {
      batchSize: 2,
      collate: (items) => items.reduce((sum, one) => sum + one, 0),
    });
    expect(await all(sums)).toEqual([1, 5]);
    expectTypeOf(sums).toEqualTypeOf<DataLoader<number, number>>();
    const words: Dataset<string> = { length: 2, get: async (index) => "ab"[index] as string };
    expect(await all(new DataLoader(words, { batchSize: 2 }))).toEqual([["a", "b"]]);
  });

  it("starts the next epoch after a walk that was left", async () => {
    const options = { batchSize: 5, shuffle: true } as const;
    const left = new DataLoader(numbers(23), { ...options, generator: generator(1) });
    const whole = new DataLoader(numbers(23), { ...options, generator: generator(1) });
    await all(left, 2);
    await all(whole);
    expect(await all(left)).toEqual(await all(whole));
    expect(left.epoch).toBe(2);
  });

  it("asks for items ahead of time, as many batches as prefetch says, and hands on a failure when its batch is due", async () => {
    let asked = 0;
    const slow: Dataset<number> = {
      length: 20,
      get: async (index) => {
        asked++;
        if (index === 11) throw new Error("item 11 is broken");
        return index;
      },
    };
    const seen: number[] = [];
    const walk = async (): Promise<void> => {
      for await (const batch of new DataLoader(slow, { batchSize: 2, prefetch: 3 })) seen.push(asked, batch.length);
    };
    await expect(walk()).rejects.toThrow("item 11 is broken");
    expect(seen).toEqual([8, 2, 10, 2, 12, 2, 14, 2, 16, 2]);
  });

  it.each<[string, DataLoaderOptions<number, unknown>, string]>([
    ["shuffling without a generator", { shuffle: true }, "shuffle needs a generator; pass generator: generator(0)"],
    ["augmenting without a generator", { transform: "flip-crop" }, 'transform "flip-crop" needs a generator'],
    ["a batch size of 0", { batchSize: 0 }, "batchSize must be an integer of at least 1, got 0"],
    [
      "dropping the only batch",
      { batchSize: 9, dropLast: true },
      "dropLast leaves no batch: batchSize 9 is more than the 8 items",
    ],
    [
      "two orders at once",
      { shuffle: true, sampler: randomSampler(8), generator: generator(0) },
      "sampler takes the place of shuffle",
    ],
    ["what is no sampler", { sampler: [1, 2] as never }, "sampler must have a length and a function draw"],
    ["negative reading ahead", { prefetch: -1 }, "prefetch must be an integer of 0 or more, got -1"],
    [
      "two makers of batches",
      { collate: () => 1, transform: noisy },
      "transform belongs to the usual way of making batches",
    ],
  ])("refuses %s", (_, options, message) => {
    expect(() => new DataLoader(numbers(8), options)).toThrow(ValueError);
    expect(() => new DataLoader(numbers(8), options)).toThrow(message);
  });

  it.each<[string, () => AsyncIterable<unknown>, string]>([
    [
      "a sampler that draws without a generator",
      () => new DataLoader(numbers(8), { sampler: randomSampler(8) }),
      "the sampler draws random numbers and needs a generator",
    ],
    [
      "a transform that does",
      () => new DataLoader(images, { transform: noisy }),
      "the transform draws random numbers and needs a generator",
    ],
    [
      "an index that is none",
      () => new DataLoader(numbers(8), { sampler: { length: 1, draw: () => [8] } }),
      "an index must be an integer of 0 to 7, got 8",
    ],
    [
      "a sampler that draws fewer",
      () => new DataLoader(numbers(8), { sampler: { length: 2, draw: () => [1] } }),
      "it draws 2 indices, and drew 1",
    ],
    [
      "a transform of what is no image",
      () => new DataLoader(numbers(8), { transform: noisy, generator: generator(0) }),
      "transform is for labelled images",
    ],
    [
      "images of different sizes",
      () => new DataLoader(twoSizes, { batchSize: 2 }),
      "images of a batch must have one size, and item 1 is [1, 3, 2] where the first is [1, 2, 2]; pass a transform",
    ],
    [
      "a label that is none",
      () => new DataLoader(withLabel(0.5), { batchSize: 2 }),
      "label of item 0 must be a 32-bit integer, got 0.5",
    ],
    [
      "a record without a field of the first",
      () => new DataLoader(ragged, { batchSize: 2 }),
      "x must have one shape and one type in all items of a batch: Float32Array of shape [1], got none",
    ],
  ])("says what is wrong with %s, when it is walked", async (_, loader, message) => {
    await expect(all(loader())).rejects.toThrow(ValueError);
    await expect(all(loader())).rejects.toThrow(message);
  });

  it("goes no further with a walk after another one has begun", async () => {
    const loader = new DataLoader(numbers(8));
    const first = loader[Symbol.asyncIterator]();
    await first.next();
    await loader[Symbol.asyncIterator]().next();
    await expect(first.next()).rejects.toThrow("this walk has ended, for another one has begun");
  });
});

const twoSizes: Dataset<LabelledImage> = {
  length: 2,
  get: (index) => ({
    image: { data: new Uint8Array(4 + 2 * index), channels: 1, height: 2 + index, width: 2 },
    label: 0,
  }),
};
const withLabel = (label: number): Dataset<LabelledImage> => ({
  length: 2,
  get: () => ({ ...twoSizes.get(0), label }) as LabelledImage,
});
const ragged: Dataset<Readonly<Record<string, HostArray>>> = {
  length: 2,
  get: (index) => ({ [index === 0 ? "x" : "y"]: { shape: [1], data: new Float32Array(1) } }),
};

/** Loaders of every kind of order and transform; each call gives a fresh one. */
const loaders: Readonly<Record<string, (seed: number) => DataLoader>> = {
  "in order": () => new DataLoader(small, { batchSize: 5 }),
  "shuffled and flipped": (seed) =>
    new DataLoader(small, { batchSize: 4, shuffle: true, transform: "flip-crop", generator: generator(seed) }),
  "weighted, with a transform that draws pairs": (seed) =>
    new DataLoader(small, {
      batchSize: 6,
      sampler: weightedRandomSampler(small.labels, 20),
      transform: noisy,
      generator: generator(seed),
    }),
  "weighted without replacement": (seed) =>
    new DataLoader(small, {
      batchSize: 3,
      dropLast: true,
      sampler: weightedRandomSampler(small.labels, 10, { replacement: false }),
      generator: generator(seed),
    }),
  "balanced part": (seed) =>
    new DataLoader(subset(small, [1, 3, 5, 7, 9]), {
      batchSize: 2,
      sampler: balancedSampler([0, 0, 0, 0, 1], 11),
      generator: generator(seed),
      prefetch: 0,
    }),
};

describe("the position of a DataLoader", () => {
  it.each(Object.entries(loaders))(
    "lets another loader go on with the very batches that were to come: %s",
    async (_, make) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.nat(12), async (seed, stopAt) => {
          const [whole, stopped, resumed] = [make(seed), make(seed), make(seed + 1)];
          const expected = [...(await all(whole)), ...(await all(whole)), ...(await all(whole))];
          const seen: Batch<"float32" | "float64">[] = [];
          let saved: DataLoaderState | undefined;
          while (saved === undefined) {
            for await (const batch of stopped) {
              seen.push(batch);
              if (seen.length > stopAt % (3 * whole.length)) {
                saved = JSON.parse(JSON.stringify(stopped.stateDict())) as DataLoaderState;
                break;
              }
            }
          }
          await all(resumed, stopAt % 3); // wherever the other one stands
          resumed.loadStateDict(saved);
          while (resumed.epoch < 3) seen.push(...(await all(resumed)));
          expect(seen).toEqual(expected);
        }),
        { numRuns: 20 },
      );
    },
  );

  it("between the last batch and the end of the walk, is the end of that epoch", async () => {
    const [loader, resumed] = [new DataLoader(numbers(4)), new DataLoader(numbers(4))];
    const states: DataLoaderState[] = [];
    for await (const _ of loader) states.push(loader.stateDict());
    resumed.loadStateDict(states.at(-1) as DataLoaderState);
    expect([states.at(-1)?.epoch, await all(resumed), resumed.epoch]).toEqual([0, [], 1]);
    resumed.loadStateDict(loader.stateDict());
    expect([resumed.epoch, (await all(resumed)).length]).toEqual([1, 4]);
  });

  const make = (random = true) =>
    new DataLoader(numbers(8), { batchSize: 2, ...(random && { shuffle: true, generator: generator(0) }) });

  it.each<[string, (state: DataLoaderState) => unknown, string]>([
    ["nothing", () => null, "it takes what stateDict() gave, got null"],
    [
      "another number of items",
      (state) => ({ ...state, samples: 9 }),
      "the position must be one of a loader with 8 items an epoch, got 9",
    ],
    [
      "another batch size",
      (state) => ({ ...state, batchSize: 4 }),
      "the position must be one of a loader with batchSize 2, got 4",
    ],
    [
      "a batch beyond the end",
      (state) => ({ ...state, batch: 5 }),
      "batch must be an integer of 0 to 4, the batches of an epoch, got 5",
    ],
    ["half an epoch", (state) => ({ ...state, epoch: 0.5 }), "epoch must be an integer of 0 or more, got 0.5"],
    ["no generator", () => make(false).stateDict(), "order must be the state of a generator, got null"],
    [
      "a damaged generator",
      (state) => ({ ...state, transform: { ...state.transform, words: [1] } }),
      "transform is no state of a generator: generatorFrom: words",
    ],
  ])("refuses %s, and stays where it is", async (_, spoil, message) => {
    const loader = make();
    await all(loader, 2);
    const before = loader.stateDict();
    const wrong = spoil(before) as DataLoaderState;
    expect(() => loader.loadStateDict(wrong)).toThrow(ValueError);
    expect(() => loader.loadStateDict(wrong)).toThrow(`DataLoader.loadStateDict: ${message}`);
    expect(loader.stateDict()).toEqual(before);
  });

  it("refuses generators where the loader has none", () => {
    expect(() => make(false).loadStateDict(make().stateDict())).toThrow(
      "order must be null, for this loader has no generator",
    );
  });
});
