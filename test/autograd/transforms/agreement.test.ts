/** Tests of the transforms against each other, on random functions, on a small net, and on other devices. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BatchNorm2d,
  checkpoint,
  conv2d,
  crossEntropy,
  type DeviceName,
  type Generator,
  generator,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  Linear,
  randn,
  Sequential,
  setDevice,
  type Tensor,
  tensor,
  vjp,
  withDevice,
} from "../../../src/index.js";

beforeAll(() => setDevice("reference"));

type Step = (x: Tensor) => Tensor;

/** Smooth steps that a random function is made of; its numbers stay of moderate size. */
const steps: Readonly<Record<string, (random: Generator) => Step>> = {
  sin: () => (x) => x.sin(),
  tanh: () => (x) => x.tanh(),
  sigmoid: () => (x) => x.sigmoid(),
  logistic: () => (x) => x.square().add(1).log(),
  product: () => (x) => x.mul(x.cos()),
  softmax: () => (x) => x.softmax({ axis: 0 }),
  affine: (random) => {
    const [A, b] = [randn([3, 3], { generator: random }), randn([3], { generator: random })];
    return (x) => A.matmul(x.unsqueeze(1)).squeeze(1).add(b);
  },
  mean: () => (x) => x.sub(x.mean()),
  inside: () => (x) => x.mul(grad((y: Tensor) => y.sin().mul(x).sum())(x)), // a gradient inside the function
  saved: () => checkpoint((x: Tensor) => x.sin().mul(x)),
};

