/** Tests of opProperties: right ops pass, every fault is found and shrunk, and nothing passes for want of a case. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import {
  defineOp,
  type Flat,
  type KernelThis,
  LivegradError,
  mul,
  type Op,
  run,
  setDevice,
  type Tensor,
} from "../../src/index.js";
import {
  type ConvCase,
  convCases,
  domains,
  type OpCase,
  type OpProperty,
  opProperties,
  PropertyError,
  shapes,
  type TensorSpec,
  tensorSpecs,
} from "../../src/testing/index.js";
import { cube, unary, wrongOnce, wrongTwice } from "./faults.js";

beforeAll(() => setDevice("reference"));

/** Names of the properties that fail. */
async function failing(properties: readonly OpProperty[]): Promise<Record<string, PropertyError>> {
  const errors: Record<string, PropertyError> = {};
  for (const { name, check } of properties) {
    await check().catch((error: unknown) => {
      if (!(error instanceof PropertyError)) throw error;
      errors[name] = error;
    });
  }
  return errors;
}

const firstOrder = "has the gradient of central differences";
const secondOrder = "has the second derivative of central differences";

function hypotKernel(this: KernelThis, x: Flat, y: Flat): number {
  return Math.sqrt(
    (x[this.thread.x] as number) * (x[this.thread.x] as number) +
      (y[this.thread.x] as number) * (y[this.thread.x] as number),
  );
}

const hypotOf = (broadcasts: boolean): Op<[x: Tensor, y: Tensor]> =>
  defineOp({
    name: "hypot",
    broadcasts,
    forward: ([x, y]) => {
      const r = run(hypotKernel, [x, y], { broadcast: broadcasts });
      return { output: r, saved: { x, y, r } };
    },
    backward: (g, { x, y, r }) => [mul(g, lg.div(x, r)), mul(g, lg.div(y, r))],
  });
const hypot = hypotOf(false);

function neighbourKernel(this: KernelThis, x: Flat): number {
  const next = x[this.thread.x + 1] as number;
  return next > 1e30 ? 1 : 0;
}

/** Reads one element too far, which shows in no number. */
const neighbour = (x: Tensor): Tensor => run(neighbourKernel, [x]);

function firstKernel(this: KernelThis, x: Flat, y: Flat): number {
  return (x[this.thread.x] as number) > 1e30 ? (y[this.thread.x] as number) : 0;
}

/** Says that it indexes by itself, and does not. */
const careless = (x: Tensor, y: Tensor): Tensor => run(firstKernel, [x, y], { shape: x.shape });

describe("opProperties of a right op", () => {
  describe("hypot, of equal shapes only", () => {
    for (const { name, check } of opProperties(hypot, { inputs: [domains.positive, domains.positive] }))
      it(name, check);
  });

  describe("hypot, with a kernel that broadcasts", () => {
    const options = {
      inputs: [domains.positive, domains.positive],
      broadcasts: true,
      devices: ["simd", "cpu"],
    } as const;
    for (const { name, check } of opProperties(hypotOf(true), options)) it(name, check);
  });

  describe("cube, on every device", () => {
    for (const { name, check } of opProperties(cube, { devices: ["cpu", "webasm"] })) it(name, check);
  });

  describe("maximum, with broadcasting", () => {
    for (const { name, check } of opProperties(lg.maximum, { inputs: [{}, {}], broadcasts: true })) it(name, check);
  });

  describe("greater, which has no derivative", () => {
    for (const { name, check } of opProperties(lg.greater, { inputs: [{}, {}], broadcasts: true, order: 0 }))
      it(name, check);
  });

  describe("softplus, with options, over positive numbers", () => {
    const options = fc.record({ beta: fc.constantFrom(0.5, 1, 2) });
    for (const { name, check } of opProperties(lg.softplus, { inputs: [domains.positive], options })) it(name, check);
  });

  describe("conv2d, by its cases", () => {
    const spec = (shape: readonly number[]) => tensorSpecs({ low: -2, high: 2 }, shape);
    const inputs = convCases().chain(({ input, weight, bias, options }: ConvCase) =>
      fc
        .tuple(spec(input), spec(weight), bias === null ? fc.constant(null) : spec(bias))
        .map((inputs: readonly (TensorSpec | null)[]): OpCase => ({ inputs, options })),
    );
    for (const { name, check } of opProperties(lg.conv2d, { inputs, runs: 8 })) it(name, check);
  });

  it("makes the properties that the op calls for", () => {
    const names = (given: Parameters<typeof opProperties>[1]) => opProperties(cube, given).map(({ name }) => name);
    expect(names({})).toEqual([
      "gives the same numbers twice",
      "reads inside of its inputs only",
      "has gradients in its inputs' shapes",
      "has a backward that is linear in gradOutput",
      firstOrder,
      secondOrder,
    ]);
    expect(names({ order: 1 })).not.toContain(secondOrder);
    expect(names({ order: 0 })).toEqual([
      "gives the same numbers twice",
      "reads inside of its inputs only",
      "has no derivative",
    ]);
    expect(names({ devices: ["cpu"], broadcasts: true, shape: () => [] })).toEqual(
      expect.arrayContaining([
        "has the promised shape",
        "broadcasts as if inputs were repeated",
        "computes on cpu what the reference does",
      ]),
    );
  });
});

