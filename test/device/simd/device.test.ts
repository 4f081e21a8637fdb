/** Tests of the simd device: its heap, its threads, and what it refuses. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { DeviceBuffer, Launch } from "../../../src/device/device.js";
import { SimdDevice } from "../../../src/device/simd/device.js";
import { blockBytes, Heap } from "../../../src/device/simd/heap.js";
import { control } from "../../../src/device/simd/pool.js";
import { SimdBuffer, Store } from "../../../src/device/simd/store.js";
import { CapacityError, DeviceError, type Flat, type KernelThis } from "../../../src/index.js";
import { add } from "../../../src/kernels/binary.js";
import { matmul } from "../../../src/kernels/matmul.js";
import { sumChunk } from "../../../src/kernels/reduce.js";
import { deviceWith, numbers } from "./launches.js";

/** Room for the numbers of a few tensors. */
const smallBudget = 2 ** 20;

function addOf(count: number): Launch {
  return { kernel: add, threads: [count, 1, 1], constants: { a0: 1, a1: 0, a2: 0, b0: 1, b1: 0, b2: 0 } };
}

/** The product of two matrices [n, n]. */
function productOf(n: number): Launch {
  const whole = Math.floor(n / 64);
  return {
    kernel: matmul,
    threads: [n, n, 1],
    constants: {
      ...{ whole, block: 64, rest: n - 64 * whole },
      ...{ batchA: n * n, rowA: n, colA: 1, batchB: n * n, rowB: n, colB: 1 },
    },
  };
}

/** Where the numbers of a buffer are in the heap; 0 where they are not. */
function pointerOf(buffer: DeviceBuffer): number {
  return (buffer as unknown as { readonly block: { readonly pointer: number } }).block.pointer;
}

describe("the heap", () => {
  it("gives a block that came back to the next of its size", () => {
    const heap = new Heap();
    const [first, second] = [heap.allocate(1000, 2 ** 29), heap.allocate(1000, 2 ** 29)];
    expect(second).toBe(first + blockBytes(1000));
    heap.release(first, 1000);
    expect(heap.allocate(990, 2 ** 29)).toBe(first);
    expect(heap.allocate(1000, 2 ** 29)).toBeGreaterThan(second);
  });

  it("gives blocks that hold what was asked for, begin at multiples of 64 and do not overlap", () => {
    const heap = new Heap();
    let end = 0;
    for (let bytes = 4; bytes < 2 ** 24; bytes = Math.ceil(bytes * 1.3)) {
      const start = heap.allocate(bytes, 2 ** 29);
      expect(start % 64).toBe(0);
      expect(start).toBeGreaterThanOrEqual(end);
      expect(blockBytes(bytes)).toBeGreaterThanOrEqual(bytes);
      expect(blockBytes(bytes)).toBeLessThanOrEqual(Math.max(bytes + 63, 1.25 * bytes));
      end = start + blockBytes(bytes);
      expect(heap.memory.buffer.byteLength).toBeGreaterThan(end);
    }
  });

  it("stays within its budget", () => {
    const heap = new Heap();
    let count = 0;
    while (heap.allocate(100_000, smallBudget) !== 0) count++;
    expect(count).toBe(Math.floor(smallBudget / blockBytes(100_000)));
    heap.reset();
    expect(heap.allocate(100_000, smallBudget)).not.toBe(0);
  });
});

describe("the store", () => {
  const device = deviceWith(1);
  const place = (store: Store, length: number): SimdBuffer => {
    const buffer = new SimdBuffer(device, length);
    store.place(buffer);
    return buffer;
  };
  /** Places so many tensors that nobody wants again; how often everything moved out meanwhile. */
  const forget = (store: Store, count: number, length = 10_000): number => {
    const before = store.evictions;
    for (let i = 0; i < count; i++) place(store, length);
    return store.evictions - before;
  };

  it("becomes larger where what moved out comes back, and stays so large where it does no longer", () => {
    const store = new Store(smallBudget);
    const wanted = Array.from({ length: 15 }, () => place(store, 10_000));
    const round = (): number => {
      const before = store.evictions;
      for (const buffer of wanted) store.fetch(buffer);
      return forget(store, 8) + store.evictions - before;
    };
    for (let i = 0; i < 40; i++) round();
    let moves = 0;
    for (let i = 0; i < 12; i++) moves += round();
    expect(moves).toBeLessThan(12); // 0.6 MB come back and 0.3 MB are forgotten a round: 1 MiB would not hold two
    const [first, second] = [forget(store, 1000), forget(store, 1000)];
    expect(first).toBeGreaterThan(8); // 40 MB
    expect(second).toBeGreaterThanOrEqual(first - 1);
  });

  it("moves many small tensors out, too, for each is an object of JavaScript's", () => {
    expect(forget(new Store(smallBudget), 5000, 1)).toBeGreaterThan(3);
  });
});

