/** Tests of the initialisations: their moments, their fans, and the same numbers everywhere. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type deviceNames,
  generator,
  type Initializer,
  init,
  Linear,
  ShapeError,
  setDevice,
  type Tensor,
  ValueError,
  withDevice,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

/** 40 outputs, 10 inputs, 3 × 2 kernels: fan in 60, fan out 240. */
const convolution = [40, 10, 3, 2];
/** Fan in 60, fan out 240. */
const matrix = [240, 60];

function momentsOf(x: Tensor): { mean: number; std: number; largest: number; kurtosis: number } {
  const values = [...x.dataSync()];
  const mean = values.reduce((a, b) => a + b) / values.length;
  const power = (p: number) => values.reduce((sum, v) => sum + (v - mean) ** p, 0) / values.length;
  return {
    mean,
    std: Math.sqrt(power(2)),
    largest: Math.max(...values.map(Math.abs)),
    kurtosis: power(4) / power(2) ** 2,
  };
}

interface Row {
  readonly fill: Initializer;
  readonly std: number;
  readonly uniform: boolean;
}

const rows: Readonly<Record<string, Row>> = {
  xavierNormal: { fill: init.xavierNormal, std: Math.sqrt(2 / 300), uniform: false },
  "xavierNormal with gain 3": {
    fill: (s, o) => init.xavierNormal(s, { ...o, gain: 3 }),
    std: 3 * Math.sqrt(2 / 300),
    uniform: false,
  },
  xavierUniform: { fill: init.xavierUniform, std: Math.sqrt(2 / 300), uniform: true },
  "xavierUniform with gain 3": {
    fill: (s, o) => init.xavierUniform(s, { ...o, gain: 3 }),
    std: 3 * Math.sqrt(2 / 300),
    uniform: true,
  },
  kaimingNormal: { fill: init.kaimingNormal, std: Math.sqrt(2 / 60), uniform: false },
  "kaimingNormal, fan out": {
    fill: (s, o) => init.kaimingNormal(s, { ...o, mode: "fanOut" }),
    std: Math.sqrt(2 / 240),
    uniform: false,
  },
  "kaimingNormal, slope 2": {
    fill: (s, o) => init.kaimingNormal(s, { ...o, negativeSlope: 2 }),
    std: Math.sqrt(2 / 300),
    uniform: false,
  },
  kaimingUniform: { fill: init.kaimingUniform, std: Math.sqrt(2 / 60), uniform: true },
  "kaimingUniform, fan out": {
    fill: (s, o) => init.kaimingUniform(s, { ...o, mode: "fanOut" }),
    std: Math.sqrt(2 / 240),
    uniform: true,
  },
};

describe.each(Object.entries(rows))("init.%s", (_name, { fill, std, uniform }) => {
  it.each([
    ["a matrix", matrix],
    ["a convolution", convolution],
  ])("has its moments on %s", (_what, shape) => {
    const weight = fill(shape, { generator: generator(11) });
    expect(weight.shape).toEqual(shape);
    const got = momentsOf(weight);
    // 2,400 values at least: four standard errors of mean, deviation and kurtosis.
    const n = weight.size;
    expect(Math.abs(got.mean)).toBeLessThan((4 * std) / Math.sqrt(n));
    expect(Math.abs(got.std / std - 1)).toBeLessThan(4 / Math.sqrt(2 * n));
    expect(Math.abs(got.kurtosis - (uniform ? 1.8 : 3))).toBeLessThan(uniform ? 0.1 : 4 * Math.sqrt(24 / n));
    if (uniform) {
      expect(got.largest).toBeLessThanOrEqual(Math.sqrt(3) * std);
      expect(got.largest).toBeGreaterThan(0.99 * Math.sqrt(3) * std);
    } else expect(got.largest).toBeGreaterThan(2.5 * std);
  });
});

