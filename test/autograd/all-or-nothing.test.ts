/** Tests of a backward pass that fails: no gradient is left behind, and hooks return what fits or nothing. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  backward,
  concat,
  GradientError,
  gradients,
  keep,
  LivegradError,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

// biome-ignore lint/suspicious/noExplicitAny: each is given what its types exclude
type Loose = any;

let a: Tensor;
let b: Tensor;
beforeEach(() => {
  [a, b] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4], { requiresGrad: true })];
});

describe("a backward that throws", () => {
  const fail = () => {
    throw new Error("from a hook");
  };

  it("leaves every .grad as it was, whichever leaf's hook throws", () => {
    for (const [throws, order] of [
      [a, [a, b]],
      [b, [a, b]],
      [b, [b, a]],
    ] as const) {
      const remove = throws.registerHook(fail);
      const [x, y] = order as unknown as [Tensor, Tensor];
      const middle = x.mul(y).retainGrad();
      expect(() => middle.sum().backward()).toThrow("from a hook");
      expect([a.grad, b.grad, middle.grad]).toEqual([null, null, null]);
      remove();
    }
  });

  it("keeps what was accumulated before", () => {
    a.mul(b).sum().backward();
    const before = [a.grad, b.grad];
    b.registerHook(fail);
    expect(() => a.mul(b).sum().backward()).toThrow("from a hook");
    expect([a.grad === before[0], b.grad === before[1]]).toEqual([true, true]);
    expect(a.grad?.arraySync()).toEqual([3, 4]);
  });
});

describe("a gradient hook", () => {
  const returns: readonly (readonly [what: string, result: Loose, says: string])[] = [
    ["null", null, "a gradient hook must return a tensor or nothing, got null"],
    ["a number", 3, "a gradient hook must return a tensor or nothing, got 3"],
    ["an array", [1, 2], "a gradient hook must return a tensor or nothing, got [1, 2]"],
    [
      "another dtype",
      (g: Tensor) => g.cast("int32"),
      "a gradient hook returned int32 on reference for a gradient of float64",
    ],
    ["another device", (g: Tensor) => g.to("cpu"), "a gradient hook returned float32 on cpu for a gradient of float64"],
    ["another shape", (g: Tensor) => g.sum(), "a gradient hook returned shape [] for a gradient of shape [2]"],
    ["a promise", async () => 1, "the function must not be async"],
    ["a promise that fails", () => Promise.reject(new Error("late")), "the function must not be async"],
  ];
  it.each(returns)("may not return %s, of a leaf or of an op, which is named", (_, result, says) => {
    const hook = (g: Tensor) => (typeof result === "function" ? result(g) : result);
    a.registerHook(hook);
    expect(() => a.mul(2).sum().backward()).toThrow(LivegradError);
    expect(() => a.mul(2).sum().backward()).toThrow(`hook: ${says}`);
    const y = b.mul(2);
    y.registerHook(hook);
    expect(() => y.sum().backward()).toThrow(`mul: ${says}`);
    expect([a.grad, b.grad]).toEqual([null, null]);
  });

  it("is a function", () => {
    for (const hook of [null, 3, "x", {}]) expect(() => a.registerHook(hook as Loose)).toThrow(ValueError);
  });
});

describe("what is no tensor", () => {
  it("is refused by backward, gradients and keep", () => {
    for (const wrong of [undefined, null, 3, "x", {}, [a]] as Loose[]) {
      expect(() => backward(wrong)).toThrow(ValueError);
      expect(() => gradients(wrong, [a])).toThrow(ValueError);
      expect(() => keep(wrong)).toThrow(ValueError);
    }
    for (const inputs of [undefined, 3, [null], [3]] as Loose[]) {
      expect(() => gradients(a.sum(), inputs)).toThrow(ValueError);
    }
    expect(() => a.sum().backward({ gradOutput: tensor(1, { device: "cpu" }) })).toThrow(
      "backward: gradOutput must be float64 on reference, as the output is, got float32 on cpu",
    );
    expect(() => a.sum().backward({ gradOutput: 1 as Loose })).toThrow(ValueError);
    expect(() => tensor([1]).sum().backward()).toThrow(GradientError);
  });
});

describe("tensor", () => {
  it("refuses an array that is nested in itself", () => {
    const once: unknown[] = [];
    once.push(once);
    const twice: unknown[] = [];
    twice.push([twice, twice], [twice, twice]);
    for (const cyclic of [once, twice]) {
      expect(() => tensor(cyclic as never)).toThrow(ValueError);
      expect(() => tensor(cyclic as never)).toThrow("tensor: an array is nested in itself");
    }
    const row = [1, 2];
    expect(tensor([row, row]).shape).toEqual([2, 2]); // the same row twice is no cycle
  });
});

describe("concat", () => {
  it("joins more tensors than a call has room for arguments", () => {
    const one = tensor([1]);
    expect(concat(Array.from({ length: 150_000 }, () => one)).shape).toEqual([150_000]);
  }, 120_000);
});
