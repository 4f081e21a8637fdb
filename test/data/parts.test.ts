/** Tests of subset, randomSplit, concatDataset, cacheDataset and tensorDataset. */
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  batchOf,
  cacheDataset,
  concatDataset,
  type Dataset,
  drawnImages,
  generator,
  type ImageDataset,
  type LabelledImages,
  randomSplit,
  subset,
  tensorDataset,
} from "../../src/index.js";

const images = drawnImages({ count: 30, size: 16 });
const numbers = (length: number): Dataset<number> => ({ length, get: (index) => index });
const folder: LabelledImages = {
  name: "two",
  classNames: ["a", "b"],
  labels: [0, 1, 1],
  length: 3,
  get: async (index) => ({
    image: { data: Uint8Array.of(index), channels: 1, height: 1, width: 1 },
    label: index === 0 ? 0 : 1,
  }),
};

const itemsOf = <Item>(dataset: Dataset<Item>): Promise<Item[]> =>
  Promise.all(Array.from({ length: dataset.length }, (_, index) => dataset.get(index)));

describe("subset", () => {
  it("has the chosen items, in that order, also twice", async () => {
    expect(await itemsOf(subset(numbers(9), [4, 4, 0]))).toEqual([4, 4, 0]);
  });

  it("of images in one buffer is one of the kind, with bytes of its own", () => {
    const few = subset(images, [7, 3]);
    expectTypeOf(few).toEqualTypeOf<ImageDataset>();
    expect(batchOf(few, [0, 1]).images).toEqual(batchOf(images, [7, 3]).images);
    expect([...few.labels]).toEqual([images.labels[7], images.labels[3]]);
    expect(few.images.buffer).not.toBe(images.images.buffer);
  });

  it("of labelled images keeps their names, and the labels of those that are chosen", () => {
    const part = subset(folder, [2, 0]);
    expectTypeOf(part).toEqualTypeOf<LabelledImages>();
    expect([part.name, part.classNames, [...Array.from(part.labels)]]).toEqual(["two", ["a", "b"], [1, 0]]);
  });

  it("refuses what is no index, of the data set or of itself", () => {
    expect(() => subset(numbers(3), [3])).toThrow("subset: an index must be an integer of 0 to 2, got 3");
    expect(() => subset(numbers(3), [0.5])).toThrow("got 0.5");
    expect(() => subset(numbers(3), [1]).get(1)).toThrow("subset: an index must be an integer of 0 to 0, got 1");
  });
});

describe("randomSplit", () => {
  it("gives every item to one part, of the lengths asked for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), async (seed, lengths) => {
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const stratify = seed % 2 === 0 ? Array.from({ length: total }, (_, index) => index % 3) : undefined;
        const parts = randomSplit(numbers(total), lengths, { generator: generator(seed), stratify });
        expect(parts.map(({ length }) => length)).toEqual(lengths);
        const found = (await Promise.all(parts.map(itemsOf))).flat();
        expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, index) => index));
      }),
    );
  });

  it("rounds fractions down and gives what is left to the first parts, as PyTorch does", () => {
    const lengths = (fractions: readonly number[], total = 30) =>
      randomSplit(numbers(total), fractions, { generator: generator(0) }).map(({ length }) => length);
    expect(lengths([0.3, 0.3, 0.4])).toEqual([9, 9, 12]);
    expect(lengths([0.7, 0.2, 0.1], 11)).toEqual([8, 2, 1]);
    expect(lengths([1 / 3, 1 / 3, 1 / 3], 11)).toEqual([4, 4, 3]);
    expect(lengths([1], 1)).toEqual([1]);
  });

  it("keeps the proportions of the classes in every part where it is stratified", () => {
    const labels = Array.from({ length: 1000 }, (_, index) => (index % 20 === 0 ? 0 : index % 4 === 1 ? 1 : 2));
    const total = (label: number, of: ArrayLike<number>) => Array.from(of).filter((one) => one === label).length;
    const dataset: LabelledImages = { ...folder, length: 1000, labels, classNames: ["a", "b", "c"] };
    const parts = randomSplit(dataset, [0.8, 0.1, 0.1], { generator: generator(2), stratify: labels });
    for (const { labels: own, length } of parts) {
      for (const label of [0, 1, 2]) {
        expect(Math.abs(total(label, own) - (total(label, labels) * length) / 1000)).toBeLessThanOrEqual(2);
      }
    }
  });

  it("refuses lengths that do not sum to the whole, and classes that are not one an item", () => {
    const split = (lengths: readonly number[], stratify?: number[]) => () =>
      randomSplit(numbers(10), lengths, { generator: generator(0), stratify });
    expect(split([5, 6])).toThrow(
      "randomSplit: lengths must be integers that sum to the 10 items, or fractions that sum to 1, got [5, 6], whose sum is 11",
    );
    expect(split([0.5, 0.4])).toThrow("whose sum is 0.9");
    expect(split([-1, 11])).toThrow("lengths must be a list of numbers of 0 or more");
    expect(split([10], [1, 2])).toThrow("stratify must be a list of 10 class numbers, one for each item");
  });
});

