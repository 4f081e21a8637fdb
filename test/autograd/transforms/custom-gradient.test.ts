/** Tests of customGradient and stopGradient. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CustomGradient,
  customGradient,
  DTypeError,
  GradientError,
  grad,
  gradients,
  hessian,
  jacobian,
  jvp,
  log,
  noGrad,
  setDevice,
  stopGradient,
  type Tensor,
  tensor,
  ValueError,
  vjp,
} from "../../../src/index.js";

beforeAll(() => setDevice("reference"));

describe("stopGradient", () => {
  it("makes a constant, in a tree as well", () => {
    expect(grad((x) => x.mul(stopGradient(x)))(tensor(3)).itemSync()).toBe(3);
    const tree = { a: [tensor([1])], n: 3, s: "x" };
    const stopped = stopGradient(tree);
    expect([stopped.a[0]?.arraySync(), stopped.n, stopped.s]).toEqual([[1], 3, "x"]);
    expect(grad((x: Tensor) => stopGradient({ x }).x.mul(x))(tensor(3)).itemSync()).toBe(3);
  });

  it("stops every level", () => {
    expect(grad((x) => grad((y: Tensor) => y.mul(stopGradient(x)).mul(y))(x))(tensor(3)).itemSync()).toBe(6);
  });
});

/** log(1 + eˣ), as JAX's example: its own gradient overflows for large x. */
const log1pexp = customGradient((x: Tensor) => {
  const e = x.exp();
  return { value: log(e.add(1)), backward: (gradOutput) => [gradOutput.mul(e.add(1).reciprocal().neg().add(1))] };
});

describe("customGradient", () => {
  it("takes the place of the gradient of the ops", () => {
    expect(log1pexp(tensor(3)).itemSync()).toBeCloseTo(Math.log(1 + Math.exp(3)), 12);
    expect(grad(log1pexp)(tensor(1000)).itemSync()).toBe(1);
    expect(grad((x) => log(x.exp().add(1)))(tensor(1000)).itemSync()).toBeNaN();
    const doubled = customGradient((x: Tensor) => ({ value: x, backward: (g) => [g.mul(-2)] }));
    expect(grad(doubled)(tensor(5)).itemSync()).toBe(-2);
  });

  it("is differentiated again by its rule, through what the function computed", () => {
    const s = 1 / (1 + Math.exp(-0.5));
    expect(grad(grad(log1pexp))(tensor(0.5)).itemSync()).toBeCloseTo(s * (1 - s), 12);
    expect(grad(grad(grad(log1pexp)))(tensor(0.5)).itemSync()).toBeCloseTo(s * (1 - s) * (1 - 2 * s), 12);
    const cube = customGradient((x: Tensor) => ({ value: x.pow(3), backward: (g) => [g.mul(x)] })); // a rule all wrong
    expect(grad(grad(cube))(tensor(5)).itemSync()).toBe(1);
  });

  it("hands the rule its value, whose derivative is the rule again", () => {
    // the rule says y′ = 2y although y = eˣ, so y″ = 4y
    const twice = customGradient((x: Tensor) => ({ value: x.exp(), backward: (g, y) => [g.mul(y).mul(2)] }));
    expect(grad(twice)(tensor(1)).itemSync()).toBeCloseTo(2 * Math.E, 12);
    expect(grad(grad(twice))(tensor(1)).itemSync()).toBeCloseTo(4 * Math.E, 12);
  });

  it("takes several tensors, null where there is no gradient", () => {
    const f = customGradient((x: Tensor, y: Tensor, k: Tensor) => ({
      value: x.mul(y).mul(k.cast("float64")),
      backward: (g) => [g.mul(10), null, null],
    }));
    const k = tensor(2, { dtype: "int32" });
    const [x, y] = [tensor(3, { requiresGrad: true }), tensor(4, { requiresGrad: true })];
    const z = f(x, y, k);
    expect(z.itemSync()).toBe(24);
    expect(String(z)).toContain("made by customGradient");
    const [byX, byY] = gradients(z, [x, y]);
    expect([byX?.itemSync(), byY]).toEqual([10, null]);
  });

  it("has a gradient that is a constant where the rule reads nothing else", () => {
    const f = customGradient((x: Tensor, y: Tensor) => ({ value: x.mul(y), backward: (g) => [g.mul(y), null] }));
    const x = tensor(3, { requiresGrad: true });
    const [byX] = gradients(f(x, tensor(4)), [x], { createGraph: true });
    expect([byX?.itemSync(), byX?.requiresGrad]).toEqual([4, false]);
  });

  it("gives a jvp and a Hessian too", () => {
    expect(jvp(log1pexp, tensor(1000), tensor(3)).tangent.itemSync()).toBe(3);
    const s = 1 / (1 + Math.exp(-0.5));
    expect(hessian(log1pexp)(tensor(0.5)).itemSync()).toBeCloseTo(s * (1 - s), 12);
  });

  it("records nothing where nothing asks for it", () => {
    const x = tensor(2, { requiresGrad: true });
    expect(log1pexp(tensor(2)).requiresGrad).toBe(false);
    expect(noGrad(() => log1pexp(x)).requiresGrad).toBe(false);
  });

  it("names the function whose rule is wrong", () => {
    const make = (backward: unknown) =>
      customGradient(function mine(x: Tensor): CustomGradient {
        return { value: x.mul(2), backward: backward as CustomGradient["backward"] };
      });
    const run = (backward: unknown) => () => grad((x) => make(backward)(x).sum())(tensor([1, 2]));
    expect(run((g: Tensor) => [g, g])).toThrow("mine: its backward returned 2 gradients for 1 inputs");
    expect(run((g: Tensor) => [g.sum()])).toThrow("mine: its backward returned a gradient of shape [] for input 0");
    expect(run((g: Tensor) => g)).toThrow("mine: its backward must return an array");
    expect(run(3)).toThrow("mine: its function must return { value: a tensor, backward: a function }");
    expect(run(3)).toThrow(GradientError);
    const valueless = customGradient(() => ({ value: 3, backward: () => [] }) as unknown as CustomGradient);
    expect(() => valueless()).toThrow("its function must return { value: a tensor, backward: a function }");
  });

  it("refuses what it cannot give a gradient of", () => {
    const w = tensor(2, { requiresGrad: true });
    const captures = customGradient((x: Tensor) => ({ value: x.mul(w), backward: (g) => [g] }));
    expect(() => grad(captures)(tensor(1))).toThrow("customGradient: its function captured a tensor");
    const stops = customGradient((x: Tensor) => ({ value: x.mul(stopGradient(w)), backward: (g) => [g] }));
    expect(grad(stops)(tensor(1)).itemSync()).toBe(1);
    expect(() => captures(3 as unknown as Tensor)).toThrow(ValueError);
    const labels = customGradient((x: Tensor) => ({ value: x.cast("int32"), backward: (g) => [g] }));
    expect(() => labels(tensor(1))).toThrow(DTypeError);
    expect(() => noGrad(() => labels(tensor(1)))).toThrow(DTypeError);
    const late = customGradient((async (x: Tensor) => x) as unknown as (x: Tensor) => CustomGradient);
    expect(() => late(tensor(1))).toThrow("must not be async");
  });
});

