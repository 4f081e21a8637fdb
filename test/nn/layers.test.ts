/** Tests of the layers: each equals its functional op, and refuses sizes that make no sense. */
import { describe, expect, it } from "vitest";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  adaptiveAvgPool2d,
  avgPool2d,
  BatchNorm2d,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose2d,
  CrossEntropyLoss,
  conv2d,
  crossEntropy,
  Flatten,
  flatten,
  generator,
  Identity,
  init,
  Linear,
  type LinearOptions,
  linear,
  MaxPool2d,
  type Module,
  maxPool2d,
  Parameter,
  ReLU,
  randn,
  relu,
  Sequential,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.js";

setDevice("reference");

const random = generator(7);
const images = (): Tensor => randn([2, 4, 6, 5], { generator: generator(1) });
const logits = (): Tensor => randn([3, 5], { generator: generator(2) });
const classes = (): Tensor => tensor([0, 4, 2], { dtype: "int32" });

interface Row {
  readonly layer: () => Module;
  readonly input: () => Tensor;
  readonly op: (x: Tensor, layer: Module) => Tensor;
  readonly shape: readonly number[];
}

const strided = new Conv2d(4, 6, [3, 2], { stride: 2, padding: 1, dilation: 1, groups: 2, generator: random });
const pointwise = new Conv2d(4, 3, 1, { bias: false, generator: random });
const affine = new Linear(5, 7, { generator: random });
const unbiased = new Linear(5, 7, { generator: random, bias: false });

const rows: Readonly<Record<string, Row>> = {
  "Conv2d with stride, padding and groups": {
    layer: () => strided,
    input: images,
    op: (x) => conv2d(x, strided.weight, strided.bias, { stride: 2, padding: 1, groups: 2 }),
    shape: [2, 6, 3, 3],
  },
  "Conv2d without bias": {
    layer: () => pointwise,
    input: images,
    op: (x) => conv2d(x, pointwise.weight),
    shape: [2, 3, 6, 5],
  },
  Linear: { layer: () => affine, input: logits, op: (x) => linear(x, affine.weight, affine.bias), shape: [3, 7] },
  "Linear without bias": { layer: () => unbiased, input: logits, op: (x) => linear(x, unbiased.weight), shape: [3, 7] },
  ReLU: { layer: () => new ReLU(), input: images, op: relu, shape: [2, 4, 6, 5] },
  Identity: { layer: () => new Identity(), input: images, op: (x) => x, shape: [2, 4, 6, 5] },
  Flatten: { layer: () => new Flatten(), input: images, op: (x) => flatten(x, { startAxis: 1 }), shape: [2, 120] },
  "Flatten of some axes": {
    layer: () => new Flatten({ startAxis: 1, endAxis: 2 }),
    input: images,
    op: (x) => flatten(x, { startAxis: 1, endAxis: 2 }),
    shape: [2, 24, 5],
  },
  MaxPool2d: {
    layer: () => new MaxPool2d(3, { stride: 2, padding: 1 }),
    input: images,
    op: (x) => maxPool2d(x, { kernelSize: 3, stride: 2, padding: 1 }),
    shape: [2, 4, 3, 3],
  },
  AvgPool2d: {
    layer: () => new AvgPool2d([2, 3], { stride: 1 }),
    input: images,
    op: (x) => avgPool2d(x, { kernelSize: [2, 3], stride: 1 }),
    shape: [2, 4, 5, 3],
  },
  AdaptiveAvgPool2d: {
    layer: () => new AdaptiveAvgPool2d([2, 1]),
    input: images,
    op: (x) => adaptiveAvgPool2d(x, { outputSize: [2, 1] }),
    shape: [2, 4, 2, 1],
  },
};

describe.each(Object.entries(rows))("%s", (_name, { layer, input, op, shape }) => {
  it(`gives shape [${shape.join(", ")}] and equals the op`, () => {
    const module = layer();
    const x = input();
    const y = module.forward(x);
    expect(y.shape).toEqual(shape);
    expect([...y.dataSync()]).toEqual([...op(x, module).dataSync()]);
  });
});

describe("CrossEntropyLoss", () => {
  it("equals crossEntropy, options included", () => {
    for (const options of [{}, { reduction: "sum", labelSmoothing: 0.2 }] as const) {
      const loss = new CrossEntropyLoss(options).forward(logits(), classes());
      expect(loss.itemSync()).toBe(crossEntropy(logits(), classes(), options).itemSync());
    }
    const sum = new CrossEntropyLoss({ reduction: "sum" }).forward(logits(), classes()).itemSync();
    expect(new CrossEntropyLoss().forward(logits(), classes()).itemSync()).toBeCloseTo(sum / 3, 12);
  });
});

