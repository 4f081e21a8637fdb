/** Tests of memory: tidy, keep, dispose, using, memory(), and what backward releases. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Tensor } from "../../src/autograd/tensor.js";
import {
  crossEntropy,
  type Device,
  type DeviceBuffer,
  defineOp,
  deviceNamed,
  generator,
  gradients,
  keep,
  linear,
  memory,
  mul,
  noGrad,
  type Op,
  ones,
  randn,
  setDevice,
  tensor,
  tidy,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const disposedMessage = "tensor: it was disposed and cannot be read any more";

describe("tidy", () => {
  it("disposes what is made inside and keeps what is returned, in any structure", () => {
    let inner: Tensor | undefined;
    const { list, one } = tidy(() => {
      inner = ones([2]);
      return { list: [inner.mul(2)], one: inner.mul(3) };
    });
    expect(inner?.isDisposed).toBe(true);
    expect(() => inner?.dataSync()).toThrow(ValueError);
    expect(() => inner?.dataSync()).toThrow(disposedMessage);
    expect([list[0]?.arraySync(), one.arraySync()]).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  it("keeps what is returned in an object without a prototype, and not what is in an instance of a class", () => {
    class Box {
      constructor(readonly content: Tensor) {}
    }
    const bare = tidy(() => Object.assign(Object.create(null) as { x?: Tensor }, { x: ones([2]) }));
    const box = tidy(() => new Box(ones([2])));
    expect([bare.x?.isDisposed, box.content.isDisposed]).toEqual([false, true]);
  });

  it("hands what it returns to the scope around it", () => {
    let returned: Tensor | undefined;
    tidy(() => {
      returned = tidy(() => ones([1]));
      expect(returned.isDisposed).toBe(false);
    });
    expect(returned?.isDisposed).toBe(true);
  });

  it("spares what is kept, and gradients", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const kept = tidy(() => {
      const made = keep(x.square());
      made.sum().backward();
      return { made };
    }).made;
    expect(kept.arraySync()).toEqual([1, 4]);
    expect(x.grad?.arraySync()).toEqual([2, 4]);
  });

  it("spares views: a buffer lives as long as one of them", () => {
    const view = tidy(() => ones([2, 3]).reshape([3, 2]));
    expect(view.dataSync()).toHaveLength(6);
  });

  it("disposes everything when the function throws", () => {
    const before = memory().buffers;
    const fail = () => {
      ones([10]).mul(2);
      throw new Error("inside");
    };
    expect(() => tidy(fail)).toThrow("inside");
    expect(memory().buffers).toBe(before);
  });

  it("looks into arrays and plain objects, and nothing else", () => {
    class Holder {
      constructor(readonly tensor: Tensor) {}
    }
    const cycle: { own?: unknown; tensor?: Tensor; none: null } = { none: null };
    const held = tidy(() => {
      cycle.own = cycle;
      cycle.tensor = ones([1]);
      return [cycle, new Holder(ones([1]))] as const;
    });
    expect(held[0].tensor?.isDisposed).toBe(false);
    expect(held[1].tensor.isDisposed).toBe(true);
  });

  it("keeps a kept tensor that nobody returns", () => {
    const kept: Tensor[] = [];
    tidy(() => void kept.push(keep(ones([1]))));
    expect(kept[0]?.isDisposed).toBe(false);
  });

  it("refuses an async function", () => {
    expect(() => tidy(async () => ones([1]))).toThrow(ValueError);
    expect(() => tidy(async () => ones([1]))).toThrow("tidy: the function must not be async");
  });
});

describe("dispose", () => {
  it("releases the buffer, once", () => {
    const { buffers, bytes } = memory();
    const x = ones([4]);
    expect(memory()).toEqual({ buffers: buffers + 1, bytes: bytes + 32 });
    x.dispose();
    x.dispose();
    expect(memory()).toEqual({ buffers, bytes });
    expect(() => x.arraySync()).toThrow(disposedMessage);
    expect(() => mul(x, 2)).toThrow(disposedMessage);
  });

  it("waits for the last view", () => {
    const before = memory().buffers;
    const x = ones([4]);
    const y = x.reshape([2, 2]);
    expect(memory().buffers).toBe(before + 1);
    x.dispose();
    expect(x.isDisposed).toBe(true);
    expect(() => x.arraySync()).toThrow(disposedMessage);
    expect(() => x.detach()).toThrow(disposedMessage);
    expect(y.arraySync()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    y.dispose();
    expect(memory().buffers).toBe(before);
  });

  it("counts once for a tensor, however often it is called", () => {
    const x = ones([4]);
    const view = x.detach();
    x.dispose();
    x.dispose();
    expect(view.arraySync()).toEqual([1, 1, 1, 1]);
  });

  it("frees the buffer on the device", () => {
    const free = vi.spyOn(deviceNamed("reference"), "free");
    const x = ones([4]);
    const { buffer } = x;
    x.dispose();
    expect(free).toHaveBeenCalledWith(buffer);
    free.mockRestore();
  });

  it("is called by using at the end of the block", () => {
    const before = memory().buffers;
    {
      using x = ones([3]);
      expect(x.size).toBe(3);
    }
    expect(memory().buffers).toBe(before);
  });

  it("counts 4 bytes an element on float32 devices", () => {
    const before = memory().bytes;
    using x = ones([10], { device: "cpu" });
    expect(memory().bytes - before).toBe(4 * x.size);
  });
});

describe("the garbage collector", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const settle = async () => {
    for (let i = 0; i < 4; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };

  it("releases what was forgotten, and nothing twice", async () => {
    await settle();
    const before = memory();
    const forget = () => {
      ones([10]).mul(2);
      ones([4]).dispose();
    };
    forget();
    await settle();
    expect(memory()).toEqual(before);
  });

  it("is not kept from the numbers of a forgotten tensor by who frees its place", async () => {
    const free = vi.spyOn(deviceNamed("simd"), "free");
    const forget = () => new WeakRef(ones([5000], { device: "simd" }).buffer);
    const forgotten = forget();
    await settle();
    expect(free).toHaveBeenCalledTimes(1);
    expect(free.mock.calls[0]?.[0]).not.toBe(forgotten.deref());
    free.mockRestore();
  });

  it("is told of one tensor, not of each, where they are disposed one after the other", () => {
    const register = vi.spyOn(FinalizationRegistry.prototype, "register");
    for (let i = 0; i < 100; i++) ones([5000], { device: "simd" }).dispose();
    for (let i = 0; i < 100; i++) ones([5]).dispose();
    expect(register.mock.calls.length).toBeLessThanOrEqual(2);
    register.mockRestore();
  });

  it("finds what took over the registration of a disposed tensor that somebody still refers to", async () => {
    await settle();
    const before = memory();
    const disposed = ones([5000], { device: "simd" });
    disposed.dispose();
    const forget = () => void ones([5001], { device: "simd" });
    forget();
    expect(memory()).toEqual({ buffers: before.buffers + 1, bytes: before.bytes + 4 * 5001 });
    await settle();
    expect(memory()).toEqual(before);
    expect(disposed.isDisposed).toBe(true);
  });

  it("frees nothing again that was disposed, when it finds what took its registration over", async () => {
    await settle();
    const free = vi.spyOn(deviceNamed("simd"), "free");
    ones([5000], { device: "simd" }).dispose();
    const forget = () => void ones([3]);
    forget();
    await settle();
    expect(free).toHaveBeenCalledTimes(1);
    free.mockRestore();
  });

  it("takes a full lot's registration over once all of its tensors are disposed", async () => {
    await settle();
    const before = memory();
    const many = Array.from({ length: 64 }, () => ones([2]));
    for (const tensor of many.slice(0, 32)) tensor.dispose();
    expect(memory().buffers).toBe(before.buffers + 32);
    const register = vi.spyOn(FinalizationRegistry.prototype, "register");
    const forget = () => void ones([5000], { device: "simd" });
    forget();
    expect(register).not.toHaveBeenCalled();
    register.mockRestore();
    await settle();
    expect(memory().buffers).toBe(before.buffers + 32);
    for (const tensor of many) tensor.dispose();
    expect(memory()).toEqual(before);
  });

  it("finds small tensors that were made one after the other together, and what is counted in between apart", async () => {
    await settle();
    const { buffers } = memory();
    const make = () => {
      const kept = ones([2]);
      ones([3]);
      memory();
      ones([4]);
      return kept;
    };
    const kept = make();
    await settle();
    expect(memory().buffers).toBe(buffers + 2);
    kept.dispose();
    expect(memory().buffers).toBe(buffers + 1); // until the collector finds both
  });

  it("finds what one job made apart from what the next one makes, and at most 32 together", async () => {
    await settle();
    const { buffers } = memory();
    const kept = [ones([1])];
    await Promise.resolve();
    const forget = () => void ones([1]);
    forget();
    await settle();
    expect(memory().buffers).toBe(buffers + 1);
    kept.push(ones([1]));
    for (let i = 1; i < 80; i++) forget();
    await settle();
    expect(memory().buffers).toBe(buffers + 1 + 32);
    expect(kept).toHaveLength(2);
  });

  it("is told of so many tensors only in a loop that never lets it report, and finds them all later", async () => {
    await settle();
    const before = memory();
    const register = vi.spyOn(FinalizationRegistry.prototype, "register");
    const forget = () => {
      for (let i = 0; i < 6000; i++) ones([2049], { device: "simd" });
    };
    forget();
    expect(memory().buffers).toBe(before.buffers + 6000);
    expect(register.mock.calls.length).toBeGreaterThan(2 ** 11 + 20);
    expect(register.mock.calls.length).toBeLessThan(2 ** 11 + 200);
    register.mockRestore();
    const free = vi.fn();
    const ofGpu = { ...deviceNamed("reference"), floatType: "float64", free } as unknown as Device;
    const forgetOnGpu = () => void new Tensor(ofGpu, { length: 7 }, [7], "float64");
    forgetOnGpu();
    await settle();
    expect(memory()).toEqual(before);
    expect(free).toHaveBeenCalledExactlyOnceWith({ length: 7 });
    const forgetOne = () => [ones([2049], { device: "simd" }), ones([2050], { device: "simd" })][0];
    const kept = forgetOne();
    await settle();
    expect(memory().buffers).toBe(before.buffers + 1); // each for itself again
    kept?.dispose();
  });

  it("finds a large tensor apart from all others", async () => {
    await settle();
    const { bytes } = memory();
    const make = () => {
      const kept = ones([1]);
      ones([2 ** 15]); // 256 KiB
      return [kept, ones([1])];
    };
    const kept = make();
    await settle();
    expect(memory().bytes).toBe(bytes + 16);
    expect(kept).toHaveLength(2);
  });

  it("frees what a device does not leave to it, each buffer once and for itself", async () => {
    const freed: DeviceBuffer[] = [];
    const free = (buffer: DeviceBuffer) => void freed.push(buffer);
    const device = { ...deviceNamed("reference"), floatType: "float64", free } as unknown as Device;
    const buffers: DeviceBuffer[] = [{ length: 1 }, { length: 2 }, { length: 3 }];
    const make = () => buffers.map((buffer) => new Tensor(device, buffer, [buffer.length], "float64"))[2];
    await settle();
    const before = memory();
    make()?.dispose();
    const kept = make();
    await settle();
    expect(freed.map(({ length }) => length).sort()).toEqual([1, 1, 2, 2, 3]);
    expect(memory()).toEqual({ buffers: before.buffers + 1, bytes: before.bytes + 24 });
    kept?.dispose();
    expect(freed).toHaveLength(6);
  });
});

describe("assign", () => {
  it("takes over the numbers and lets the old buffer go", () => {
    const before = memory().buffers;
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    x.assign(y);
    expect(memory().buffers).toBe(before + 1);
    y.dispose();
    expect(x.arraySync()).toEqual([3, 4]);
    x.dispose();
  });

  it("refuses another shape, dtype or device", () => {
    const x = tensor([1, 2]);
    expect(() => x.assign(tensor([1]))).toThrow("assign: shapes differ: [1] into [2]");
    expect(() => x.assign(tensor([1, 2], { dtype: "int32" }))).toThrow("assign: the source is int32 on reference");
    expect(() => x.assign(tensor([1, 2], { device: "cpu" }))).toThrow("assign: the source is float32 on cpu");
    const onCpu = tensor([1, 2], { device: "cpu" }); // of the same dtype
    expect(() => onCpu.assign(tensor([1, 2], { device: "webasm" }))).toThrow("assign: the source is float32 on webasm");
  });
});

describe("backward", () => {
  it("releases its own intermediates", () => {
    const x = randn([4, 3], { generator: generator(1), requiresGrad: true });
    const y = x.tanh().square().exp().sum();
    const before = memory().buffers;
    const [g] = gradients(y, [x], { retainGraph: true });
    expect(memory().buffers).toBe(before + 1);
    g?.dispose();
    y.backward();
    expect(memory().buffers).toBe(before + 1);
  });

  it("releases what ops made for their backward alone when the tape is freed", () => {
    const doubling: Op<[Tensor]> = defineOp({
      name: "doubling",
      forward: ([x]) => ({ output: mul(x, 2), saved: { extra: ones([1000]) } }),
      backward: (g, { extra }) => [mul(g, mul(2, extra.slice({ end: [1] }).reshape([])))],
    });
    const x = tensor(1, { requiresGrad: true });
    const before = memory().bytes;
    const y = doubling(x);
    expect(memory().bytes - before).toBeGreaterThanOrEqual(8000);
    y.backward();
    expect(x.grad?.itemSync()).toBe(2);
    expect(memory().bytes - before).toBeLessThan(100);
    noGrad(() => doubling(x));
    expect(memory().bytes - before).toBeLessThan(100);
  });

  it("keeps them until the last node that reads them is freed", () => {
    let factor: Tensor | undefined;
    const doubling: Op<[Tensor]> = defineOp({
      name: "doubling",
      forward: ([x]) => {
        factor = tensor([2]);
        return { output: mul(x, factor), saved: { factor } };
      },
      backward: (g, saved) => [mul(g, saved.factor)], // recorded, this reads the factor as well
    });
    const x = tensor([3], { requiresGrad: true });
    const y = doubling(x);
    const [first] = gradients(y.square().sum(), [x], { createGraph: true }); // 8x
    const [second] = gradients(first?.sum() as Tensor, [x], { retainGraph: true });
    expect(second?.arraySync()).toEqual([8]);
    expect(factor?.isDisposed).toBe(false);
    expect(gradients(first?.sum() as Tensor, [x])[0]?.arraySync()).toEqual([8]);
    expect(factor?.isDisposed).toBe(true);
  });
});

describe.each(["reference", "webasm", "cpu"] as const)("a training loop on %s", (device) => {
  it("holds the same number of buffers after each of 50 steps", () => {
    const random = generator(7);
    const weight = randn([3, 4], { generator: random, device, requiresGrad: true });
    const bias = randn([3], { generator: random, device, requiresGrad: true });
    const images = randn([8, 4], { generator: random, device });
    const labels = tensor(Int32Array.from([0, 1, 2, 0, 1, 2, 0, 1]), { dtype: "int32", device });
    const step = () =>
      tidy(() => {
        const loss = crossEntropy(linear(images, weight, bias).relu(), labels);
        loss.backward();
        for (const parameter of [weight, bias]) {
          const gradient = parameter.grad as Tensor;
          noGrad(() => parameter.assign(parameter.sub(gradient.mul(0.1))));
          gradient.dispose();
          parameter.grad = null;
        }
        return loss.itemSync();
      });
    const first = step();
    const before = memory();
    let last = first;
    for (let i = 0; i < 50; i++) {
      last = step();
      expect(memory()).toEqual(before);
    }
    expect(last).toBeLessThan(first);
  });
});
