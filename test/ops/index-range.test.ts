/** Tests that no index is rounded: an axis (or a plane) with more places than a device can count is refused, in the op's name,
 * by its shape alone; one with as many is not. */
import { describe, expect, it } from "vitest";
import type { DType } from "../../src/autograd/dtype.js";
import { Tensor } from "../../src/autograd/tensor.js";
import * as lg from "../../src/index.js";
import { DeviceError, type KernelThis } from "../../src/index.js";
import { checkPlaces } from "../../src/ops/arguments.js";
import { gatherTransposeOp } from "../../src/ops/indexing/gather-op.js";

const most = 2 ** 24;
const simd = lg.deviceNamed("simd");
lg.zeros([1]); // hands the ops to the engine

/** A tensor of this shape over a single number: what is refused by its shape is never run. */
function shaped(shape: readonly number[], dtype: DType = "float32"): Tensor {
  return new Tensor(simd, simd.upload([0]), shape, dtype);
}

const long = () => shaped([most + 1]);
const row = () => shaped([1, most + 1]);
const wide = () => shaped([1, 1, 2, most / 2 + 1]);
const index = (...shape: number[]) => shaped(shape, "int32");
const meeting = (x: Tensor, places: Tensor, source: Tensor, includeSelf: boolean) =>
  lg.scatterReduce(x, places, source, { reduce: "amax", includeSelf });

