/** Tests of what activations, angles, rounding and losses declare at kinks and at their ends, on every device. */
import { describe, expect, it } from "vitest";
import {
  acos,
  asin,
  atan2,
  bce,
  bceWithLogits,
  ceil,
  celu,
  cosineEmbeddingLoss,
  crossEntropy,
  floor,
  gradients,
  hardSigmoid,
  hardSwish,
  hardTanh,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  logSoftmax,
  marginRankingLoss,
  mseLoss,
  nllLoss,
  poissonNllLoss,
  relu6,
  round,
  selu,
  smoothL1Loss,
  softplus,
  softsign,
  type Tensor,
  tensor,
} from "../../src/index.js";

const devices = ["reference", "webasm", "cpu"] as const;

describe.each(devices)("on %s", (device) => {
  const leaf = (values: number[]) => tensor(values, { device, requiresGrad: true });
  const constant = (values: number[]) => tensor(values, { device });

  /** First and second derivative, element by element. */
  function derivatives(values: number[], f: (x: Tensor) => Tensor): { first: number[]; second: number[] } {
    const x = leaf(values);
    const [first] = gradients(f(x).sum(), [x], { createGraph: true });
    const second = first?.requiresGrad ? gradients(first.sum(), [x])[0] : null;
    return {
      first: Array.from(first?.dataSync() ?? []),
      second: Array.from(second?.dataSync() ?? values.map(() => 0)),
    };
  }

  it("relu6′ is 0 at 0 and 6", () => {
    expect(derivatives([-1, 0, 3, 6, 7], relu6).first).toEqual([0, 0, 1, 0, 0]);
  });

  it("hardTanh′ is 0 at its bounds", () => {
    expect(derivatives([-2, -1, 0, 1, 2], (x) => hardTanh(x)).first).toEqual([0, 0, 1, 0, 0]);
  });

  it("hardSigmoid′ is 0 at ±3, where the function is 0 and 1 exactly", () => {
    const sixth = Math.fround(1 / 6);
    expect(derivatives([-4, -3, 0, 3, 4], hardSigmoid).first).toEqual([0, 0, sixth, 0, 0]);
    expect(hardSigmoid(constant([-4, -3, 3, 4])).arraySync()).toEqual([0, 0, 1, 1]);
  });

  it("hardSwish′ is 0 at −3 and 1 at 3, and flat beyond", () => {
    const { first, second } = derivatives([-4, -3, 0, 3, 4], hardSwish);
    expect(first).toEqual([0, 0, 0.5, 1, 1]);
    expect([0, 1, 3, 4].map((i) => second[i])).toEqual([0, 0, 0, 0]);
    expect(second[2]).toBeCloseTo(1 / 3, 6);
  });

  it("selu and celu take the lower side at 0", () => {
    expect(derivatives([0], selu).first[0]).toBeCloseTo(1.0507009873554805 * 1.6732632423543772, 5);
    expect(derivatives([0], (x) => celu(x, { alpha: 2 }))).toEqual({ first: [1], second: [0.5] });
  });

  it("hardSigmoid′ is 1/6 up to its bends", () => {
    expect(derivatives([-2.5, 2.5], hardSigmoid).first).toEqual([Math.fround(1 / 6), Math.fround(1 / 6)]);
  });

  it("celu keeps numbers above 0 to the last digit", () => {
    const values = [0.1, 0.3, 0.7, 0.9].map(Math.fround);
    expect(celu(constant(values), { alpha: 0.3 }).arraySync()).toEqual(values);
  });

  it("softsign″(0) = 0", () => expect(derivatives([0], softsign)).toEqual({ first: [1], second: [-0] }));

  it("softplus is smooth at its threshold, and straight beyond", () => {
    const { first, second } = derivatives([1, 1.25], (x) => softplus(x, { threshold: 1 }));
    expect(first[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(first[1]).toBe(1);
    expect(second).toEqual([0, 0]); // flat from the threshold on, as PyTorch's is
  });

  it.each([
    ["floor", floor],
    ["ceil", ceil],
    ["round", (x: Tensor) => round(x)],
  ] as const)("%s is flat", (_, op) => {
    expect(derivatives([-1, 0.25, 2], (x) => op(x).mul(x)).first).toEqual(
      Array.from(op(constant([-1, 0.25, 2])).dataSync()),
    );
  });

  it("atan2 is flat at the origin", () => {
    const [y, x] = [leaf([0, -0]), leaf([0, 0])];
    const flat = [0, 0];
    const first = gradients(atan2(y, x).sum(), [y, x], { createGraph: true }) as Tensor[];
    for (const g of first) expect(Array.from(g.dataSync(), Math.abs)).toEqual(flat);
    const total = first.reduce((sum, g) => sum.add(g)).sum();
    for (const g of gradients(total, [y, x]) as Tensor[]) expect(Array.from(g.dataSync(), Math.abs)).toEqual(flat);
  });

  it("asin and acos end in an infinite slope", () => {
    expect(derivatives([1, -1], asin).first).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(derivatives([1], acos).first).toEqual([Number.NEGATIVE_INFINITY]);
  });

  describe("losses", () => {
    const sum = { reduction: "sum" } as const;

    it("l1Loss is flat where input and target are equal", () => {
      const target = constant([1, 1, 1]);
      expect(derivatives([0, 1, 2], (x) => l1Loss(x, target, sum)).first).toEqual([-1, 0, 1]);
      expect(derivatives([0, 1, 2], (x) => smoothL1Loss(x, target, { ...sum, beta: 0 })).first).toEqual([-1, 0, 1]);
    });

    it("smoothL1Loss and huberLoss are straight from their bend on", () => {
      const target = constant([0, 0, 0, 0]);
      const values = [-0.5, 0.5, 0.25, 2];
      const smooth = derivatives(values, (x) => smoothL1Loss(x, target, { ...sum, beta: 0.5 }));
      expect(smooth).toEqual({ first: [-1, 1, 0.5, 1], second: [0, 0, 2, 0] });
      const huber = derivatives(values, (x) => huberLoss(x, target, { ...sum, delta: 0.5 }));
      expect(huber).toEqual({ first: [-0.5, 0.5, 0.25, 0.5], second: [0, 0, 1, 0] });
    });

    it("huberLoss keeps its slope where squares overflow", () => {
      const far = [1e30, Number.NEGATIVE_INFINITY];
      expect(derivatives(far, (x) => huberLoss(x, constant([0, 0]), sum)).first).toEqual([1, -1]);
    });

    it("bce divides by no less than 1e-12", () => {
      const { first } = derivatives([0, 1, 0], (p) => bce(p, constant([1, 0, 0]), sum));
      expect(first.map((v) => v / 1e12)).toEqual([expect.closeTo(-1, 6), expect.closeTo(1, 6), 0]);
    });

    it("hinges slope at their margin", () => {
      expect(derivatives([1], (x) => hingeEmbeddingLoss(x, constant([-1]))).first).toEqual([-1]);
      expect(derivatives([2], (x) => marginRankingLoss(x, constant([2]), constant([1]))).first).toEqual([-1]);
      const pair = (x: Tensor) => cosineEmbeddingLoss(x, constant([0, 1]), tensor(-1, { device }));
      expect(derivatives([1, 0], pair).first).toEqual([0, expect.closeTo(1, 6)]);
    });

    it("give a target no gradient, but for the losses of a distance", () => {
      const call = (loss: (x: Tensor, t: Tensor) => Tensor) => {
        const [x, t] = [leaf([0.25, 0.5]), leaf([1, 1])];
        return gradients(loss(x, t), [x, t]).map((g) => g !== null);
      };
      for (const loss of [mseLoss, l1Loss, smoothL1Loss, huberLoss]) expect(call(loss)).toEqual([true, true]);
      for (const loss of [bce, bceWithLogits, klDiv, poissonNllLoss, hingeEmbeddingLoss]) {
        expect(call(loss)).toEqual([true, false]);
      }
    });

    it("nllLoss of logSoftmax is crossEntropy", () => {
      const values = [1, -2, 0.5, 3, 0, -1];
      const logits = () => tensor(values, { device, shape: [2, 3], requiresGrad: true });
      const labels = tensor([2, 0], { device, dtype: "int32" });
      const options = { weight: constant([1, 2, 0.5]) };
      const [a, b] = [logits(), logits()];
      const [left, right] = [nllLoss(logSoftmax(a, { axis: 1 }), labels, options), crossEntropy(b, labels, options)];
      expect(left.itemSync()).toBe(right.itemSync());
      expect(gradients(left, [a])[0]?.arraySync()).toEqual(gradients(right, [b])[0]?.arraySync());
    });
  });
});