describe("opProperties of a wrong op", () => {
  it.each(wrongOnce)("finds %s", async (fault, op) => {
    const inputs = fault.includes("entry") ? tensorSpecs({}, [2, 3]).map((spec) => [spec]) : [{}];
    expect(await failing(opProperties(op, { inputs }))).toHaveProperty(firstOrder);
  });

  it.each(wrongTwice)("finds %s", async (_, op) => {
    expect(Object.keys(await failing(opProperties(op)))).toContain(secondOrder);
  });

  it("shrinks to the smallest case and prints it, with what repeats it", async () => {
    const [, op] = wrongOnce[1] as (typeof wrongOnce)[number];
    const found = (await failing(opProperties(op, { seed: 5 })))[firstOrder];
    expect(found?.failure).toMatchObject({ case: { inputs: [{ shape: [], values: [1] }] }, seed: 5 });
    for (const part of [
      `cube: "${firstOrder}" does not hold`,
      "smallest case  cube(tensor(1))",
      "the gradient of cube is wrong for argument 0 at []",
      `repeat it with { seed: 5, path: "${found?.failure.path}" }`,
    ]) {
      expect(found?.message).toContain(part);
    }
    const again = await failing(opProperties(op, { seed: 5, path: found?.failure.path ?? "" }));
    expect(again[firstOrder]?.failure).toMatchObject({ case: { inputs: [{ values: [1] }] }, runs: 1 });
  });

  it("shrinks a gradient that is right at the positive twin to −1", async () => {
    const [, op] = wrongOnce[6] as (typeof wrongOnce)[number];
    const found = (await failing(opProperties(op)))[firstOrder];
    expect(found?.message).toContain("square(tensor(-1))");
  });

  it("finds a backward that is not linear in gradOutput", async () => {
    const op = unary("odd", lg.exp, (g, _x, y) => mul(lg.abs(g), y));
    const found = await failing(opProperties(op));
    expect(found["has a backward that is linear in gradOutput"]?.message).toContain(
      "its backward is not linear in gradOutput",
    );
  });

  it("finds numbers that change from call to call, by what they change", async () => {
    let calls = 0;
    const drifting = (x: Tensor) => lg.exp(x).mul(1 + 1e-15 * calls++);
    const found = await failing(opProperties(drifting));
    expect(found["gives the same numbers twice"]?.message).toContain(
      "two calls with the same inputs differ: the output is",
    );
    expect(found[firstOrder]?.message).toContain("not deterministic");
  });

  it("finds a device that computes something else", async () => {
    const found = await failing(opProperties(lopsided, { devices: ["webasm"], inputs: [{ low: 1, high: 2 }] }));
    expect(found["computes on webasm what the reference does"]?.message).toContain(
      "webasm computes something else than the reference",
    );
  });

  it("finds a broken promise of shape, and a gradient where none was announced", async () => {
    const found = await failing(opProperties(cube, { shape: () => [7], order: 0 }));
    expect(found["has the promised shape"]?.message).toContain("the output has shape [], promised was [7]");
    expect(found["has no derivative"]?.message).toContain("although order is 0");
    const flat = await failing(opProperties((x: Tensor) => lg.exp(x).detach()));
    expect(flat["has gradients in its inputs' shapes"]?.message).toContain("pass order: 0 if it has none");
  });

  it("finds a broadcast that is no repetition", async () => {
    const weighted = (a: Tensor, b: Tensor) => lg.add(a, b).mul(a.size);
    const found = await failing(opProperties(weighted, { inputs: [{}, {}], broadcasts: true }));
    expect(found["broadcasts as if inputs were repeated"]?.message).toContain("is not repeating");
  });

  it("finds a kernel that reads outside of an input, where no device would notice", async () => {
    const found = await failing(opProperties(neighbour, { order: 0 }));
    expect(Object.keys(found)).toEqual(["reads inside of its inputs only"]);
    const { message } = found["reads inside of its inputs only"] as PropertyError;
    expect(message).toContain("neighbourKernel: it reads its input 0 at 1 (cell x 0, y 0, z 0), which has 1 elements");
  });

  it("finds an op that takes inputs of shapes that do not fit", async () => {
    const found = await failing(opProperties(careless, { inputs: [{}, {}], order: 0 }));
    expect(Object.keys(found)).toEqual(["refuses inputs of unequal shapes"]);
    expect(await failing(opProperties(careless, { inputs: [{}, {}], order: 0, unequalShapes: "allowed" }))).toEqual({});
    const anything = (a: Tensor, b: Tensor) => lg.add(a, lg.sum(b));
    const misfit = await failing(opProperties(anything, { inputs: [{}, {}], runs: 5 }));
    expect(misfit["refuses inputs of unequal shapes"]?.message).toContain("it must refuse them (`run` does), or say");
  });

  it("finds an op that throws", async () => {
    const picky = (x: Tensor) => (x.rank > 2 ? lg.transpose(x, 0, 7) : lg.exp(x));
    const found = await failing(opProperties(picky));
    expect(found[firstOrder]?.failure.case).toMatchObject({ inputs: [{ shape: [1, 1, 1] }] });
    expect(found[firstOrder]?.cause).toBeInstanceOf(LivegradError);
  });
});

