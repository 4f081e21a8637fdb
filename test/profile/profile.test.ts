/** Tests of profile: which ops ran, forward and backward, what they cost, and the two ways to look at it. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  conv2d,
  type Flat,
  generator,
  type KernelThis,
  matmul,
  type OpProfile,
  type Profile,
  profile,
  randn,
  run,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";

function twice(this: KernelThis, x: Flat): number {
  return 2 * (x[this.thread.x] as number);
}

beforeAll(() => setDevice("reference"));

const matrix = (rows: number, columns: number): Tensor =>
  randn([rows, columns], { generator: generator(1), requiresGrad: true });

function find({ ops }: Profile<unknown>, op: string, isBackward = false): OpProfile | undefined {
  return ops.find((row) => row.op === op && row.isBackward === isBackward);
}

describe("profile", () => {
  it("gives back what the function returned, and the whole time", () => {
    const { value, milliseconds, outside, events } = profile(() => matrix(2, 3).size);
    expect(value).toBe(6);
    expect(milliseconds).toBeGreaterThan(0);
    expect(events.reduce((sum, { duration }) => sum + duration, outside)).toBeCloseTo(milliseconds, 9);
  });

  it("counts the operations and bytes of each op, forward and backward", () => {
    const [a, b] = [matrix(4, 5), matrix(5, 6)];
    const report = profile(() => matmul(a, b).sum().backward());
    const forward = { op: "matmul", isBackward: false, launches: 1, flops: 2 * 4 * 5 * 6, where: "reference" };
    expect(find(report, "matmul")).toMatchObject({ ...forward, bytes: 8 * (20 + 30 + 24) });
    // ∂A = G Bᵀ and ∂B = Aᵀ G cost as much as the product each
    expect(find(report, "matmul", true)).toMatchObject({ launches: 2, flops: 2 * 2 * 4 * 5 * 6 });
    const { share = 0, milliseconds = 0, gflops } = find(report, "matmul") ?? {};
    expect(share).toBeCloseTo(milliseconds / report.milliseconds, 12);
    expect(gflops).toBeCloseTo((2 * 4 * 5 * 6) / (milliseconds * 1e6), 12);
  });

  it("puts what an op calls inside, and its backward with it, down to that op", () => {
    const image = randn([1, 2, 4, 4], { generator: generator(2), requiresGrad: true });
    const weight = randn([3, 2, 3, 3], { generator: generator(3), requiresGrad: true });
    const report = profile(() => conv2d(image, weight, null, { padding: 1 }).square().sum().backward());
    expect(find(report, "conv2d")).toMatchObject({ launches: 2, flops: 2 * 18 * 3 * 16 }); // the padding, then the product
    expect(find(report, "conv2dInputGrad")).toBeUndefined();
    const kernels = report.events.filter(({ op, isBackward }) => op === "conv2d" && isBackward).map((e) => e.kernel);
    expect(kernels).toContain("conv2dWeightGrad");
    expect(new Set(report.events.filter(({ op }) => op === "square").map((e) => e.call)).size).toBe(2);
  });

  it("lists the most expensive first, and leaves nothing out", () => {
    const a = matrix(30, 30);
    const report = profile(() => matmul(a, a).exp().sum());
    const times = report.ops.map(({ milliseconds }) => milliseconds);
    expect(times).toEqual([...times].sort((p, q) => q - p));
    expect(report.ops.reduce((sum, { launches }) => sum + launches, 0)).toBe(report.events.length);
    expect(report.ops.map(({ op }) => op).sort()).toEqual(["exp", "matmul", "sum"]);
  });

  it("tells on simd which kernels are portable ones", () => {
    const x = tensor([1, 2, 3], { device: "simd" });
    const { events } = profile(() => x.add(x));
    expect(events.map(({ kernel, where }) => [kernel, where])).toEqual([["add", "simd"]]);
    const { events: own } = profile(() => run(twice, [x]));
    expect(own.map(({ op, kernel, where }) => [op, kernel, where])).toEqual([["", "twice", "simd (portable)"]]);
  });

  it("stops listening when the function throws, and hears what runs after an error in an op", () => {
    const a = matrix(2, 2);
    const fail = () => {
      a.add(a);
      throw new Error("inside");
    };
    expect(() => profile(fail)).toThrow("inside");
    expect(profile(() => a.mul(a)).events.map(({ op }) => op)).toEqual(["mul"]);
    expect(() => profile(() => matmul(a, matrix(3, 2)))).toThrow("matmul");
    expect(profile(() => a.mul(a)).events.map(({ op }) => op)).toEqual(["mul"]);
  });

  it("measures inside of a profile for both", () => {
    const a = matrix(2, 2);
    let inner: Profile<unknown> | undefined;
    const outer = profile(() => {
      a.add(a);
      inner = profile(() => a.mul(a));
    });
    expect(inner?.events.map(({ op }) => op)).toEqual(["mul"]);
    expect(outer.events.map(({ op }) => op)).toEqual(["add", "mul"]);
  });

  it("refuses an async function", () => {
    expect(() => profile(async () => matrix(1, 1))).toThrow(ValueError);
    expect(() => profile(async () => matrix(1, 1))).toThrow("profile: the function must not be async");
  });
});

describe("the table of a profile", () => {
  it("has a line for every op, for what is outside of them, and for all", () => {
    const a = matrix(3, 3);
    const lines = `${profile(() => matmul(a, a).sum().backward())}`.split("\n");
    expect(lines.filter((line) => /matmul|sum/.test(line))).toHaveLength(4);
    expect(lines.some((line) => line.includes("matmul backward"))).toBe(true);
    expect(lines.some((line) => line.includes("outside of kernels"))).toBe(true);
    expect(lines.some((line) => /all .*100\.0 %/.test(line))).toBe(true);
  });
});

describe("the Chrome trace of a profile", () => {
  it("shows ops on one line and their kernels below, in microseconds", () => {
    const a = matrix(3, 3);
    const report = profile(() => matmul(a, a).add(a).add(a));
    const { traceEvents } = report.chromeTrace();
    const [first] = report.events;
    expect(traceEvents.filter(({ tid }) => tid === 1).map(({ name }) => name)).toEqual(["matmul", "add", "add"]);
    const kernels = traceEvents.filter(({ tid }) => tid === 2);
    expect(kernels.map(({ name }) => name)).toEqual(["matmul", "add", "add"]);
    expect(kernels[0]).toMatchObject({ ph: "X", ts: 1000 * (first?.start ?? 0), dur: 1000 * (first?.duration ?? 0) });
    expect(kernels[0]?.args).toMatchObject({ op: "matmul", flops: 54 });
    expect(JSON.parse(JSON.stringify(report.chromeTrace()))).toEqual(report.chromeTrace());
  });
});
