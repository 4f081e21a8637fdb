/** Tests of grad and valueAndGrad: closed forms, trees, composition, modes, errors, memory. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  crossEntropy,
  DTypeError,
  GradientError,
  generator,
  grad,
  gradients,
  isRecording,
  Linear,
  memory,
  noGrad,
  randn,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  ValueError,
  valueAndGrad,
} from "../../../src/index.js";
import { crossEntropyOf, quadratic, rosenbrock, rosenbrockGradient } from "./closed-forms.js";

beforeAll(() => setDevice("reference"));

const values = (t: Tensor): number[] => Array.from(t.dataSync());

function expectClose(actual: Tensor, expected: readonly number[], digits = 10): void {
  expect(actual.size).toBe(expected.length);
  values(actual).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, digits);
  });
}

describe("grad", () => {
  it("gives the gradient of the Rosenbrock function", () => {
    for (const [x, y] of [
      [-1.2, 1],
      [1, 1],
      [0.5, -2],
    ] as const) {
      expectClose(grad(rosenbrock)(tensor([x, y])), rosenbrockGradient(x, y));
    }
  });

  it("gives (A + Aᵀ)x for xᵀAx", () => {
    const A = randn([4, 4], { generator: generator(1) });
    const x = randn([4], { generator: generator(2) });
    const expected = A.add(A.transpose()).matmul(x.unsqueeze(1)).squeeze(1);
    expectClose(grad((x) => quadratic(A, x))(x), values(expected));
  });

  it("gives p − y for the cross entropy of softmax", () => {
    const logits = tensor([0.5, -1, 2]);
    const p = values(logits.softmax({ axis: 0 }));
    expectClose(
      grad((z) => crossEntropyOf(z, 1))(logits),
      p.map((p, k) => p - (k === 1 ? 1 : 0)),
    );
  });

  it("gives third derivatives", () => {
    const third = (f: (x: Tensor) => Tensor) => grad(grad(grad(f)));
    expect(third((x) => x.pow(5).sub(x.pow(3).mul(2)))(tensor(1.5)).itemSync()).toBeCloseTo(60 * 1.5 ** 2 - 12, 9);
    expect(third((x) => x.sin())(tensor(0.7)).itemSync()).toBeCloseTo(-Math.cos(0.7), 12);
    expect(grad(third((x) => x.mul(x.exp())))(tensor(0.5)).itemSync()).toBeCloseTo(4.5 * Math.exp(0.5), 12); // (x + 4)eˣ
  });

  it("differentiates by the arguments that argNums names", () => {
    const f = (a: Tensor, b: Tensor, scale: number) => a.square().mul(b).mul(scale).sum();
    const [a, b] = [tensor([1, 2]), tensor([3, 5])];
    expectClose(grad(f)(a, b, 2), [12, 40]);
    expectClose(grad(f, { argNums: 1 })(a, b, 2), [2, 8]);
    const [byB, byA] = grad(f, { argNums: [1, 0] })(a, b, 2);
    expectClose(byA, [12, 40]);
    expectClose(byB, [2, 8]);
  });

  it("takes trees and passes on what is no tensor", () => {
    const parameters = {
      z: tensor([1, 2]),
      layers: [
        { weight: tensor([3, 4]), name: "first" },
        { weight: tensor([5, 6]), name: "second" },
      ],
      power: 2,
      bias: null as Tensor | null,
      act: (x: Tensor) => x.square(),
    };
    const f = ({ z, layers, power, act }: typeof parameters) =>
      layers
        .reduce((h, { weight }) => h.mul(weight), act(z))
        .pow(power)
        .sum();
    const found = grad(f)(parameters);
    // h = z² w v, f = Σ h²: ∂f/∂z = 4h²/z, ∂f/∂w = 2h²/w
    const [h0, h1] = [1 * 3 * 5, 4 * 4 * 6] as const;
    expectClose(found.z, [4 * h0 ** 2, (4 * h1 ** 2) / 2]);
    expectClose(found.layers[1]?.weight as Tensor, [(2 * h0 ** 2) / 5, (2 * h1 ** 2) / 6]);
    expect(found.layers.map(({ name }) => name)).toEqual(["first", "second"]);
    expect([found.power, found.bias, found.act]).toEqual([2, null, parameters.act]);
    expect(Object.keys(found)).toEqual(Object.keys(parameters));
  });

  it("gives zeros for what the value does not depend on", () => {
    const f = ({ a }: { a: Tensor; b: Tensor }) => a.sum();
    const found = grad(f)({ a: tensor([1, 2]), b: tensor([[1], [2]]) });
    expect(found.b.arraySync()).toEqual([[0], [0]]);
    expect(grad((x: Tensor) => x.greater(0).cast("float64").sum())(tensor([1, 2])).arraySync()).toEqual([0, 0]);
    const constant = tensor(3);
    expect(grad((_x: Tensor) => constant)(tensor([1, 2])).arraySync()).toEqual([0, 0]);
  });

  it("takes an object without a prototype", () => {
    const tree: { w: Tensor } = Object.assign(Object.create(null), { w: tensor([1, 2]) });
    expect(grad(({ w }: typeof tree) => w.square().sum())(tree).w.arraySync()).toEqual([2, 4]);
  });

  it("takes the argument itself for a value", () => {
    expect(grad((x) => x)(tensor([4])).arraySync()).toEqual([1]);
  });

  it("returns plain tensors and leaves .grad and the argument alone", () => {
    const x = tensor([1, 2]);
    const found = grad((x) => x.square().sum())(x);
    expect([found.requiresGrad, found.isLeaf, x.requiresGrad, x.grad]).toEqual([false, true, false, null]);
  });

  it("agrees with gradients on a model", () => {
    const layer = new Linear(3, 2, { generator: generator(4) });
    const x = randn([5, 3], { generator: generator(5) });
    const labels = tensor([0, 1, 1, 0, 1], { dtype: "int32" });
    const loss = (weight: Tensor, bias: Tensor) => crossEntropy(x.matmul(weight.transpose()).add(bias), labels);
    const [weight, bias] = [layer.weight, layer.bias as Tensor];
    const found = grad(loss, { argNums: [0, 1] })(weight.detach(), bias.detach());
    const expected = gradients(crossEntropy(layer.forward(x), labels), [weight, bias]);
    found.forEach((g, i) => {
      expectClose(g, values(expected[i] as Tensor), 14);
    });
  });
});

describe("grad of grad", () => {
  it("does not confuse the perturbations of two levels", () => {
    // d/dy [ y · d/dx (x·y) ] = d/dy y² = 2y; a confusion of x and y gives another number
    const f = (y: Tensor) => y.mul(grad((x: Tensor) => x.mul(y))(tensor(1)));
    expect(grad(f)(tensor(3)).itemSync()).toBe(6);
    // d/dx [ x · d/dy (x + y) ] = 1, the classic of Siskind and Pearlmutter (2005)
    const g = (x: Tensor) => x.mul(grad((y: Tensor) => x.add(y))(tensor(1)));
    expect(grad(g)(tensor(1)).itemSync()).toBe(1);
  });

  it("differentiates by captured variables of an outer level", () => {
    const a = tensor([1, 2]);
    const f = (y: Tensor) =>
      grad((x: Tensor) => x.square().mul(y).sum())(a)
        .square()
        .sum(); // Σ (2xy)²
    expectClose(grad(f)(tensor([3, 5])), [8 * 3, 8 * 4 * 5]);
  });

  it("differentiates by the same argument on both levels: x · f′(x)", () => {
    expect(grad((x) => x.mul(grad((x) => x.pow(3))(x)))(tensor(2)).itemSync()).toBeCloseTo(9 * 4, 12); // (3x³)′
  });

  it("reaches the parameters that a critic captured: a gradient penalty", () => {
    const w = tensor([2, -3], { requiresGrad: true });
    const critic = (x: Tensor) => x.square().mul(w).sum(); // ∇ₓ = 2wx
    const x = tensor([1, 4]);
    const penalty = grad(critic)(x).square().sum(); // Σ 4w²x²
    expect(penalty.requiresGrad).toBe(true);
    penalty.backward();
    expectClose(w.grad as Tensor, [8 * 2, 8 * -3 * 16]);
    expect(x.grad).toBe(null);
  });

  it("reaches an argument that requires a gradient", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    grad((x) => x.pow(3).sum())(x)
      .sum()
      .backward();
    expectClose(x.grad as Tensor, [6, 12]);
  });

  it("reaches a tensor that was recorded before", () => {
    const w = tensor(2, { requiresGrad: true });
    const c = w.square();
    const slope = grad((x: Tensor) => x.square().mul(c))(tensor(3)); // 2xw²
    slope.backward();
    expect((w.grad as Tensor).itemSync()).toBe(24); // 4xw
  });

  it("minds no tape of an outside tensor that was freed", () => {
    const c = tensor(2, { requiresGrad: true }).square();
    c.mul(1).backward();
    const [byX, byY] = grad((x: Tensor, _y: Tensor) => x.mul(c), { argNums: [0, 1] })(tensor(3), tensor(5));
    expect([byX.itemSync(), byY.itemSync()]).toEqual([4, 0]);
  });

  it("gives null by a captured parameter that the gradient does not depend on", () => {
    const w = tensor([5], { requiresGrad: true });
    const slope = grad((x: Tensor) => x.pow(3).add(w).sum())(tensor([2]));
    expect([slope.arraySync(), gradients(slope.sum(), [w])]).toEqual([[12], [null]]);
  });

  it("sees a backward() inside the function for what it is", () => {
    const w = tensor(2, { requiresGrad: true });
    const found = grad((x: Tensor) => {
      x.mul(w).backward();
      return x.square();
    })(tensor(3));
    expect([found.itemSync(), (w.grad as Tensor).itemSync()]).toEqual([6, 3]);
  });
});

describe("grad and noGrad", () => {
  it("works inside, and records nothing for the outside", () => {
    const w = tensor(2, { requiresGrad: true });
    const c = w.square();
    const found = noGrad(() => grad((x: Tensor) => x.square().mul(c).mul(w))(tensor(3)));
    expect([found.itemSync(), found.requiresGrad, isRecording()]).toEqual([48, false, true]);
    c.backward(); // whose tape the transform did not free
    expect((w.grad as Tensor).itemSync()).toBe(4);
  });

  it("gives a plain value inside, though the function captures a parameter", () => {
    const w = tensor(2, { requiresGrad: true });
    const { value } = noGrad(() => valueAndGrad((x: Tensor) => x.mul(w))(tensor(3)));
    expect([value.itemSync(), value.requiresGrad]).toEqual([6, false]);
  });

  it("takes what is computed inside noGrad for a constant", () => {
    expect(grad((x) => x.mul(noGrad(() => x.mul(2))))(tensor(3)).itemSync()).toBe(6);
    expect(grad((x: Tensor) => x.mul(noGrad(() => grad((x) => x.square())(x))))(tensor(3)).itemSync()).toBe(6);
  });
});

describe("valueAndGrad", () => {
  it("gives both", () => {
    const { value, grad } = valueAndGrad((x) => x.square().sum())(tensor([1, 2]));
    expect([value.itemSync(), grad.arraySync()]).toEqual([5, [2, 4]]);
    expect([value.requiresGrad, value.isLeaf]).toEqual([false, true]);
  });

  it("hands on what comes along", () => {
    const f = (x: Tensor, y: Tensor) => {
      const product = x.mul(y);
      return [product.sum(), { product, count: 2 }] as const;
    };
    const { value, grad, aux } = valueAndGrad(f, { argNums: [0, 1], hasAux: true })(tensor([1, 2]), tensor([3, 4]));
    expect(value.itemSync()).toBe(11);
    expect(grad.map((g) => g.arraySync())).toEqual([
      [3, 4],
      [1, 2],
    ]);
    expect([aux.product.arraySync(), aux.product.requiresGrad, aux.count]).toEqual([[3, 8], false, 2]);
  });

  it("keeps value and aux recorded where something outside requires a gradient", () => {
    const w = tensor(2, { requiresGrad: true });
    const f = (x: Tensor) => [x.square(), x.mul(w)] as const;
    const { value, aux } = valueAndGrad(f, { hasAux: true })(tensor(3));
    aux.backward();
    expect([value.itemSync(), (w.grad as Tensor).itemSync()]).toEqual([9, 3]);
  });

  it("can itself be differentiated", () => {
    const f = (x: Tensor) => {
      const { value, grad } = valueAndGrad((x: Tensor) => x.pow(3))(x);
      return value.mul(grad); // 3x⁵
    };
    expect(grad(f)(tensor(2)).itemSync()).toBeCloseTo(15 * 16, 10);
  });

  it("asks for a pair with hasAux", () => {
    const f = ((x: Tensor) => x.sum()) as unknown as (x: Tensor) => [Tensor, number];
    expect(() => valueAndGrad(f, { hasAux: true })(tensor(1))).toThrow(
      "valueAndGrad: with hasAux the function must return [value, aux], got a tensor of shape []",
    );
  });
});

describe("the errors of grad", () => {
  const x = () => tensor([1, 2]);

  it("ask for one number, and say what to do", () => {
    expect(() => grad((x) => x.square())(x())).toThrow(GradientError);
    expect(() => grad((x) => x.square())(x())).toThrow(
      "grad: the function returned shape [2], which has no single gradient; reduce it (sum, mean), or use vjp or jacobian",
    );
    expect(() => grad((() => 3) as unknown as (x: Tensor) => Tensor)(x())).toThrow(
      "grad: the function must return a tensor of one element, got 3",
    );
    const pair = ((x: Tensor) => [x.sum(), x]) as unknown as (x: Tensor) => Tensor;
    expect(() => grad(pair)(x())).toThrow("use valueAndGrad with { hasAux: true }");
    expect(() => grad((x) => x.sum().cast("int32"))(x())).toThrow(
      "grad: only float tensors have gradients, the function",
    );
  });

  it("refuse async functions", () => {
    const f = (async (x: Tensor) => x.sum()) as unknown as (x: Tensor) => Tensor;
    expect(() => grad(f)(x())).toThrow("grad: the function must not be async");
    expect(isRecording()).toBe(true);
  });

  it("refuse tensors that have no gradient, by their place", () => {
    const labels = tensor([1], { dtype: "int32" });
    const f = ({ w }: { w: Tensor; data: { labels: Tensor }[] }) => w.sum();
    expect(() => grad(f)({ w: x(), data: [{ labels }] })).toThrow(DTypeError);
    expect(() => grad(f)({ w: x(), data: [{ labels }] })).toThrow(
      "grad: only float tensors have gradients, argument 0.data[0].labels is int32",
    );
  });

  it("refuse what tensors are not looked for in, and arguments without any", () => {
    const model = new Linear(2, 1, { generator: generator(1) });
    expect(() => grad((m: Linear) => m.weight.sum())(model)).toThrow(
      "grad: tensors are found in arrays and plain objects only, argument 0 is a Linear",
    );
    expect(() => grad((n: number) => tensor(n))(3)).toThrow(
      "grad: argument 0 has no tensor to differentiate by, got 3",
    );
  });

  it("refuse argNums that do not fit", () => {
    const f = (x: Tensor) => x.sum();
    const wrong = (argNums: unknown) => () => grad(f, { argNums: argNums as 0 })(x());
    expect(wrong(1)).toThrow("grad: argNums must be from 0 to 0 for 1 arguments, got 1");
    expect(wrong(-1)).toThrow(ValueError);
    expect(wrong([0, 0])).toThrow("grad: argNums must be a position or a list of different ones, got [0, 0]");
    expect(wrong([])).toThrow(ValueError);
    expect(wrong("0")).toThrow('grad: argNums must be a position or a list of different ones, got "0"');
    const options = (given: unknown) => () => grad(f, given as { argNums: 0 });
    expect(options(1)).toThrow("grad: its options are { argNums }, got 1");
    expect(options(x())).toThrow("grad: its options are { argNums }, got a tensor of shape [2]"); // grad(f, x)
    expect(options([0])).toThrow("grad: its options are { argNums }, got [0]");
    expect(options({ argnums: 0 })).toThrow("grad: it has no option argnums; it is called argNums here");
    expect(options(null)).toThrow(ValueError);
    expect(() => grad(3 as unknown as () => Tensor)).toThrow("grad: its first argument must be a function, got 3");
  });
});

describe("the memory of grad", () => {
  it("is the gradient alone, inside tidy", () => {
    const x = randn([10], { generator: generator(1) });
    const before = memory().buffers;
    const found = tidy(() => grad((x: Tensor) => x.sin().exp().square().sum())(x));
    const second = tidy(() => grad((x: Tensor) => grad((x: Tensor) => x.pow(3).sum())(x).sum())(x));
    expect(memory().buffers - before).toBe(2);
    expect(values(second)).toEqual(values(x.mul(6)));
    found.dispose();
  });

  it("is outside of it what the function made, and no argument is held on to", () => {
    const before = memory().buffers;
    const x = tensor([1, 2]);
    const y = grad((x) => tidy(() => x.square().sum()))(x);
    x.dispose();
    expect(memory().buffers - before).toBe(2); // the sum and the gradient
    y.dispose();
    expect(memory().buffers - before).toBe(1);
  });
});