describe("memory", () => {
  it("is used again by a loop that frees its results", () => {
    const device = deviceWith(1);
    const x = device.upload(numbers(5000, 1));
    const places = new Set<number>();
    let sum = x;
    for (let i = 0; i < 1000; i++) {
      const next = device.run(addOf(5000), [sum, x]);
      places.add(pointerOf(next));
      if (sum !== x) device.free(sum);
      sum = next;
    }
    expect(places.size).toBe(2);
  });

  it("keeps the numbers of tensors that move out of a full heap and back", () => {
    const device = new SimdDevice({ budget: smallBudget });
    const count = 50_000;
    const inputs = Array.from({ length: 30 }, (_, i) => device.upload(new Float32Array(count).fill(i)));
    expect(inputs.some((buffer) => pointerOf(buffer) === 0)).toBe(true);
    for (let round = 0; round < 3; round++) {
      inputs.forEach((buffer, i) => {
        const other = inputs[(i + 7 * round + 1) % 30] as DeviceBuffer;
        const values = device.readSync(device.run(addOf(count), [buffer, other]));
        expect(values.every((value) => value === i + ((i + 7 * round + 1) % 30))).toBe(true);
      });
    }
    inputs.forEach((buffer, i) => {
      expect(device.readSync(buffer).every((value) => value === i)).toBe(true);
    });
  });

  it("leaves what was read as it was when the heap is emptied", () => {
    const device = new SimdDevice({ budget: smallBudget });
    const kept = device.upload(numbers(1000, 1));
    for (let i = 0; i < 60; i++) device.upload(new Float32Array(50_000));
    expect(pointerOf(kept)).toBe(0);
    expect(device.readSync(kept)).toEqual(numbers(1000, 1));
  });

  it("holds the result of an op whose working space made everything else move out", () => {
    const [device, roomy] = [new SimdDevice({ budget: smallBudget }), deviceWith(1)];
    for (let i = 0; i < 120; i++) {
      const n = 66 + ((17 * i) % 50); // of a size for which no block came back, with more or less room beside it
      const [x, y] = [numbers(n * n, i), numbers(n * n, i + 1)];
      const [got, expected] = [device, roomy].map((one) =>
        one.readSync(one.run(productOf(n), [one.upload(x), one.upload(y)])),
      ) as [Float32Array, Float32Array];
      expect(got.findIndex((value, j) => value !== expected[j])).toBe(-1);
    }
  });

  it("that is not there is an error after which the device goes on", () => {
    const device = deviceWith(1);
    const x = device.upload([1, 2, 3]);
    expect(() => device.upload({ length: 2 ** 30 })).toThrow(CapacityError);
    expect(() => device.upload({ length: 2 ** 30 })).toThrow(
      /its heap, a WebAssembly memory, ends at \d+ bytes, of which one op needs 4294967296 for a tensor of 1073741824 elements/,
    );
    expect([...device.readSync(device.run(addOf(3), [x, x]))]).toEqual([2, 4, 6]);
  });

  it("that the system does not give for what moves out loses nothing that was there", () => {
    const device = new SimdDevice({ budget: smallBudget });
    const held = Array.from({ length: 4 }, (_, i) => device.upload(new Float32Array(20_000).fill(i)));
    const { slice } = Float32Array.prototype;
    let left = 2;
    Float32Array.prototype.slice = function (this: Float32Array, ...range) {
      if (left-- === 0) throw new RangeError("Array buffer allocation failed");
      return slice.apply(this, range);
    } as typeof slice;
    const fill = () => {
      for (let i = 0; i < 60; i++) device.upload(new Float32Array(20_000).fill(9));
    };
    try {
      expect(fill).toThrow(RangeError);
    } finally {
      Float32Array.prototype.slice = slice;
    }
    fill();
    held.forEach((buffer, i) => {
      expect(new Set(device.readSync(buffer))).toEqual(new Set([i]));
      expect(new Set(device.readSync(device.run(addOf(20_000), [buffer, buffer])))).toEqual(new Set([2 * i]));
    });
  });
});

