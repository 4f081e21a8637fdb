/** Tests of vector norms beyond the op table: numbers near the ends of a float, and the curvature at a 0. */
import { describe, expect, it } from "vitest";
import { gradients, norm, type Tensor, tensor } from "../../src/index.js";

describe.each(["reference", "webasm", "cpu"] as const)("norm on %s", (device) => {
  /** Squares of both, and the quotient of the two, are beyond the floats of the device. */
  const [huge, tiny] = device === "reference" ? [1e200, 1e-200] : [1e30, 1e-30];
  const of = (values: number[], p: number) => norm(tensor(values, { device }), { p }).itemSync();

  it.each([0.5, 2, 20])("of a huge and a tiny number is the huge one for p = %d", (p) => {
    expect(of([tiny, -huge], p) / huge).toBeCloseTo(1, 5);
  });

  it.each([-0.5, -2, -20])("of a huge and a tiny number is the tiny one for p = %d", (p) => {
    expect(of([tiny, -huge], p) / tiny).toBeCloseTo(1, 5);
  });

  it.each([2, 20, -2, -20])("of two huge or two tiny numbers is right for p = %d", (p) => {
    for (const scale of [huge, tiny]) expect(of([scale, -scale], p) / scale).toBeCloseTo(2 ** (1 / p), 5);
  });

  it("has a gradient of 0 by a number that is nothing beside the largest", () => {
    const x = tensor([huge, -tiny], { device, requiresGrad: true });
    const [gradient] = gradients(norm(x, { p: 3 }), [x]);
    expect(gradient?.arraySync()).toEqual([expect.closeTo(1, 5), expect.closeTo(0, 5)]);
  });

  it("has the curvature of a circle at a single x = 0 for p = 2", () => {
    const x = tensor([0, 2], { device, requiresGrad: true });
    const [gradient] = gradients(norm(x), [x], { createGraph: true });
    const [second] = gradients((gradient as Tensor).slice({ end: [1] }).sum(), [x]);
    expect(second?.arraySync()).toEqual([expect.closeTo(0.5, 5), 0]); // (1 − x²/y²) / y
  });
});
