/** Tests of gradient hooks and of retainGrad. */
import { beforeAll, describe, expect, it } from "vitest";
import { GradientError, gradients, noGrad, ones, setDevice, type Tensor, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });

describe("registerHook", () => {
  it("hands over the whole gradient, once, before it goes further back", () => {
    const x = leaf(2);
    const h = x.square();
    const seen: string[] = [];
    x.registerHook((g) => void seen.push(`x ${g.itemSync()}`));
    h.registerHook((g) => void seen.push(`h ${g.itemSync()}`));
    h.mul(3).add(h.mul(4)).backward();
    expect(seen).toEqual(["h 7", "x 28"]);
  });

  it("calls hooks in the order of their registration, each with what the one before left", () => {
    const x = leaf(1);
    const h = x.mul(1);
    const seen: number[] = [];
    h.registerHook((g) => g.mul(2));
    h.registerHook((g) => void seen.push(g.itemSync()));
    h.registerHook((g) => g.add(1));
    h.backward();
    expect(seen).toEqual([2]);
    expect(x.grad?.itemSync()).toBe(3);
  });

  it("lets the hook of a leaf replace what .grad gets", () => {
    const x = leaf([1, 2]);
    x.registerHook((g) => g.mul(10));
    x.sum().backward();
    expect(x.grad?.arraySync()).toEqual([10, 10]);
    expect(gradients(x.sum(), [x])[0]?.arraySync()).toEqual([10, 10]);
  });

  it("gives hooks tensors that outlive the pass", () => {
    const x = leaf([1, 2]);
    const h = x.square();
    let caught: Tensor | undefined;
    h.registerHook((g) => {
      caught = g;
    });
    h.sum().backward();
    expect(caught?.arraySync()).toEqual([1, 1]);
  });

  it("returns a function that removes the hook, and only that one", () => {
    const x = leaf(1);
    const calls: string[] = [];
    const remove = x.registerHook(() => void calls.push("first"));
    x.registerHook(() => void calls.push("second"));
    remove();
    remove();
    x.mul(2).backward();
    expect(calls).toEqual(["second"]);
  });

  it("refuses a replacement of another shape", () => {
    const x = leaf([1, 2]);
    x.registerHook(() => ones([3]));
    expect(() => x.sum().backward()).toThrow(GradientError);
    expect(() => x.sum().backward()).toThrow("hook: a gradient hook returned shape [3] for a gradient of shape [2]");
  });

  it("refuses a tensor that requires no gradient", () => {
    expect(() => tensor(1).registerHook(() => undefined)).toThrow(GradientError);
    const x = leaf(1);
    expect(() => noGrad(() => x.mul(2)).registerHook(() => undefined)).toThrow("would never be called");
  });

  it("records the hook's ops when the graph is created", () => {
    const x = leaf(3);
    const h = x.square();
    h.registerHook((g) => g.mul(x));
    const [first] = gradients(h, [x], { createGraph: true }); // x · 2x
    expect(first?.itemSync()).toBe(18);
    expect(gradients(first as Tensor, [x])[0]?.itemSync()).toBe(12);
  });
});

describe("retainGrad", () => {
  it("keeps the gradient of a tensor that is no leaf", () => {
    const x = leaf([1, 2]);
    const h = x.square().retainGrad();
    const y = h.mul(3);
    y.sum().backward();
    expect(h.grad?.arraySync()).toEqual([3, 3]);
    expect(y.grad).toBeNull();
    expect(x.grad?.arraySync()).toEqual([6, 12]);
  });

  it("adds up over several backward calls, as leaves do, however often it was asked for", () => {
    const x = leaf(2);
    const h = x.square().retainGrad().retainGrad();
    const y = h.mul(5);
    y.backward({ retainGraph: true });
    y.backward();
    expect(h.grad?.itemSync()).toBe(10);
  });

  it("keeps a gradient that can be differentiated again when the graph is created", () => {
    const x = leaf(2);
    const h = x.square().retainGrad();
    h.pow(3).backward({ createGraph: true }); // ∂/∂h = 3h² = 3x⁴
    expect(gradients(h.grad as Tensor, [x])[0]?.itemSync()).toBe(12 * 8);
  });

  it("changes nothing on a leaf", () => {
    const x = leaf(2).retainGrad();
    x.square().backward();
    expect(x.grad?.itemSync()).toBe(4);
  });

  it("owns its gradient: disposing it disposes no other", () => {
    const x = leaf(2);
    const h = x.square().retainGrad();
    const gradOutput = tensor(1);
    h.backward({ gradOutput });
    h.grad?.dispose();
    expect(gradOutput.itemSync()).toBe(1);
  });
});

describe("a hook on a tensor that is asked for", () => {
  it("is called once, leaf or not", () => {
    const x = leaf(2);
    const h = x.square();
    for (const t of [x, h]) t.registerHook((gradient) => gradient.mul(10));
    const found = gradients(h.mul(1), [h, x]);
    expect(found.map((g) => g?.itemSync())).toEqual([10, 400]);
  });
});
