/** Tests of tensors of the sizes that real nets have. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Tensor } from "../../src/autograd/tensor.js";
import { SimdDevice } from "../../src/device/simd/device.js";
import * as lg from "../../src/index.js";
import { CapacityError, deviceNamed, full, generator, init, Linear, ones, withDevice, zeros } from "../../src/index.js";

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

describe("a tensor for which a device has no room", () => {
  afterEach(() => vi.unstubAllGlobals());

  const counts = "its kernels count elements in float32, exactly up to 2^24 = 16777216, got";
  const remedy = 'the devices simd and reference count on (setDevice, withDevice, x.to("simd")), or split the batch';
  const layer = () => new Linear(25_088, 4096, { generator: generator(0), init: init.empty });

  it.each<[who: string, shape: string, size: number, call: () => unknown]>([
    ["zeros", "[4096, 25088]", 102_760_448, () => zeros([4096, 25_088])],
    ["full", "[64, 520, 520]", 17_305_600, () => full([64, 520, 520], 2)],
    ["Linear: its weight: zeros", "[4096, 25088]", 102_760_448, layer],
    ["to", "[4096, 25088]", 102_760_448, () => zeros([4096, 25_088], { device: "simd" }).to("webasm")],
    ["add", "[4097, 4096]", 16_781_312, () => lg.add(zeros([4097, 1]), zeros([1, 4096]))],
    [
      "conv2d: its kernel padPlanes",
      "[1, 1, 4098, 4098]",
      16_793_604,
      () => lg.conv2d(zeros([1, 1, 4096, 4096]), zeros([1, 1, 3, 3]), null, { padding: 1 }),
    ],
  ])("is told by %s with its shape and the devices that have", (who, shape, size, call) => {
    const error = withDevice("webasm", () => thrownBy(call));
    const mebibytes = Math.round(size / 2 ** 18);
    expect((error as Error).message).toBe(
      `${who}: device webasm has no room for a tensor of shape ${shape} (${size} elements, ${mebibytes} MiB): ${counts} ` +
        `${size}; ${remedy}`,
    );
    expect(error).toBeInstanceOf(CapacityError);
    expect(error).toMatchObject({ op: who.split(":")[0], expected: 2 ** 24, actual: size });
  });

  it("is told in the name of the op where the system gives no memory, and the next op runs", () => {
    const x = ones([1000], { device: "reference" });
    class Full extends Float64Array {
      constructor(length: number) {
        if (length === 1000) throw new RangeError("Array buffer allocation failed");
        super(length);
      }
    }
    vi.stubGlobal("Float64Array", Full);
    const error = thrownBy(() => lg.sin(x));
    vi.unstubAllGlobals();
    expect(error).toBeInstanceOf(CapacityError);
    expect((error as Error).message).toBe(
      "sin: device reference has no room for a tensor of shape [1000] (1000 elements, 0.0 MiB): the system has " +
        "no more memory; take a smaller batch, or free tensors sooner (tidy, dispose)",
    );
    expect(lg.cos(lg.sub(x, 1)).sum().itemSync()).toBe(1000);
  });

  it("is told by a read, of every kind, where the system gives no memory for a copy, and the next read works", async () => {
    const x = ones([2, 3], { device: "reference" });
    vi.spyOn(Float64Array.prototype, "slice").mockImplementation(() => {
      throw new RangeError("Array buffer allocation failed");
    });
    const errors = [thrownBy(() => x.dataSync()), thrownBy(() => x.arraySync())];
    errors.push(await x.data().catch((error) => error), await x.array().catch((error) => error));
    vi.restoreAllMocks();
    for (const error of errors) {
      expect(error).toBeInstanceOf(CapacityError);
      expect((error as Error).message).toBe(
        "data: there is no room for a copy of the numbers of a tensor of shape [2, 3] (6 elements): the system has no more " +
          "memory; take a smaller batch, or free tensors sooner (tidy, dispose)",
      );
    }
    expect(await x.data()).toEqual(new Float64Array(6).fill(1));
  });

  it("is told in the name of the op where it does not fit the heap of simd, and the next op runs", () => {
    const { Memory } = WebAssembly;
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function (this: unknown, given: WebAssembly.MemoryDescriptor) {
      if ((given.maximum as number) > 4096) throw new RangeError("could not allocate memory"); // 256 MiB
      return new Memory(given);
    } as never);
    const device = new SimdDevice();
    vi.restoreAllMocks();
    const on = (...shape: number[]) => new Tensor(device, device.fill(lg.zeros(shape).size, 1), shape, "float32");
    const error = thrownBy(() => lg.add(on(8192, 1), on(1, 8192)));
    expect(error).toBeInstanceOf(CapacityError);
    expect((error as Error).message).toMatch(
      /^add: device simd has no room for a tensor of shape \[8192, 8192\] \(67108864 elements, 256 MiB\): its heap, a WebAssembly memory, ends at 268435456 bytes, of which one op needs 268435456 for a tensor of 67108864 elements beside its others; take a smaller batch/,
    );
    expect(error).toMatchObject({ op: "add", expected: 2 ** 28, actual: 2 ** 28 });
    const twice = lg.add(on(2000, 2000), on(2000, 1));
    expect(new Set(twice.dataSync())).toEqual(new Set([2]));
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