describe("concatDataset", () => {
  it("has the items of one after those of the other", async () => {
    const both = concatDataset([numbers(2), numbers(0), numbers(3)]);
    expect(await itemsOf(both)).toEqual([0, 1, 0, 1, 2]);
    expect(() => both.get(5)).toThrow("concatDataset: an index must be an integer of 0 to 4, got 5");
  });

  it("puts images in one buffer into one buffer", () => {
    const both = concatDataset([subset(images, [5]), images]);
    expect(batchOf(both, [0, 6]).images).toEqual(batchOf(images, [5, 5]).images);
    expect(both.labels).toEqual(Uint8Array.of(images.labels[5] as number, ...images.labels));
  });

  it("keeps names and labels of labelled images", () => {
    const { labels, classNames } = concatDataset([folder, subset(folder, [0])]);
    expect([Array.from(labels), classNames]).toEqual([
      [0, 1, 1, 0],
      ["a", "b"],
    ]);
  });

  it("refuses kinds, sizes and classes that differ", () => {
    const mixed = [images, numbers(2)] as unknown as readonly ImageDataset[];
    expect(() => concatDataset(mixed)).toThrow("data sets must be of one kind, got images in one buffer, items");
    expect(() => concatDataset([images, drawnImages({ count: 1, size: 17 })])).toThrow(
      "one size, got [3, 16, 16] and [3, 17, 17]",
    );
    expect(() => concatDataset([folder, { ...folder, classNames: ["a", "c"] }])).toThrow(
      'the same classes, got "a, b" and "a, c"',
    );
    expect(() => concatDataset([])).toThrow("it takes a list of one data set or more, got []");
  });
});

describe("cacheDataset", () => {
  it("fetches each item once, and again what failed", async () => {
    const asked: number[] = [];
    let isBroken = true;
    const slow: Dataset<number> = {
      length: 3,
      get: async (index) => {
        asked.push(index);
        if (index === 2 && isBroken) throw new Error("broken");
        return index;
      },
    };
    const cached = cacheDataset(slow);
    expect([await cached.get(1), await cached.get(1), await cached.get(0)]).toEqual([1, 1, 0]);
    await expect(cached.get(2)).rejects.toThrow("broken");
    isBroken = false;
    expect(await cached.get(2)).toBe(2);
    expect(asked).toEqual([1, 0, 2, 2]);
  });
});

describe("tensorDataset", () => {
  it("gives rows as views of the arrays", async () => {
    const x = { shape: [3, 1, 2], data: Int16Array.of(0, 1, 2, 3, 4, 5) };
    const rows = tensorDataset({ x, y: { shape: [3], data: Float64Array.of(0.5, 1.5, 2.5) } });
    const row = await rows.get(1);
    expect(row).toEqual({
      x: { shape: [1, 2], data: Int16Array.of(2, 3) },
      y: { shape: [], data: Float64Array.of(1.5) },
    });
    expect(row.x.data.buffer).toBe(x.data.buffer);
    expectTypeOf(row.y.data).toEqualTypeOf<Float64Array<ArrayBuffer>>();
  });

  it("takes an ndarray, unless it is a view in another order", () => {
    const { images: pixels } = batchOf(images, [0, 1]);
    expect(tensorDataset({ pixels }).length).toBe(2);
    const turned = pixels.transpose(0, 1, 3, 2);
    expect(() => tensorDataset({ pixels: turned })).toThrow(
      "pixels must be row-major, and is a view whose strides are",
    );
  });

  it.each<[string, object, string]>([
    ["no fields", {}, "it takes arrays by name, { x, y }, got {"],
    ["a number", { x: { shape: [], data: Float32Array.of(1) } }, "x must be { shape, data }, with one axis or more"],
    ["too few numbers", { x: { shape: [2, 2], data: new Float32Array(3) } }, "a number for each place of the shape"],
    [
      "other numbers of rows",
      { x: { shape: [2], data: new Float32Array(2) }, y: { shape: [3], data: new Float32Array(3) } },
      "fields must have one number of rows, and x has 2 where y has 3",
    ],
    [
      "a field that batches have already",
      { indices: { shape: [1], data: new Float32Array(1) } },
      "a field cannot be called indices",
    ],
  ])("refuses %s", (_, fields, message) => {
    expect(() => tensorDataset(fields as Parameters<typeof tensorDataset>[0])).toThrow(message);
  });
});