describe("opProperties never passes for want of a case", () => {
  it("fails where every case stands on a kink", async () => {
    const found = await failing(opProperties(lg.relu, { inputs: [{ low: 0, high: 0 }] }));
    expect(Object.keys(found)).toEqual([firstOrder, secondOrder]);
    expect(found[firstOrder]?.message).toContain("could not be checked");
    expect(found[firstOrder]?.failure.case).toBeNull();
  });

  it("passes where some cases do", async () => {
    expect(await failing(opProperties(lg.relu, { inputs: [domains.ties] }))).toEqual({});
    expect(await failing(opProperties((x: Tensor) => lg.max(x), { name: "max", inputs: [domains.ties] }))).toEqual({});
  });

  it("refuses what is no op", () => {
    expect(() => opProperties(3 as never)).toThrow("opProperties: the op must be a function, got number");
  });

  it("says that inputs are missing of an op that takes several", () => {
    const says = "opProperties: inputs is missing: the op takes 2 tensors, so say what they are made of";
    expect(() => opProperties(hypot)).toThrow(lg.ValueError);
    expect(() => opProperties(hypot)).toThrow(says);
    expect(() => opProperties((a: Tensor, b: Tensor) => a.mul(b))).toThrow(says);
    expect(() => opProperties(hypot)).toThrow("{ inputs: [domains.real, domains.real] }");
  });

  it.each([
    [{ input: [{}] }, "it has no option input; did you mean inputs?"],
    [{ inputs: [] }, "inputs must be a list of domains or an arbitrary of inputs, got []"],
    [{ inputs: [3] }, "inputs must be a list of domains"],
    [{ options: { axis: 0 } }, "options must be an arbitrary"],
    [{ order: 3 }, "order must be 0, 1 or 2"],
    [{ unequalShapes: true }, "unequalShapes must be"],
    [{ runs: 0 }, "runs must be a positive integer"],
    [[domains.real], "options go into an object {"],
  ])("refuses %j", (given, says) => {
    expect(() => opProperties(cube, given as never)).toThrow(lg.ValueError);
    expect(() => opProperties(cube, given as never)).toThrow(`opProperties: ${says}`);
  });

  it.each([
    [[lg.tensor([1, 2])], "[a tensor of shape [2]]"],
    [tensorSpecs(), "a MapArbitrary"],
    [{ inputs: 3 }, "3"],
    [null, "null"],
  ])("says what an arbitrary must draw, case %#", async (drawn, got) => {
    const [first] = opProperties(cube, { inputs: fc.constant(drawn) as never });
    await expect(first?.check()).rejects.toThrow(lg.ValueError);
    const says = "opProperties: inputs must draw lists of specs { shape, values }, as tensorSpecs makes them, got ";
    await expect(first?.check()).rejects.toThrow(says + got);
  });

  it("takes an arbitrary of lists of specs", async () => {
    const inputs = shapes({ minRank: 2, maxRank: 2 }).chain((shape) => fc.tuple(tensorSpecs({}, shape)));
    expect(await failing(opProperties((x: Tensor) => lg.matmul(x, x.transpose()), { name: "gram", inputs }))).toEqual(
      {},
    );
  });
});

/** Its kernel rounds on float32 devices to other numbers than in float64. */
function lopsidedKernel(this: KernelThis, x: Flat): number {
  return ((x[this.thread.x] as number) + 1e8 - 1e8) * 1;
}
const lopsided: Op<[x: Tensor]> = defineOp({
  name: "lopsided",
  forward: ([x]) => ({ output: run(lopsidedKernel, [x]) }),
  backward: (g) => [g],
});
