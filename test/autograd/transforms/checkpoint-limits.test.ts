/** Tests of what a checkpoint holds, and of what it refuses. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  BatchNorm2d,
  checkpoint,
  defineOp,
  GradientError,
  generator,
  isRecording,
  Linear,
  memory,
  mul,
  type Op,
  randn,
  SGD,
  setDevice,
  type Tensor,
  tensor,
  tidy,
} from "../../../src/index.js";

beforeAll(() => setDevice("reference"));

type Block = (x: Tensor) => Tensor;
type Wrap = (block: Block) => Block;

const plainly: Wrap = (block) => block;

describe("the memory of a checkpoint", () => {
  const depth = 12;
  const build = (wrap: Wrap, parameters: Tensor[] = []) => {
    const random = generator(5);
    const blocks = Array.from({ length: depth }, () => {
      const layers = [new Linear(6, 6, { generator: random }), new Linear(6, 6, { generator: random })];
      parameters.push(...layers.flatMap((layer) => layer.parameters()));
      return wrap((x) => layers.reduce((h, layer) => layer.forward(h).tanh(), x));
    });
    return (x: Tensor) => blocks.reduce((h, block) => block(h), x);
  };

  it("holds the borders of its segments only, and nothing after the backward pass", () => {
    const x = randn([3, 6], { generator: generator(1) });
    const held = [plainly, checkpoint].map((wrap) => {
      const net = build(wrap);
      const before = memory().buffers;
      return tidy(() => {
        const loss = net(x).sum();
        const between = memory().buffers - before;
        loss.backward();
        return { between, before };
      });
    });
    expect(held[1]?.between).toBeLessThanOrEqual(depth + 2);
    expect(held[0]?.between).toBeGreaterThan(3 * depth);
  });

  it("is, of several outputs, those", () => {
    const x = tensor([1], { requiresGrad: true });
    const before = memory().buffers;
    checkpoint((x: Tensor) => [x.mul(2), x.mul(3)])(x);
    expect(memory().buffers - before).toBe(2);
  });

  it("is constant over a training loop", () => {
    const parameters: Tensor[] = [];
    const net = checkpoint(build(checkpoint, parameters));
    const x = randn([3, 6], { generator: generator(1) });
    const w = randn([6], { generator: generator(2), requiresGrad: true });
    const norm = new BatchNorm2d(6);
    const normed = checkpoint((h: Tensor) => norm.forward(h.reshape([3, 6, 1, 1])).flatten({ startAxis: 1 }));
    const optimizer = new SGD([w, ...parameters, ...norm.parameters()], { lr: 0.01 });
    const step = () =>
      tidy(() => {
        normed(net(x).mul(w)).square().sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
    step();
    step();
    const before = memory();
    for (let i = 0; i < 5; i++) step();
    expect(memory()).toEqual(before);
  });

  it("grows by one segment at a time in the backward pass", () => {
    const peaks = [plainly, checkpoint].map((wrap) => {
      let peak = 0;
      const probe: Op<[Tensor]> = defineOp({
        name: "probe",
        forward: ([x]) => ({ output: mul(x, 1) }),
        backward: (g) => {
          peak = Math.max(peak, memory().buffers);
          return [g];
        },
      });
      const before = memory().buffers;
      const blocks = Array.from({ length: depth }, () =>
        wrap((x) => Array.from({ length: 10 }).reduce((h: Tensor) => h.sin(), probe(x))),
      );
      const x = tensor([1], { requiresGrad: true });
      tidy(() => blocks.reduce((h, block) => block(h), x).backward());
      return peak - before;
    });
    expect(peaks[1]).toBeLessThan((peaks[0] as number) / 4);
  });
});

describe("the errors of checkpoint", () => {
  const x = () => tensor([1, 2], { requiresGrad: true });

  it("say that an optimiser step came between forward and backward", () => {
    const w = x();
    const y = checkpoint((x: Tensor) => x.mul(w).sum())(x());
    w.assign(tensor([5, 6]));
    expect(() => y.backward()).toThrow(GradientError);
    expect(() => y.backward()).toThrow("a tensor of shape [2] that checkpoint saved was changed by an optimiser step");
    const given = x();
    const z = checkpoint((x: Tensor) => x.square().sum())(given);
    given.assign(tensor([5, 6]));
    expect(() => z.backward()).toThrow("that checkpoint saved was changed");
  });

  it("say that the function changes what it is differentiated by", () => {
    const w = x();
    const f = checkpoint((x: Tensor) => {
      const y = x.mul(w);
      w.assign(tensor([5, 6]));
      return y;
    });
    expect(() => f(x())).toThrow("checkpoint: the function changed a tensor of shape [2] in place");
    const scale = tensor(3);
    const scaled = checkpoint((x: Tensor) => f(x.mul(scale)));
    const before = memory().buffers;
    expect(() => tidy(() => scaled(x()))).toThrow("in place");
    scale.dispose();
    expect(memory().buffers).toBe(before - 1); // nothing remembers it any more
  });

  it("say that the second run was another one", () => {
    let runs = 0;
    const f = checkpoint((x: Tensor) => (runs++ === 0 ? [x.mul(2), x] : [x]));
    const [y] = f(x()) as [Tensor];
    expect(() => y.sum().backward()).toThrow("checkpoint: the function returned 2 tensors and, run again, 1");
  });

  it("name the tape that was freed, and pass on what the function throws", () => {
    const y = checkpoint((x: Tensor) => x.square().sum())(x());
    y.backward();
    expect(() => y.backward()).toThrow("the tape of this checkpoint was freed");
    const before = memory().buffers;
    const captured = tensor([1]);
    const fail = checkpoint((x: Tensor) => {
      x.mul(captured);
      throw new Error("inside");
    });
    const z = x();
    expect(() => fail(z)).toThrow("inside");
    captured.dispose();
    z.dispose();
    expect(memory().buffers).toBe(before);
    expect(isRecording()).toBe(true);
  });

  it("refuse async functions and what is none", () => {
    const late = checkpoint((async (x: Tensor) => x) as unknown as Block);
    expect(() => late(x())).toThrow("checkpoint: the function must not be async");
    expect(() => checkpoint(3 as unknown as Block)).toThrow("checkpoint: its first argument must be a function, got 3");
  });
});
