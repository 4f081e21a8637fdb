/** Tests of checkpoint: the same numbers from fewer saved tensors, in the world as it was. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  BatchNorm2d,
  Conv2d,
  checkpoint,
  defineOp,
  dropout,
  type Generator,
  generator,
  grad,
  gradients,
  isRecording,
  jvp,
  keep,
  memory,
  mul,
  noGrad,
  type Op,
  ReLU,
  randn,
  Sequential,
  setDevice,
  type Tensor,
  tensor,
} from "../../../src/index.js";

beforeAll(() => setDevice("reference"));

const values = (t: Tensor | null | undefined): number[] => Array.from(t?.dataSync() ?? []);

const drop = (x: Tensor, random: Generator): Tensor => dropout(x, { p: 0.4, generator: random });

type Block = (x: Tensor) => Tensor;
type Wrap = (block: Block) => Block;

const plainly: Wrap = (block) => block;

/** Two training passes over a net with batch norm and random draws: every number that they leave behind. */
function trainingPasses(wrap: Wrap): unknown {
  const random = generator(3);
  const layers = new Sequential(
    new Conv2d(2, 3, 3, { padding: 1, generator: random }),
    new BatchNorm2d(3),
    new ReLU(),
    new Conv2d(3, 2, 3, { padding: 1, generator: random }),
    new BatchNorm2d(2, { momentum: null }),
  );
  const block = wrap((x) => drop(layers.forward(x), random).add(x));
  const x = randn([4, 2, 5, 5], { generator: generator(4), requiresGrad: true });
  return [0, 1].map(() => {
    const [y, z] = [block(block(x)), block(x.mul(2))]; // the world moves on between a forward and its backward pass
    const drawn = [random.normal(), random.uniform()];
    y.square().sum().backward();
    z.sin().sum().backward();
    return {
      outputs: [values(y), values(z)],
      x: values(x.grad),
      parameters: layers.parameters().map((p) => values(p.grad)),
      buffers: layers.namedBuffers().map(([name, b]) => [name, values(b), b.version]),
      drawn: [...drawn, random.normal(), random.uniform()],
    };
  });
}

