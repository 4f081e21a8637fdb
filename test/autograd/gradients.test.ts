/** Tests of gradients: any inputs, higher derivatives, and no trace in .grad. */
import { beforeAll, describe, expect, it } from "vitest";
import { add, GradientError, gradients, mul, noGrad, ones, setDevice, type Tensor, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });
const numbers = (list: readonly (Tensor | null)[]) => list.map((t) => t?.arraySync() ?? null);

describe("gradients", () => {
  it("gives the gradient of any tensor on the way, leaf or not", () => {
    const x = leaf(2);
    const h = x.square();
    const y = h.mul(x).mul(3); // 3x³
    expect(numbers(gradients(y, [h, x, y]))).toEqual([6, 36, 1]);
  });

  it("gives null where the output does not depend on the input", () => {
    const [x, unused] = [leaf(2), leaf(3)];
    const aside = unused.mul(x);
    expect(numbers(gradients(x.square(), [unused, x, aside, tensor(1)]))).toEqual([null, 4, null, null]);
  });

  it("touches no .grad", () => {
    const [x, w] = [leaf(2), leaf(3)];
    gradients(mul(x, w), [x]);
    expect([x.grad, w.grad]).toEqual([null, null]);
  });

  it("does no work for inputs that were not asked for", () => {
    const [x, w] = [leaf(2), leaf(3)];
    let ran = false;
    const side = w.exp();
    side.registerHook(() => {
      ran = true;
    });
    const deep = w.exp();
    const far = deep.mul(2);
    let ranFar = false;
    deep.registerHook(() => {
      ranFar = true;
    });
    gradients(add(mul(x, side), far), [x]);
    expect([ran, ranFar]).toEqual([false, false]);
  });

  it("frees the tape, unless told to retain it", () => {
    const x = leaf(2);
    const y = x.square();
    gradients(y, [x], { retainGraph: true });
    gradients(y, [x]);
    expect(() => gradients(y, [x])).toThrow(GradientError);
    expect(() => gradients(y, [x])).toThrow("the tape of this square was freed by an earlier backward");
  });

  it("refuses a freed tape on the way to an input, and minds no other", () => {
    const [x, w] = [leaf(2), leaf(3)];
    const h = x.square();
    h.mul(2).backward();
    expect(() => gradients(mul(h, w), [x])).toThrow("the tape of this square was freed");
    expect(() => gradients(mul(h, w), [h, x])).toThrow("the tape of this square was freed");
    expect(numbers(gradients(mul(h, w), [w]))).toEqual([4]);
    expect(numbers(gradients(mul(h, w), [h, w]))).toEqual([3, 4]);
  });

  it("takes the same input twice", () => {
    const x = leaf(2);
    expect(numbers(gradients(x.square(), [x, x]))).toEqual([4, 4]);
  });

  it("gives tensors of their own: disposing one leaves the others and gradOutput", () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    const gradOutput = ones([2]);
    const [ga, gb] = gradients(add(a, b), [a, b], { gradOutput });
    ga?.dispose();
    expect(gb?.arraySync()).toEqual([1, 1]);
    gb?.dispose();
    expect(gradOutput.arraySync()).toEqual([1, 1]);
  });

  it("computes every derivative of x⁴", () => {
    const x = leaf(2);
    const derivatives: number[] = [];
    let y = x.pow(4);
    for (let order = 1; order <= 4; order++) {
      y = gradients(y, [x], { createGraph: true })[0] as Tensor;
      derivatives.push(y.itemSync());
    }
    expect(derivatives).toEqual([32, 48, 48, 24]);
  });

  it("computes third derivatives through saved outputs", () => {
    const x = leaf(0.3);
    let y = x.tanh();
    for (let order = 1; order <= 3; order++) y = gradients(y, [x], { createGraph: true })[0] as Tensor;
    const t = Math.tanh(0.3) ** 2;
    expect(y.itemSync()).toBeCloseTo((1 - t) * (6 * t - 2), 12);
  });

  it("differentiates by gradOutput, too", () => {
    const [x, g] = [leaf([1, 2]), leaf([1, 1])];
    const [first] = gradients(x.square(), [x], { gradOutput: g, createGraph: true });
    expect(numbers(gradients((first as Tensor).sum(), [g]))).toEqual([[2, 4]]);
  });

  it("records nothing of the backward pass without createGraph", () => {
    const x = leaf(2);
    const [g] = gradients(x.pow(3), [x]);
    expect(g?.requiresGrad).toBe(false);
  });

  it("records it with createGraph even inside noGrad", () => {
    const x = leaf(2);
    const y = x.pow(3);
    const [g] = noGrad(() => gradients(y, [x], { createGraph: true }));
    expect(g?.requiresGrad).toBe(true);
  });
});
