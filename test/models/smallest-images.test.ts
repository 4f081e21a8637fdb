/** Tests of the smallest images that nets take, and of what they say of smaller ones. */
import { beforeAll, describe, expect, it } from "vitest";
import { createModel, generator, inceptionV3, init, noGrad, setDevice, zeros, zooModel } from "../../src/index.js";

beforeAll(() => setDevice("simd"));

describe("the smallest images", () => {
  it.each([
    ["lenet5", 32],
    ["alexnet", 63],
    ["vgg11", 32],
    ["ninCifar10", 4],
    ["ninImagenet", 39],
    ["squeezenet1_0", 21],
    ["squeezenet1_1", 17],
    ["googlenet", 15],
    ["inceptionV3", 75],
    ["inceptionV4", 75],
    ["convnextTiny", 32],
  ])("of %s are %i pixels wide and high", (name, smallest) => {
    const net = createModel(name, { generator: generator(0), numClasses: 2, init: init.empty }).eval();
    const [channels] = zooModel(name).input;
    const forward = (size: number) => noGrad(() => net.forward(zeros([1, channels, size, size])));
    expect(forward(smallest)).toMatchObject({ shape: [1, 2] });
    expect(() => forward(smallest - 1)).toThrow(`at least ${smallest}, got [1, ${channels}, ${smallest - 1}, `);
    for (const parameter of net.parameters()) parameter.dispose();
  });

  it("of inceptionV3 are larger in training, with its auxiliary classifier", () => {
    const make = (auxiliary: boolean) =>
      inceptionV3({ generator: generator(0), numClasses: 2, init: init.empty, auxiliary });
    const images = zeros([2, 3, 75, 75]);
    expect(() => make(true).forward(images)).toThrow(
      "InceptionV3 in training, with auxiliary classifiers: images must be [N, 3, H, W] with H and W of at least 299",
    );
    expect(
      make(false)
        .namedChildren()
        .map(([name]) => name),
    ).not.toContain("AuxLogits");
  });
});