describe("checkpoint", () => {
  it("gives the same numbers bit for bit: outputs, gradients, running statistics, random draws", () => {
    const expected = trainingPasses(plainly);
    expect(trainingPasses(checkpoint)).toEqual(expected);
    expect(trainingPasses((block) => checkpoint(checkpoint(block)))).toEqual(expected);
    expect(trainingPasses((block) => checkpoint((x) => checkpoint(block)(x)))).toEqual(expected);
  });

  it("runs the function once forward and once backward", () => {
    let runs = 0;
    const f = checkpoint((x: Tensor) => {
      runs++;
      return x.sin().sum();
    });
    const x = tensor([1, 2], { requiresGrad: true });
    const y = f(x);
    expect([runs, String(y).includes("made by checkpoint")]).toEqual([1, true]);
    y.backward();
    expect(runs).toBe(2);
    expect(values(x.grad)).toEqual([Math.cos(1), Math.cos(2)]);
    expect(isRecording()).toBe(true);
  });

  it("takes and returns trees, and runs again once for all of them", () => {
    let runs = 0;
    const f = ({ a, n }: { a: Tensor; n: number }, [b]: Tensor[], k: Tensor) => {
      runs++;
      const product = a.mul(b as Tensor);
      return { product, list: [product.mul(n).exp(), a.square()], k: k.cast("float64").add(1).cast("int32"), n };
    };
    const lossOf = (g: typeof f) => {
      const a = tensor([1, 2], { requiresGrad: true });
      const b = tensor([0.5, 0.25], { requiresGrad: true });
      const { product, list, k, n } = g({ a, n: 2 }, [b], tensor([1], { dtype: "int32" }));
      expect([k.arraySync(), k.requiresGrad, n]).toEqual([[2], false, 2]);
      const loss = product
        .sin()
        .add(list[0] as Tensor)
        .sum();
      const all = gradients(loss.add((list[1] as Tensor).sum()), [a, b], { retainGraph: true });
      return [...all, ...gradients(list[1] as Tensor, [a, b], { gradOutput: tensor([1, 3]) })].map(values);
    };
    const expected = lossOf(f);
    runs = 0;
    expect(lossOf(checkpoint(f))).toEqual(expected);
    expect(runs).toBe(3); // forward, and one for each of two backward passes
  });

  it("does not mix the gradients of a pass that failed into the next one", () => {
    const f = checkpoint((x: Tensor) => [x.mul(2), x.mul(3)]);
    const x = tensor([1], { requiresGrad: true });
    const [a, b] = f(x) as [Tensor, Tensor];
    const failing = a.mul(1); // its hook runs after b has left its gradient
    const remove = a.registerHook(() => {
      throw new Error("on purpose");
    });
    const both = failing.add(b).sum();
    expect(() => both.backward({ retainGraph: true })).toThrow("on purpose");
    remove();
    const [g] = gradients(failing.sum(), [x]);
    expect(values(g)).toEqual([2]);
  });

  it("reaches what the function captured: leaves, recorded tensors, and an argument by both ways", () => {
    const run = (wrap: Wrap) => {
      const w = tensor([2, 3], { requiresGrad: true });
      const c = w.square(); // recorded outside: its gradient goes on from there
      const x = tensor([5, 7], { requiresGrad: true });
      const hooked: number[][] = [];
      for (const t of [w, c, x]) t.registerHook((g) => void hooked.push(values(g)));
      const y = wrap((z) => z.mul(c).mul(w).mul(x).sin())(x);
      y.sum().backward();
      return [w, x].map((t) => values(t.grad)).concat(hooked);
    };
    expect(run(checkpoint)).toEqual(run(plainly));
  });

  it("reaches what the function captured where no argument requires a gradient", () => {
    const w = tensor([2, 3], { requiresGrad: true });
    const c = w.square();
    for (const captured of [w, c]) {
      const y = checkpoint((x: Tensor) => x.mul(captured))(tensor([5, 7]));
      expect(gradients(y.sum(), [captured]).map(values)).toEqual([[5, 7]]);
    }
  });

  it("does no work for an argument that requires no gradient", () => {
    const asked: boolean[][] = [];
    const watching: Op<[Tensor, Tensor]> = defineOp({
      name: "watching",
      forward: ([a, b]) => ({ output: mul(a, b) }),
      backward: (g, _saved, { needsGrad }) => {
        asked.push([...needsGrad]);
        return [g, g];
      },
    });
    const f = checkpoint((a: Tensor, b: Tensor) => watching(a, b));
    f(tensor([1], { requiresGrad: true }), tensor([2])).backward();
    expect(asked).toEqual([[true, false]]);
  });

  it("returns what it was given, or captured, as a tensor of its own", () => {
    const w = tensor([2], { requiresGrad: true });
    const x = tensor([1], { requiresGrad: true });
    const [y, z] = checkpoint((x: Tensor) => [x, w])(x) as [Tensor, Tensor];
    y.mul(3).add(z.mul(5)).backward();
    expect([values(x.grad), values(w.grad)]).toEqual([[3], [5]]);
  });

  it("records nothing where nothing requires a gradient", () => {
    const f = checkpoint((x: Tensor) => x.sin());
    const before = memory().buffers;
    const y = f(tensor([1]));
    expect([y.requiresGrad, memory().buffers - before]).toEqual([false, 2]);
    expect(noGrad(() => f(tensor([1], { requiresGrad: true }))).requiresGrad).toBe(false);
    const captured = tensor([1]);
    const held = memory().buffers;
    checkpoint((x: Tensor) => x.mul(captured))(y).dispose();
    captured.dispose();
    expect(memory().buffers).toBe(held - 1);
    const constant = checkpoint(() => tensor([3]))();
    expect(constant.requiresGrad).toBe(false);
    const positive = checkpoint((x: Tensor) => x.greater(0))(tensor([1], { requiresGrad: true }));
    expect([positive.requiresGrad, positive.arraySync()]).toEqual([false, [1]]);
  });
});

describe("the derivatives of a checkpoint", () => {
  const w = () => tensor([0.3, -0.2], { requiresGrad: true });

  it("of second and third order are those of the function", () => {
    const f = (x: Tensor) => x.sin().mul(x.exp()).sum();
    const x = tensor([0.5, -1]);
    const twice = (g: typeof f) => grad((x: Tensor) => grad(g)(x).square().sum())(x);
    expect(values(twice(checkpoint(f)))).toEqual(values(twice(f)));
    const inner = checkpoint((x: Tensor) => x.pow(4));
    expect(grad(grad(grad((x: Tensor) => inner(x))))(tensor(2)).itemSync()).toBeCloseTo(48, 10);
    expect(
      jvp(
        checkpoint((x: Tensor) => x.pow(3)),
        tensor(2),
        tensor(1),
      ).tangent.itemSync(),
    ).toBeCloseTo(12, 12);
  });

  it("reach captured parameters: a gradient penalty", () => {
    const run = (wrap: Wrap) => {
      const p = w();
      const f = wrap((x) => x.mul(p).exp().mul(p));
      grad((x: Tensor) => f(x).sum())(tensor([1, 2]))
        .square()
        .sum()
        .backward();
      return values(p.grad);
    };
    run(checkpoint).forEach((value, i) => {
      expect(value).toBeCloseTo(run(plainly)[i] as number, 12);
    });
  });

  it("of second order go through several outputs and draws", () => {
    const run = (wrap: (f: (x: Tensor) => Tensor[]) => (x: Tensor) => Tensor[]) => {
      const random = generator(1);
      const f = wrap((x) => [drop(x.exp(), random), x.pow(3)]);
      const loss = (x: Tensor) => {
        const [a, b] = f(x) as [Tensor, Tensor];
        return a.mul(b).sum();
      };
      return values(grad((x: Tensor) => grad(loss)(x).square().sum())(tensor([0.5, 1, 2])));
    };
    const expected = run((f) => f);
    run(checkpoint).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 8);
    });
  });
});

