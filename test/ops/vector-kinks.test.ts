/** Tests of what norms, products, sorting, embeddings and attention declare at zeros, ties and masks, on every device. */
import { describe, expect, it } from "vitest";
import {
  cumProd,
  embedding,
  generator,
  gradients,
  norm,
  prod,
  scaledDotProductAttention,
  sort,
  type Tensor,
  tensor,
  topK,
} from "../../src/index.js";

const devices = ["reference", "webasm", "cpu"] as const;

describe.each(devices)("on %s", (device) => {
  const leaf = (values: number[], shape = [values.length]) => tensor(values, { device, shape, requiresGrad: true });
  const gradientOf = (values: number[], f: (x: Tensor) => Tensor) => {
    const x = leaf(values);
    return Array.from(gradients(f(x).sum(), [x])[0]?.dataSync() ?? []);
  };
  /** Row by row, the derivatives of the gradient. */
  const hessianOf = (values: number[], f: (x: Tensor) => Tensor) => {
    const x = leaf(values);
    const [g] = gradients(f(x), [x], { createGraph: true });
    return values.map((_, i) => {
      const [row] = gradients((g as Tensor).slice({ start: [i], end: [i + 1] }).sum(), [x], { retainGraph: true });
      return Array.from(row?.dataSync() ?? []);
    });
  };

  it.each([2, 1, 3, 1.5, 0.5, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "the gradient of norm is 0 at zero for p = %d",
    (p) => {
      expect(gradientOf([0, 0, 0], (x) => norm(x, { p }))).toEqual([0, 0, 0]);
    },
  );

  it("norm has no gradient for p = 0", () => {
    const x = leaf([0, 2]);
    expect(gradients(norm(x, { p: 0 }), [x])).toEqual([null]);
  });

  it.each([1, 1.5, 0.5, 3, -1])("the gradient of norm is 0 at a single x = 0 for p = %d", (p) => {
    const [first, , last] = gradientOf([0, 2, 0], (x) => norm(x, { p }));
    expect([first, last]).toEqual([0, 0]);
  });

  it("the second derivative of norm is finite at zero", () => {
    const zeros = [0, 0];
    for (const p of [2, 3, 1.5, 0.5]) expect(hessianOf([0, 0], (x) => norm(x, { p }))).toEqual([zeros, zeros]);
  });

  it("the gradient of norm neither overflows nor vanishes", () => {
    for (const scale of [1e30, 1e-30]) {
      for (const [i, g] of gradientOf([3 * scale, -4 * scale], (x) => norm(x)).entries()) {
        expect(g).toBeCloseTo([0.6, -0.8][i] as number, 5);
      }
    }
  });

  it("norm splits the gradient evenly among ties for p = ±Infinity", () => {
    expect(gradientOf([2, -2, 1, 2], (x) => norm(x, { p: Number.POSITIVE_INFINITY }))).toHaveLength(4);
    expect(gradientOf([2, -2, 1], (x) => norm(x, { p: Number.POSITIVE_INFINITY }))).toEqual([0.5, -0.5, 0]);
    expect(gradientOf([2, -1, 1], (x) => norm(x, { p: Number.NEGATIVE_INFINITY }))).toEqual([0, -0.5, 0.5]);
  });

  it("the derivatives of prod are the products of the other factors, where some are 0 too", () => {
    expect(gradientOf([0, 1, 2], (x) => prod(x))).toEqual([2, 0, 0]);
    expect(gradientOf([0, 0, 2], (x) => prod(x))).toEqual([0, 0, 0]);
    expect(hessianOf([0, 0, 2], (x) => prod(x))).toEqual([
      [0, 2, 0],
      [2, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("the derivatives of cumProd are exact where there are zeros", () => {
    // (a, ab, abc) at (3, 0, 2): the sum has the gradient (1 + b + bc, a + ac, ab)
    expect(gradientOf([3, 0, 2], (x) => cumProd(x, { axis: 0 }))).toEqual([1, 9, 0]);
  });

  it("sort and topK send the gradient of a tie to where the value stood", () => {
    const weights = () => tensor([1, 10, 100, 1000], { device });
    const descending = { descending: true };
    expect(gradientOf([2, 1, 2, 1], (x) => sort(x).values.mul(weights()))).toEqual([100, 1, 1000, 10]);
    expect(gradientOf([2, 1, 2, 1], (x) => sort(x, descending).values.mul(weights()))).toEqual([1, 100, 10, 1000]);
    expect(gradientOf([2, 2, 2], (x) => topK(x, 2).values)).toEqual([1, 1, 0]);
    expect(gradientOf([2, 2, 2], (x) => topK(x, 2, { largest: false }).values)).toEqual([1, 1, 0]);
  });

  it.each([
    [1, [2, 4, 0, 0, 10, 12]],
    [-2, [2, 4, 0, 0, 10, 12]],
    [0, [0, 0, 12, 16, 10, 12]],
    [-3, [0, 0, 12, 16, 10, 12]],
  ])("embedding gives no gradient to the row paddingIdx = %i, and its numbers all the same", (paddingIdx, gradient) => {
    const weight = leaf([1, 2, 3, 4, 5, 6], [3, 2]);
    const index = tensor([1, 0, 1, 2], { device, dtype: "int32" });
    const rows = embedding(index, weight, { paddingIdx });
    expect(Array.from(rows.dataSync())).toEqual([3, 4, 1, 2, 3, 4, 5, 6]);
    const [g] = gradients(rows.square().sum(), [weight], { createGraph: true });
    expect(Array.from(g?.dataSync() ?? [])).toEqual(gradient);
    const [second] = gradients((g as Tensor).sum(), [weight]);
    expect(Array.from(second?.dataSync() ?? [])).toEqual(
      paddingIdx % 3 === 0 ? [0, 0, 4, 4, 2, 2] : [2, 2, 0, 0, 2, 2],
    );
  });

  it("attention gives zeros and no gradient to a query that may look at no key", () => {
    const [q, k, v] = [leaf([1, 2, 3, 4], [2, 2]), leaf([1, 0, 0, 1], [2, 2]), leaf([5, 6, 7, 8], [2, 2])];
    const minusInfinity = Number.NEGATIVE_INFINITY;
    for (const attnMask of [
      tensor([0, 0, 0, 1], { device, shape: [2, 2], dtype: "bool" }),
      tensor([minusInfinity, minusInfinity, minusInfinity, 0], { device, shape: [2, 2] }),
    ]) {
      const y = scaledDotProductAttention(q, k, v, { attnMask });
      expect(y.arraySync()).toEqual([
        [0, 0],
        [7, 8],
      ]);
      const [gq, gk, gv] = gradients(y.square().sum(), [q, k, v]);
      expect(gq?.arraySync()).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(gk?.arraySync()).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(gv?.arraySync()).toEqual([
        [0, 0],
        [14, 16],
      ]);
    }
  });

  it("attention stays finite where the scores are huge", () => {
    const x = tensor([1e4, 0, 0, -1e4], { device, shape: [2, 2] });
    expect(scaledDotProductAttention(x, x, x).arraySync()).toEqual([
      [1e4, 0],
      [0, -1e4],
    ]);
  });

  it("attention drops about the share that is asked for, and lets the rest grow", () => {
    const one = tensor([1], { device, shape: [1, 1] });
    const many = one.broadcastTo([4000, 1]);
    const y = scaledDotProductAttention(many, one, one, { dropoutP: 0.25, generator: generator(3) }).dataSync();
    const kept = y.filter((value: number) => value !== 0);
    expect(kept.length / 4000).toBeCloseTo(0.75, 1);
    for (const value of kept) expect(value).toBeCloseTo(4 / 3, 6);
  });
});
