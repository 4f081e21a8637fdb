/** Tests that an index out of range is an error on a device that can only be read later, as webgpu is. */
import { describe, expect, it } from "vitest";
import type { DType } from "../../src/autograd/dtype.js";
import { Tensor } from "../../src/autograd/tensor.js";
import type { Device } from "../../src/device/device.js";
import { ReferenceDevice } from "../../src/device/reference.js";
import {
  bce,
  crossEntropy,
  ctcLoss,
  DeviceError,
  embedding,
  gather,
  gradients,
  hingeEmbeddingLoss,
  indexAdd,
  indexCopy,
  indexFill,
  indexSelect,
  keep,
  maskedSelect,
  memory,
  nonzero,
  oneHot,
  type Shape,
  scatter,
  scatterAdd,
  scatterReduce,
  takeAlongDim,
  tensor,
  tidy,
  ValueError,
} from "../../src/index.js";
import { LateDevice } from "./late-device.js";

tensor(0); // hands the ops to the engine

function make(device: Device, values: number[], shape: Shape = [values.length], dtype: DType = "float64"): Tensor {
  return new Tensor(device, device.upload(values), shape, dtype);
}
const index = (device: Device, values: number[], shape?: Shape) => make(device, values, shape, "int32");
const rows = (device: Device) => make(device, [1, 2, 3, 4, 5, 6], [3, 2]);

const calls: readonly [string, (device: Device, k: number) => Tensor][] = [
  ["gather", (d, k) => gather(rows(d), index(d, [0, 1, k, 0], [2, 2]))],
  ["scatterAdd", (d, k) => scatterAdd(rows(d), index(d, [0, 1, k, 0], [2, 2]), rows(d))],
  ["scatter", (d, k) => scatter(rows(d), index(d, [0, 1, k, 0], [2, 2]), rows(d))],
  ["scatterReduce", (d, k) => scatterReduce(rows(d), index(d, [0, 1, k, 0], [2, 2]), rows(d), { reduce: "prod" })],
  ["indexAdd", (d, k) => indexAdd(rows(d), index(d, [0, 1, k]), rows(d))],
  ["indexCopy", (d, k) => indexCopy(rows(d), index(d, [0, 1, k]), rows(d))],
  ["indexFill", (d, k) => indexFill(rows(d), index(d, [0, 1, k]), 7)],
  ["indexSelect", (d, k) => indexSelect(rows(d), index(d, [0, 1, k]))],
  ["takeAlongDim", (d, k) => takeAlongDim(rows(d), index(d, [0, 1, k], [3, 1]), { axis: 0 })],
  ["embedding", (d, k) => embedding(index(d, [0, 1, k]), rows(d))],
  ["oneHot", (d, k) => oneHot(index(d, [0, 1, k]), { numClasses: 3 })],
  ["crossEntropy", (d, k) => crossEntropy(make(d, [1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]), index(d, [0, 1, k]))],
];

describe.each(calls)("%s on a device that answers late", (op, call) => {
  it.each([-1, 3])("reports the index %i with the next read", async (k) => {
    const result = call(new LateDevice(), k);
    await expect(result.data()).rejects.toThrow(ValueError);
    await expect(call(new LateDevice(), k).data()).rejects.toThrow(
      `${op}: an index must be from 0 to 2, got ${k} at element 2`,
    );
  });

  it("gives its result where all is well", async () => {
    const late = await call(new LateDevice(), 2).array();
    expect(late).toEqual(call(new ReferenceDevice(), 2).arraySync());
  });
});

