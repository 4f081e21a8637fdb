/** Tests of vjp, jvp, hvp, jacobian and hessian: closed forms, trees, composition, errors. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  GradientError,
  generator,
  grad,
  gradients,
  hessian,
  hvp,
  jacobian,
  jvp,
  memory,
  noGrad,
  randn,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  ValueError,
  vjp,
} from "../../../src/index.js";
import { crossEntropyOf, quadratic, rosenbrock, rosenbrockHessian } from "./closed-forms.js";

beforeAll(() => setDevice("reference"));

const values = (t: Tensor): number[] => Array.from(t.dataSync());

function expectClose(actual: Tensor, expected: Tensor | readonly unknown[], digits = 10): void {
  const wanted = Array.isArray(expected) ? tensor(expected as number[]) : (expected as Tensor);
  expect(actual.shape).toEqual(wanted.shape);
  const numbers = values(wanted);
  values(actual).forEach((value, i) => {
    expect(value).toBeCloseTo(numbers[i] as number, digits);
  });
}

describe("vjp", () => {
  it("pulls a gradient back, as often as one likes", () => {
    const { value, vjp: pull } = vjp((x, y) => x.mul(y.exp()), tensor([1, 2]), tensor([0, 1]));
    expectClose(value, [1, 2 * Math.E]);
    expect([value.requiresGrad, value.isLeaf]).toEqual([false, true]);
    for (const g of [1, -2]) {
      const [x, y] = pull(tensor([g, 3]));
      expectClose(x, [g, 3 * Math.E]);
      expectClose(y, [g, 6 * Math.E]);
      expect([x.requiresGrad, x.isLeaf]).toEqual([false, true]);
    }
  });

  it("takes and returns trees, null for a zero", () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor[] }, power: number) => ({
      sums: b.map((b) => a.add(b)),
      product: a.pow(power),
    });
    const [a, b] = [tensor([1, 2]), [tensor([3, 4]), tensor([5, 6])]];
    const { value, vjp: pull } = vjp(f, { a, b }, 2);
    expect(value.sums.map((s) => s.arraySync())).toEqual([
      [4, 6],
      [6, 8],
    ]);
    const [gradient, power] = pull({ product: tensor([1, 1]), sums: [tensor([10, 20]), null] });
    expect(gradient.a.arraySync()).toEqual([12, 24]);
    expect(gradient.b.map((g) => g.arraySync())).toEqual([
      [10, 20],
      [0, 0],
    ]);
    expect(power).toBe(2);
  });

  it("starts nothing from an output whose gradOutput is null", () => {
    const { vjp: pull } = vjp((x) => [x.exp(), x.mul(x)], tensor([3]));
    expect(pull([null, tensor([1])])[0].arraySync()).toEqual([6]);
  });

  it("gives plain tensors again after a gradOutput that requires a gradient", () => {
    const { vjp: pull } = vjp((x) => [x.square(), x.pow(3)], tensor([2]));
    const g = tensor([1]);
    expect(pull([tensor([1], { requiresGrad: true }), g])[0].requiresGrad).toBe(true);
    expect(pull([g, g])[0].requiresGrad).toBe(false);
  });

  it("is linear in gradOutput and can be differentiated by it", () => {
    const x = tensor([1, 2]);
    const f = (g: Tensor) =>
      vjp((x) => x.square(), x)
        .vjp(g)[0]
        .square()
        .sum(); // Σ (2xg)²
    expectClose(grad(f)(tensor([3, 4])), [8 * 3, 8 * 4 * 4]);
    const { vjp: pull } = vjp((x) => x.square(), x); // recorded while nobody asked
    expectClose(grad((g) => pull(g)[0].square().sum())(tensor([3, 4])), [8 * 3, 8 * 4 * 4]);
  });

  it("adds up what reaches one tensor that is returned twice", () => {
    const { vjp: pull } = vjp((x) => [x, x, x.mul(2)], tensor([1]));
    expect(pull([tensor([1]), tensor([10]), tensor([100])])[0].arraySync()).toEqual([211]);
  });

  it("says what does not fit", () => {
    const { vjp: pull } = vjp((x) => ({ y: x.square(), z: [x] }), tensor([1, 2]));
    const g = tensor([1, 1]);
    expect(() => pull({ y: tensor([1]), z: [g] })).toThrow(ShapeError);
    expect(() => pull({ y: tensor([1]), z: [g] })).toThrow("vjp: gradOutput.y has shape [1], value.y [2]");
    expect(() => pull({ y: g } as never)).toThrow(
      "vjp: gradOutput must have the structure of value: { y, z }, got { y }",
    );
    expect(() => pull({ y: g, z: [g, g] })).toThrow("gradOutput.z must have the structure of value.z: a list of 1");
    expect(() => pull({ y: 1, z: [g] } as never)).toThrow("vjp: gradOutput.y must be a tensor of shape [2], got 1");
    expect(() => pull({ y: g.cast("int32"), z: [g] })).toThrow("vjp: gradOutput.y must be float64, got int32");
    expect(() => vjp((x) => [x, 3], tensor([1]))).toThrow("vjp: the function must return tensors, got 3 at [1]");
    expect(() => vjp((x) => [x.cast("int32")], tensor([1]))).toThrow("the function returned int32 at [0]");
    expect(() => vjp((_x) => [], tensor([1]))).toThrow("vjp: the function must return a tensor, got none");
    expect(() => vjp((_x) => ({}), tensor([1]))).toThrow("vjp: the function must return a tensor, got none");
    const labels = tensor([1], { dtype: "int32" });
    expect(() => vjp((x: Tensor, _data: unknown) => x, tensor([1]), { labels })).toThrow(
      "vjp: only float tensors have gradients, argument 1.labels is int32",
    );
    expect(() => vjp((n: number) => tensor(n), 3)).toThrow("vjp: the arguments have no tensor to differentiate by");
    expect(() => vjp(async (x: Tensor) => x, tensor([1]))).toThrow("vjp: the function must not be async");
  });
});

describe("jvp", () => {
  it("gives the value and how it moves", () => {
    const { value, tangent } = jvp((x) => x.sin(), tensor([0, 1]), tensor([1, 2]));
    expectClose(value, [0, Math.sin(1)]);
    expectClose(tangent, [1, 2 * Math.cos(1)]);
    expect([value.requiresGrad, tangent.requiresGrad, tangent.isLeaf]).toEqual([false, false, true]);
  });

  it("takes lists and trees, null for what does not move", () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }, c: Tensor) => ({ ab: a.mul(b), c: [c.square(), a] });
    const primals = [{ a: tensor([1, 2]), b: tensor([3, 4]) }, tensor([5])] as [{ a: Tensor; b: Tensor }, Tensor];
    const { tangent } = jvp(f, primals, [{ a: tensor([1, 1]), b: null }, tensor([2])]);
    expect(tangent.ab.arraySync()).toEqual([3, 4]);
    expect(tangent.c.map((t) => t.arraySync())).toEqual([[20], [1, 1]]);
  });

  it("minds no movement of an argument that the value does not depend on", () => {
    const { tangent } = jvp((x, _y) => x.mul(2), [tensor([1]), tensor([1])], [tensor([3]), tensor([5])]);
    expect(tangent.arraySync()).toEqual([6]);
  });

  it("asks for no tangent where there is no tensor", () => {
    const { tangent } = jvp((x: Tensor, _none: Tensor[]) => x.mul(2), [tensor([1]), []], [tensor([3]), null as never]);
    expect(tangent.arraySync()).toEqual([6]);
  });

  it("gives zeros where nothing moves", () => {
    const constant = tensor([7]);
    const { value, tangent } = jvp((x) => [x.greater(0).cast("float64"), constant, x.mul(0)], tensor([1]), tensor([1]));
    expect(value.map((t) => t.arraySync())).toEqual([[1], [7], [0]]);
    expect(tangent.map((t) => t.arraySync())).toEqual([[0], [0], [0]]);
  });

  it("can be differentiated by argument, tangent and captured tensors", () => {
    const along = (x: Tensor, v: Tensor) => jvp((x) => x.pow(3), x, v).tangent.sum(); // Σ 3x²v
    const [x, v] = [tensor([1, 2]), tensor([5, 7])];
    const [byX, byV] = grad(along, { argNums: [0, 1] })(x, v);
    expectClose(byX, [30, 84]); // 6xv
    expectClose(byV, [3, 12]); // 3x²
    const w = tensor([2, 3], { requiresGrad: true });
    jvp((x) => x.square().mul(w), x, v)
      .tangent.sum()
      .backward(); // Σ 2xwv
    expectClose(w.grad as Tensor, [10, 28]);
  });

  it("is never recorded inside noGrad", () => {
    const [x, v] = [tensor([2], { requiresGrad: true }), tensor([3], { requiresGrad: true })];
    const { value, tangent } = noGrad(() => jvp((x) => x.square(), x, v));
    expect([tangent.itemSync(), tangent.requiresGrad, value.requiresGrad]).toEqual([12, false, false]);
    expect(jvp((x) => x.square(), x, v).tangent.requiresGrad).toBe(true);
    const { vjp: pull } = noGrad(() => vjp((x) => x.square(), x));
    const outside = x.square();
    noGrad(() => jvp((y) => y.mul(outside), v, v));
    expect(gradients(outside, [x]).map((g) => g?.itemSync())).toEqual([4]); // whose tape was not freed
    pull(v)[0].backward(); // 2xv, by v only: x was a constant when the function was called
    expect([x.grad, v.grad?.itemSync()]).toEqual([null, 4]);
  });

  it("nests: a second derivative in two directions", () => {
    const one = tensor(1);
    const first = (x: Tensor) => jvp((x) => x.pow(4), x, one).tangent;
    expect(jvp(first, tensor(2), one).tangent.itemSync()).toBeCloseTo(48, 10);
    expect(jvp((x) => jvp(first, x, one).tangent, tensor(2), one).tangent.itemSync()).toBeCloseTo(48, 10); // 24x
  });

  it("says what does not fit", () => {
    const f = (x: Tensor, y: Tensor) => x.add(y);
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    expect(() => jvp(f, [x, y], [x, tensor([1])])).toThrow(ShapeError);
    expect(() => jvp(f, [x, y], [x, tensor([1])])).toThrow("jvp: tangents[1] has shape [1], primals[1] [2]");
    expect(() => jvp(f, [x, y], [x] as never)).toThrow(ValueError);
    expect(() => jvp(f, [x, y], [x] as never)).toThrow("jvp: tangents must have the structure of primals: a list of 2");
    expect(() => jvp(f, 3 as never, x as never)).toThrow("jvp: primals must be a list of arguments or a single tensor");
    expect(() => jvp((() => 3) as never, x, y)).toThrow(/jvp: the function must return tensors, got 3$/);
  });

  it("holds nothing but its results, and what the function made outside of tidy", () => {
    const [x, v] = [tensor([1, 2]), tensor([3, 4])];
    const before = memory().buffers;
    const result = tidy(() => jvp((x) => x.sin().exp(), x, v));
    expect(memory().buffers - before).toBe(2);
    expect(values(result.tangent)).toHaveLength(2);
    const { value, tangent } = jvp((x) => tidy(() => x.square()), x, v);
    expect(memory().buffers - before).toBe(4);
    for (const t of [value, tangent]) t.dispose();
  });
});

describe("hvp", () => {
  it("gives the product with the Hessian of a quadratic form", () => {
    const A = randn([4, 4], { generator: generator(1) });
    const [x, v] = [randn([4], { generator: generator(2) }), randn([4], { generator: generator(3) })];
    const expected = A.add(A.transpose()).matmul(v.unsqueeze(1)).squeeze(1);
    expectClose(
      hvp((x) => quadratic(A, x), x, v),
      expected,
    );
  });

  it("takes lists, trees and numbers beside them", () => {
    const f = (x: Tensor, { y }: { y: Tensor }, n: number) => x.square().mul(y).mul(n).sum();
    const primals = [tensor([1, 2]), { y: tensor([3, 4]) }, 2] as [Tensor, { y: Tensor }, number];
    const [byX, byY, n] = hvp(f, primals, [tensor([1, 0]), { y: tensor([0, 1]) }, 2]);
    expect(byX.arraySync()).toEqual([12, 8]); // 2yn·v + 2xn·w
    expect(byY.y.arraySync()).toEqual([4, 0]); // 2xn·v
    expect(n).toBe(2);
  });

  it("can be differentiated: the third derivative", () => {
    const f = (x: Tensor) => hvp((x) => x.pow(4).sum(), x, tensor([1, 2])).sum(); // Σ 12x²v
    expectClose(grad(f)(tensor([1, 3])), [24, 144]);
  });

  it("says what does not fit", () => {
    const x = tensor([1, 2]);
    expect(() => hvp((x) => x.sum(), x, tensor([1]))).toThrow("hvp: tangents[0] has shape [1], primals[0] [2]");
    expect(() => hvp((x) => x, x, x)).toThrow("hvp: the function returned shape [2], which has no single gradient");
  });

  it("is zero for a linear function, and holds nothing else", () => {
    const x = tensor([1, 2]);
    const before = memory().buffers;
    const product = tidy(() => hvp((x) => x.sum(), x, x));
    expect(product.arraySync()).toEqual([0, 0]);
    expect(memory().buffers - before).toBe(1);
  });
});

describe("jacobian", () => {
  it("has shape [...output, ...input]", () => {
    const x = tensor([[1, 2, 3]]);
    const J = jacobian((x) => x.square().mul(tensor([[1], [10]])))(x);
    expect(J.shape).toEqual([2, 3, 1, 3]);
    const row = (s: number) => [[[2 * s, 0, 0]], [[0, 4 * s, 0]], [[0, 0, 6 * s]]];
    expect(J.arraySync()).toEqual([row(1), row(10)]);
    expect([J.requiresGrad, J.isLeaf]).toEqual([false, true]);
  });

  it("of a scalar function of a scalar is a scalar", () => {
    const J = jacobian((x) => x.pow(3))(tensor(2));
    expect([J.shape, J.itemSync()]).toEqual([[], 12]);
  });

  it("takes several arguments and trees, on both sides", () => {
    const f = (x: Tensor, { w }: { w: Tensor; name: string }) => ({ xw: x.mul(w), w });
    const [x, w] = [tensor([1, 2]), tensor([3, 4])];
    const J = jacobian(f, { argNums: [0, 1] })(x, { w, name: "layer" });
    const [byX, byW] = J.xw;
    expect([byX.arraySync(), byW.w.arraySync(), byW.name]).toEqual([
      [
        [3, 0],
        [0, 4],
      ],
      [
        [1, 0],
        [0, 2],
      ],
      "layer",
    ]);
    expect(J.w[0].arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(J.w[1].w.arraySync()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("can be differentiated", () => {
    const f = (x: Tensor) =>
      jacobian((x) => x.pow(3))(x)
        .square()
        .sum(); // Σ 9x⁴
    expectClose(grad(f)(tensor([1, 2])), [36, 288]);
    const w = tensor([2, 3], { requiresGrad: true });
    const J = jacobian((x) => x.mul(w))(tensor([5, 7]));
    J.sum().backward();
    expectClose(w.grad as Tensor, [1, 1]);
    expect(noGrad(() => jacobian((x) => x.mul(w))(tensor([5, 7]))).requiresGrad).toBe(false);
  });

  it("holds nothing but its result", () => {
    const x = tensor([1, 2, 3]);
    const before = memory().buffers;
    const J = jacobian((x) => tidy(() => x.square()))(x);
    expect(memory().buffers - before).toBe(2); // x² and J
    J.dispose();
  });

  it("refuses what is no tensor", () => {
    expect(() => jacobian((() => 3) as unknown as (x: Tensor) => Tensor)(tensor(1))).toThrow(GradientError);
    expect(() => jacobian((x) => x, { argNums: 1 })(tensor(1))).toThrow("jacobian: argNums must be from 0 to 0");
  });
});

describe("hessian", () => {
  it("is that of the Rosenbrock function", () => {
    for (const [x, y] of [
      [-1.2, 1],
      [0.5, -2],
    ] as const) {
      expectClose(hessian(rosenbrock)(tensor([x, y])), rosenbrockHessian(x, y));
    }
  });

  it("is A + Aᵀ for xᵀAx", () => {
    const A = randn([3, 3], { generator: generator(1) });
    expectClose(hessian((x) => quadratic(A, x))(randn([3], { generator: generator(2) })), A.add(A.transpose()));
  });

  it("is diag(p) − ppᵀ for the cross entropy of softmax", () => {
    const logits = tensor([0.5, -1, 2]);
    const p = values(logits.softmax({ axis: 0 }));
    expectClose(
      hessian((z) => crossEntropyOf(z, 2))(logits),
      p.map((a, i) => p.map((b, j) => (i === j ? a : 0) - a * b)),
    );
  });

  it("has shape [...input, ...input], and blocks for several arguments", () => {
    const f = (x: Tensor, y: Tensor) => x.square().mul(y).sum();
    const [x, y] = [tensor([[1, 2]]), tensor([3, 4])];
    expect(hessian(f)(x, y).arraySync()).toEqual([[[[6, 0]], [[0, 8]]]]);
    const [[xx, xy], [yx, yy]] = hessian(f, { argNums: [0, 1] })(x, y);
    expect(xx.shape).toEqual([1, 2, 1, 2]);
    expect([xy.arraySync(), yx.arraySync()]).toEqual([
      [
        [
          [2, 0],
          [0, 4],
        ],
      ],
      [[[2, 0]], [[0, 4]]],
    ]);
    expect(yy.arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("can be differentiated", () => {
    const trace = (x: Tensor) => hessian((x) => x.pow(4).sum())(x).sum(); // Σ 12x²
    expectClose(grad(trace)(tensor([1, 2])), [24, 48]);
  });

  it("asks for one number", () => {
    expect(() => hessian((x) => x)(tensor([1, 2]))).toThrow("hessian: the function returned shape [2]");
  });
});
