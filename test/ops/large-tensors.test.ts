/** Tests of tensors of the sizes that real nets have. */
import { describe, expect, it } from "vitest";
import { deviceNamed, full, generator, init, Linear, ones, withDevice, zeros } from "../../src/index.js";

describe("zeros, ones and full", () => {
  it.each(["reference", "simd", "webasm", "cpu"] as const)("fill any size, signed zeros too, on %s", (device) => {
    for (const size of [1, 7, 5000]) {
      expect(new Set(zeros([size], { device }).dataSync())).toEqual(new Set([0]));
      expect(ones([size], { device }).sum().itemSync()).toBe(size);
      expect(full([size], 2.5, { device }).sum().itemSync()).toBe(2.5 * size);
      expect(full([size], -0, { device }).reciprocal().max().itemSync()).toBe(Number.NEGATIVE_INFINITY);
    }
  });
});

describe("weights that are about to be loaded", () => {
  it.each(["simd", "reference"] as const)("take no memory and no time on %s: VGG-16's 138 million", (device) => {
    deviceNamed(device);
    const before = process.memoryUsage().rss;
    const since = performance.now();
    const random = generator(0);
    const layers = withDevice(device, () =>
      [25_088, 4096, 4096].map((inputs) => new Linear(inputs, 4096, { generator: random, init: init.empty })),
    );
    expect(performance.now() - since).toBeLessThan(1000); // 10 s where every zero is copied
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27); // of 540 MiB, or twice as much
    expect(layers.map(({ weight }) => weight.shape[1])).toEqual([25_088, 4096, 4096]);
  });
});