describe("more places than a float32 device can count", () => {
  it.each<[op: string, what: string, count: number, call: () => unknown]>([
    ["argMax", "the flattened tensor", most + 1, () => lg.argMax(long())],
    ["argMax", "the flattened tensor", most + 2, () => lg.argMax(wide())],
    ["argMax", "axis 1", most + 1, () => lg.argMax(row(), { axis: -1 })],
    ["argMin", "the flattened tensor", most + 1, () => lg.argMin(row())],
    ["argMin", "axis 0", most + 1, () => lg.argMin(long(), { axis: 0 })],
    ["sort", "axis 0", most + 1, () => lg.sort(long())],
    ["argSort", "axis 1", most + 1, () => lg.argSort(row(), { axis: 1, descending: true })],
    ["topK", "axis 0", most + 1, () => lg.topK(long(), 3)],
    ["gather", "what the indices count", most + 1, () => lg.gather(long(), index(1))],
    ["scatterAdd", "what the indices count", most + 1, () => lg.scatterAdd(long(), index(1), shaped([1]))],
    ["scatterAdd", "the index", most + 1, () => lg.scatterAdd(shaped([3]), index(most + 1), long())],
    ["scatter", "what the indices count", most + 1, () => lg.scatter(long(), index(1), shaped([1]))],
    ["scatter", "the index", most + 1, () => lg.scatter(shaped([3]), index(most + 1), long())],
    ["scatterReduce", "what the indices count", most + 1, () => meeting(long(), index(1), shaped([1]), false)],
    ["scatterReduce", "the index", most + 1, () => meeting(shaped([3]), index(most + 1), long(), false)],
    [
      "scatterReduce",
      "the index, with the axis it counts along,",
      most + 2,
      () => meeting(shaped([2]), index(most), long(), true),
    ],
    ["indexAdd", "what the indices count", most + 1, () => lg.indexAdd(long(), index(1), shaped([1]))],
    ["indexCopy", "the index", most + 1, () => lg.indexCopy(shaped([3]), index(most + 1), long())],
    ["indexFill", "what the indices count", most + 1, () => lg.indexFill(row(), index(1), 0, { axis: 1 })],
    ["indexSelect", "what the indices count", most + 1, () => lg.indexSelect(row(), index(1), { axis: 1 })],
    ["embedding", "what the indices count", most + 1, () => lg.embedding(index(1), shaped([most + 1, 1]))],
    ["oneHot", "what the indices count", most + 1, () => lg.oneHot(index(1), { numClasses: most + 1 })],
    ["nllLoss", "what the indices count", most + 1, () => lg.nllLoss(row(), index(1))],
    ["ctcLoss", "a frame of the batch", most + 2, () => lg.ctcLoss(shaped([1, 2, most / 2 + 1]), index(2, 1))],
    ["nonzero", "an axis", most + 1, () => lg.nonzero(long())],
    ["maskedSelect", "the broadcast shape", most + 1, () => lg.maskedSelect(row(), shaped([1], "bool"))],
    ["countNonzero", "what is counted", most + 1, () => lg.countNonzero(long())],
    ["cumMax", "axis 0", most + 1, () => lg.cumMax(long(), { axis: 0 })],
    ["cumMin", "axis 1", most + 1, () => lg.cumMin(row(), { axis: 1 })],
    ["logCumSumExp", "axis 1", most + 1, () => lg.logCumSumExp(row(), { axis: 1 })],
    ["median", "the flattened tensor", most + 2, () => lg.median(wide())],
    ["quantile", "axis 0", most + 1, () => lg.quantile(long(), 0.5, { axis: 0 })],
    ["maxPool1d", "a row", most + 1, () => lg.maxPool1d(row(), { kernelSize: 2 })],
    ["maxPool2d", "a plane", most + 2, () => lg.maxPool2d(wide(), { kernelSize: 2 })],
    ["maxPool3d", "a plane", most + 2, () => lg.maxPool3d(wide(), { kernelSize: 1 })],
    [
      "maxPool3d",
      "the column of pooled planes",
      most + 2,
      () => lg.maxPool3d(shaped([1, 2, 1, most / 2 + 1]), { kernelSize: 1 }),
    ],
    ["avgPool3d", "an axis", most + 1, () => lg.avgPool3d(shaped([1, 1, most + 1, 1]), { kernelSize: 1 })],
    [
      "adaptiveAvgPool3d",
      "an axis",
      most + 1,
      () => lg.adaptiveAvgPool3d(shaped([1, 1, most + 1, 1]), { outputSize: 1 }),
    ],
    ["adaptiveMaxPool2d", "a plane", most + 2, () => lg.adaptiveMaxPool2d(wide(), { outputSize: 1 })],
    ["adaptiveMaxPool3d", "a plane", most + 2, () => lg.adaptiveMaxPool3d(wide(), { outputSize: 1 })],
    [
      "adaptiveMaxPool3d",
      "the column of pooled planes",
      most + 2,
      () => lg.adaptiveMaxPool3d(shaped([1, 2, 1, most / 2 + 1]), { outputSize: null }),
    ],
    ["maxPool2dWithIndices", "a plane", most + 2, () => lg.maxPool2dWithIndices(wide(), { kernelSize: 2 })],
    ["maxUnpool2d", "a plane", most + 2, () => lg.maxUnpool2d(wide(), index(1, 1, 2, most / 2 + 1), { kernelSize: 1 })],
    [
      "maxUnpool2d",
      "a plane",
      2 * most,
      () => lg.maxUnpool2d(shaped([1, 2, most / 2]), index(1, 2, most / 2), { kernelSize: [1, 2] }),
    ],
    ["gridSample", "an image", most + 2, () => lg.gridSample(wide(), shaped([1, 1, 1, 2]))],
    [
      "gridSample",
      "what is read of an image",
      most + 4,
      () => lg.gridSample(shaped([1, 1, 2, 2]), shaped([1, most / 4 + 1, 1, 2])),
    ],
    ["avgPool1d", "an axis", most + 1, () => lg.avgPool1d(row(), { kernelSize: 2 })],
    ["avgPool2d", "an axis", most + 1, () => lg.avgPool2d(shaped([1, 1, most + 1]), { kernelSize: 1 })],
    ["adaptiveAvgPool1d", "an axis", most + 1, () => lg.adaptiveAvgPool1d(row(), { outputSize: 1 })],
    ["interpolate", "an axis", most + 1, () => lg.interpolate(shaped([1, 1, most + 1]), { size: 1 })],
    [
      "gatherTranspose", // the gradient of gather, which sorts what it picked
      "axis 0",
      most + 1,
      () => gatherTransposeOp(long(), index(most + 1), { axis: 0, shared: false, size: 3 }),
    ],
  ])("are refused by %s: %s has %i", (op, what, count, call) => {
    expect(call).toThrow(DeviceError);
    expect(call).toThrow(
      `${op}: ${what} has ${count} places, but device simd counts places in float32, which holds every integer only up to ` +
        `${most}; split it, or use the reference device`,
    );
  });

  it("are fine where only other axes are long", () => {
    expect(lg.argMax(lg.ones([3, 2], { device: "simd" }), { axis: 1 }).shape).toEqual([3]);
    expect(() => lg.topK(shaped([2, 3]), 4)).toThrow(lg.ValueError);
  });
});

