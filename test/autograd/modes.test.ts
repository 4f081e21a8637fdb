/** Tests of what is recorded: noGrad, enableGrad, detach, requiresGrad; and of anomaly mode. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  DTypeError,
  detectAnomaly,
  enableGrad,
  GradientError,
  gradients,
  isRecording,
  log,
  noGrad,
  setDevice,
  sqrt,
  type Tensor,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });

describe("noGrad and enableGrad", () => {
  it("leave no unhandled rejection of the async function they refuse", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    expect(() => noGrad(() => Promise.reject(new Error("late")))).toThrow("must not be async");
    await new Promise((resolve) => setTimeout(resolve, 0));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("refuse an async function, for which the mode would end at its first await", () => {
    expect(() => noGrad(async () => 1)).toThrow("noGrad: the function must not be async");
    expect(() => enableGrad(async () => 1)).toThrow("enableGrad: the function must not be async");
    expect(() => detectAnomaly(async () => 1)).toThrow("detectAnomaly: the function must not be async");
    expect(isRecording()).toBe(true);
  });

  it("switch recording off and on, and restore it", () => {
    const x = leaf(2);
    expect(isRecording()).toBe(true);
    const [off, on] = noGrad(() => [x.square(), enableGrad(() => x.square())] as const);
    expect([off.requiresGrad, on.requiresGrad]).toEqual([false, true]);
    expect(isRecording()).toBe(true);
  });

  it("restore it after an error, too", () => {
    const fail = () => {
      throw new Error("inside");
    };
    expect(() => noGrad(fail)).toThrow("inside");
    expect(isRecording()).toBe(true);
    noGrad(() => {
      expect(() => enableGrad(fail)).toThrow("inside");
      expect(isRecording()).toBe(false);
    });
  });
});

describe("detach", () => {
  it("stops the gradient and keeps the numbers", () => {
    const x = leaf(3);
    const y = x.mul(x.detach());
    y.backward();
    expect(y.itemSync()).toBe(9);
    expect(x.grad?.itemSync()).toBe(3);
  });

  it("survives the disposal of its source", () => {
    const x = tensor([1, 2]);
    const y = x.detach();
    x.dispose();
    expect(y.arraySync()).toEqual([1, 2]);
  });
});

describe("requiresGrad", () => {
  it("is on for what is made of a tensor that has it, and off for the rest", () => {
    const x = leaf(1);
    expect([x.mul(2).requiresGrad, tensor(1).mul(2).requiresGrad, x.greater(0).requiresGrad]).toEqual([
      true,
      false,
      false,
    ]);
    expect([x.isLeaf, x.mul(2).isLeaf]).toEqual([true, false]);
  });

  it("can be set on a leaf, both ways", () => {
    const x = tensor(2);
    x.requiresGrad = true;
    expect(x.square().requiresGrad).toBe(true);
    x.requiresGrad = false;
    expect(x.square().requiresGrad).toBe(false);
  });

  it("cannot be set on what an op made", () => {
    const y = leaf(1).exp();
    const set = () => {
      y.requiresGrad = false;
    };
    expect(set).toThrow(GradientError);
    expect(set).toThrow("this tensor was made by exp; only a leaf can be set; detach it");
  });

  it("cannot be set on integers", () => {
    const set = () => tensor([1], { dtype: "int32", requiresGrad: true });
    expect(set).toThrow(DTypeError);
    expect(set).toThrow("only float tensors have gradients, this one is int32");
    const integers = tensor([1], { dtype: "int32" });
    expect(() => Object.assign(integers, { requiresGrad: true })).toThrow(DTypeError);
    integers.requiresGrad = false; // as it is already
    expect(integers.requiresGrad).toBe(false);
  });

  it("shows in the string of a tensor", () => {
    expect(String(leaf([1, 2]))).toBe("Tensor([2] float64 on reference, requires grad)");
    expect(String(leaf([1, 2]).exp())).toBe("Tensor([2] float64 on reference, made by exp)");
    expect(String(tensor(1))).toBe("Tensor([] float64 on reference)");
  });
});

function calledFromHere(x: Tensor): Tensor {
  return sqrt(x);
}

describe("detectAnomaly", () => {
  const rootOfZero = () =>
    calledFromHere(leaf([4, 0]))
      .sum()
      .backward();

  it("names the op whose backward made the first infinity, the element, and the call", () => {
    expect(() => detectAnomaly(rootOfZero)).toThrow(GradientError);
    expect(() => detectAnomaly(rootOfZero)).toThrow(
      "sqrt: its backward made the first Infinity of the gradient, for input 0 at element 1",
    );
    expect(() => detectAnomaly(rootOfZero)).toThrow(/the op was called[\s\S]*at calledFromHere .*modes\.test\.ts/);
  });

  it("shows the caller first, not its own insides", () => {
    expect(() => detectAnomaly(rootOfZero)).toThrow(/the op was called\n\s+at calledFromHere /);
  });

  it("finds NaN", () => {
    const x = leaf(0);
    expect(() => detectAnomaly(() => log(x).mul(0).backward())).toThrow("log: its backward made the first NaN");
  });

  it("says how to see the call when the forward pass was outside", () => {
    const y = sqrt(leaf(0));
    expect(() => detectAnomaly(() => y.backward())).toThrow("run the forward pass inside detectAnomaly too");
  });

  it("minds nothing outside, and nothing finite inside", () => {
    rootOfZero();
    const x = leaf(4);
    expect(detectAnomaly(() => gradients(sqrt(x), [x])[0]?.itemSync())).toBe(0.25);
    expect(() => detectAnomaly(rootOfZero)).toThrow();
    rootOfZero();
  });
});