describe("what a checkpoint sees again", () => {
  it("is the random numbers of the first time, and the generator goes on where it stood", () => {
    for (const draw of ["uniform", "normal"] as const) {
      const [a, b] = [generator(7), generator(7)];
      for (const g of [a, b]) g.normal(); // leaves one of a pair
      const drawn: number[] = [];
      const f = checkpoint((x: Tensor) => {
        drawn.push(a[draw](), a.split().uniform(), a.permutation(5)[0] as number, a.integer(0, 1000));
        return x.square();
      });
      const x = tensor(1, { requiresGrad: true });
      const y = f(x);
      const first = [b[draw](), b.split().uniform(), b.permutation(5)[0], b.integer(0, 1000)];
      expect(a.normal()).toBe(b.normal());
      y.backward();
      expect(drawn).toEqual([...first, ...first]);
      expect([a.normal(), a.normal(), a.uniform()]).toEqual([b.normal(), b.normal(), b.uniform()]);
    }
  });

  it("is constants and statistics as they were, even if they have changed since", () => {
    const run = (wrap: Wrap) => {
      const statistics = new BatchNorm2d(1).eval();
      const scale = tensor([3]);
      const f = wrap((x) => statistics.forward(x.mul(x)).mul(x.detach().mul(0).add(1).mul(scale.detach())));
      const x = tensor([1, 2], { shape: [2, 1, 1, 1], requiresGrad: true });
      const y = f(x);
      statistics.runningVar?.assign(tensor([100]));
      scale.assign(tensor([4]));
      y.sum().backward();
      return [values(x.grad), values(statistics.runningVar), values(scale), scale.version];
    };
    expect(run(checkpoint)).toEqual(run(plainly));
  });

  it("is a state that the function itself moves on", () => {
    const counter = keep(tensor([0]));
    const f = checkpoint((x: Tensor) => {
      noGrad(() => counter.assign(counter.add(1)));
      return x.mul(counter.detach());
    });
    const x = tensor([1], { requiresGrad: true });
    const [first, second] = [f(x), f(x)];
    expect(gradients(first, [x]).map(values)).toEqual([[1]]);
    expect(gradients(second, [x]).map(values)).toEqual([[2]]);
    expect([values(counter), counter.version]).toEqual([[2], 2]);
  });

  it("is the numbers that it wrote over another tensor, which stays as it is now", () => {
    const state = keep(tensor([0]));
    const source = keep(tensor([3]));
    const f = checkpoint((x: Tensor) => {
      state.assign(source);
      return x.mul(state.detach());
    });
    const x = tensor([1], { requiresGrad: true });
    const y = f(x);
    source.assign(tensor([100]));
    y.backward();
    expect([x.grad, state, source].map(values)).toEqual([[3], [3], [100]]);
  });

  it("is nothing of what it wrote without reading it, and leaves that as it is now", () => {
    const last = keep(tensor([0]));
    const f = checkpoint((x: Tensor) => {
      last.assign(x.mul(2).detach());
      return x.square();
    });
    const y = f(tensor([1], { requiresGrad: true }));
    last.assign(tensor([7]));
    y.backward();
    expect([values(last), last.version]).toEqual([[7], 2]);
  });
});

describe("hooks and a checkpoint", () => {
  it("call a hook that the function sets on its argument once in each pass", () => {
    let calls = 0;
    const f = checkpoint((x: Tensor) => {
      if (x.requiresGrad) x.registerHook(() => void calls++);
      return x.square();
    });
    const x = tensor([3], { requiresGrad: true });
    const y = f(x);
    y.backward({ retainGraph: true });
    expect(calls).toBe(1);
    y.backward();
    expect([calls, values(x.grad)]).toEqual([2, [12]]);
  });

  it("keep the gradients of a pass apart from those of a pass that a hook runs", () => {
    const x = tensor([1], { requiresGrad: true });
    const [a, b] = checkpoint((x: Tensor) => [x.mul(2), x.mul(3)])(x) as [Tensor, Tensor];
    const inner: unknown[] = [];
    // It runs when b has left its gradient and a has not.
    a.registerHook(() => void inner.push(...gradients(b, [x], { retainGraph: true }).map(values)));
    a.add(b.mul(4)).backward({ retainGraph: true });
    expect([inner, values(x.grad)]).toEqual([[[3]], [14]]);
  });

  it("let a hook draw from a generator that the function does not draw from", () => {
    const [noise, same] = [generator(3), generator(3)];
    const drawn: number[] = [];
    const draw = () => void drawn.push(noise.uniform());
    const y = checkpoint((x: Tensor) => {
      const h = x.mul(2);
      if (h.requiresGrad) h.registerHook(draw);
      return h;
    })(tensor([1], { requiresGrad: true }));
    draw();
    y.backward();
    draw();
    expect(drawn).toEqual([same.uniform(), same.uniform(), same.uniform()]);
  });
});
