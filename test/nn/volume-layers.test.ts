/** Tests of the layers of volumes: each equals its op, and Conv3d starts as PyTorch's does. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { generator, type Module, setDevice, type Tensor } from "../../src/index.js";

setDevice("reference");

const volumes = lg.randn([2, 4, 3, 4, 5], { generator: generator(1) });

describe("Conv3d", () => {
  const options = { stride: [1, 2, 1], padding: 1, dilation: [1, 1, 2], groups: 2 } as const;
  const layer = new lg.Conv3d(4, 6, [3, 2, 2], { ...options, generator: generator(2) });

  it("equals conv3d with its weight, bias and options", () => {
    expect(layer.weight.shape).toEqual([6, 2, 3, 2, 2]);
    expect(layer.bias?.shape).toEqual([6]);
    const expected = lg.conv3d(volumes, layer.weight, layer.bias, options);
    expect(expected.shape).toEqual([2, 6, 3, 3, 5]);
    expect(layer.forward(volumes).arraySync()).toEqual(expected.arraySync());
  });

  it("starts uniform in ±1/√fanIn, its bias too, and has none when told so", () => {
    const { weight, bias } = new lg.Conv3d(4, 300, 3, { groups: 2, generator: generator(0) }); // 2 · 27 = 54
    for (const values of [weight, bias ?? weight].map((t) => [...t.dataSync()])) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(54));
      expect(largest).toBeGreaterThan(0.95 / Math.sqrt(54));
    }
    expect(new lg.Conv3d(1, 1, 1, { generator: generator(0), bias: false }).bias).toBeNull();
  });

  it("refuses what makes no sense, and names its sizes and options", () => {
    expect(() => new lg.Conv3d(1, 1, [3, 3] as never, { generator: generator(0) })).toThrow("Conv3d: kernelSize");
    expect(() => new lg.Conv3d(4, 6, 1, { groups: 4, generator: generator(0) })).toThrow("Conv3d: groups must divide");
    const named = new lg.Conv3d(4, 6, 3, { stride: 2, bias: false, generator: generator(0) });
    expect(String(named)).toBe("Conv3d(4, 6, kernelSize: 3, stride: 2, bias: false)");
  });
});

const averaging = { padding: [0, 1, 0], countIncludePad: false } as const;

describe.each<[name: string, layer: Module, op: (x: Tensor) => Tensor]>([
  [
    "MaxPool3d(kernelSize: 2, stride: 1)",
    new lg.MaxPool3d(2, { stride: 1 }),
    (x) => lg.maxPool3d(x, { kernelSize: 2, stride: 1 }),
  ],
  [
    "AvgPool3d(kernelSize: 1,2,3, padding: 0,1,0, countIncludePad: false)",
    new lg.AvgPool3d([1, 2, 3], averaging),
    (x) => lg.avgPool3d(x, { kernelSize: [1, 2, 3], ...averaging }),
  ],
  [
    "AdaptiveAvgPool3d(outputSize: 2,,1)",
    new lg.AdaptiveAvgPool3d([2, null, 1]),
    (x) => lg.adaptiveAvgPool3d(x, { outputSize: [2, null, 1] }),
  ],
])("%s", (name, layer, op) => {
  it("equals its op, and says its sizes", () => {
    expect(layer.forward(volumes).arraySync()).toEqual(op(volumes).arraySync());
    expect(String(layer)).toBe(name);
  });

  it("refuses a size for two axes", () => {
    const Layer = layer.constructor as new (size: readonly number[]) => Module;
    expect(() => new Layer([1, 1])).toThrow(`${Layer.name}: `);
    expect(() => new Layer([1, 1])).toThrow("3 of them, got [1, 1]");
  });
});