describe("init.orthogonal", () => {
  it.each([
    ["wide", [3, 7], 1],
    ["square", [5, 5], 1],
    ["tall", [9, 4], 2.5],
    ["a convolution, wide", [4, 3, 2, 2], 1],
    ["a convolution, tall", [20, 2, 3, 1], 1],
  ])("has orthonormal rows or columns, whichever are fewer, times the gain: %s", (_what, shape, gain) => {
    const weight = init.orthogonal(shape, { generator: generator(3), gain });
    expect(weight.shape).toEqual(shape);
    const rowCount = shape[0] as number;
    const columnCount = weight.size / rowCount;
    const flat = weight.reshape([rowCount, columnCount]);
    const gram = rowCount <= columnCount ? flat.matmul(flat.transpose()) : flat.transpose().matmul(flat);
    const count = Math.min(rowCount, columnCount);
    [...gram.dataSync()].forEach((value, i) => {
      expect(Math.abs(value - (i % (count + 1) === 0 ? gain * gain : 0))).toBeLessThan(1e-13 * gain * gain);
    });
  });

  it("is random: another seed gives another matrix", () => {
    const make = (seed: number) => [...init.orthogonal([3, 3], { generator: generator(seed) }).dataSync()];
    expect(make(0)).toEqual(make(0));
    expect(make(0)).not.toEqual(make(1));
  });
});

describe("init.truncatedNormal", () => {
  it("has the moments of a normal distribution cut off at the bounds", () => {
    const weight = init.truncatedNormal([100, 300], { generator: generator(2), mean: 1, std: 2, low: -1, high: 5 });
    const { mean, std } = momentsOf(weight);
    // From −1 to 2 standard deviations: (φ(−1) − φ(2)) / (Φ(2) − Φ(−1)) = 0.2296, deviation 0.7209; times 2, plus 1.
    expect(Math.abs(mean - 1.4593)).toBeLessThan(4 * (1.45 / Math.sqrt(30_000)));
    expect(Math.abs(std - 1.4419)).toBeLessThan(0.025);
    expect(Math.min(...weight.dataSync())).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...weight.dataSync())).toBeLessThanOrEqual(5);
  });

  it("has bounds of ±2, whatever the standard deviation", () => {
    const weight = init.truncatedNormal([1000], { generator: generator(2), std: 3 });
    const largest = Math.max(...weight.dataSync().map(Math.abs));
    expect(largest).toBeLessThanOrEqual(2);
    expect(largest).toBeGreaterThan(1.98);
  });

  it.each([
    [{ std: 0 }, "std must be above 0 and finite, got 0"],
    [{ low: 1, high: 1 }, "got [1, 1]"],
    [{ low: 2, high: -2 }, "got [2, -2]"],
    [{ mean: 10 }, "[low, high] must hold a tenth of std at least within 2 std of the mean 10 (std 1), got [-2, 2]"],
  ])("refuses what it would draw for ever: %j", (options, message) => {
    const make = () => init.truncatedNormal([2], { generator: generator(0), ...options });
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});

describe("init.constant", () => {
  it("fills with one value", () => {
    expect([...init.constant([2, 2], -0.5).dataSync()]).toEqual([-0.5, -0.5, -0.5, -0.5]);
  });
});

describe("init.empty", () => {
  it("draws nothing", () => {
    const random = generator(0);
    expect([...new Linear(2, 1, { generator: random, bias: false, init: init.empty }).weight.dataSync()]).toEqual([
      0, 0,
    ]);
    expect(random.uniform()).toBe(generator(0).uniform());
  });
});

describe("every initialisation", () => {
  const fills = { ...init, constant: undefined, empty: undefined, fans: undefined };
  const all = Object.entries(fills).filter((entry): entry is [string, Initializer] => typeof entry[1] === "function");

  it("is in this test", () => {
    expect(all.map(([name]) => name).sort()).toEqual([
      "kaimingNormal",
      "kaimingUniform",
      "orthogonal",
      "truncatedNormal",
      "xavierNormal",
      "xavierUniform",
    ]);
  });

  it.each(all)("gives the same numbers on every device: %s", (_name, fill) => {
    const on = (device: (typeof deviceNames)[number]) =>
      withDevice(device, () => [...fill([4, 3, 3, 3], { generator: generator(5) }).dataSync()]);
    const [cpu, webasm] = [on("cpu"), on("webasm")];
    expect(webasm).toEqual(cpu);
    on("reference").forEach((value, i) => {
      expect(Math.abs(value - (cpu[i] as number))).toBeLessThanOrEqual(2 ** -22 * Math.abs(value)); // rounding to float32
    });
  });

  it.each(all.filter(([name]) => name !== "truncatedNormal"))("needs a weight of two axes: %s", (_name, fill) => {
    expect(() => fill([4], { generator: generator(0) })).toThrow(ShapeError);
    expect(() => fill([4], { generator: generator(0) })).toThrow("at least two axes [out, in, ...], got [4]");
  });
});
