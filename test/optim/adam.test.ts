/** Tests of Adam and AdamW: any options and shapes, state, memory, errors. Their numbers are in pytorch.test.ts. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  Adam,
  type AdamOptions,
  AdamW,
  generator,
  Linear,
  memory,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  ValueError,
  zeros,
} from "../../src/index.js";
import type { Complete } from "../../src/options.js";
import { sizeOf } from "../../src/shape.js";

beforeAll(() => setDevice("reference"));

const start = [1.5, -0.25, 3];
const parameter = (values: readonly number[] = start): Tensor => tensor([...values], { requiresGrad: true });
const numbers = (t: Tensor): number[] => [...t.dataSync()];
const gradientAt = (theta: readonly number[], step: number): number[] =>
  theta.map((value, i) => 0.7 * value + Math.sin(3 * i + 2 * step));

/** The equations, on plain numbers, one element after the other. */
function plainAdam(
  given: readonly number[],
  decoupled: boolean,
  options: Omit<Complete<AdamOptions>, "maximize">,
  steps: number,
) {
  const { lr, betas, eps, weightDecay, amsgrad } = options;
  let theta = [...given];
  const state = theta.map(() => ({ m: 0, v: 0, largest: 0 }));
  for (let t = 1; t <= steps; t++) {
    const gradient = gradientAt(theta, t);
    theta = theta.map((value, i) => {
      const own = state[i] as { m: number; v: number; largest: number };
      const g = (gradient[i] as number) + (decoupled ? 0 : weightDecay * value);
      own.m = betas[0] * own.m + (1 - betas[0]) * g;
      own.v = betas[1] * own.v + (1 - betas[1]) * g ** 2;
      own.largest = Math.max(own.largest, own.v);
      const corrected = (amsgrad ? own.largest : own.v) / (1 - betas[1] ** t);
      const kept = decoupled ? value * (1 - lr * weightDecay) : value;
      return kept - (lr * (own.m / (1 - betas[0] ** t))) / (Math.sqrt(corrected) + eps);
    });
  }
  return theta;
}

const steps = (optimizer: Adam | AdamW) => [0, 1].map((i) => optimizer.stateDict()[`state.${i}.step`]);

function run(optimizer: Adam | AdamW, theta: Tensor, from: number, to: number): void {
  for (let t = from; t <= to; t++) {
    theta.grad = tensor(gradientAt(numbers(theta), t), { shape: theta.shape });
    optimizer.step();
  }
}

const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const anyOptions = fc.record({
  lr: fc.double({ min: 0, max: 0.5, noNaN: true }),
  betas: fc.tuple(share, share),
  eps: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  weightDecay: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  amsgrad: fc.boolean(),
});
const anyShape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });

