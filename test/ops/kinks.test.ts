/** Tests of what every op declares at kinks, ties and special values, on every device. */
import { describe, expect, it } from "vitest";
import {
  abs,
  type BinaryOp,
  clamp,
  elu,
  gradients,
  leakyRelu,
  max,
  maximum,
  min,
  minimum,
  pow,
  relu,
  sigmoid,
  sign,
  softplus,
  type Tensor,
  tanh,
  tensor,
  where,
} from "../../src/index.js";

const devices = ["reference", "webasm", "cpu"] as const;

describe.each(devices)("on %s", (device) => {
  const leaf = (values: number[]) => tensor(values, { device, requiresGrad: true });
  const gradientOf = (values: number[], f: (x: Tensor) => Tensor) => {
    const x = leaf(values);
    return Array.from(gradients(f(x).sum(), [x])[0]?.dataSync() ?? []);
  };

  it("relu′(0) = 0", () => expect(gradientOf([-1, 0, -0, 2], relu)).toEqual([0, 0, 0, 1]));
  it("abs′(0) = 0", () => expect(gradientOf([-3, 0, 3], abs)).toEqual([-1, 0, 1]));
  it("leakyRelu′(0) is the slope", () => {
    expect(gradientOf([-1, 0, 1], (x) => leakyRelu(x, { negativeSlope: 0.25 }))).toEqual([0.25, 0.25, 1]);
  });
  it("elu′(0) = alpha", () => expect(gradientOf([0, 1], (x) => elu(x, { alpha: 0.5 }))).toEqual([0.5, 1]));
  it("sign is flat", () => {
    const x = leaf([-2, 0, 2]);
    expect(gradients(sign(x).mul(x).sum(), [x])[0]?.arraySync()).toEqual([-1, 0, 1]);
  });

  it("clamp passes the gradient inside, bounds included", () => {
    expect(gradientOf([-2, -1, 0, 1, 2], (x) => clamp(x, { min: -1, max: 1 }))).toEqual([0, 1, 1, 1, 0]);
  });

  it("max and min split the gradient evenly among ties", () => {
    expect(gradientOf([3, 1, 3, 3, 0, 3], (x) => max(x))).toEqual([0.25, 0, 0.25, 0.25, 0, 0.25]);
    expect(gradientOf([1, 1, 2], (x) => min(x))).toEqual([0.5, 0.5, 0]);
    expect(gradientOf([2, 2, 5, 7], (x) => max(x.reshape([2, 2]), { axis: 1 }))).toEqual([0.5, 0.5, 0, 1]);
  });

  it.each<[string, BinaryOp, number[]]>([
    ["maximum", maximum, [0, 0.5, 1]],
    ["minimum", minimum, [1, 0.5, 0]],
  ])("%s halves the gradient of a tie", (_, op, expected) => {
    const [a, b] = [leaf([1, 2, 3]), leaf([2, 2, 2])];
    const [ga, gb] = gradients(op(a, b).sum(), [a, b]);
    expect(ga?.arraySync()).toEqual(expected);
    expect(gb?.arraySync()).toEqual(expected.map((v) => 1 - v));
  });

  it("pow has derivative 0 by the base where the exponent is 0, and by the exponent where the base is 0", () => {
    const [a, b] = [leaf([0, 2, 0]), leaf([0, 0, 2])];
    expect(pow(a, b).arraySync()).toEqual([1, 1, 0]);
    const [ga, gb] = gradients(pow(a, b).sum(), [a, b]);
    expect(ga?.arraySync()).toEqual([0, 0, 0]);
    expect(gb?.dataSync()[2]).toBe(0);
  });

  it("pow of 0 does not change with an exponent that is not negative", () => {
    const [a, b] = [tensor([0, 0, 0], { device }), leaf([0, 0.5, 2])];
    expect(gradients(pow(a, b).sum(), [b])[0]?.arraySync()).toEqual([0, 0, 0]);
  });

  it("clamp to one number gives that number", () => {
    expect(clamp(tensor([-1, 2, 5], { device }), { min: 2, max: 2 }).arraySync()).toEqual([2, 2, 2]);
  });

  it("pow takes negative bases to whole exponents only", () => {
    const x = tensor([-2, -2, -2, -2], { device });
    const y = pow(x, tensor([2, 3, -1, 0.5], { device })).dataSync();
    expect(Array.from(y.slice(0, 3))).toEqual([4, -8, -0.5]);
    expect(y[3]).toBeNaN();
  });

  it("where keeps a NaN of the side that is not taken out of the gradient", () => {
    const x = leaf([-1, 4]);
    const y = where(x.greater(0), x.sqrt(), 0);
    expect(y.arraySync()).toEqual([0, 2]);
    const [g] = gradients(
      where(x.greater(0), x.mul(2), x.log())
        .slice({ start: [1] })
        .sum(),
      [x],
    );
    expect(g?.arraySync()).toEqual([0, 2]);
  });

  it("NaN passes through relu, maximum and clamp", () => {
    const x = tensor([Number.NaN], { device });
    for (const y of [relu(x), maximum(x, 1), minimum(x, 1), clamp(x, { min: 0 }), abs(x)])
      expect(y.dataSync()[0]).toBeNaN();
  });

  it("sigmoid, tanh and softplus neither overflow nor turn NaN at the ends", () => {
    const x = tensor([-1000, 1000], { device });
    expect(sigmoid(x).arraySync()).toEqual([0, 1]);
    expect(tanh(x).arraySync()).toEqual([-1, 1]);
    expect(softplus(x).arraySync()).toEqual([0, 1000]);
    for (const op of [sigmoid, tanh, (t: Tensor) => softplus(t)]) {
      for (const g of gradientOf([-1000, 1000], op)) expect(g).toBeOneOf([0, 1]);
    }
  });
});