const functions = fc.record({
  names: fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 4 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

/** A random function [3] → [3], a point, a direction and a gradient of the output. */
function drawn({ names, seed }: { names: string[]; seed: number }) {
  const random = generator(seed);
  const chain = names.map((name) => steps[name]?.(random) as Step);
  const vector = () => randn([3], { generator: random });
  return { f: (x: Tensor) => chain.reduce((h, step) => step(h), x), x: vector(), v: vector(), g: vector() };
}

const values = (t: Tensor): number[] => Array.from(t.dataSync());
const dot = (a: Tensor, b: Tensor): number => a.mul(b).sum().itemSync();

function expectClose(a: Tensor, b: Tensor, tolerance = 1e-9): void {
  expect(a.shape).toEqual(b.shape);
  const [left, right] = [values(a), values(b)];
  const scale = Math.max(1, ...left.map(Math.abs));
  left.forEach((value, i) => {
    expect(Math.abs(value - (right[i] as number)) / scale).toBeLessThan(tolerance);
  });
}

const column = (v: Tensor): Tensor => v.unsqueeze(1);

describe("on random functions", () => {
  const holds = (check: (sample: ReturnType<typeof drawn>) => void) =>
    fc.assert(
      fc.property(functions, (description) => check(drawn(description))),
      { numRuns: 40, seed: 1 },
    );

  it("⟨jvp(v), g⟩ = ⟨v, vjp(g)⟩", () => {
    holds(({ f, x, v, g }) => {
      const [left, right] = [dot(jvp(f, x, v).tangent, g), dot(v, vjp(f, x).vjp(g)[0])];
      expect(Math.abs(left - right)).toBeLessThan(1e-9 * Math.max(1, Math.abs(left)));
    });
  });

  it("jvp is the central difference along v", () => {
    holds(({ f, x, v }) => {
      const h = 1e-5;
      const numeric = f(x.add(v.mul(h)))
        .sub(f(x.sub(v.mul(h))))
        .div(2 * h);
      expectClose(jvp(f, x, v).tangent, numeric, 1e-6);
    });
  });

  it("the rows of the Jacobian are vjps, its columns jvps", () => {
    holds(({ f, x, v, g }) => {
      const J = jacobian(f)(x);
      expectClose(J.matmul(column(v)).squeeze(1), jvp(f, x, v).tangent);
      expectClose(J.transpose().matmul(column(g)).squeeze(1), vjp(f, x).vjp(g)[0]);
    });
  });

  it("the Hessian is symmetric, its product is hvp, and it is what jvp of grad gives", () => {
    holds(({ f, x, v, g }) => {
      const scalar = (x: Tensor) => f(x).mul(g).sum();
      const H = hessian(scalar)(x);
      expectClose(H, H.transpose());
      const product = hvp(scalar, x, v);
      expectClose(H.matmul(column(v)).squeeze(1), product);
      expectClose(jvp(grad(scalar), x, v).tangent, product);
    });
  });

  it("checkpoint changes no derivative", () => {
    holds(({ f, x, v, g }) => {
      const scalar = (x: Tensor) => f(x).mul(g).sum();
      const saved = checkpoint(scalar);
      expect(values(grad(saved)(x))).toEqual(values(grad(scalar)(x)));
      expectClose(hvp(saved, x, v), hvp(scalar, x, v));
    });
  });
});

/** Cross entropy of a conv net with batch norm, as a function of its parameters. */
function smallNet(): { loss: (p: Parameters) => Tensor; parameters: Parameters; direction: Parameters } {
  const random = generator(5);
  const normal = (...shape: number[]) => randn(shape, { generator: random }).mul(0.5);
  const images = normal(3, 2, 5, 5);
  const labels = tensor([0, 2, 1], { dtype: "int32" });
  const make = (): Parameters => ({
    conv: { weight: normal(2, 2, 3, 3), bias: normal(2) },
    norm: { weight: normal(2), bias: normal(2) },
    linear: normal(3, 2),
  });
  const norm = new BatchNorm2d(2, { affine: false });
  const loss = ({ conv, norm: { weight, bias }, linear }: Parameters) => {
    const shaped = (t: Tensor) => t.reshape([1, 2, 1, 1]);
    const h = norm
      .forward(conv2d(images, conv.weight, conv.bias))
      .mul(shaped(weight))
      .add(shaped(bias))
      .sigmoid();
    return crossEntropy(h.mean({ axis: [2, 3] }).matmul(linear.transpose()), labels);
  };
  return { loss, parameters: make(), direction: make() };
}

interface Parameters {
  readonly conv: { readonly weight: Tensor; readonly bias: Tensor };
  readonly norm: { readonly weight: Tensor; readonly bias: Tensor };
  readonly linear: Tensor;
}

const flat = ({ conv, norm, linear }: Parameters): Tensor[] => [conv.weight, conv.bias, norm.weight, norm.bias, linear];
const inner = (a: Parameters, b: Parameters): number =>
  flat(a).reduce((sum, t, i) => sum + dot(t, flat(b)[i] as Tensor), 0);

describe("on a small net with convolution and batch norm", () => {
  const moved = (p: Parameters, d: Parameters, h: number): Parameters => {
    const step = (a: Tensor, b: Tensor) => a.add(b.mul(h));
    return {
      conv: { weight: step(p.conv.weight, d.conv.weight), bias: step(p.conv.bias, d.conv.bias) },
      norm: { weight: step(p.norm.weight, d.norm.weight), bias: step(p.norm.bias, d.norm.bias) },
      linear: step(p.linear, d.linear),
    };
  };

  it("grad and jvp agree with central differences", () => {
    const { loss, parameters, direction } = smallNet();
    const h = 1e-5;
    const at = (h: number) => loss(moved(parameters, direction, h)).itemSync();
    const numeric = (at(h) - at(-h)) / (2 * h);
    expect(inner(grad(loss)(parameters), direction)).toBeCloseTo(numeric, 7);
    expect(jvp(loss, [parameters], [direction]).tangent.itemSync()).toBeCloseTo(numeric, 7);
  });

  it("hvp agrees with central differences of grad, and with checkpoint", () => {
    const { loss, parameters, direction } = smallNet();
    const h = 1e-5;
    const at = (h: number) => grad(loss)(moved(parameters, direction, h));
    const [product] = hvp(loss, [parameters], [direction]);
    const [plus, minus] = [at(h), at(-h)];
    flat(product).forEach((t, i) => {
      expectClose(t, (flat(plus)[i] as Tensor).sub(flat(minus)[i] as Tensor).div(2 * h), 1e-6);
    });
    const [saved] = hvp(checkpoint(loss), [parameters], [direction]);
    flat(saved).forEach((t, i) => {
      expectClose(t, flat(product)[i] as Tensor);
    });
  });
});

describe.each(["webasm", "cpu"] as const)("on %s", (device: DeviceName) => {
  it("the transforms give the numbers of the reference", () => {
    const results = [device, "reference" as const].map((name) =>
      withDevice(name, () => {
        const random = generator(1);
        const layers = new Sequential(new Linear(3, 4, { generator: random }), new Linear(4, 1, { generator: random }));
        const f = checkpoint((x: Tensor) => layers.forward(x.sin()).tanh());
        const [x, v] = [tensor([[0.5, -1, 2]]), tensor([[1, 2, 3]])];
        const scalar = (x: Tensor) => f(x).square().sum();
        const penalty = grad(scalar)(x).square().sum();
        penalty.backward();
        return [
          grad(scalar)(x),
          jvp(f, x, v).tangent,
          vjp(f, x).vjp(tensor([[2]]))[0],
          hvp(scalar, x, v),
          jacobian(f)(x),
          hessian(scalar)(x),
          ...layers.parameters().flatMap((p) => (p.grad === null ? [] : [p.grad])),
        ].map((t) => {
          expect(t.device.name).toBe(name);
          return { shape: t.shape, values: values(t) };
        });
      }),
    );
    results[0]?.forEach(({ shape, values }, i) => {
      const expected = results[1]?.[i];
      expect(shape).toEqual(expected?.shape);
      values.forEach((value, k) => {
        expect(value).toBeCloseTo(expected?.values[k] as number, 4);
      });
    });
    expect(results[0]?.length).toBe(10);
  });
});
