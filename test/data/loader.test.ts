/** Tests of the loader. */
import { describe, expect, it } from "vitest";
import { type Batch, batchOf } from "../../src/data/dataset.js";
import { drawnImages } from "../../src/data/drawn-images.js";
import { batches, type LoaderOptions } from "../../src/data/loader.js";
import { ValueError } from "../../src/errors.js";
import { generator } from "../../src/random.js";

const dataset = drawnImages({ count: 23, size: 16 });
const everyIndex = Array.from({ length: 23 }, (_, index) => index);

function indicesOf(walked: Iterable<Batch>): number[] {
  return [...walked].flatMap((batch) => [...batch.indices]);
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((left, right) => left - right);
}

describe("batches", () => {
  it("visits every image once per epoch, in another order each time", () => {
    const order = indicesOf(batches(dataset, { batchSize: 5, generator: generator(0), epochs: 2 }));
    expect(ascending(order.slice(0, 23))).toEqual(everyIndex);
    expect(ascending(order.slice(23))).toEqual(everyIndex);
    expect(order.slice(0, 23)).not.toEqual(order.slice(23));
    expect(order.slice(0, 23)).not.toEqual(everyIndex);
  });

  it("ends an epoch with a smaller batch, or drops it", () => {
    const sizes = (options: { dropLast?: boolean }): number[] =>
      [...batches(dataset, { batchSize: 5, shuffle: false, epochs: 2, ...options })].map(
        (batch) => batch.images.shape[0] as number,
      );
    expect(sizes({})).toEqual([5, 5, 5, 5, 3, 5, 5, 5, 5, 3]);
    expect(sizes({ dropLast: true })).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it("keeps the data set's order, and needs no generator, where shuffle is false", () => {
    const walked = [...batches(dataset, { batchSize: 8, shuffle: false })];
    expect(indicesOf(walked)).toEqual(everyIndex);
    expect(walked[1]).toEqual(batchOf(dataset, [8, 9, 10, 11, 12, 13, 14, 15]));
  });

  it("gives the same batches for the same seed", () => {
    const walk = (): Batch[] => [
      ...batches(dataset, { batchSize: 7, generator: generator(4), augment: "flip-crop", epochs: 2 }),
    ];
    expect(walk()).toEqual(walk());
  });

  it("does not depend on what else draws from its generator meanwhile", () => {
    const alone = indicesOf(batches(dataset, { batchSize: 5, generator: generator(5), epochs: 2 }));
    const shared = generator(5);
    const order: number[] = [];
    for (const batch of batches(dataset, { batchSize: 5, generator: shared, epochs: 2 })) {
      shared.uniform();
      order.push(...batch.indices);
    }
    expect(order).toEqual(alone);
  });

  it("augments with the order, labels and shape as they were", () => {
    const options = { batchSize: 10, epochs: 1 };
    const plain = [...batches(dataset, { ...options, generator: generator(6) })];
    const augmented = [...batches(dataset, { ...options, generator: generator(6), augment: "flip-crop" })];
    expect(indicesOf(augmented)).toEqual(indicesOf(plain));
    for (const [step, batch] of augmented.entries()) {
      expect(batch.images.shape).toEqual((plain[step] as Batch).images.shape);
      expect(batch.labels).toEqual((plain[step] as Batch).labels);
      expect(batch.images.data).not.toEqual((plain[step] as Batch).images.data);
    }
  });

  it("hands the precision on", () => {
    const [batch] = batches(dataset, {
      batchSize: 2,
      generator: generator(0),
      augment: "flip-crop",
      precision: "float64",
    });
    expect(batch?.images.data).toBeInstanceOf(Float64Array);
  });

  it("goes on without end for infinitely many epochs, and gives nothing for none", () => {
    const endless = batches(dataset, { batchSize: 23, generator: generator(0), epochs: Number.POSITIVE_INFINITY });
    for (let step = 0; step < 20; step++) expect(endless.next().done).toBe(false);
    expect([...batches(dataset, { batchSize: 5, generator: generator(0), epochs: 0 })]).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a batch size of 0", { batchSize: 0, shuffle: false }, "batchSize must be an integer of 1 or more, got 0"],
    ["a broken batch size", { batchSize: 2.5, shuffle: false }, "batchSize must be an integer of 1 or more, got 2.5"],
    ["negative epochs", { batchSize: 1, shuffle: false, epochs: -1 }, "epochs must be an integer of 0 or more"],
    ["shuffling without a generator", { batchSize: 1 }, "shuffle needs a generator; pass generator: generator(0)"],
    [
      "augmenting without a generator",
      { batchSize: 1, shuffle: false, augment: "flip-crop" },
      'augment "flip-crop" needs a generator',
    ],
    ["an unknown augmentation", { batchSize: 1, generator: generator(0), augment: "mixup" }, 'got "mixup"'],
    ["dropping the only batch", { batchSize: 24, shuffle: false, dropLast: true }, "dropLast leaves no batch"],
  ])("refuses %s, at the call", (_, options, message) => {
    expect(() => batches(dataset, options as LoaderOptions)).toThrow(ValueError);
    expect(() => batches(dataset, options as LoaderOptions)).toThrow(message);
  });

  it("refuses an empty data set", () => {
    const empty = { ...dataset, length: 0, images: new Uint8Array(0), labels: new Uint8Array(0) };
    expect(() => batches(empty, { batchSize: 1, shuffle: false })).toThrow("batches: drawn images has no images");
  });
});
