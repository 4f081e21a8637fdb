/** Tests of what runs a function and is over when it returns: it refuses functions that go on later, of every kind. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  checkpoint,
  customGradient,
  defineOp,
  detectAnomaly,
  enableGrad,
  grad,
  hessian,
  hvp,
  isRecording,
  jacobian,
  jvp,
  memory,
  noGrad,
  profile,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  ValueError,
  valueAndGrad,
  vjp,
  withDevice,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

// biome-ignore lint/suspicious/noExplicitAny: each of them is given what its types exclude
type Loose = any;

const x = (): Tensor => tensor([1, 2], { requiresGrad: true });
const times2 = (t: Tensor): Tensor => t.mul(2);

/** Everything that runs a function and is over when it returns. */
const runners: Readonly<Record<string, (fn: Loose) => unknown>> = {
  noGrad,
  enableGrad,
  detectAnomaly,
  tidy,
  profile,
  grad: (fn) => grad(fn)(x()),
  valueAndGrad: (fn) => valueAndGrad(fn)(x()),
  jacobian: (fn) => jacobian(fn)(x()),
  hessian: (fn) => hessian(fn)(x()),
  vjp: (fn) => vjp(fn, x()),
  jvp: (fn) => jvp(fn, x(), tensor([1, 1])),
  hvp: (fn) => hvp(fn, x(), tensor([1, 1])),
  checkpoint: (fn) => checkpoint(fn)(x()),
  customGradient: (fn) => customGradient((t: Tensor) => fn(t))(x()),
  "customGradient, unrecorded": (fn) => noGrad(() => customGradient((t: Tensor) => fn(t))(x())),
  "the forward of an op": (fn) => defineOp({ name: "own", forward: ([t]) => fn(t), backward: () => [null] })(x()),
  "the backward of an op": (fn) =>
    defineOp<[Tensor]>({ name: "own", forward: ([t]) => ({ output: times2(t) }), backward: fn })(x())
      .sum()
      .backward(),
};

function* generated(): Generator<Tensor> {
  yield x();
}

/** Functions that go on after they have returned. */
const unfinished: readonly (readonly [what: string, fn: Loose, says: string])[] = [
  ["an async function", async () => x(), "must not be async"],
  ["an async function that fails", async () => Promise.reject(new Error("late")), "must not be async"],
  ["a function that returns a promise", () => Promise.resolve(x()), "must not be async"],
  // biome-ignore lint/suspicious/noThenProperty: that is what is refused
  ["a function that returns a thenable", () => ({ then: (done: Loose) => done(x()) }), "must not return a thenable"],
  ["a generator", generated, "must not be a generator"],
  ["an async generator", async function* () {}, "must not be a generator"],
];

describe.each(Object.entries(runners))("%s", (_name, runner) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  beforeEach(() => {
    process.on("unhandledRejection", note);
  });
  afterEach(() => {
    process.off("unhandledRejection", note);
  });

  it.each(unfinished)("refuses %s, and leaves everything as it was", async (_what, fn, says) => {
    expect(() => runner(fn)).toThrow(ValueError);
    expect(() => runner(fn)).toThrow(says);
    expect(isRecording()).toBe(true);
    const outside = tensor([1]);
    expect(tidy(() => outside).isDisposed).toBe(false); // no scope was left open
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(unhandled, "nobody else hears of the promise's own failure").toEqual([]);
  });
});

describe("withDevice", () => {
  it("takes async functions, and refuses the other kinds", () => {
    for (const [, fn, says] of unfinished.slice(3)) {
      expect(() => withDevice("cpu", fn)).toThrow(ValueError);
      expect(() => withDevice("cpu", fn)).toThrow(`withDevice: the function ${says}`);
    }
  });
});

describe("what is returned", () => {
  it("may be an iterator that runs nothing of its own, an object with methods, or a function", () => {
    const results = [[1].values(), new Map().entries(), "text", { next: 1 }, () => 1, null, undefined];
    for (const result of results) expect(noGrad(() => result)).toBe(result);
  });
});

describe("tidy", () => {
  it("returns lists longer than a call has room for arguments", () => {
    const numbers = Array.from({ length: 150_000 }, (_, i) => i);
    expect(tidy(() => numbers)).toBe(numbers);
    const record = Object.fromEntries(numbers.map((n) => [`n${n}`, n]));
    expect(tidy(() => record)).toBe(record);
  });

  it("disposes what a refused function made", () => {
    const before = memory().buffers;
    expect(() => tidy(async () => tensor([1]))).toThrow("tidy: the function must not be async");
    expect(memory().buffers).toBe(before);
  });
});
