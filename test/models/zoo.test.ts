/** Tests of the zoo: names, and that each model makes what it says. */
import { beforeAll, describe, expect, it } from "vitest";
import { createModel, generator, init, setDevice, ValueError, zoo, zooModel } from "../../src/index.js";

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
