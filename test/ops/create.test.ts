/** Tests of making tensors, of dtypes, and of reading them. */
import ndarray from "ndarray";
import { beforeAll, describe, expect, it } from "vitest";
import {
  arange,
  cast,
  DTypeError,
  eye,
  full,
  generator,
  LivegradError,
  linspace,
  ones,
  rand,
  randint,
  randn,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const devices = ["reference", "webasm", "cpu"] as const;

describe("the dtype option", () => {
  it("are the four that there are", () => {
    expect(() => tensor([1], { dtype: "float16" as never })).toThrow('tensor: there is no dtype "float16"; dtypes are');
  });
});

describe("tensor", () => {
  it("takes numbers, booleans and nested arrays", () => {
    expect([tensor(3).shape, tensor(3).arraySync()]).toEqual([[], 3]);
    expect(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]).shape,
    ).toEqual([2, 3]);
    expect(
      tensor([
        [[1], [2]],
        [[3], [4]],
      ]).arraySync(),
    ).toEqual([
      [[1], [2]],
      [[3], [4]],
    ]);
    expect(tensor([true, false]).arraySync()).toEqual([1, 0]);
  });

  it.each([Float32Array, Float64Array, Int32Array, Uint8Array, Int8Array, Int16Array, Uint16Array, Uint32Array])(
    "takes a %o, and the shape it fills",
    (Type) => {
      expect(tensor(Type.from([1, 2, 3])).arraySync()).toEqual([1, 2, 3]);
      expect(tensor(Type.from([1, 2, 3, 4]), { shape: [2, 2] }).arraySync()).toEqual([
        [1, 2],
        [3, 4],
      ]);
    },
  );

  it("takes ndarrays, strided views too", () => {
    const grid = ndarray(Float64Array.from([0, 1, 2, 3, 4, 5]), [2, 3]);
    expect(tensor(grid).arraySync()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(tensor(grid.transpose(1, 0)).arraySync()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(tensor(grid.step(1, -2)).arraySync()).toEqual([
      [2, 0],
      [5, 3],
    ]);
    expect(tensor(grid.pick(1)).arraySync()).toEqual([3, 4, 5]);
    expect(tensor(grid.lo(0, 1)).ndarray().get(1, 0)).toBe(4);
  });

  it("copies what it takes", () => {
    for (const device of devices) {
      const source = Float32Array.from([1, 2]);
      const x = tensor(source, { device });
      source[0] = 9;
      expect(x.arraySync()).toEqual([1, 2]);
    }
  });

  it("takes a single boolean", () => {
    expect([tensor(true).shape, tensor(true).arraySync(), tensor(false).arraySync()]).toEqual([[], 1, 0]);
  });

  it("has a gradient only of a float dtype", () => {
    for (const dtype of ["int32", "bool"] as const) {
      const make = () => tensor([1], { dtype, requiresGrad: true });
      expect(make).toThrow(DTypeError);
      expect(make).toThrow(`tensor: only float tensors have gradients, this one is ${dtype}`);
    }
  });

  it.each<unknown>([3, "int32", null, [1], tensor(1)])("refuses %o in the place of its options", (options) => {
    for (const [op, make] of Object.entries({
      tensor: () => tensor(1, options as object),
      ones: () => ones([1], options as object),
    })) {
      expect(make).toThrow(ValueError);
      expect(make).toThrow(`${op}: options go into an object`);
    }
  });

  it("refuses ragged arrays, and says where", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(ShapeError);
    expect(() => tensor([[1, 2], [3]])).toThrow(
      "tensor: nested arrays must all have one length on each level; level 1 has 2 and 1",
    );
    expect(() => tensor([1, [2]])).toThrow("level 1 has a number and 1");
  });

  it("makes bool of true and false, and numbers of what is mixed", () => {
    expect(tensor([[true], [false]]).dtype).toBe("bool");
    expect(tensor(true).dtype).toBe("bool");
    expect(tensor([true, 2]).dataSync()).toEqual(Float64Array.of(1, 2));
    expect(tensor([true, false], { dtype: "int32" }).dtype).toBe("int32");
  });

  it("refuses what is no number, an empty array, and a shape that does not fit", () => {
    expect(() => tensor(["1"] as unknown as number[])).toThrow('tensor: every element must be a number, got "1"');
    for (const source of [null, undefined, "1", {}, { stride: [1] }, { data: [1] }, () => 1]) {
      expect(() => tensor(source as unknown as number)).toThrow("tensor: a tensor is made from numbers, nested arrays");
    }
    expect(() => tensor([])).toThrow("tensor: every size of a shape must be a positive integer, got [0]");
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow("tensor: 3 numbers do not fill shape [2, 2]");
    expect(() => tensor([1], { shape: [-1] })).toThrow(ShapeError);
  });

  it("has a frozen shape", () => {
    const shape = [2];
    const x = zeros(shape);
    shape[0] = 5;
    expect(x.shape).toEqual([2]);
    expect(Object.isFrozen(x.shape)).toBe(true);
  });
});