describe.each([
  ["Adam", Adam],
  ["AdamW", AdamW],
] as const)("%s", (name, Class) => {
  it("follows its equations for any shape and options", () => {
    const property = fc.property(anyOptions, anyShape, fc.integer({ min: 1, max: 6 }), (options, shape, steps) => {
      const values = Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(2 * i) * 3);
      const theta = tensor(values, { shape, requiresGrad: true });
      run(new Class([theta], options), theta, 1, steps);
      const expected = plainAdam(values, name === "AdamW", options, steps);
      numbers(theta).forEach((value, i) => {
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-8);
      });
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("takes over a learning rate that is changed between steps", () => {
    const theta = parameter([1]);
    const optimizer = new Class([theta], { lr: 1, weightDecay: 0 });
    expect(optimizer.lr).toBe(1);
    theta.grad = tensor([0.25]);
    optimizer.step();
    optimizer.lr = 0.1;
    optimizer.step(); // the same gradient again: both steps are of size lr
    expect(numbers(theta)[0]).toBeCloseTo(1 - 1 - 0.1, 6);
  });

  it("counts the steps of each parameter, and leaves one without a gradient alone", () => {
    const options = { lr: 0.1, weightDecay: 0.3 };
    const [early, late] = [parameter(), parameter()];
    const optimizer = new Class([early, late], options);
    run(optimizer, early, 1, 2);
    expect(numbers(late)).toEqual(start);
    expect(steps(optimizer)).toEqual([2, undefined]);
    early.grad = null;
    run(optimizer, late, 1, 3);
    const alone = parameter();
    run(new Class([alone], options), alone, 1, 3);
    expect(numbers(late)).toEqual(numbers(alone));
    expect(steps(optimizer)).toEqual([2, 3]);
  });

  it("is not recorded, and changes no gradient", () => {
    const theta = parameter();
    const gradient = tensor([1, 2, 3]);
    theta.grad = gradient;
    new Class([theta], { lr: 0.1, weightDecay: 0.5, amsgrad: true }).step();
    expect(theta.isLeaf).toBe(true);
    expect(theta.requiresGrad).toBe(true);
    expect(theta.grad).toBe(gradient);
    expect(numbers(gradient)).toEqual([1, 2, 3]);
  });

  it("zeroGrad forgets the gradients but not the moments", () => {
    const [theta, whole] = [parameter(), parameter()];
    const optimizer = new Class([theta]);
    for (let t = 1; t <= 4; t++) {
      optimizer.zeroGrad();
      expect(theta.grad).toBeNull();
      run(optimizer, theta, t, t);
    }
    run(new Class([whole]), whole, 1, 4);
    expect(numbers(theta)).toEqual(numbers(whole));
  });

  it("holds a constant number of buffers over fifty steps", () => {
    const model = new Linear(3, 2, { generator: generator(0) });
    const optimizer = new Class(model.parameters(), { amsgrad: true, weightDecay: 0.1 });
    const x = tensor([[1, 2, 3]]);
    const step = () => {
      tidy(() => {
        optimizer.zeroGrad();
        model.forward(x).square().sum().backward();
      });
      optimizer.step();
    };
    step();
    step();
    const { buffers, bytes } = memory();
    for (let i = 0; i < 50; i++) step();
    expect(memory()).toEqual({ buffers, bytes });
  });

  it("keeps its moments when it steps inside a tidy", () => {
    const [theta, whole] = [parameter(), parameter()];
    const optimizer = new Class([theta], { amsgrad: true });
    for (let t = 1; t <= 5; t++) tidy(() => run(optimizer, theta, t, t));
    run(new Class([whole], { amsgrad: true }), whole, 1, 5);
    expect(numbers(theta)).toEqual(numbers(whole));
  });

  it.each<[string, AdamOptions]>([
    ["lr must be a finite number of at least 0, got -0.1", { lr: -0.1 }],
    ["lr must be a finite number of at least 0, got Infinity", { lr: Number.POSITIVE_INFINITY }],
    ["eps must be a finite number of at least 0, got -1", { eps: -1 }],
    ["weightDecay must be a finite number of at least 0, got -1", { weightDecay: -1 }],
    ["betas must be two numbers from 0 to below 1, got [1, 0.5]", { betas: [1, 0.5] }],
    ["betas must be two numbers from 0 to below 1, got [0.5, -0.1]", { betas: [0.5, -0.1] }],
    ["betas must be two numbers from 0 to below 1, got [0.5, NaN]", { betas: [0.5, Number.NaN] }],
    ["betas must be two numbers from 0 to below 1, got [0.9]", { betas: [0.9] as unknown as [number, number] }],
    ["betas must be two numbers from 0 to below 1, got 0.9", { betas: 0.9 as unknown as [number, number] }],
    ["amsgrad must be true or false, got 1", { amsgrad: 1 as unknown as boolean }],
    ["it has no option weight_decay; it is called weightDecay here", { weight_decay: 1 } as AdamOptions],
    ["options go into an object { lr, betas, eps, weightDecay, amsgrad, maximize }, got 0.1", 0.1 as AdamOptions],
  ])("checks its options: %s", (message, options) => {
    expect(() => new Class([parameter()], options)).toThrow(ValueError);
    expect(() => new Class([parameter()], options)).toThrow(`${name}: ${message}`);
  });

  it("checks a changed learning rate, and its parameters", () => {
    const optimizer = new Class([parameter()]);
    expect(() => {
      optimizer.lr = -1;
    }).toThrow(`${name}: lr must be a finite number of at least 0, got -1`);
    expect(optimizer.lr).toBe(1e-3);
    expect(() => new Class([])).toThrow(`${name}: there is no parameter to optimise`);
    expect(() => new Class([1] as unknown as Tensor[])).toThrow(`${name}: it takes a list of tensors`);
  });
});

describe.each([
  ["Adam", Adam, { lr: 0.1 }],
  ["Adam", Adam, { lr: 0.1, betas: [0.5, 0.3], amsgrad: true, weightDecay: 0.1 }],
  ["AdamW", AdamW, { lr: 0.1, betas: [0.5, 0.3], amsgrad: true }],
] as const)("the state of %s", (name, Class, options) => {
  it("continues an interrupted run exactly", () => {
    const [whole, first] = [parameter(), parameter()];
    run(new Class([whole], options), whole, 1, 8);
    const before = new Class([first], options);
    run(before, first, 1, 4);
    const second = parameter(numbers(first));
    const after = new Class([second], options);
    after.loadStateDict(before.stateDict());
    run(after, second, 5, 8);
    expect(numbers(second)).toEqual(numbers(whole));
    expect(steps(after)).toEqual([8, undefined]);
  });

  it("is a snapshot that later steps do not change", () => {
    const theta = parameter();
    const optimizer = new Class([theta], options);
    const fresh = optimizer.stateDict();
    expect(Object.keys(fresh).filter((key) => key.startsWith("state."))).toEqual([]);
    run(optimizer, theta, 1, 2);
    const state = optimizer.stateDict();
    const moments = () => ["exp_avg", "exp_avg_sq"].map((moment) => numbers(state[`state.0.${moment}`] as Tensor));
    const before = moments();
    run(optimizer, theta, 3, 4);
    expect(moments()).toEqual(before);
    expect(state["state.0.step"]).toBe(2);
    optimizer.loadStateDict(fresh);
    expect(optimizer.stateDict()).toEqual(fresh);
  });

  it("is refused where it is not that of these parameters, and then nothing is taken over", () => {
    const theta = parameter();
    const optimizer = new Class([theta], options);
    run(optimizer, theta, 1, 1);
    const state = optimizer.stateDict();
    const shape = "must be a tensor of floats of its parameter's shape [3], got";
    const wrong: [string, unknown, typeof ShapeError | typeof ValueError, string][] = [
      ["state.0.exp_avg", zeros([4]), ShapeError, `state.0.exp_avg ${shape} one of shape [4]`],
      ["state.0.exp_avg", [1, 2, 3], ShapeError, `state.0.exp_avg ${shape} [1, 2, 3]`],
      ["state.0.exp_avg_sq", zeros([3], { dtype: "int32" }), ShapeError, `state.0.exp_avg_sq ${shape} one of shape`],
      ["state.0.exp_avg_sq", undefined, ValueError, "state.0.exp_avg_sq is missing, though its parameter has stepped"],
      ["state.0.step", null, ValueError, "state.0.step is missing, though its parameter has stepped"],
      ["state.0.step", "1", ValueError, 'state.0.step must be a finite number, got "1"'],
      ["state.0.momentum_buffer", zeros([3]), ValueError, `${name} remembers no state.0.momentum_buffer`],
      ["state.1.step", 1, ValueError, "no group of the state has the parameter of state.1"],
      ["param_groups.0.lr", -1, ValueError, "param_groups.0.lr must be a finite number of at least 0, got -1"],
      ["param_groups.0.rho", 0.9, ValueError, "it cannot do param_groups.0.rho: 0.9 (it knows lr, betas, eps"],
      ["param_groups.0.params", [0, 1], ValueError, "param_groups.0.params must number 1 parameters, got [0, 1]"],
      ["param_groups.1.params", [1], ValueError, "the state has 2 parameter groups, the optimiser 1"],
      ["weight", zeros([3]), ValueError, '"weight" is no entry of an optimiser\'s state'],
    ];
    for (const [key, value, type, message] of wrong) {
      const load = () => optimizer.loadStateDict({ ...state, "param_groups.0.lr": 0.7, [key]: value });
      expect(load).toThrow(type);
      expect(load).toThrow(`${name}.loadStateDict: ${message}`);
    }
    expect(optimizer.lr).toBe(options.lr);
    const now = optimizer.stateDict();
    expect(now["state.0.step"]).toBe(1);
    for (const moment of ["state.0.exp_avg", "state.0.exp_avg_sq"])
      expect(numbers(now[moment] as Tensor)).toEqual(numbers(state[moment] as Tensor));
  });

  it("loads from another device", () => {
    const [here, there] = [parameter(), tensor(start, { device: "cpu", requiresGrad: true })];
    const source = new Class([there], options);
    there.grad = tensor([1, 2, 3], { device: "cpu" });
    source.step();
    const optimizer = new Class([here], options);
    optimizer.loadStateDict(source.stateDict());
    expect((optimizer.stateDict()["state.0.exp_avg"] as Tensor).device.name).toBe("reference");
    run(optimizer, here, 2, 2);
    expect(numbers(here)[0]).not.toBe(start[0]);
  });
});
