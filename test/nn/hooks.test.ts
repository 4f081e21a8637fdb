/** Tests of the hooks of Module: what they see, in which order, what they replace, and that they go. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BackwardHook,
  generator,
  gradients,
  Identity,
  Linear,
  Module,
  noGrad,
  ReLU,
  Sequential,
  setDevice,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const input = (): Tensor => tensor([[1, -2]], { requiresGrad: true });
const numbers = (t: Tensor | null | undefined): number[] | null => (t ? [...t.dataSync()] : null);
const doubled = (): Linear => {
  const layer = new Linear(2, 2, { generator: generator(0), bias: false });
  layer.weight.assign(
    tensor([
      [2, 0],
      [0, 3],
    ]),
  );
  return layer;
};

describe("registerForwardPreHook and registerForwardHook", () => {
  it("run around forward in the order of their registration, a parent's around its children's", () => {
    const model = new Sequential(new ReLU());
    const seen: string[] = [];
    model.registerForwardPreHook(() => void seen.push("pre 1"));
    model.registerForwardPreHook(() => void seen.push("pre 2"));
    model.at(0)?.registerForwardHook(() => void seen.push("child"));
    model.registerForwardHook(() => void seen.push("post 1"));
    model.registerForwardHook(() => void seen.push("post 2"));
    model.forward(input());
    expect(seen).toEqual(["pre 1", "pre 2", "child", "post 1", "post 2"]);
  });

  it("hand over the module, its inputs and its output", () => {
    const layer = doubled();
    const x = input();
    const seen: unknown[] = [];
    layer.registerForwardPreHook((module, inputs) => void seen.push(module, ...inputs));
    layer.registerForwardHook((module, inputs, output) => void seen.push(module, ...inputs, numbers(output)));
    layer.forward(x);
    expect(seen).toEqual([layer, x, layer, x, [2, -6]]);
  });

  it("replace the input and the output with what they return, one hook after the other", () => {
    const layer = doubled();
    layer.registerForwardPreHook((_module, [x]) => (x ? [x.add(1)] : undefined));
    layer.registerForwardPreHook((_module, [x]) => (x ? [x.mul(10)] : undefined));
    layer.registerForwardHook((_module, _inputs, output) => output.add(0.5));
    layer.registerForwardHook((_module, _inputs, output) => output.mul(2));
    expect(numbers(layer.forward(input()))).toEqual([(2 * 20 + 0.5) * 2, (3 * -10 + 0.5) * 2]);
  });

  it("are gone once removed, and only those", () => {
    const layer = doubled();
    const removePre = layer.registerForwardPreHook((_module, [x]) => (x ? [x.mul(10)] : undefined));
    const removePost = layer.registerForwardHook((_module, _inputs, output) => output.add(100));
    layer.registerForwardHook((_module, _inputs, output) => output.neg());
    removePre();
    removePost();
    expect(numbers(layer.forward(input()))).toEqual([-2, 6]);
  });
});

describe("registerBackwardHook", () => {
  it("sees the gradients at the output and at the input", () => {
    const layer = doubled();
    const seen: unknown[] = [];
    layer.registerBackwardHook(
      (module, gradInput, gradOutput) => void seen.push(module, numbers(gradInput), numbers(gradOutput)),
    );
    const x = input();
    layer
      .forward(x)
      .mul(tensor([[5, 7]]))
      .sum()
      .backward();
    expect(seen).toEqual([layer, [10, 21], [5, 7]]);
    expect(numbers(x.grad)).toEqual([10, 21]);
  });

  it("sees this module's path alone where the input is used elsewhere too", () => {
    const layer = doubled();
    const seen: unknown[] = [];
    layer.registerBackwardHook((_module, gradInput) => void seen.push(numbers(gradInput)));
    const x = input();
    layer.forward(x).add(x.mul(100)).sum().backward();
    expect(seen).toEqual([[2, 3]]);
    expect(numbers(x.grad)).toEqual([102, 103]);
  });

  it("has no input gradient where the input requires none", () => {
    const layer = doubled();
    const seen: unknown[] = [];
    layer.registerBackwardHook((_module, gradInput, gradOutput) => void seen.push(gradInput, numbers(gradOutput)));
    layer
      .forward(tensor([[1, 1]]))
      .sum()
      .backward();
    expect(seen).toEqual([null, [1, 1]]);
  });

  it("is silent inside noGrad, whatever the input requires", () => {
    const layer = doubled();
    const seen: unknown[] = [];
    layer.registerBackwardHook(() => void seen.push("called"));
    const y = noGrad(() => layer.forward(input()));
    expect([numbers(y), y.requiresGrad, seen]).toEqual([[2, -6], false, []]);
  });

  it("runs once for each use of a module, each with its own gradients", () => {
    const layer = doubled();
    const seen: unknown[] = [];
    layer.registerBackwardHook(
      (_module, gradInput, gradOutput) => void seen.push([numbers(gradInput), numbers(gradOutput)]),
    );
    const x = input();
    layer.forward(layer.forward(x)).add(layer.forward(x).mul(10)).sum().backward();
    expect(seen).toHaveLength(3);
    expect(seen).toContainEqual([
      [2, 3],
      [1, 1],
    ]);
    expect(seen).toContainEqual([
      [4, 9],
      [2, 3],
    ]);
    expect(seen).toContainEqual([
      [20, 30],
      [10, 10],
    ]);
  });

  it("works on a module that hands its input on", () => {
    const seen: unknown[] = [];
    const hook: BackwardHook = (module, gradInput, gradOutput) =>
      void seen.push(module.constructor.name, numbers(gradInput), numbers(gradOutput));
    const model = new Sequential(new Identity());
    model.registerBackwardHook(hook);
    model.at(0)?.registerBackwardHook(hook);
    for (const factor of [3, 4]) model.forward(input()).mul(factor).sum().backward();
    expect(seen).toEqual([3, 4].flatMap((f) => ["Identity", [f, f], [f, f], "Sequential", [f, f], [f, f]]));
  });

  it("sees its own use alone of what the module hands on without having made it, and hangs nothing on that", () => {
    class Given extends Module {
      forward(_x: Tensor, y: Tensor): Tensor {
        return y;
      }
    }
    const module = new Given();
    const seen: (number[] | null)[] = [];
    module.registerBackwardHook((_module, _gradInput, gradOutput) => void seen.push(numbers(gradOutput)));
    const [x, y] = [input(), input()];
    const made = y.mul(1);
    for (const shared of [y, made]) {
      sum(module.forward(x, shared).add(shared.mul(10))).backward({ retainGraph: true });
      expect(shared.hooks?.size ?? 0).toBe(0);
    }
    expect(seen).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("changes no gradient, and leaves nothing behind when removed", () => {
    const layer = doubled();
    const compute = () =>
      gradients(
        layer
          .forward(tensor([[1, 2]]))
          .square()
          .sum(),
        [layer.weight],
      ).map(numbers);
    const before = compute();
    let calls = 0;
    const remove = layer.registerBackwardHook(() => void calls++);
    expect(compute()).toEqual(before);
    expect(calls).toBe(1);
    remove();
    expect(compute()).toEqual(before);
    expect(calls).toBe(1);
  });
});