describe("an index out of range on a device that answers late", () => {
  it("is reported by a read of any other tensor there", async () => {
    const device = new LateDevice();
    const other = rows(device);
    indexSelect(rows(device), index(device, [7]));
    await expect(make(device, [1]).item()).rejects.toThrow("indexSelect: an index must be from 0 to 2, got 7");
    expect(await other.data()).toHaveLength(6);
  });

  it("is reported to every read that began before it was reported once", async () => {
    const device = new LateDevice();
    const other = rows(device);
    indexSelect(rows(device), index(device, [7]));
    const settled = await Promise.allSettled([other.data(), other.data(), other.array()]);
    expect(settled.map((s) => s.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await other.data()).toHaveLength(6);
  });

  it("may be a label that is the blank", async () => {
    const device = new LateDevice();
    const frames = new Tensor(device, device.upload([-1, -1, -1, -1]), [2, 1, 2], "float64");
    const targets = new Tensor(device, device.upload([0]), [1, 1], "int32");
    await expect(ctcLoss(frames, targets).item()).rejects.toThrow("ctcLoss: a label must not be the blank 0");
  });

  it("does not hide another one", async () => {
    const device = new LateDevice();
    const other = rows(device);
    indexSelect(rows(device), index(device, [7]));
    oneHot(index(device, [9]), { numClasses: 2 });
    await expect(other.data()).rejects.toThrow("got 7");
    await expect(other.data()).rejects.toThrow("got 9");
    expect(await other.data()).toHaveLength(6);
  });

  it("is still reported when the check was over long before", async () => {
    const device = new LateDevice();
    indexSelect(rows(device), index(device, [7]));
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(rows(device).data()).rejects.toThrow(ValueError);
  });

  it("leaves NaN, not a number from some other place", async () => {
    const device = new LateDevice();
    const picked = indexSelect(rows(device), index(device, [1, 3, -1]));
    await expect(picked.data()).rejects.toThrow(ValueError);
    expect(await picked.array()).toEqual([
      [3, 4],
      [Number.NaN, Number.NaN],
      [Number.NaN, Number.NaN],
    ]);
    const columns = indexSelect(rows(device), index(device, [1, 2, -1]), { axis: 1 }); // whose neighbours are other rows
    await expect(columns.data()).rejects.toThrow(ValueError);
    expect(await columns.array()).toEqual([2, 4, 6].map((last) => [last, Number.NaN, Number.NaN]));
  });

  it("concerns no other device", async () => {
    const [device, another] = [new LateDevice(), new LateDevice()];
    indexSelect(rows(device), index(device, [7]));
    expect(await rows(another).data()).toHaveLength(6);
  });

  it("does not outlive a lost device as an unhandled rejection", async () => {
    const device = new LateDevice();
    indexSelect(rows(device), index(device, [0]));
    device.break();
    await expect(rows(device).data()).rejects.toThrow("it was lost");
  });
});

describe("the late check", () => {
  it("holds no buffers and asks for one read a call", async () => {
    const device = new LateDevice();
    const weight = rows(device);
    weight.requiresGrad = true;
    const step = () =>
      tidy(() => {
        const loss = embedding(index(device, [0, 2, 2]), weight).sum();
        const [gradient] = gradients(loss, [weight]);
        return keep((gradient as Tensor).detach());
      });
    const first = step();
    expect(await first.array()).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
    first.dispose();
    const { buffers } = memory();
    for (let i = 0; i < 5; i++) {
      const gradient = step();
      await gradient.data();
      gradient.dispose();
    }
    expect(memory().buffers).toBe(buffers);
    expect(device.reads).toBe(12); // the index and the gradient, six times
  });
});

describe("what has to be read", () => {
  it.each<[string, string, (device: Device) => unknown]>([
    ["nonzero", "x", (d) => nonzero(rows(d))],
    ["maskedSelect", "mask", (d) => maskedSelect(rows(d), make(d, [1, 0], [2], "bool"))],
  ])("%s is refused, with a way to do it", (op, name, call) => {
    expect(() => call(new LateDevice())).toThrow(DeviceError);
    expect(() => call(new LateDevice())).toThrow(
      `${op}: the size of its result depends on the numbers of ${name}, and device webgpu cannot be read at once; ` +
        "`await t.data()`, and pick with indexSelect",
    );
  });
});

describe("losses on a device that answers late", () => {
  it("take the caller's word for the range of a probability and for the signs of a target", async () => {
    const device = new LateDevice();
    const loss = bce(make(device, [0.5, 0.25]), make(device, [1, 0]), { reduction: "sum" });
    expect(await loss.item()).toBeCloseTo(-Math.log(0.5) - Math.log(0.75), 12);
    const hinge = hingeEmbeddingLoss(make(device, [0.5, 0.25]), make(device, [1, -1]), { reduction: "sum" });
    expect(await hinge.item()).toBe(0.5 + 0.75);
  });
});
