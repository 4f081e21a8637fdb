/** Tests of the activation layers and of dropout as a layer. */
import { describe, expect, it } from "vitest";
import {
  Dropout,
  type DropoutLayerOptions,
  dropout,
  GELU,
  gelu,
  generator,
  gradients,
  LeakyReLU,
  Linear,
  leakyRelu,
  type Module,
  ones,
  Sequential,
  Sigmoid,
  SiLU,
  setDevice,
  sigmoid,
  silu,
  Tanh,
  type Tensor,
  tanh,
  tensor,
  ValueError,
} from "../../src/index.js";

setDevice("reference");

const x = (): Tensor => tensor([-2, -0.5, 0, 1, 3]);

describe("the activation layers", () => {
  it.each<[string, Module, (x: Tensor) => Tensor]>([
    ["Sigmoid()", new Sigmoid(), sigmoid],
    ["Tanh()", new Tanh(), tanh],
    ["SiLU()", new SiLU(), silu],
    ["GELU(approximate: none)", new GELU(), (t) => gelu(t)],
    ["GELU(approximate: tanh)", new GELU({ approximate: "tanh" }), (t) => gelu(t, { approximate: "tanh" })],
    ["LeakyReLU(negativeSlope: 0.01)", new LeakyReLU(), (t) => leakyRelu(t)],
    [
      "LeakyReLU(negativeSlope: 0.2)",
      new LeakyReLU({ negativeSlope: 0.2 }),
      (t) => leakyRelu(t, { negativeSlope: 0.2 }),
    ],
  ])("%s is its op", (printed, layer, op) => {
    expect(layer.forward(x()).arraySync()).toEqual(op(x()).arraySync());
    expect(layer.toString()).toBe(printed);
    expect(layer.parameters()).toEqual([]);
  });
});

describe("Dropout", () => {
  it("drops in training, moving its generator on, and not in evaluation", () => {
    const layer = new Dropout({ p: 0.25, generator: generator(1) });
    const random = generator(1);
    const input = ones([4, 5]);
    for (let pass = 0; pass < 2; pass++) {
      const expected = dropout(input, { p: 0.25, generator: random });
      expect(layer.forward(input).arraySync()).toEqual(expected.arraySync());
    }
    expect(layer.eval().forward(input)).toBe(input);
    expect(layer.train().forward(input).arraySync()).not.toEqual(input.arraySync());
  });

  it("follows train and eval of the module that holds it", () => {
    const model = new Sequential(
      new Linear(3, 4, { generator: generator(0) }),
      new Dropout({ p: 1, generator: generator(1) }),
    );
    const input = ones([2, 3]);
    expect(Array.from(model.forward(input).dataSync(), Math.abs)).toEqual(new Array(8).fill(0));
    expect(model.eval().forward(input).arraySync()).toEqual(model.at(0)?.forward(input).arraySync());
  });

  it("lets hooks see it in evaluation as well", () => {
    const layer = new Dropout({ generator: generator(1) }).eval();
    const seen: number[] = [];
    layer.registerBackwardHook((_, gradInput) => seen.push(gradInput?.size ?? 0));
    const input = tensor([1, 2], { requiresGrad: true });
    expect(gradients(layer.forward(input).sum(), [input])[0]?.arraySync()).toEqual([1, 1]);
    expect(seen).toEqual([2]);
  });

  it("prints p", () => expect(new Dropout({ generator: generator(1) }).toString()).toBe("Dropout(p: 0.5)"));

  it.each<[string, object]>([
    ["Dropout: p must be a probability from 0 to 1, got 1.5", { p: 1.5, generator: generator(1) }],
    ["Dropout: p must be a number, got NaN", { p: Number.NaN, generator: generator(1) }],
    ["Dropout: it draws from an explicit generator", { p: 0.5 }],
  ])("refuses: %s", (message, options) => {
    const make = () => new Dropout(options as DropoutLayerOptions);
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