describe("dtypes", () => {
  it("are float64 on the reference device and float32 elsewhere, unless asked otherwise", () => {
    expect(devices.map((device) => ones([1], { device }).dtype)).toEqual(["float64", "float32", "float32"]);
    expect(tensor([1], { dtype: "int32" }).dtype).toBe("int32");
  });

  it("decide the array that data returns", () => {
    expect(tensor([1]).dataSync()).toBeInstanceOf(Float64Array);
    expect(tensor([1], { device: "cpu" }).dataSync()).toBeInstanceOf(Float32Array);
    expect(tensor([1], { dtype: "int32" }).dataSync()).toBeInstanceOf(Int32Array);
    expect(tensor([true], { dtype: "bool" }).dataSync()).toBeInstanceOf(Uint8Array);
  });

  it("refuse the float type of another device", () => {
    expect(() => ones([1], { dtype: "float64", device: "cpu" })).toThrow(DTypeError);
    expect(() => ones([1], { dtype: "float64", device: "cpu" })).toThrow(
      "ones: float64 does not exist on a device of float32",
    );
    expect(() => ones([1], { dtype: "float32" })).toThrow("ones: float32 does not exist on a device of float64");
  });

  it("refuse integers that the device does not hold exactly", () => {
    const make = (value: number, device: "cpu" | "reference") => () => tensor([value], { dtype: "int32", device });
    expect(make(2 ** 24, "cpu")().arraySync()).toEqual([2 ** 24]);
    expect(make(2 ** 24 + 1, "cpu")).toThrow(ValueError);
    expect(make(2 ** 24 + 1, "cpu")).toThrow(
      `tensor: int32 holds integers from -16777216 to 16777216 on this device, got 16777217 at 0`,
    );
    expect(make(2 ** 31 - 1, "reference")().itemSync()).toBe(2 ** 31 - 1);
    expect(make(2 ** 31, "reference")).toThrow(ValueError);
    expect(make(-(2 ** 31), "reference")).toThrow("got -2147483648 at 0");
    expect(make(0.5, "reference")).toThrow("got 0.5 at 0");
    expect(make(Number.NaN, "reference")).toThrow("got NaN at 0");
  });

  it("refuse a bool that is neither 0 nor 1", () => {
    expect(() => tensor([0, 1, 2], { dtype: "bool" })).toThrow(
      "tensor: bool holds integers from 0 to 1 on this device, got 2 at 2",
    );
  });

  it.each(devices)("are converted by cast on %s", (device) => {
    const x = tensor([-1.7, 0, 0.5, 2], { device });
    expect(cast(x, "int32").arraySync()).toEqual([-1, 0, 0, 2]);
    expect(cast(x, "bool").arraySync()).toEqual([1, 0, 1, 1]);
    expect(cast(x.greater(0), x.dtype).arraySync()).toEqual([0, 0, 1, 1]);
    expect(cast(x, x.dtype)).toBe(x);
  });

  it("of comparisons are bool, on integers too", () => {
    const x = tensor([1, 2, 3], { dtype: "int32" });
    expect(x.greater(1).dtype).toBe("bool");
    const results = [x.equal(2), x.notEqual(2), x.greater(2), x.greaterEqual(2), x.less(2), x.lessEqual(2)];
    expect(results.map((y) => y.arraySync())).toEqual([
      [0, 1, 0],
      [1, 0, 1],
      [0, 0, 1],
      [0, 1, 1],
      [1, 0, 0],
      [1, 1, 0],
    ]);
  });
});

