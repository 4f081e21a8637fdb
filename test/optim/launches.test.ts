/** Tests of what a step of an optimiser runs: how many kernels, compiled how often, and the gradients it refuses. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  Adam,
  type AdamOptions,
  AdamW,
  deviceNamed,
  type Optimizer,
  profile,
  SGD,
  type SGDOptions,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const sgd = (options: SGDOptions) => (parameters: readonly Tensor[]) => new SGD(parameters, options);
const adam = (options: AdamOptions) => (parameters: readonly Tensor[]) => new Adam(parameters, options);
const adamW = (options: AdamOptions) => (parameters: readonly Tensor[]) => new AdamW(parameters, options);

const moments = ["firstMoment", "secondMoment"];
const cases: readonly (readonly [string, (parameters: readonly Tensor[]) => Optimizer, string[], string[]])[] = [
  ["SGD", sgd({ lr: 1 }), ["sgdStep"], ["sgdStep"]],
  ["SGD with weight decay", sgd({ lr: 1, weightDecay: 1 }), ["sgdStep"], ["sgdStep"]],
  ["SGD with momentum", sgd({ lr: 1, momentum: 0.5 }), ["sgdStep"], ["sgdVelocity", "sgdStep"]],
  [
    "SGD with momentum and weight decay",
    sgd({ lr: 1, momentum: 0.5, weightDecay: 1, nesterov: true }),
    ["sgdVelocity", "sgdStep"],
    ["sgdVelocity", "sgdStep"],
  ],
  ["Adam", adam({ weightDecay: 1 }), [...moments, "adamStep"], [...moments, "adamStep"]],
  ["AdamW", adamW({}), [...moments, "adamStep"], [...moments, "adamStep"]],
  ["Adam with amsgrad", adam({ amsgrad: true }), [...moments, "adamStep"], [...moments, "maximum", "adamStep"]],
];

/** A step over two parameters with gradients of their own. */
function stepper(make: (parameters: readonly Tensor[]) => Optimizer, device: "reference" | "cpu") {
  const parameters = [tensor([1, 2, 3], { device }), tensor([[4], [5]], { device })];
  const optimizer = make(parameters);
  const step = () => {
    for (const parameter of parameters)
      parameter.grad = tensor([...parameter.dataSync()], { shape: parameter.shape, device });
    optimizer.step();
  };
  return { optimizer, step };
}

describe.each(cases)("a step of %s", (name, make, first, later) => {
  it("runs so many kernels for each parameter, on the optimiser's behalf", () => {
    const { step } = stepper(make, "reference");
    for (const expected of [first, later, later]) {
      const { events } = profile(step);
      expect(events.map(({ kernel }) => kernel)).toEqual([...expected, ...expected]);
      expect(new Set(events.map(({ op }) => op))).toEqual(new Set([name.split(" ")[0]]));
    }
  });

  it("compiles nothing from the second step on, whatever the learning rate", () => {
    const { optimizer, step } = stepper(make, "cpu");
    const compiled = () => deviceNamed("cpu").kernels().length;
    step();
    step();
    const before = compiled();
    for (let i = 1; i < 5; i++) {
      optimizer.lr = 1 / (i + 2);
      step();
    }
    expect(compiled()).toBe(before);
  });

  it("refuses a gradient of another shape or device", () => {
    const theta = tensor([1, 2, 3], { requiresGrad: true });
    const optimizer = make([theta]);
    const op = name.split(" ")[0];
    theta.grad = tensor([1]);
    expect(() => optimizer.step()).toThrow(ShapeError);
    expect(() => optimizer.step()).toThrow(`${op}: gradient must have shape [3], got [1]`);
    theta.grad = tensor([1, 2, 3], { device: "cpu" });
    expect(() => optimizer.step()).toThrow(`${op}: its tensors must live on one device, got reference and cpu`);
    theta.grad = tensor([1, 2, 3], { dtype: "int32" });
    expect(() => optimizer.step()).toThrow(`${op}: it computes on floats, got int32`);
    expect([...theta.dataSync()]).toEqual([1, 2, 3]);
  });
});

it("two parameters on two devices are moved by one optimiser", () => {
  const [here, there] = [tensor([1, 2]), tensor([1, 2], { device: "cpu" })];
  const optimizer = new Adam([here, there], { lr: 0.25 });
  for (let i = 0; i < 3; i++) {
    here.grad = tensor([1, -1]);
    there.grad = tensor([1, -1], { device: "cpu" });
    optimizer.step();
  }
  for (const theta of [here, there]) {
    const [first, second] = theta.dataSync();
    expect(first).toBeCloseTo(0.25, 6);
    expect(second).toBeCloseTo(2.75, 6);
  }
});
