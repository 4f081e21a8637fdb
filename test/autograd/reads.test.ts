/** Tests of reading: what an awaited read tells is what the tensor held when it was called. */
import { describe, expect, it } from "vitest";
import { SimdDevice } from "../../src/device/simd/device.js";
import { deviceNamed, full, keep, SGD, sum, type Tensor, tensor, tidy, withDevice } from "../../src/index.js";
import { checkReads } from "./reads.js";

/** Bytes that the kernels keep for themselves, and some room: what is in it moves out all the time. */
const smallBudget = 2 ** 20;

const hostDevices = ["simd", "webasm", "cpu", "reference"] as const;

describe.each(hostDevices)("an awaited read on %s", (name) => {
  it("tells the numbers of the call in any program of makes, steps, disposals and reads", async () => {
    await checkReads(deviceNamed(name), 60);
  });

  it("of what a tidy made tells each round's own number", async () => {
    const losses = [1, 2, 3, 4, 5].map((i) => withDevice(name, () => tidy(() => ({ loss: tensor([i]).sum().item() }))));
    expect(await Promise.all(losses.map(({ loss }) => loss))).toEqual([1, 2, 3, 4, 5]);
  });

  it("of a weight before each step tells how the weight moved", async () => {
    const weight = withDevice(name, () => full([3], 0, { requiresGrad: true }));
    const optimizer = new SGD([weight], { lr: 1 });
    const history: Promise<unknown>[] = [];
    for (let i = 0; i < 4; i++) {
      history.push(weight.data().then((numbers) => numbers[0]));
      sum(weight).backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect(await Promise.all(history)).toEqual([0, -1, -2, -3]);
  });

  it("is the reader's own copy", async () => {
    const x = withDevice(name, () => tensor([1, 2]));
    const [first, second] = [await x.data(), await x.data()];
    first[0] = 9;
    expect([second[0], x.dataSync()[0]]).toEqual([1, 1]);
  });

  it("rejects for a tensor that was disposed before the call, and only then", async () => {
    const x: Tensor = withDevice(name, () => keep(tensor([1])));
    const before = x.item();
    x.dispose();
    await expect(x.item()).rejects.toThrow("it was disposed");
    expect(await before).toBe(1);
  });
});

describe("an awaited read on a simd device whose heap is full", () => {
  it("tells the numbers of the call in any program", async () => {
    await checkReads(new SimdDevice({ budget: smallBudget }), 60);
  });

  it("of the device itself does, too", async () => {
    const device = new SimdDevice({ budget: smallBudget });
    const buffer = device.upload([1, 2]);
    const reading = device.read(buffer);
    device.free(buffer);
    device.upload([3, 4]);
    expect([...(await reading)]).toEqual([1, 2]);
  });
});