describe("zeros, ones, full, eye, arange and linspace", () => {
  it("fill as they say", () => {
    expect(zeros([2]).arraySync()).toEqual([0, 0]);
    expect(ones([1, 2]).arraySync()).toEqual([[1, 1]]);
    expect(full([2], 7).arraySync()).toEqual([7, 7]);
    expect(eye(2).arraySync()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(arange(3).arraySync()).toEqual([0, 1, 2]);
    expect(arange(5, 0, -2).arraySync()).toEqual([5, 3, 1]);
    expect(arange(0, 1, 0.25).arraySync()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(linspace(0, 1, 3).arraySync()).toEqual([0, 0.5, 1]);
    expect(linspace(0.1, 0.7, 4).dataSync().at(-1)).toBe(0.7);
    expect(linspace(2, 9, 1).arraySync()).toEqual([2]);
    expect(linspace(2, 8, 4).arraySync()).toEqual([2, 4, 6, 8]);
    expect(linspace(-1, 5, 2).arraySync()).toEqual([-1, 5]);
    expect(linspace(0.4, 0.1, 2).arraySync()).toEqual([0.4, 0.1]); // though 0.4 + (0.1 − 0.4) is less than 0.1
    expect(linspace(0.6, 1.8, 2).arraySync()).toEqual([0.6, 1.8]);
    expect(arange(0, 1).arraySync()).toEqual([0]);
  });

  it.each<[string, () => unknown]>([
    ["tensor: every element must be a number, got undefined", () => tensor([1, undefined as never])],
    ["tensor: a tensor is made from numbers", () => tensor(new BigInt64Array(2) as never)],
    ["tensor: a tensor is made from numbers", () => tensor(new DataView(new ArrayBuffer(8)) as never)],
    ["tensor: a shape must be a list", () => tensor([1], { shape: null as never })],
    ['full: its value must be a number, got "1"', () => full([2], "1" as never)],
    ['arange: start must be a finite number, got "1"', () => arange("1" as never, 3)],
    ["arange: end must be a finite number, got NaN", () => arange(0, Number.NaN)],
    ["linspace: end must be a finite number, got NaN", () => linspace(0, Number.NaN, 2)],
    ["linspace: ", () => linspace(0, 1, 1n as never)],
    ["linspace: every size of a shape must be a positive integer, got [1.5]", () => linspace(0, 1, 1.5)],
    ['zeros: requiresGrad must be true or false, got "no"', () => zeros([1], { requiresGrad: "no" as never })],
    ['zeros: device: there is no device "gpu"', () => zeros([1], { device: "gpu" as never })],
  ])("refuse what is no number, shape or flag: %s", (message, make) => {
    expect(make).toThrow(LivegradError);
    expect(make).toThrow(message);
  });

  it("refuse what has no elements", () => {
    expect(() => zeros(3 as never)).toThrow("zeros: a shape must be a list, such as [2, 3], got 3");
    expect(() => zeros([2 ** 20, 2 ** 20])).toThrow(/^zeros: a tensor holds at most \d+ elements/);
    expect(() => zeros([2, 0])).toThrow(/every size of a shape must be a positive integer, got \[2, 0\]/);
    expect(() => arange(5, 1)).toThrow("arange: there is no number from 5 to 1 in steps of 1");
    expect(() => arange(0, 1, 0)).toThrow(ValueError);
    expect(() => arange(2, 2)).toThrow("arange: there is no number from 2 to 2 in steps of 1");
    expect(() => linspace(0, 1, 0)).toThrow(ShapeError);
    expect(() => eye(0)).toThrow(ShapeError);
  });
});

describe("randn, rand and randint", () => {
  it("give the same numbers on every device, rounded to its float type", () => {
    const draws = (device: (typeof devices)[number]) => {
      const options = { generator: generator(5), device };
      return [
        randn([3, 2], options),
        rand([4], options),
        rand([4], { ...options, low: -2, high: 2 }),
        randint(0, 10, [5], options),
      ];
    };
    const [expected, ...others] = devices.map((device) => draws(device).map((x) => Array.from(x.dataSync())));
    for (const got of others) expect(got).toEqual(expected?.map((list) => list.map(Math.fround)));
  });

  it("stay in their ranges", () => {
    const options = { generator: generator(6) };
    for (const v of rand([1000], { ...options, low: 2, high: 3 }).dataSync()) expect(v >= 2 && v < 3).toBe(true);
    for (const v of rand([1000], options).dataSync()) expect(v >= 0 && v < 1).toBe(true);
    const integers = randint(-2, 3, [1000], options);
    expect(integers.dtype).toBe("int32");
    expect(new Set(integers.dataSync())).toEqual(new Set([-2, -1, 0, 1, 2]));
  });

  it("refuse a range that is empty or has no end", () => {
    const options = { generator: generator(1) };
    const infinity = Number.POSITIVE_INFINITY;
    for (const [low, high] of [
      [1, 1],
      [2, 1],
      [-infinity, 0],
      [0, infinity],
      [-1e308, 1e308],
      [Number.NEGATIVE_INFINITY, 1],
    ] as const) {
      expect(() => rand([1], { ...options, low, high })).toThrow(
        `rand: low must be below high, both finite, got ${low} and ${high}`,
      );
    }
    for (const [low, high] of [
      [1, 1],
      [2, 1],
      [0.5, 2],
      [0, 1.5],
    ] as const) {
      expect(() => randint(low, high, [1], options)).toThrow(
        `randint: low must be below high, both integers, got ${low} and ${high}`,
      );
    }
  });

  it("draw one number for each element", () => {
    const [two, four] = [generator(3), generator(3)];
    const halves = [rand([2], { generator: two }), rand([2], { generator: two })];
    const whole = rand([4], { generator: four }).dataSync();
    expect(halves.flatMap((x) => Array.from(x.dataSync()))).toEqual(Array.from(whole));
  });

  it("fill [0, 1) by default", () => {
    const values = rand([1000], { generator: generator(7) }).dataSync();
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.max(...values)).toBeGreaterThan(0.99);
    expect(Math.min(...values)).toBeLessThan(0.01);
  });

  it("ask for a generator", () => {
    const missing = {} as { generator: ReturnType<typeof generator> };
    for (const [name, make] of Object.entries({
      randn: () => randn([1], missing),
      rand: () => rand([1], missing),
      randint: () => randint(0, 2, [1], missing),
    })) {
      expect(make).toThrow(ValueError);
      expect(make).toThrow(`${name}: it draws from an explicit generator; pass { generator: generator(seed) }`);
    }
  });
});

describe("reading", () => {
  it.each(devices)("returns copies on %s: changing one changes no tensor", async (device) => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { device },
    );
    (x.dataSync() as Float32Array)[0] = 9;
    ((await x.data()) as Float32Array)[1] = 9;
    ((x.arraySync() as number[][])[1] as number[])[0] = 9;
    expect(await x.array()).toEqual(x.arraySync());
    ((await x.array()) as number[][])[0] = [9, 9];
    x.ndarray().set(1, 1, 9);
    expect(x.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(x.mul(1).arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("gives the only number of a tensor of one element", async () => {
    expect([tensor([[7]]).itemSync(), await tensor(7).item()]).toEqual([7, 7]);
    expect(() => tensor([1, 2]).itemSync()).toThrow("item: the tensor must have one element, got shape [2]");
    await expect(tensor([1, 2]).item()).rejects.toThrow(ShapeError);
  });

  it("knows rank and size without reading", () => {
    const x: Tensor = zeros([2, 3, 4]);
    expect([x.rank, x.size]).toEqual([3, 24]);
  });
});

describe("to", () => {
  it("copies to another device, rounding to its float type, and brings the gradient back", () => {
    const x = tensor([0.1, 2], { requiresGrad: true });
    const y = x.to("cpu");
    expect([y.device.name, y.dtype, y.arraySync()]).toEqual(["cpu", "float32", [Math.fround(0.1), 2]]);
    y.mul(3).sum().backward();
    expect([x.grad?.device.name, x.grad?.dtype, x.grad?.arraySync()]).toEqual(["reference", "float64", [3, 3]]);
  });

  it("hands on what is there already", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(x.to("reference")).toBe(x);
  });

  it("keeps integers, unless the device cannot hold them", () => {
    const integers = (...values: number[]) => tensor(values, { dtype: "int32" });
    const exact = integers(2 ** 24, -(2 ** 24)).to("cpu");
    expect([exact.dtype, exact.arraySync()]).toEqual(["int32", [2 ** 24, -(2 ** 24)]]);
    for (const values of [[2 ** 25], [1, -(2 ** 24) - 1]]) {
      expect(() => integers(...values).to("cpu")).toThrow("to: int32 beyond 2^24 is not exact on cpu");
    }
  });

  it("rounds large floats, and brings the largest integers to where there are larger ones", () => {
    expect(
      tensor([2 ** 25 + 1])
        .to("cpu")
        .arraySync(),
    ).toEqual([2 ** 25]);
    const large = tensor([2 ** 25], { device: "cpu" }).cast("int32");
    expect(large.to("reference").arraySync()).toEqual([2 ** 24]);
  });
});
