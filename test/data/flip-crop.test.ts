/** Tests of the flip-and-crop augmentation. */
import ndarray, { type NdArray } from "ndarray";
import { describe, expect, it } from "vitest";
import { flipCrop } from "../../src/data/flip-crop.js";
import { generator } from "../../src/random.js";

const SIDE = 6;

/** Images whose value is 1 + column + 10 row + 100 channel in every item, so that each pixel says where it came from. */
function addressed(count: number): NdArray<Float32Array> {
  const images = ndarray(new Float32Array(count * 2 * SIDE * SIDE), [count, 2, SIDE, SIDE]);
  for (let item = 0; item < count; item++) {
    for (let channel = 0; channel < 2; channel++) {
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) images.set(item, channel, y, x, 1 + x + 10 * y + 100 * channel);
      }
    }
  }
  return images;
}

/** What the paper's words say: flip, pad with zeros, crop at (top, left) of the padded image. */
function expectedAt(y: number, x: number, channel: number, flip: boolean, top: number, left: number): number {
  const row = y + top - 4;
  const column = x + left - 4;
  if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) return 0;
  return 1 + (flip ? SIDE - 1 - column : column) + 10 * row + 100 * channel;
}

function matches(images: NdArray<Float32Array>, item: number, flip: boolean, top: number, left: number): boolean {
  for (let channel = 0; channel < 2; channel++) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        if (images.get(item, channel, y, x) !== expectedAt(y, x, channel, flip, top, left)) return false;
      }
    }
  }
  return true;
}

describe("flipCrop", () => {
  it("keeps shape and number format, and leaves its input alone", () => {
    const images = addressed(3);
    const before = images.data.slice();
    const augmented = flipCrop(images, { generator: generator(0) });
    expect(augmented.shape).toEqual([3, 2, SIDE, SIDE]);
    expect(augmented.data).toBeInstanceOf(Float32Array);
    expect(images.data).toEqual(before);
    const double = ndarray(new Float64Array(16), [1, 1, 4, 4]);
    expect(flipCrop(double, { generator: generator(0) }).data).toBeInstanceOf(Float64Array);
  });

  it("gives each of the 2 × 9 × 9 flips and crops, and nothing else", () => {
    const count = 2000;
    const augmented = flipCrop(addressed(count), { generator: generator(1) });
    const seen = new Set<string>();
    for (let item = 0; item < count; item++) {
      const found: string[] = [];
      for (const flip of [false, true]) {
        for (let top = 0; top <= 8; top++) {
          for (let left = 0; left <= 8; left++) {
            if (matches(augmented, item, flip, top, left)) found.push(`${flip} ${top} ${left}`);
          }
        }
      }
      expect(found).toHaveLength(1);
      seen.add(found[0] as string);
    }
    expect(seen.size).toBe(162);
  });

  it("only flips where the padding is 0", () => {
    const images = addressed(20);
    const augmented = flipCrop(images, { generator: generator(2), padding: 0 });
    const flips = Array.from({ length: 20 }, (_, item) => matches(augmented, item, true, 4, 4));
    const stays = Array.from({ length: 20 }, (_, item) => matches(augmented, item, false, 4, 4));
    expect(flips.map((flip) => !flip)).toEqual(stays);
    expect(new Set(flips).size).toBe(2);
  });

  it("reads through the strides of a view", () => {
    const images = addressed(4);
    const view = images.lo(2).transpose(0, 1, 3, 2) as NdArray<Float32Array>;
    const dense = ndarray(new Float32Array(view.size), [...view.shape]);
    for (let item = 0; item < 2; item++) {
      for (let channel = 0; channel < 2; channel++) {
        for (let y = 0; y < SIDE; y++) {
          for (let x = 0; x < SIDE; x++) dense.set(item, channel, y, x, view.get(item, channel, y, x));
        }
      }
    }
    const options = (): { generator: ReturnType<typeof generator> } => ({ generator: generator(3) });
    expect(flipCrop(view, options()).data).toEqual(flipCrop(dense, options()).data);
  });

  it("refuses images that are not [N, C, H, W], and a negative padding", () => {
    const plane = ndarray(new Float32Array(4), [2, 2]);
    expect(() => flipCrop(plane, { generator: generator(0) })).toThrow(
      "flipCrop: images must have shape [N, C, H, W], got [2, 2]",
    );
    expect(() => flipCrop(addressed(1), { generator: generator(0), padding: -1 })).toThrow(
      "flipCrop: padding must be an integer of 0 or more, got -1",
    );
  });
});
