/** Tests of defineOp: ops of one's own, and what it refuses. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  DeviceError,
  DTypeError,
  defineOp,
  type Flat,
  GradientError,
  gradients,
  type KernelThis,
  mul,
  type Op,
  ones,
  run,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });

function scaleKernel(this: KernelThis<"factor">, x: Flat): number {
  return (x[this.thread.x] as number) * this.constants.factor;
}

const scale: Op<[x: Tensor], { factor: number }> = defineOp({
  name: "scale",
  forward: ([x], { factor }) => ({ output: run(scaleKernel, [x], { constants: { factor } }) }),
  backward: (gradOutput, _saved, { options }) => [scale(gradOutput, options)],
});

const cube: Op<[Tensor]> = defineOp({
  name: "cube",
  forward: ([x]) => ({ output: mul(x, mul(x, x)), saved: { x } }),
  backward: (gradOutput, { x }) => [mul(gradOutput, mul(3, mul(x, x)))],
});

/** An op whose backward returns what the test wants. */
function broken(results: (g: Tensor) => (Tensor | null)[]): Op<[Tensor, Tensor]> {
  return defineOp({ name: "broken", forward: ([a, b]) => ({ output: add(a, b) }), backward: results });
}

describe("defineOp", () => {
  it("makes an op with options and a kernel of its own", () => {
    const x = leaf([1, 2]);
    const y = scale(x, { factor: 3 });
    expect(y.arraySync()).toEqual([3, 6]);
    expect(gradients(y.sum(), [x])[0]?.arraySync()).toEqual([3, 3]);
  });

  it("makes ops that can be differentiated again", () => {
    const x = leaf(2);
    const [first] = gradients(cube(x), [x], { createGraph: true });
    expect(first?.itemSync()).toBe(12);
    expect(gradients(first as Tensor, [x])[0]?.itemSync()).toBe(12);
  });

  it("takes a number for a scalar tensor", () => {
    const twoArguments: Op<[Tensor, Tensor]> = broken((g) => [g, g]);
    expect(twoArguments(leaf(1), 4).itemSync()).toBe(5);
  });

  it("tells backward whose gradient is asked for", () => {
    const seen: boolean[][] = [];
    const watching: Op<[Tensor, Tensor]> = defineOp({
      name: "watching",
      forward: ([a, b]) => ({ output: add(a, b) }),
      backward: (g, _saved, { needsGrad }) => {
        seen.push([...needsGrad]);
        return needsGrad.map((needs) => (needs ? g : null));
      },
    });
    const [a, b] = [leaf(1), leaf(2)];
    watching(a, tensor(1)).backward();
    gradients(watching(a, b), [b]);
    expect(seen).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("gives no gradient where backward returns null", () => {
    const [a, b] = [leaf(1), leaf(2)];
    broken((g) => [g, null])(a, b).backward();
    expect(a.grad?.itemSync()).toBe(1);
    expect(b.grad).toBeNull();
  });

  it("refuses a backward with too few or too many gradients, naming the op", () => {
    for (const results of [(g: Tensor) => [g], (g: Tensor) => [g, g, null]]) {
      const y = broken(results)(leaf(1), leaf(2));
      expect(() => y.backward()).toThrow(GradientError);
    }
    const y = broken((g) => [g])(leaf(1), leaf(2));
    expect(() => y.backward()).toThrow("broken: its backward returned 1 gradients for 2 inputs");
  });

  it("refuses a gradient of another shape, naming the op, the input and the shapes", () => {
    const y = broken((g) => [g, ones([3])])(leaf([1, 2]), leaf([3, 4])).sum();
    expect(() => y.backward()).toThrow(
      "broken: its backward returned a gradient of shape [3] for input 1 of shape [2]",
    );
  });

  it("undoes a broadcast only for ops that say they broadcast", () => {
    const plain = broken((g) => [g, g])(leaf([1, 2]), leaf(3)).sum();
    expect(() => plain.backward()).toThrow(
      "broken: its backward returned a gradient of shape [2] for input 1 of shape []",
    );
  });

  it("refuses a forward that returns its input, naming the op", () => {
    const lazy: Op<[Tensor]> = defineOp({ name: "lazy", forward: ([x]) => ({ output: x }), backward: (g) => [g] });
    expect(() => lazy(leaf(1))).toThrow(GradientError);
    expect(() => lazy(leaf(1))).toThrow("lazy: its forward must return a new tensor");
  });

  it("refuses tensors of two devices, naming the op and both", () => {
    const [a, b] = [tensor(1, { device: "cpu" }), tensor(1, { device: "reference" })];
    expect(() => add(a, b)).toThrow(DeviceError);
    expect(() => add(a, b)).toThrow(
      'add: its tensors must live on one device, got cpu and reference; move one: t.to("cpu")',
    );
    const own: Op<[Tensor, Tensor]> = broken((g) => [g, g]);
    expect(() => own(a, b)).toThrow("broken: its tensors must live on one device");
  });

  it("refuses arguments that are no tensors", () => {
    const loose = add as unknown as (...args: unknown[]) => Tensor;
    expect(() => loose(tensor(1), "2")).toThrow(ValueError);
    expect(() => loose(tensor(1), "2")).toThrow('add: arguments are tensors and numbers, got "2"');
    expect(() => loose(tensor(1), [3, 4])).toThrow("got [3, 4]; arrays become one with tensor(…)");
  });

  it("says what a forward and a backward must be", () => {
    const bare = { name: "bare", forward: ([x]: [Tensor]) => mul(x, 2), backward: () => [null] };
    const bareOp = defineOp(bare as never) as unknown as (x: Tensor) => Tensor;
    expect(() => bareOp(tensor(1))).toThrow("bare: its forward must return { output: a tensor, saved: { … } }");
    const later = defineOp({ ...bare, name: "later", forward: async () => bareOp(tensor(1)) } as never);
    expect(() => (later as unknown as typeof bareOp)(tensor(1))).toThrow("later: the function must not be async");
    const noBackward = { name: "oneWay", forward: bare.forward };
    expect(() => defineOp(noBackward as never)).toThrow("oneWay: its backward must be a function");
    const single = { name: "single", forward: ([x]: [Tensor]) => ({ output: mul(x, 2) }), backward: (g: Tensor) => g };
    const singleOp = defineOp(single as never) as unknown as (x: Tensor) => Tensor;
    const y = singleOp(tensor(1, { requiresGrad: true }));
    expect(() => y.backward()).toThrow(
      "single: its backward must return an array, one gradient (or null) for each input",
    );
  });

  it("refuses a gradient that is no tensor", () => {
    const number: Op<[Tensor]> = defineOp({
      name: "number",
      forward: ([x]) => ({ output: mul(x, 2) }),
      backward: () => [2 as unknown as Tensor],
    });
    const y = number(tensor([1, 2], { requiresGrad: true })).sum();
    expect(() => y.backward()).toThrow("number: its backward must return tensors (or null), got 2 for input 0");
  });

  it("saves nothing of what is not recorded", () => {
    const y = cube(tensor(2));
    expect(y.requiresGrad).toBe(false);
    expect(y.isLeaf).toBe(true);
  });

  it("takes a null for an optional tensor, the last one too", () => {
    const seen: unknown[] = [];
    const optional: Op<[Tensor, Tensor | null]> = defineOp({
      name: "optional",
      forward: (inputs, options) => {
        seen.push(inputs.length, options);
        return { output: mul(inputs[0], 2), saved: { x: inputs[0], bias: inputs[1], count: 3 } };
      },
      backward: (g, { x, bias, count }) => {
        seen.push(x instanceof Object, bias, count);
        return [mul(g, 2), null];
      },
    });
    const x = leaf(1);
    expect(gradients(optional(x, null), [x])[0]?.itemSync()).toBe(2);
    expect(seen).toEqual([2, undefined, true, null, 3]);
    expect(optional(tensor(1), null).requiresGrad).toBe(false);
  });

  it("hands an empty object to a backward for which nothing was saved", () => {
    const seen: unknown[] = [];
    const empty: Op<[Tensor]> = defineOp({
      name: "empty",
      forward: ([x], options) => {
        seen.push(options);
        return { output: mul(x, 1) };
      },
      backward: (g, saved) => {
        seen.push(saved);
        return [g];
      },
    });
    empty(leaf(1)).backward();
    expect(seen).toEqual([undefined, {}]);
  });

  it("asks no rule for what requires no gradient, and keeps none that a rule gives anyway", () => {
    let calls = 0;
    const generous = broken((g) => {
      calls++;
      return [g, g];
    });
    const [a, constant] = [leaf(1), tensor(2)];
    expect(gradients(generous(a, constant), [constant])).toEqual([null]);
    expect(calls).toBe(0);
    generous(a, constant).backward();
    expect([a.grad?.itemSync(), constant.grad]).toEqual([1, null]);
  });

  it("refuses a gradient that broadcasting does not account for", () => {
    const wide: Op<[Tensor, Tensor]> = defineOp({
      name: "wide",
      broadcasts: true,
      forward: ([a, b]) => ({ output: add(a, b) }),
      backward: (g) => [g, ones([3, 2])],
    });
    const y = wide(leaf([1, 2]), leaf([3, 4])).sum();
    expect(() => y.backward()).toThrow("wide: its backward returned a gradient of shape [3, 2] for input 1");
  });

  it("refuses a forward that returns a tensor of another op", () => {
    const recorded = mul(leaf(1), 2);
    const thief: Op<[Tensor]> = defineOp({
      name: "thief",
      forward: () => ({ output: recorded }),
      backward: (g) => [g],
    });
    expect(() => thief(leaf(1))).toThrow("thief: its forward must return a new tensor");
  });

  it("refuses numbers alone, for they have no device", () => {
    expect(() => add(1, 2)).toThrow(DTypeError);
    expect(() => add(1, 2)).toThrow("add: at least one argument must be a tensor");
  });
});
