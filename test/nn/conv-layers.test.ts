/** Tests of Conv1d and ConvTranspose2d: each equals its op, and starts as PyTorch's does. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  Conv1d,
  ConvTranspose2d,
  conv1d,
  convTranspose2d,
  generator,
  init,
  randn,
  ShapeError,
  setDevice,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const g = generator(3);

describe("Conv1d", () => {
  it("equals conv1d with its weight, bias and options", () => {
    const options = { stride: 2, padding: 1, dilation: 2, groups: 2 };
    const layer = new Conv1d(4, 6, 3, { ...options, generator: g });
    const x = randn([2, 4, 9], { generator: g });
    expect(layer.weight.shape).toEqual([6, 2, 3]);
    expect(layer.bias?.shape).toEqual([6]);
    expect(layer.forward(x).shape).toEqual([2, 6, 4]);
    expect(layer.forward(x).arraySync()).toEqual(conv1d(x, layer.weight, layer.bias, options).arraySync());
  });

  it("starts uniform in ±1/√fanIn, its bias too, and has none when told so", () => {
    const layer = new Conv1d(4, 300, 9, { generator: generator(0) });
    for (const values of [layer.weight, layer.bias ?? layer.weight].map((t) => [...t.dataSync()])) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(1 / 6);
      expect(largest).toBeGreaterThan(0.95 / 6);
    }
    expect(new Conv1d(1, 1, 1, { generator: g, bias: false }).bias).toBeNull();
  });

  it("refuses what makes no sense", () => {
    expect(() => new Conv1d(0, 1, 1, { generator: g })).toThrow(
      "Conv1d: inChannels must be an integer of at least 1, got 0",
    );
    expect(() => new Conv1d(1, 1, [0], { generator: g })).toThrow("Conv1d: kernelSize");
    expect(() => new Conv1d(4, 6, 1, { groups: 4, generator: g })).toThrow(
      "Conv1d: groups must divide 4 input and 6 output channels, got 4",
    );
    expect(() => new Conv1d(3, 2, 1, { generator: g, init: () => init.constant([2, 3], 1) })).toThrow(ShapeError);
  });

  it("names its sizes and options", () => {
    const layer = new Conv1d(4, 6, 3, { stride: 2, bias: false, generator: g });
    expect(String(layer)).toBe("Conv1d(4, 6, kernelSize: 3, stride: 2, bias: false)");
  });
});

describe("ConvTranspose2d", () => {
  it("equals convTranspose2d with its weight, bias and options", () => {
    const options = { stride: 2, padding: 1, outputPadding: 1, groups: 2 };
    const layer = new ConvTranspose2d(4, 6, [3, 2], { ...options, generator: g });
    const x = randn([2, 4, 3, 3], { generator: g });
    expect(layer.weight.shape).toEqual([4, 3, 3, 2]);
    expect(layer.bias?.shape).toEqual([6]);
    expect(layer.forward(x).shape).toEqual([2, 6, 6, 5]);
    expect(layer.forward(x).arraySync()).toEqual(convTranspose2d(x, layer.weight, layer.bias, options).arraySync());
  });

  it("starts uniform in ±1/√(outChannels / groups · KH · KW), its bias too", () => {
    const layer = new ConvTranspose2d(100, 8, 3, { groups: 2, generator: generator(0) }); // 4 · 9 = 36
    const limits = [layer.weight, layer.bias ?? layer.weight].map((t) => Math.max(...[...t.dataSync()].map(Math.abs)));
    for (const limit of limits) expect(limit).toBeLessThanOrEqual(1 / 6);
    expect(limits[0]).toBeGreaterThan(0.95 / 6);
    expect(layer.bias?.dataSync().some((v) => Math.abs(v) > 0.05)).toBe(true);
  });

  it("refuses what makes no sense", () => {
    expect(() => new ConvTranspose2d(4, 6, 1, { groups: 3, generator: g })).toThrow(ValueError);
    expect(() => new ConvTranspose2d(4, 6, 1, { groups: 3, generator: g })).toThrow("ConvTranspose2d: groups");
    expect(() => new ConvTranspose2d(1, 1, 0, { generator: g })).toThrow("ConvTranspose2d: kernelSize");
  });

  it("names its sizes and options", () => {
    const layer = new ConvTranspose2d(2, 1, 3, { outputPadding: 1, stride: 2, generator: g });
    expect(String(layer)).toBe("ConvTranspose2d(2, 1, kernelSize: 3, outputPadding: 1, stride: 2)");
  });
});
