/** Tests of the degradation experiment: that nets learn, what it records, that it repeats itself, how it ends early, what it refuses. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type DegradationOptions,
  type DegradationProgress,
  degradation,
  drawnImages,
  setDevice,
} from "../../../src/index.js";

beforeAll(() => setDevice("simd"));

const tiny: DegradationOptions = {
  depths: [8, 14],
  width: 1,
  batch: 4,
  steps: 20,
  seeds: 1,
  images: 16,
  testImages: 8,
};

describe("degradation", () => {
  it("trains plain and residual nets of every depth and seed, and looks at each twenty times", async () => {
    const result = await degradation({ ...tiny, depths: [14, 8], steps: 41, seeds: 2, seed: 3 });
    expect(result.networks.map(({ model, kind, depth, seed }) => [model, kind, depth, seed].join())).toEqual(
      [3, 4].flatMap((seed) => [
        `plain-8,plain,8,${seed}`,
        `plain-14,plain,14,${seed}`,
        `ResNet-8,residual,8,${seed}`,
        `ResNet-14,residual,14,${seed}`,
      ]),
    );
    for (const { points } of result.networks) {
      expect(points).toHaveLength(20);
      expect(points.map(({ step }) => step)).toEqual(points.map((_, i) => Math.round((41 * (i + 1)) / 20)));
      for (const { trainingError, testError, testLoss } of points) {
        expect(testError * 8).toBe(Math.round(testError * 8));
        expect(trainingError).toBeGreaterThanOrEqual(0);
        expect(testLoss).toBeGreaterThan(0);
      }
    }
    expect(result).toMatchObject({
      format: 1,
      device: "simd",
      complete: true,
      data: "drawn images",
      images: 16,
      testImages: 8,
    });
    expect(result).toMatchObject({ classes: 10, size: 16, settings: { depths: [8, 14], lr: 0.03, form: "cifar" } });
  });

  it("learns: a residual net tells the figures apart much better than by guessing", async () => {
    const options = {
      depths: [8, 14],
      width: 8,
      batch: 16,
      steps: 160,
      seeds: 1,
      lr: 0.1,
      images: 100,
      testImages: 10,
    };
    const { networks } = await degradation(options);
    const last = networks.find(({ model }) => model === "ResNet-8")?.points.at(-1);
    expect(last?.trainingError).toBeLessThan(0.7);
    expect(last?.trainingLoss).toBeLessThan(2);
    expect(networks.find(({ model }) => model === "ResNet-8")?.points[0]?.trainingError).toBeGreaterThan(0.7);
  });

  it("gives the same for the same seed, to the last digit, and something else for another", async () => {
    const [first, second, other] = [
      await degradation(tiny),
      await degradation(tiny),
      await degradation({ ...tiny, seed: 1 }),
    ];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(other.networks[0]?.points[0]?.trainingLoss).not.toBe(first.networks[0]?.points[0]?.trainingLoss);
  });

  it("trains nets of ImageNet's form, too", async () => {
    const { networks, settings } = await degradation({ ...tiny, form: "imagenet", depths: undefined, width: 2 });
    expect(networks.map(({ model }) => model)).toEqual(["plain-18", "plain-34", "ResNet-18", "ResNet-34"]);
    expect(settings.depths).toEqual([18, 34]);
  });

  it("trains on one's own images and tests on others", async () => {
    const dataset = { train: drawnImages({ count: 6, size: 20 }), test: drawnImages({ count: 5, size: 20, seed: 9 }) };
    const result = await degradation({ ...tiny, dataset });
    expect(result).toMatchObject({ images: 6, testImages: 5, size: 20 });
  });

  it("draws as many images as a batch takes where that is more than by default", async () => {
    const options = { ...tiny, images: undefined, signal: AbortSignal.abort() };
    expect((await degradation({ ...options, batch: 2100 })).images).toBe(2100);
    expect((await degradation(options)).images).toBe(2000);
  });

  it("tells its progress, and ends early on a signal with what was found", async () => {
    const controller = new AbortController();
    const seen: DegradationProgress[] = [];
    const onProgress = (progress: DegradationProgress) => {
      seen.push(progress);
      if (seen.length === 30) controller.abort();
    };
    const result = await degradation({ ...tiny, onProgress, signal: controller.signal });
    expect(seen).toHaveLength(30);
    expect(seen[29]?.fraction).toBeCloseTo((8 * 20 + 14 * 10) / (2 * (8 + 14) * 20), 10);
    expect(result.complete).toBe(false);
    expect(result.networks.map(({ points }) => points.length)).toEqual([20, 10]);
  });

  const wrong: [name: string, options: DegradationOptions, says: string][] = [
    ["one depth", { depths: [20] }, "depths must be a list of at least 2, got 20"],
    ["a depth of no CIFAR net", { depths: [20, 21] }, "depth must be 6n + 2"],
    [
      "a depth of no ImageNet net",
      { form: "imagenet", depths: [18, 20] },
      "depths must be of 18, 34, 50, 101, 152 in ImageNet's form, got 20",
    ],
    ["an unknown form", { form: "mnist" as never }, "form must be one of cifar, imagenet, got mnist"],
    ["too few steps", { steps: 19 }, "steps must be an integer of at least 20, got 19"],
    ["fewer images than a batch", { images: 16, batch: 32 }, "images must be an integer of at least 32, got 16"],
    ["a size that does not halve twice", { size: 18 }, "size must be a multiple of 4, got 18"],
    ["a learning rate below 0", { lr: -1 }, "lr must be a finite number of at least 0, got -1"],
    ["an unknown option", { step: 20 } as never, "it has no option step; did you mean steps?"],
    ["more images than memory holds", { images: 1e9 }, "of memory, and there are"],
    ["more memory than there is", { width: 512, batch: 4096, images: 4096 }, "of memory, and there are"],
  ];
  it.each(wrong)("refuses %s before any work", async (_name, options, says) => {
    await expect(degradation(options)).rejects.toThrow(says);
  });

  it("refuses images to test on that are not like those to train on", async () => {
    const dataset = { train: drawnImages({ count: 8, size: 16 }), test: drawnImages({ count: 8, size: 20 }) };
    await expect(degradation({ ...tiny, dataset })).rejects.toThrow(
      "images to test on must be like those to train on (3 × 16 × 16 in 10 classes), got 3 × 20 × 20 in 10 classes",
    );
  });
});
