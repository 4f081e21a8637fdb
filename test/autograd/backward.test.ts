/** Tests of backward: accumulation, the life of the tape, and graphs that are long or wide. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  backward,
  GradientError,
  mul,
  ones,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });

describe("backward", () => {
  it("sums the gradients of several uses", () => {
    const x = leaf(3);
    backward(add(mul(x, x), mul(x, 4))); // 2x + 4
    expect(x.grad?.itemSync()).toBe(10);
  });

  it("adds to .grad from call to call", () => {
    const x = leaf([1, 2]);
    backward(x.mul(3).sum());
    backward(x.square().sum());
    expect(x.grad?.arraySync()).toEqual([5, 7]);
  });

  it("is a method, too, and takes gradOutput for outputs of any shape", () => {
    const x = leaf([1, 2]);
    x.square().backward({ gradOutput: tensor([10, 100]) });
    expect(x.grad?.arraySync()).toEqual([20, 400]);
  });

  it("reaches a leaf that is the output itself", () => {
    const x = leaf(2);
    backward(x);
    expect(x.grad?.itemSync()).toBe(1);
  });

  it("leaves tensors alone that require no gradient", () => {
    const [x, y] = [leaf(2), tensor(5)];
    backward(mul(x, y));
    expect(x.grad?.itemSync()).toBe(5);
    expect(y.grad).toBeNull();
  });

  it("gives each leaf a .grad of its own: disposing one leaves the other", () => {
    const [x, y] = [leaf(2), leaf(3)];
    backward(add(x, y));
    x.grad?.dispose();
    expect(y.grad?.itemSync()).toBe(1);
  });

  it("refuses an output that nothing was recorded of", () => {
    expect(() => backward(tensor(1).mul(2))).toThrow(GradientError);
    expect(() => backward(tensor(1).mul(2))).toThrow("backward: the output requires no gradient");
  });

  it("asks for gradOutput where the output has more than one element", () => {
    const x = leaf([1, 2]);
    expect(() => backward(x.mul(2))).toThrow(GradientError);
    expect(() => backward(x.mul(2))).toThrow("backward: an output of shape [2] has no single gradient");
  });

  it("refuses a gradOutput of another shape", () => {
    const x = leaf([1, 2]);
    expect(() => backward(x.mul(2), { gradOutput: ones([3]) })).toThrow(ShapeError);
    expect(() => backward(x.mul(2), { gradOutput: ones([3]) })).toThrow("gradOutput has shape [3], the output [2]");
  });
});

describe("the tape", () => {
  it("is freed by backward, and says so to a second one", () => {
    const x = leaf(2);
    const y = x.square();
    backward(y);
    expect(() => backward(y)).toThrow(GradientError);
    expect(() => backward(y)).toThrow(
      "the tape of this square was freed by an earlier backward; pass { retainGraph: true }",
    );
    expect(x.grad?.itemSync()).toBe(4);
  });

  it("is freed where two outputs share it, too", () => {
    const x = leaf(2);
    const shared = x.exp();
    backward(shared.mul(2));
    expect(() => backward(shared.mul(3))).toThrow("the tape of this exp was freed");
  });

  it("stays with retainGraph", () => {
    const x = leaf(3);
    const y = x.square();
    backward(y, { retainGraph: true });
    backward(y);
    expect(x.grad?.itemSync()).toBe(12);
  });

  it("refuses tensors that were assigned to since the forward pass", () => {
    const [x, w] = [leaf(2), leaf(3)];
    const y = mul(x, w);
    w.assign(tensor(100));
    expect(() => backward(y)).toThrow(GradientError);
    expect(() => backward(y)).toThrow("that mul saved was changed by an optimiser step");
    const v = tensor(3, { requiresGrad: true });
    const z = v.square(); // which saves nothing else
    v.assign(tensor(100));
    expect(() => backward(z)).toThrow("that square saved was changed by an optimiser step");
  });

  it("minds no assignment to what no backward reads", () => {
    const [x, w] = [leaf(2), leaf(3)];
    const y = add(x, w);
    w.assign(tensor(100));
    backward(y);
    expect(w.grad?.itemSync()).toBe(1);
  });

  it("takes 20,000 ops in a row", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 20_000; i++) y = i % 2 === 0 ? y.add(1) : y.neg();
    backward(y);
    expect(x.grad?.itemSync()).toBe(1);
  });

  it("takes 20,000 uses of one leaf", () => {
    const x = leaf(1);
    let total = x.mul(0);
    for (let i = 0; i < 20_000; i++) total = total.add(x);
    backward(total);
    expect(x.grad?.itemSync()).toBe(20_000);
  });

  it("walks 2^60 paths through 60 diamonds in linear time", () => {
    const x = leaf(1);
    let calls = 0;
    let y = x;
    for (let i = 0; i < 60; i++) {
      y = add(y.mul(0.5), y.mul(0.5));
      y.registerHook(() => {
        calls++;
      });
    }
    backward(y);
    expect(x.grad?.itemSync()).toBe(1);
    expect(calls).toBe(60);
  });
});

describe("createGraph", () => {
  it("makes .grad itself differentiable", () => {
    const x = leaf(3);
    backward(x.pow(3), { createGraph: true });
    const first = x.grad as Tensor;
    expect(first.itemSync()).toBe(27);
    x.grad = null;
    backward(first);
    expect((x.grad as Tensor | null)?.itemSync()).toBe(18);
  });

  it("keeps the tape, unless told otherwise", () => {
    const x = leaf(2);
    const kept = x.square();
    backward(kept, { createGraph: true });
    backward(kept);
    expect(x.grad?.itemSync()).toBe(8);
    const freed = x.square();
    backward(freed, { createGraph: true, retainGraph: false });
    expect(() => backward(freed)).toThrow("was freed");
  });

  it("without it, gradients require no gradient", () => {
    const x = leaf(2);
    backward(x.square());
    expect(x.grad?.requiresGrad).toBe(false);
  });
});