describe("what a custom gradient captures", () => {
  const scaled = (y: Tensor) => customGradient((x: Tensor) => ({ value: x.mul(2), backward: (g) => [g.mul(y)] }));

  it("is an error in the function, also where no argument requires a gradient", () => {
    const inFunction = (y: Tensor) =>
      customGradient((x: Tensor) => ({ value: x.mul(y), backward: (g) => [g.mul(y)] }))(tensor([1, 2]));
    expect(() => grad((y: Tensor) => inFunction(y).sum())(tensor([1, 2]))).toThrow(/captured a tensor/);
  });

  it("has its gradient where the rule reads it alone", () => {
    const c = tensor([1, 1]);
    const inner = (y: Tensor) => grad((x: Tensor) => scaled(y)(x).sum())(c); // y
    expect(grad((y: Tensor) => inner(y).square().sum())(tensor([2, 3])).arraySync()).toEqual([4, 6]);
    const along = (y: Tensor) => jvp((x: Tensor) => scaled(y)(x), c, tensor([1, 1])).tangent; // y
    expect(grad((y: Tensor) => along(y).square().sum())(tensor([2, 3])).arraySync()).toEqual([4, 6]);
    const rows = (y: Tensor) => jacobian((x: Tensor) => scaled(y)(x))(c); // diag y
    expect(grad((y: Tensor) => rows(y).square().sum())(tensor([2, 3])).arraySync()).toEqual([4, 6]);
    const weight = tensor([2, 3], { requiresGrad: true });
    inner(weight).square().sum().backward();
    expect(weight.grad?.arraySync()).toEqual([4, 6]);
  });

  it("has it together with what the function computed", () => {
    const weight = tensor([2, 3], { requiresGrad: true });
    const slope = grad((x: Tensor) => scaled(weight)(x.square()).sum())(tensor([1, 2])); // 2xy
    slope.square().sum().backward(); // Σ 4x²y²
    expect(weight.grad?.arraySync()).toEqual([16, 96]);
  });

  it("is a constant to what was called inside noGrad", () => {
    const weight = tensor([2, 3], { requiresGrad: true });
    const { vjp: pull } = noGrad(() => vjp((x: Tensor) => scaled(weight)(x), tensor([1, 1])));
    const [gradient] = pull(tensor([1, 1]));
    expect([gradient.arraySync(), gradient.requiresGrad]).toEqual([[2, 3], false]);
  });

  it("leaves the results plain where there is nothing to differentiate", () => {
    const gradient = grad((x: Tensor) => scaled(tensor([2, 3]))(x).sum())(tensor([1, 1]));
    expect([gradient.requiresGrad, gradient.arraySync()]).toEqual([false, [2, 3]]);
    const { value, tangent } = jvp((x: Tensor) => scaled(tensor([2, 3]))(x), tensor([1, 1]), tensor([1, 1]));
    expect([value.requiresGrad, tangent.requiresGrad]).toEqual([false, false]);
  });
});