describe("kernels", () => {
  it("that have no SIMD form run as they are, and are listed so", () => {
    function half(this: KernelThis, x: Flat): number {
      return (x[this.thread.x] as number) / 2;
    }
    const device = deviceWith(1);
    const x = device.upload([1, 2, 3]);
    const sum = device.run(addOf(3), [device.run({ kernel: half, threads: [3, 1, 1] }, [x]), x]);
    expect([...device.readSync(sum)]).toEqual([1.5, 3, 4.5]);
    expect(device.kernels()).toEqual([
      { name: "add", runs: 1, threads: [], isPortable: false },
      { name: "half", runs: 1, threads: [], isPortable: true },
    ]);
  });

  it("run as they are where the launch is none that their SIMD form does", () => {
    const device = deviceWith(1);
    const x = device.upload([1, 2, 3, 4, 5, 6, 7, 8]);
    const constants = { baseX: 4, baseY: 0, baseZ: 0, step: 2, placeX: 0, placeY: 0, whole: 2, rest: 0 };
    const sums = device.run({ kernel: sumChunk, threads: [2, 1, 1], constants }, [x]);
    expect([...device.readSync(sums)]).toEqual([4, 12]);
    expect(device.kernels().map(({ name, isPortable }) => [name, isPortable])).toEqual([["sumChunk", true]]);
  });

  it("refuse the buffers of another device", () => {
    const [device, other] = [deviceWith(1), deviceWith(1)];
    const x = other.upload([1, 2, 3]);
    expect(() => device.run(addOf(3), [x, x])).toThrow("this buffer belongs to another device");
    expect(() => device.readSync(x)).toThrow(DeviceError);
    expect(() => device.free(x)).toThrow(DeviceError);
  });
});

describe("threads", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([0, -1, 1.5, 65, Number.NaN, "two"])("cannot be %s", (count) => {
    const device = deviceWith(1);
    expect(() => {
      device.threads = count as number;
    }).toThrow("setThreads: it must be a whole number from 1 to 64, got");
    expect(device.threads).toBe(1);
  });

  it.each(["0", "two", "1.5", "100"])("cannot be %s by LIVEGRAD_THREADS", (text) => {
    vi.stubEnv("LIVEGRAD_THREADS", text);
    expect(() => new SimdDevice()).toThrow("LIVEGRAD_THREADS: it must be a whole number from 1 to 64, got");
  });

  it("are as many as LIVEGRAD_THREADS says, and told by the provenance", () => {
    vi.stubEnv("LIVEGRAD_THREADS", "3");
    const device = new SimdDevice();
    expect(device.threads).toBe(3);
    expect(device.provenance).toContain("3 threads");
    device.threads = 1;
    expect(device.provenance).toContain("1 thread;");
  });
});

describe("a worker that was killed", () => {
  const count = 200_000;
  const threads = process.getBuiltinModule("node:worker_threads");
  const { Worker } = threads;

  afterEach(() => {
    threads.Worker = Worker;
  });

  it("in the middle of a task is an error and not a hang, after which the op can run again", async () => {
    const started: { worker: InstanceType<typeof Worker>; memory: WebAssembly.Memory }[] = [];
    threads.Worker = class extends Worker {
      constructor(source: string, options: { workerData: { memory: WebAssembly.Memory } }) {
        super(source, options);
        started.push({ worker: this, memory: options.workerData.memory });
      }
    } as typeof Worker;
    const device = new SimdDevice({ longestSilence: 100 });
    device.threads = 2;
    const x = device.upload(new Float32Array(count).fill(2));
    const run = () => device.readSync(device.run(addOf(count), [x, x])).every((value) => value === 4);
    expect(run()).toBe(true);
    expect(started).toHaveLength(1);
    const [first] = started as [(typeof started)[number]];
    await first.worker.terminate();
    expect(run()).toBe(true); // nobody misses it between two tasks
    Atomics.add(new Int32Array(first.memory.buffer), control.active, 1); // what it would have left in the middle of one
    expect(run).toThrow("a worker thread does not answer: it was ended from outside; the op can be run again");
    expect(run()).toBe(true);
    expect(started).toHaveLength(2);
    device.threads = 1;
  });
});
