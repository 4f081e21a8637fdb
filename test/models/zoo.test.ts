/** Tests of the zoo: names, and that each model makes what it says. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  createModel,
  generator,
  init,
  ShapeError,
  setDevice,
  summary,
  ValueError,
  zeros,
  zoo,
  zooModel,
} from "../../src/index.js";
import { parameterCount } from "./nets.js";

beforeAll(() => setDevice("simd"));

describe("names", () => {
  it("are each given once, whatever case and separators they are written with", () => {
    const keys = zoo.map(({ name }) => name.toLowerCase().replaceAll(/[_-]/g, ""));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("are known as torchvision writes them", () => {
    expect(zooModel("cifar_resnet-20")).toBe(zooModel("cifarResnet20"));
  });

  it("that are not there are refused, with the nearest", () => {
    expect(() => zooModel("cifarResnet21")).toThrow(/no model "cifarResnet21"; near it: cifarResnet20/);
    expect(() => zooModel(5 as never)).toThrow(ValueError);
    expect(() => createModel("", { generator: generator(0) })).toThrow(ValueError);
  });
});

describe("a net", () => {
  it("takes the number of classes and an initialiser", () => {
    const net = createModel("cifarPlain20", { generator: generator(0), numClasses: 7, init: init.empty });
    const state = net.stateDict();
    expect(state["linear.weight"]?.shape).toEqual([7, 64]);
    expect(Math.max(...(state["conv1.weight"]?.dataSync() ?? [1]).map(Math.abs))).toBe(0);
  });

  it("refuses an option that there is not", () => {
    expect(() => createModel("cifarPlain20", { generator: generator(0), classes: 7 } as never)).toThrow(/classes/);
  });
});

/** Parameters as torchvision's documentation (num_params) has them; GoogLeNet's with its auxiliary classifiers, and timm's of
 * Inception v4. */
const published: Readonly<Record<string, number>> = {
  alexnet: 61_100_840,
  googlenet: 13_004_888,
  inceptionV3: 27_161_264,
  inceptionV4: 42_679_816,
  squeezenet1_0: 1_248_424,
  squeezenet1_1: 1_235_496,
  vgg11: 132_863_336,
  vgg13: 133_047_848,
  vgg16: 138_357_544,
  vgg19: 143_667_240,
  vgg11Bn: 132_868_840,
  vgg13Bn: 133_053_736,
  vgg16Bn: 138_365_992,
  vgg19Bn: 143_678_248,
  mobilenetV2: 3_504_872,
  shufflenetV2_x1_0: 2_278_604,
  efficientnetB0: 5_288_548,
  convnextTiny: 28_589_128,
};

/** Parameters in millions as papers and their authors round them: He et al. 2015, table 6, of 1202 layers, which stochastic depth
 * leaves as they are (Huang et al. 2016). */
const rounded: Readonly<Record<string, number>> = { cifarResnet1202: 19.4, cifarStochasticDepth1202: 19.4 };

/** Billions of multiply-accumulates of an image, as torchvision lists them (`_ops`). */
const operations: Readonly<Record<string, number>> = {
  ...{ alexnet: 0.714, vgg11: 7.609, vgg16: 15.47, vgg19: 19.632, vgg19Bn: 19.632, googlenet: 1.498 },
  ...{ inceptionV3: 5.713, resnet18: 1.814, resnet34: 3.664, resnet50: 4.089, resnet101: 7.801, resnet152: 11.514 },
  ...{ resnext50_32x4d: 4.23, resnext101_32x8d: 16.414, wideResnet50_2: 11.398, wideResnet101_2: 22.753 },
  ...{ densenet121: 2.834, densenet161: 7.728, densenet169: 3.36, densenet201: 4.291 },
  ...{
    squeezenet1_0: 0.819,
    squeezenet1_1: 0.349,
    mobilenetV2: 0.301,
    shufflenetV2_x1_0: 0.145,
    efficientnetB0: 0.386,
  },
};

describe("the number of parameters", () => {
  it.each(Object.entries(published))("of %s is %i, as published", (name, count) => {
    const net = createModel(name, { generator: generator(0), init: init.empty });
    expect(parameterCount(net)).toBe(count);
    for (const parameter of net.parameters()) parameter.dispose();
  });

  it.each(Object.entries(rounded))("of %s is %f million, as published", (name, millions) => {
    const net = createModel(name, { generator: generator(0), init: init.empty });
    expect(Math.round(parameterCount(net) / 1e5) / 10).toBe(millions);
  });
});

describe("the number of multiply-accumulates", () => {
  it.each(Object.entries(operations))("of %s is %f billion, as published", (name, billions) => {
    const { make, input } = zooModel(name);
    const { totals } = summary(make({ generator: generator(0), init: init.empty }), [1, ...input], { training: false });
    expect(totals.macs / 1e9).toBeCloseTo(billions, 3);
  });
});

describe.each(zoo)("$name", (model) => {
  it("takes a number of classes, and refuses none", () => {
    const options = { generator: generator(0), init: init.empty };
    const net = model.make({ ...options, numClasses: 7 });
    expect(net.parameters().at(-1)?.shape[0]).toBe(7);
    for (const parameter of net.parameters()) parameter.dispose();
    expect(() => model.make({ ...options, numClasses: 0 })).toThrow(ValueError);
  });

  it("has a weight of the loss for each of its auxiliary classifiers", () => {
    const { auxiliaryWeights = {}, make } = model;
    const children = make({ generator: generator(0), init: init.empty }).namedChildren();
    const names = children.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(auxiliaryWeights)));
  });

  it("refuses images of another number of channels", () => {
    const [channels, height, width] = model.input;
    const net = model.make({ generator: generator(0), init: init.empty });
    expect(() => net.forward(zeros([1, channels + 1, height, width]))).toThrow(ShapeError);
  });
});
