/** Tests of sorting and running sums beyond the op table: long axes, several results, memory. */
import { describe, expect, it } from "vitest";
import {
  argMax,
  argSort,
  cumSum,
  generator,
  memory,
  prod,
  type Sorted,
  scaledDotProductAttention,
  sort,
  tensor,
  tidy,
  topK,
  withDevice,
} from "../../src/index.js";

const devices = ["reference", "webasm", "cpu"] as const;

const random = generator(4);
const long = Float32Array.from({ length: 5000 }, () => random.integer(-600, 600)); // with ties
const order = [...long.keys()].sort((i, j) => (long[i] as number) - (long[j] as number) || i - j);
const downwards = [...long.keys()].sort((i, j) => (long[j] as number) - (long[i] as number) || i - j);

describe.each(devices)("on %s", (device) => {
  it("sort of 5000 numbers is stable and gives values and indices that belong together", () => {
    const x = tensor(long, { device });
    for (const [descending, wanted] of [
      [false, order],
      [true, downwards],
    ] as const) {
      const { values, indices } = sort(x, { descending });
      expect(Array.from(indices.dataSync())).toEqual(wanted);
      expect(Array.from(values.dataSync())).toEqual(wanted.map((i) => long[i]));
      expect(Array.from(argSort(x, { descending }).dataSync())).toEqual(wanted);
    }
  });

  it("topK gives the first indices of ties", () => {
    const x = tensor(long, { device, shape: [2, 2500] });
    const { values, indices } = topK(x, 7, { axis: 1 });
    for (const row of [0, 1]) {
      const wanted = downwards.filter((i) => Math.floor(i / 2500) === row).slice(0, 7);
      expect(Array.from(indices.dataSync().slice(7 * row, 7 * row + 7))).toEqual(wanted.map((i) => i - 2500 * row));
      expect(Array.from(values.dataSync().slice(7 * row, 7 * row + 7))).toEqual(wanted.map((i) => long[i]));
    }
  });

  it("sorts and searches integers and bools, and answers in int32", () => {
    const x = tensor([3, -1, 2, 3], { device, dtype: "int32" });
    const { values, indices } = sort(x);
    expect([values.dtype, indices.dtype]).toEqual(["int32", "int32"]);
    expect(values.arraySync()).toEqual([-1, 2, 3, 3]);
    expect(indices.arraySync()).toEqual([1, 2, 0, 3]);
    expect(argMax(x).arraySync()).toBe(0);
    expect(argMax(x).dtype).toBe("int32");
    expect(topK(x.greater(2), 2).values.dtype).toBe("bool");
    expect(topK(x.greater(2), 2).indices.arraySync()).toEqual([0, 3]);
  });

  it("cumSum of 100,000 numbers stays accurate", () => {
    const x = tensor(new Float32Array(100_000).fill(0.1), { device });
    const sums = cumSum(x, { axis: 0 }).dataSync();
    for (const i of [0, 999, 54_321, 99_999]) {
      const exact = Math.fround(0.1) * (i + 1);
      expect(Math.abs((sums[i] as number) - exact) / exact).toBeLessThan(1e-6); // one by one it would be 1e-3 in float32
    }
  });

  it("tidy keeps the values and the indices that are returned, and nothing else", () => {
    const x = tensor([3, 1, 2], { device, requiresGrad: true });
    const { buffers } = memory();
    const kept: Sorted = tidy(() => {
      prod(x).backward();
      return topK(x, 2);
    });
    expect(memory().buffers).toBe(buffers + 3); // x.grad, values, indices
    expect(kept.values.arraySync()).toEqual([3, 2]);
    expect(kept.indices.arraySync()).toEqual([0, 2]);
    kept.values.dispose();
    kept.indices.dispose();
    x.grad?.dispose();
    expect(memory().buffers).toBe(buffers);
  });
});

describe("scaledDotProductAttention", () => {
  it("draws nothing where nothing is dropped", () => {
    const [used, fresh] = [generator(9), generator(9)];
    const x = tensor([[1, 2]], { device: "reference" });
    scaledDotProductAttention(x, x, x, { dropoutP: 0, generator: used });
    expect(used.uniform()).toBe(fresh.uniform());
  });

  it("drops the same weights for the same seed on every device", () => {
    const results = devices.map((device) =>
      withDevice(device, () => {
        const x = tensor(long.slice(0, 64), { shape: [8, 8] }).mul(1e-3);
        return scaledDotProductAttention(x, x, x, { dropoutP: 0.5, generator: generator(9) }).dataSync();
      }),
    );
    for (const result of results) {
      for (const [i, value] of result.entries()) expect(value).toBeCloseTo(results[0]?.[i] as number, 5);
    }
  });
});
