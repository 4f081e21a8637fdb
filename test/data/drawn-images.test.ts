/** Tests of the images that the package draws itself. */
import { describe, expect, it } from "vitest";
import { drawnImages } from "../../src/data/drawn-images.js";
import { FIGURES } from "../../src/data/figures.js";
import { ValueError } from "../../src/errors.js";
import { generator } from "../../src/random.js";

describe("drawnImages", () => {
  it("draws the same images for the same seed, and others for another", () => {
    const images = drawnImages({ count: 20, seed: 3 }).images;
    expect(drawnImages({ count: 20, seed: 3 }).images).toEqual(images);
    expect(drawnImages({ count: 20, seed: 4 }).images).not.toEqual(images);
  });

  it("draws image i whatever the count", () => {
    const few = drawnImages({ count: 13 });
    const many = drawnImages({ count: 40 });
    expect(many.images.subarray(0, few.images.length)).toEqual(few.images);
    expect(many.labels.subarray(0, few.length)).toEqual(few.labels);
  });

  it("draws no image twice", () => {
    const { images, length } = drawnImages({ count: 200 });
    const seen = new Set(Array.from({ length }, (_, i) => images.subarray(i * 3072, (i + 1) * 3072).join()));
    expect(seen.size).toBe(length);
  });

  it("has ten classes, each as often as the others", () => {
    const dataset = drawnImages({ count: 100 });
    const counts = new Array<number>(10).fill(0);
    for (const label of dataset.labels) counts[label] = (counts[label] as number) + 1;
    expect(counts).toEqual(new Array(10).fill(10));
    expect(new Set(dataset.classNames).size).toBe(10);
  });

  it("states the mean and the standard deviation of the first 2,000 images of seed 0", () => {
    const { images, length, mean, std } = drawnImages();
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      let squares = 0;
      for (let index = 0; index < length; index++) {
        for (const byte of images.subarray((index * 3 + channel) * 1024, (index * 3 + channel + 1) * 1024)) {
          sum += byte / 255;
          squares += (byte / 255) ** 2;
        }
      }
      const average = sum / (length * 1024);
      expect(average).toBeCloseTo(mean[channel] as number, 4);
      expect(Math.sqrt(squares / (length * 1024) - average ** 2)).toBeCloseTo(std[channel] as number, 4);
    }
  });

  it("draws at other sizes", () => {
    const dataset = drawnImages({ count: 10, size: 48 });
    expect(dataset).toMatchObject({ height: 48, width: 48, length: 10 });
    expect(dataset.images).toHaveLength(10 * 3 * 48 * 48);
  });

  it.each([
    [{ count: 0 }, "drawnImages: count must be an integer of 1 or more, got 0"],
    [{ count: 1.5 }, "drawnImages: count must be an integer of 1 or more, got 1.5"],
    [{ size: 15 }, "drawnImages: size must be an integer of 16 or more, got 15"],
    [{ seed: 0.5 }, "generator: seed must be a safe integer, got 0.5"],
  ])("refuses %o", (options, message) => {
    expect(() => drawnImages(options)).toThrow(ValueError);
    expect(() => drawnImages(options)).toThrow(message);
  });
});

describe.each(FIGURES.map((figure) => [figure.name, figure] as const))("the figure %s", (_, figure) => {
  it("has an inside and an outside, and a distance that never changes by more than the way", () => {
    const random = generator(0);
    const signs = new Set<boolean>();
    for (let step = 0; step < 5000; step++) {
      const [x, y] = [random.uniform(-2, 2), random.uniform(-2, 2)];
      const [right, down] = [random.normal(0, 0.1), random.normal(0, 0.1)];
      const here = figure.distance(x, y);
      const change = Math.abs(figure.distance(x + right, y + down) - here);
      expect(change).toBeLessThanOrEqual(Math.hypot(right, down) + 1e-12);
      signs.add(here < 0);
    }
    expect(signs.size).toBe(2);
  });

  it.each([
    [{ count: 1e9 }, "1000000000 images of 32 × 32 pixels would take 3.1 TB of memory"],
    [{ count: 2, size: 1e6 }, "2 images of 1000000 × 1000000 pixels would take 6.0 TB of memory"],
  ])("refuses %o before any work", (options, says) => {
    expect(() => drawnImages(options)).toThrow(ValueError);
    expect(() => drawnImages(options)).toThrow(says);
  });
});