describe("as many places as a float32 device can count", () => {
  it("are counted, to the last one", () => {
    expect(() => checkPlaces("op", simd, most, "it")).not.toThrow();
    const x = lg.full([most], -1, { device: "simd" });
    const numbers = Float32Array.from(x.dataSync());
    numbers[most - 1] = 5;
    const peaked = lg.tensor(numbers, { device: "simd" });
    expect(lg.argMax(peaked).itemSync()).toBe(most - 1);
    const last = lg.tensor([most - 1], { dtype: "int32", device: "simd" });
    expect(lg.gather(peaked, last).arraySync()).toEqual([5]);
    const pooled = lg.maxPool2d(peaked.reshape([1, 4096, 4096]), { kernelSize: 2 }).dataSync();
    expect(pooled.at(-1)).toBe(5);
    expect(pooled.filter((v) => v !== -1).length).toBe(1);
  }, 60_000);
});

describe("unfold", () => {
  // A float32 quotient of more than 2²³ windows may be the neighbour of the right one.
  it.each(["simd", "webasm", "cpu"] as const)("finds the row of every window, of however many, on %s", (device) => {
    const x = Float32Array.from({ length: 3 * 2 ** 22 }, (_, i) => i % 1_000_003);
    const y = lg.unfold(lg.tensor(x, { shape: [1, 3, 2 ** 22], device }), { kernelSize: 1 }).dataSync();
    expect(y.filter((value, i) => value !== x[i]).length).toBe(0);
  });
});

describe("the reference device", () => {
  it("counts every place that a tensor can have", () => {
    expect(() => checkPlaces("op", lg.deviceNamed("reference"), 2 ** 28, "it")).not.toThrow();
  });
});

describe("a kernel that simd has only in its portable form", () => {
  function doubled(this: KernelThis, x: Float32Array): number {
    return 2 * (x[this.thread.x] as number);
  }

  it("reaches every element, beyond what float32 can count", () => {
    const values = new Float32Array(most + 3);
    values.set([1, 2, 3], most);
    const y = lg.run(doubled, [lg.tensor(values, { device: "simd" })]);
    expect([...y.dataSync().subarray(most - 1)]).toEqual([0, 2, 4, 6]);
  });
});

describe("adaptiveMaxPool2d", () => {
  // Numerators i · size of more than 2^24 and of more than 2^31.
  it.each(["reference", "simd", "webasm", "cpu"] as const)("cuts long axes into the right windows on %s", (device) => {
    for (const [size, out] of [
      [5000, 4999],
      [65_536, 40_000],
    ] as const) {
      const start = (i: number) => Math.floor((i * size) / out);
      const x = lg.tensor(
        Float32Array.from({ length: size }, (_, i) => -i), // the largest of a window is its first
        { shape: [1, size, 1], device, requiresGrad: true },
      );
      const y = lg.adaptiveMaxPool2d(x, { outputSize: [out, 1] });
      expect(Array.from(y.dataSync()).filter((value, i) => value !== -start(i) && value !== 0)).toEqual([]);
      y.sum().backward();
      const taken = new Float64Array(size);
      for (let i = 0; i < out; i++) taken[start(i)] = (taken[start(i)] as number) + 1;
      expect(Array.from(x.grad?.dataSync() ?? [])).toEqual(Array.from(taken));
    }
  });

  it.each(["avgPool1d", "interpolate", "adaptiveAvgPool1d"] as const)("%s takes axes of 150,000 cells", (op) => {
    const x = lg.ones([1, 1, 150_000], { device: "simd" });
    const calls = {
      avgPool1d: () => lg.avgPool1d(x, { kernelSize: 1 }),
      interpolate: () => lg.interpolate(x, { size: 150_000 }),
      adaptiveAvgPool1d: () => lg.adaptiveAvgPool1d(x, { outputSize: 150_000 }),
    };
    expect(calls[op]().shape).toEqual([1, 1, 150_000]);
  });
});
