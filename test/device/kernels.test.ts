/** Tests of compiled kernels: what is compiled when, what is listed, and what leaves when there are too many. */
import { beforeAll, describe, expect, it } from "vitest";
import { KernelCache } from "../../src/device/kernel-cache.js";
import {
  deviceNamed,
  type Flat,
  type KernelThis,
  mul,
  neg,
  ones,
  relu,
  run,
  ShapeError,
  setDevice,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

/** What a device compiled, and how often each was run. */
function listed(device: "webasm" | "cpu", name: string) {
  return deviceNamed(device)
    .kernels()
    .filter((kernel) => kernel.name === name);
}

function affine(this: KernelThis<"a" | "b">, x: Flat): number {
  return (x[this.thread.x] as number) * this.constants.a + this.constants.b;
}

/** More inputs than a graphics card takes. */
function sumOfEight(this: KernelThis, a: Flat, b: Flat, c: Flat, d: Flat, e: Flat, f: Flat, g: Flat, h: Flat): number {
  const i = this.thread.x;
  return (
    (a[i] as number) +
    (b[i] as number) +
    (c[i] as number) +
    (d[i] as number) +
    (e[i] as number) +
    (f[i] as number) +
    (g[i] as number) +
    (h[i] as number)
  );
}

describe.each(["webasm", "cpu"] as const)("kernels on %s", (device) => {
  it("are compiled once for each shape, and listed with their runs", () => {
    relu(ones([37], { device }));
    const [once] = listed(device, "relu").filter(({ threads }) => threads[0] === 37);
    expect(once).toEqual({ name: "relu", threads: [37, 1, 1], runs: 1 });
    const count = deviceNamed(device).kernels().length;
    relu(ones([37], { device }));
    relu(
      tensor(
        Float32Array.from({ length: 37 }, () => -1),
        { device },
      ),
    );
    expect(deviceNamed(device).kernels()).toHaveLength(count);
    expect(deviceNamed(device).kernels().at(-1)).toEqual({ name: "relu", threads: [37, 1, 1], runs: 3 });
  });

  it("keep apart constants that swap their values, in whatever order they are written", () => {
    const x = tensor([1, 2], { device });
    expect([...run(affine, [x], { constants: { a: 3, b: 5 } }).dataSync()]).toEqual([8, 11]);
    expect([...run(affine, [x], { constants: { b: 3, a: 5 } }).dataSync()]).toEqual([8, 13]);
    expect([...run(affine, [x], { floats: { a: 3, b: 5 } }).dataSync()]).toEqual([8, 11]);
  });

  it("compile nothing new when an op runs again, numbers included", () => {
    const step = () =>
      mul(ones([5, 7], { device }), 3)
        .sum()
        .itemSync();
    step();
    const count = deviceNamed(device).kernels().length;
    expect(step()).toBe(105);
    expect(
      mul(ones([5, 7], { device }), 4)
        .sum()
        .itemSync(),
    ).toBe(140);
    expect(deviceNamed(device).kernels()).toHaveLength(count);
  });

  it("are compiled anew for other constants", () => {
    const x = tensor([1, 2], { device });
    expect(run(affine, [x], { constants: { a: 3, b: 5 } }).arraySync()).toEqual([8, 11]);
    expect(run(affine, [x], { constants: { a: 4, b: 5 } }).arraySync()).toEqual([9, 13]);
    expect(run(affine, [x], { constants: { a: 4 }, floats: { b: 0.5 } }).arraySync()).toEqual([4.5, 8.5]);
  });

  it("refuse more buffers than a GPU takes, and more elements than float32 can index", () => {
    const x = ones([1], { device });
    expect(() => run(sumOfEight, [x, x, x, x, x, x, x, x])).toThrow(
      "sumOfEight: a kernel takes at most 7 buffers, got 8",
    );
    const huge = 2 ** 24 + 1;
    expect(() => run(affine, [x], { shape: [huge], constants: { a: 1, b: 0 } })).toThrow(
      `affine: device ${device} has no room for a tensor of shape [${huge}] (${huge} elements, 64 MiB)`,
    );
  });

  it("refuse threads that make another size than the shape says", () => {
    const options = { shape: [2, 3], threads: [3, 1, 1], constants: { a: 1, b: 0 } } as const;
    const run3 = () => run(affine, [ones([2], { device })], options);
    expect(run3).toThrow(ShapeError);
    expect(run3).toThrow("affine: threads 3×1×1 do not make a result of shape [2, 3]");
  });

  it("must be named", () => {
    const anonymous = (() => 0) as () => number;
    Object.defineProperty(anonymous, "name", { value: "" });
    expect(() => run(anonymous, [ones([1], { device })])).toThrow("a kernel must be a named top-level function");
  });
});

describe("the cache of compiled kernels", () => {
  it("stays within 1024, and kernels that left come back right", () => {
    const device = deviceNamed("cpu");
    const first = neg(ones([1], { device: "cpu" }));
    for (let n = 1; n <= 1100; n++) neg(ones([n], { device: "cpu" }));
    expect(device.kernels()).toHaveLength(1024);
    expect(device.kernels().some(({ name, threads }) => name === "neg" && threads[0] === 1)).toBe(false);
    expect(neg(ones([1], { device: "cpu" })).arraySync()).toEqual([-1]);
    expect(first.arraySync()).toEqual([-1]);
    expect(device.kernels()).toHaveLength(1024);
  });

  it("gives up the least recently used first, and none whose results are alive", () => {
    const destroyed: string[] = [];
    const cache = new KernelCache<string>(3, (call) => destroyed.push(call));
    for (const key of ["a", "b", "c"]) cache.add(key, key, [1], key);
    const alive = cache.get("b");
    if (alive !== undefined) alive.results = 1;
    cache.get("a"); // now c is the oldest but for b, which is alive
    cache.add("d", "d", [1], "d");
    cache.add("e", "e", [1], "e");
    expect(destroyed).toEqual(["c", "a"]);
    expect(cache.list().map(({ name }) => name)).toEqual(["b", "d", "e"]);
    expect(cache.get("c")).toBeUndefined();
  });

  it("shrinks until there is nothing left to give up", () => {
    const destroyed: string[] = [];
    const cache = new KernelCache<string>(100, (call) => destroyed.push(call));
    for (let i = 0; i < 8; i++) cache.add(String(i), "k", [1], String(i));
    expect(cache.shrink()).toBe(true);
    expect(destroyed).toEqual(["0", "1", "2"]);
    while (cache.shrink());
    expect(cache.list()).toEqual([]);
  });
});

describe("the reference device", () => {
  it("lists what it ran", () => {
    relu(ones([41]));
    relu(ones([41]));
    const own = deviceNamed("reference")
      .kernels()
      .filter(({ name, threads }) => name === "relu" && threads[0] === 41);
    expect(own).toEqual([{ name: "relu", threads: [41, 1, 1], runs: 2 }]);
  });
});
