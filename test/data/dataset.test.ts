/** Tests of views and batches of an image data set. */
import { describe, expect, it } from "vitest";
import { batchOf, type ImageDataset, imageView } from "../../src/data/dataset.js";
import { ValueError } from "../../src/errors.js";

/** Four images of two channels, 3 × 2 pixels, whose bytes are their own addresses. */
const addresses: ImageDataset = {
  name: "addresses",
  classNames: ["even", "odd"],
  channels: 2,
  height: 3,
  width: 2,
  length: 4,
  images: Uint8Array.from({ length: 48 }, (_, address) => address),
  labels: Uint8Array.of(0, 1, 0, 1),
  mean: [0.5, 0.25],
  std: [0.2, 0.4],
};

describe("imageView", () => {
  it("shows an image as [C, H, W] without copying it", () => {
    const view = imageView(addresses, 2);
    expect(view.shape).toEqual([2, 3, 2]);
    expect(view.get(1, 2, 0)).toBe(2 * 12 + 1 * 6 + 2 * 2 + 0);
    expect(view.data).toBe(addresses.images);
  });

  it.each([-1, 4, 0.5, Number.NaN])("refuses the index %s", (index) => {
    expect(() => imageView(addresses, index)).toThrow(ValueError);
    expect(() => imageView(addresses, index)).toThrow("imageView: index must be an integer of 0 to 3 (addresses)");
  });
});

describe("batchOf", () => {
  it("normalises every pixel to (x / 255 - mean) / std", () => {
    const { images } = batchOf(addresses, [3, 1], { precision: "float64" });
    expect(images.shape).toEqual([2, 2, 3, 2]);
    for (const [item, index] of [3, 1].entries()) {
      for (let channel = 0; channel < 2; channel++) {
        for (let y = 0; y < 3; y++) {
          for (let x = 0; x < 2; x++) {
            const byte = imageView(addresses, index).get(channel, y, x);
            const mean = addresses.mean[channel] as number;
            const expected = (byte / 255 - mean) / (addresses.std[channel] as number);
            expect(Math.abs(images.get(item, channel, y, x) - expected)).toBeLessThan(1e-12);
          }
        }
      }
    }
  });

  it("stores float32 unless told otherwise, rounded from float64", () => {
    const single = batchOf(addresses, [0, 1, 2, 3]).images;
    const double = batchOf(addresses, [0, 1, 2, 3], { precision: "float64" }).images;
    expect(single.data).toBeInstanceOf(Float32Array);
    expect(double.data).toBeInstanceOf(Float64Array);
    expect(single.data).toEqual(Float32Array.from(double.data));
  });

  it("carries labels and indices along, repeated images included", () => {
    const batch = batchOf(addresses, [3, 0, 3]);
    expect(batch.labels.shape).toEqual([3]);
    expect([...batch.labels.data]).toEqual([1, 0, 1]);
    expect([...batch.indices]).toEqual([3, 0, 3]);
  });

  it("refuses no indices, and indices outside the data set", () => {
    expect(() => batchOf(addresses, [])).toThrow("batchOf: a batch needs at least one index");
    expect(() => batchOf(addresses, [0, 4])).toThrow("batchOf: index must be an integer of 0 to 3 (addresses), got 4");
  });

  it("refuses an unknown precision", () => {
    const precision = "float16" as "float32";
    expect(() => batchOf(addresses, [0], { precision })).toThrow('precision must be "float32" or "float64"');
  });

  it("refuses a data set whose buffers do not fit its sizes", () => {
    const short = { ...addresses, images: addresses.images.subarray(1) };
    expect(() => batchOf(short, [0])).toThrow("images of shape [4, 2, 3, 2]: expected 48 numbers, got 47");
    expect(() => batchOf({ ...addresses, std: [0.2] }, [0])).toThrow("std of shape [2]");
    expect(() => batchOf({ ...addresses, std: [0.2, 0] }, [0])).toThrow("std above 0 in every channel, got [0.2, 0]");
  });
});
