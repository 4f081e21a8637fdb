/** Tests of dropout beyond its row: how many it drops, when, and that the seed alone says which. */
import { describe, expect, it } from "vitest";
import { dropout, type Generator, generator, gradients, ones, type Tensor, tensor } from "../../src/index.js";

const devices = ["reference", "webasm", "cpu"] as const;

describe("dropout", () => {
  it.each([0.1, 0.5, 0.9])("drops a share of %d and keeps the mean", (p) => {
    const n = 20_000;
    const values = dropout(ones([n], { device: "reference" }), { p, generator: generator(1) }).dataSync();
    const kept = values.filter((v) => v !== 0);
    const deviation = Math.sqrt((p * (1 - p)) / n);
    expect(Math.abs(1 - kept.length / n - p)).toBeLessThan(4 * deviation);
    expect(kept.every((v) => Math.abs(v - 1 / (1 - p)) < 1e-12)).toBe(true);
  });

  it("drops the same elements on every device, and others at the next call", () => {
    const masks = devices.map((device) => {
      const random = generator(3);
      const mask = () => Array.from(dropout(ones([4, 6], { device }), { generator: random }).dataSync());
      return [mask(), mask()] as const;
    });
    for (const mask of masks) expect(mask).toEqual(masks[0]);
    expect(masks[0]?.[0]).not.toEqual(masks[0]?.[1]);
  });

  it.each(devices)("passes the gradient where it passed the number, on %s", (device) => {
    const x = ones([3, 5], { device, requiresGrad: true });
    const y = dropout(x, { p: 0.25, generator: generator(2) });
    const [gradient] = gradients(y.sum(), [x]);
    expect(gradient?.arraySync()).toEqual(y.arraySync());
  });

  it.each(devices)("has the second derivative of its mask, on %s", (device) => {
    const x = ones([8], { device, requiresGrad: true });
    const y = dropout(x, { generator: generator(4) });
    const [first] = gradients(y.mul(y).mul(y).sum(), [x], { createGraph: true }); // 3 m³ x²
    const [second] = gradients(first?.sum() as Tensor, [x]); // 6 m³ x
    expect(second?.arraySync()).toEqual(Array.from(y.dataSync(), (m) => 6 * m ** 3));
  });

  it("drops what draws a number below p, and keeps p itself", () => {
    const draws = [0.25, 0.5, 0.75];
    const random = { ...generator(1), uniform: () => draws.shift() } as unknown as Generator;
    expect(dropout(tensor([1, 1, 1]), { p: 0.5, generator: random }).arraySync()).toEqual([0, 2, 2]);
  });

  it.each(devices)("gives zeros and zero gradients for p = 1, on %s", (device) => {
    const x = tensor([1, -2, 3], { device, requiresGrad: true });
    const y = dropout(x, { p: 1, generator: generator(0) });
    expect(Array.from(y.dataSync(), Math.abs)).toEqual([0, 0, 0]);
    expect(gradients(y.sum(), [x])[0]?.arraySync()).toEqual([0, 0, 0]);
  });

  it("hands its input on where nothing is dropped, and leaves the generator alone", () => {
    const [random, untouched]: Generator[] = [generator(9), generator(9)];
    const x = ones([4], { device: "reference" });
    expect(dropout(x, { p: 0, generator: random as Generator })).toBe(x);
    expect(dropout(x, { training: false, generator: random as Generator })).toBe(x);
    expect(random?.uniform()).toBe(untouched?.uniform());
  });
});