describe("the parameters of Conv2d and Linear", () => {
  it("have PyTorch's shapes", () => {
    expect(strided.weight.shape).toEqual([6, 2, 3, 2]);
    expect(strided.bias?.shape).toEqual([6]);
    expect(pointwise.bias).toBeNull();
    expect(affine.weight.shape).toEqual([7, 5]);
    expect(affine.bias?.shape).toEqual([7]);
    expect(affine.weight).toBeInstanceOf(Parameter);
  });

  it("are uniform in ±1/√fanIn by default, weight and bias", () => {
    const layers = [
      new Conv2d(8, 400, 3, { groups: 2, generator: generator(0) }), // fan in 4 · 9, fan out 400 · 9
      new Linear(36, 400, { generator: generator(0) }),
    ];
    for (const { weight, bias } of layers) {
      for (const values of [weight, bias ?? weight].map((t) => [...t.dataSync()])) {
        const largest = Math.max(...values.map(Math.abs));
        expect(largest).toBeLessThanOrEqual(1 / 6);
        expect(largest).toBeGreaterThan(0.95 / 6);
        const square = values.reduce((sum, v) => sum + v * v, 0) / values.length;
        expect(square * 3 * 36).toBeCloseTo(1, 0);
      }
    }
  });

  it("are drawn by init when it is given, the bias by default", () => {
    const layer = new Linear(3, 2, { generator: generator(0), init: (shape) => init.constant(shape, 0.25) });
    expect([...layer.weight.dataSync()]).toEqual(new Array(6).fill(0.25));
    expect(layer.bias?.dataSync().some((v) => v === 0.25)).toBe(false);
  });

  it("are the same for the same seed, and others for another", () => {
    const make = (seed: number) => [...new Linear(3, 2, { generator: generator(seed) }).weight.dataSync()];
    expect(make(3)).toEqual(make(3));
    expect(make(3)).not.toEqual(make(4));
  });
});

describe("the constructors", () => {
  const g = generator(0);
  it.each<[string, () => unknown]>([
    ["Conv2d: inChannels must be an integer of at least 1, got 0", () => new Conv2d(0, 1, 3, { generator: g })],
    ["Conv2d: outChannels must be an integer of at least 1, got 1.5", () => new Conv2d(1, 1.5, 3, { generator: g })],
    ["Conv2d: kernelSize", () => new Conv2d(1, 1, 0, { generator: g })],
    [
      "Conv2d: groups must divide 4 input and 6 output channels, got 4",
      () => new Conv2d(4, 6, 1, { groups: 4, generator: g }),
    ],
    [
      "Conv2d: groups must divide 4 input and 6 output channels, got 0",
      () => new Conv2d(4, 6, 1, { groups: 0, generator: g }),
    ],
    ["Linear: inFeatures must be an integer of at least 1, got -1", () => new Linear(-1, 1, { generator: g })],
    [
      "Linear: outFeatures must be an integer of at least 1, got NaN",
      () => new Linear(1, Number.NaN, { generator: g }),
    ],
    ["BatchNorm2d: numFeatures must be an integer of at least 1, got 0", () => new BatchNorm2d(0)],
  ])("refuse: %s", (message, make) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });

  it("refuse an initialisation that gives another shape than the layer's", () => {
    const make = () => new Linear(3, 2, { generator: g, init: () => init.constant([3, 2], 1) });
    expect(make).toThrow(ShapeError);
    expect(make).toThrow("Linear: init must give a weight of shape [2, 3], got [3, 2]");
    const convolution = () => new Conv2d(3, 2, 1, { generator: g, init: () => init.constant([2, 3], 1) });
    expect(convolution).toThrow("Conv2d: init must give a weight of shape [2, 3, 1, 1], got [2, 3]");
    const bias = () => new Linear(3, 2, { generator: g, biasInit: () => init.constant([3], 1) });
    expect(bias).toThrow("Linear: biasInit must give a bias of shape [2], got [3]");
  });

  it.each([
    ["Linear", (options: LinearOptions) => new Linear(3, 2, options)],
    ["Conv1d", (options: LinearOptions) => new Conv1d(3, 2, 1, options)],
    ["Conv2d", (options: LinearOptions) => new Conv2d(3, 2, 1, options)],
    ["Conv3d", (options: LinearOptions) => new Conv3d(3, 2, 1, options)],
    ["ConvTranspose2d", (options: LinearOptions) => new ConvTranspose2d(3, 2, 1, options)],
  ])("fill the bias as biasInit says, and the weight as without it: %s", (_name, make) => {
    const layer = make({ generator: generator(4), biasInit: (shape) => init.constant(shape, 7) });
    expect([...(layer.bias?.dataSync() ?? [])]).toEqual([7, 7]);
    expect(layer.weight.dataSync()).toEqual(make({ generator: generator(4) }).weight.dataSync());
  });
});

describe("Sequential", () => {
  it("feeds each output to the next, and names the children by their place", () => {
    const [first, second] = [new Linear(2, 3, { generator: generator(0) }), new ReLU()];
    const model = new Sequential(first, second);
    const x = tensor([
      [1, 2],
      [-3, 4],
    ]);
    expect([...model.forward(x).dataSync()]).toEqual([...relu(first.forward(x)).dataSync()]);
    expect(model.length).toBe(2);
    expect([model.at(0), model.at(-1), model.at(2)]).toEqual([first, second, undefined]);
    expect(model.namedChildren().map(([name]) => name)).toEqual(["0", "1"]);
  });

  it("hands its input on when it is empty", () => {
    const x = tensor([1]);
    expect(new Sequential().forward(x)).toBe(x);
  });
});
