/** What people who write plain JavaScript pass to layers and optimisers by mistake. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

const generator = lg.generator(0);
type Maker = new (...args: unknown[]) => unknown;
const make =
  (made: unknown, ...args: unknown[]) =>
  () =>
    new (made as Maker)(...args);
const call =
  (fn: unknown, ...args: unknown[]) =>
  () =>
    (fn as (...list: unknown[]) => unknown)(...args);

describe("a slip", () => {
  it.each<[string, () => unknown]>([
    ["Linear: it draws from an explicit generator", make(lg.Linear, 2, 3)],
    ["Linear: it draws from an explicit generator", make(lg.Linear, 2, 3, {})],
    ["Linear: it draws from an explicit generator", make(lg.Linear, 2, 3, generator)],
    ["Linear: generator must be a generator, such as generator(seed), got 7", make(lg.Linear, 2, 3, { generator: 7 })],
    ["Linear: bias must be true or false, got 0", make(lg.Linear, 2, 3, { generator, bias: 0 })],
    ["Conv1d: it draws from an explicit generator", make(lg.Conv1d, 2, 3, 1)],
    ["Conv2d: it draws from an explicit generator", make(lg.Conv2d, 2, 3, { kernelSize: 1 })],
    ["Conv2d: options go into an object", make(lg.Conv2d, 2, 3, 1, 2)],
    ["ConvTranspose2d: it draws from an explicit generator", make(lg.ConvTranspose2d, 2, 3, 1)],
    ["Dropout: options go into an object", make(lg.Dropout, 0.5)],
    ["Dropout: it draws from an explicit generator", make(lg.Dropout)],
    ["MaxPool2d: options go into an object { stride, padding, ", make(lg.MaxPool2d, 3, 2)],
    ["AvgPool2d: options go into an object { stride, padding, ", make(lg.AvgPool2d, 3, 2)],
    ["LocalResponseNorm: options go into an object", make(lg.LocalResponseNorm, 3, 1e-4)],
    ["Flatten: options go into an object", make(lg.Flatten, 1)],
    ...[lg.Identity, lg.ReLU, lg.ReLU6, lg.SiLU, lg.Sigmoid, lg.Tanh].map((layer): [string, () => unknown] => [
      `${layer.name}: it takes no arguments, got { inplace: true }; a class that does declares a constructor, `,
      make(layer, { inplace: true }),
    ]),
    ["GELU: options go into an object", make(lg.GELU, "tanh")],
    ["LeakyReLU: options go into an object", make(lg.LeakyReLU, 0.2)],
    ["CrossEntropyLoss: options go into an object", make(lg.CrossEntropyLoss, "sum")],
    ["BatchNorm2d: options go into an object", make(lg.BatchNorm2d, 3, 1e-3)],
    ["BatchNorm2d: affine must be true or false", make(lg.BatchNorm2d, 3, { affine: "no" })],
    ["InstanceNorm2d: options go into an object", make(lg.InstanceNorm2d, 3, true)],
    ["GroupNorm: options go into an object", make(lg.GroupNorm, 1, 3, 1e-3)],
    ["LayerNorm: options go into an object", make(lg.LayerNorm, 3, 1e-3)],
    ["LayerNorm: a shape must be a list", make(lg.LayerNorm)],
    ["Sequential: it takes modules one by one", make(lg.Sequential, [new lg.ReLU()])],
    [
      "Sequential: it takes modules one by one (...list for a list), or one object of them by name, got a function",
      make(lg.Sequential, lg.relu),
    ],
    ["SGD: options go into an object", make(lg.SGD, [lg.zeros([1])])],
    ["SGD: lr must be a finite number of at least 0, got undefined", make(lg.SGD, [lg.zeros([1])], {})],
    [
      "SGD: momentum must be a finite number of at least 0, got null",
      make(lg.SGD, [lg.zeros([1])], { lr: 1, momentum: null }),
    ],
    ["SGD: it takes a list of tensors, such as model.parameters(), got a ReLU", make(lg.SGD, new lg.ReLU(), { lr: 1 })],
    ["SGD: it takes a list of tensors, such as model.parameters(), got undefined", make(lg.SGD, undefined, { lr: 1 })],
    ["SGD: it takes a list of tensors, such as model.parameters(), got [1]", make(lg.SGD, [1], { lr: 1 })],
    ["xavierNormal: it draws from an explicit generator", call(lg.init.xavierNormal, [2, 3])],
    ["xavierUniform: it draws from an explicit generator", call(lg.init.xavierUniform, [2, 3], {})],
    ["orthogonal: it draws from an explicit generator", call(lg.init.orthogonal, [2, 3])],
    ["kaimingUniform: it draws from an explicit generator", call(lg.init.kaimingUniform, [2, 3])],
    ["truncatedNormal: it draws from an explicit generator", call(lg.init.truncatedNormal, [2, 3])],
    [
      'mode must be "fanIn" or "fanOut", got "fan_in"',
      call(lg.init.kaimingNormal, [2, 3], { generator, mode: "fan_in" }),
    ],
    ["init: a shape must be a list", call(lg.init.kaimingNormal, 2, { generator })],
    ["linear: its argument 1 must be a tensor", call(new lg.Linear(1, 1, { generator }).forward, [1])],
    ["BatchNorm2d: its argument 1 must be a tensor", call(new lg.BatchNorm2d(1).forward)],
    ["GroupNorm: its argument 1 must be a tensor", call(new lg.GroupNorm(1, 1).forward, [[1]])],
    ["InstanceNorm2d: its argument 1 must be a tensor", call(new lg.InstanceNorm2d(1).forward, null)],
  ])("is answered with: %s", (message, slip) => {
    expect(slip).toThrow(lg.LivegradError);
    expect(slip).toThrow(message);
  });
});
