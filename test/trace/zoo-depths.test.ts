/** Tests of the depth that a trace finds in nets of the zoo: weighted layers on the longest way, counted by hand in their papers. */
import { beforeAll, describe, expect, it } from "vitest";
import { createModel, generator, init, setDevice, sum, type Tensor, trace, zeros, zooModel } from "../../src/index.js";

beforeAll(() => setDevice("simd"));

/** Weighted layers on the longest way through a net. Weights are left out and frozen, so that the tape alone has work. */
async function depthOf(name: string, size: number): Promise<number | null | undefined> {
  const net = createModel(name, { generator: generator(0), numClasses: 2, init: init.empty }).eval();
  for (const parameter of net.parameters()) parameter.requiresGrad = false;
  const tracing = trace(net);
  const images = zeros([1, zooModel(name).input[0], size, size], { requiresGrad: true });
  sum(net.forward(images) as Tensor).backward();
  const [pass] = await tracing.read();
  for (const parameter of net.parameters()) parameter.dispose();
  return pass?.layers.findLast(({ forward }) => forward !== null)?.depth;
}

describe("the depth of a net of the zoo", () => {
  it.each([
    ["lenet5", 5, 32],
    ["alexnet", 8, 63],
    ["vgg16", 16, 32],
    ["ninCifar10", 9, 8], // three convolutions in each of three
    ["googlenet", 22, 32], // section 5: layers with parameters
    ["inceptionV3", 48, 75], // stem 5, A 3 × 3, B 3, C 4 × 5, D 4, E 2 × 3, classifier
    ["inceptionV4", 76, 75], // stem 9, A 4 × 3, reduction 3, B 7 × 5, reduction 4, C 3 × 4, classifier
    ["resnet18", 18, 32],
    ["resnet34", 34, 32],
    ["resnet50", 50, 32],
    ["resnet101", 101, 32],
    ["resnet152", 152, 32],
    ["plain34", 34, 32],
    ["cifarResnet56", 56, 8],
    ["cifarPreact110", 110, 8],
    ["cifarPreact164", 164, 8],
    ["wrn16_8", 14, 8], // the name counts the three convolutions of shortcuts, which no longest way enters
    ["cifarStochasticDepth110", 110, 8],
    ["fractalnet20", 21, 32], // the paper leaves the classifier out
    ["densenet121", 121, 32],
    ["cifarDensenet40_12", 40, 8],
    ["cifarDensenetBc100_12", 100, 8],
    ["squeezenet1_0", 18, 32], // conv1, eight times squeeze and expand, conv10
    ["mobilenetV2", 53, 32], // 1, 2, 16 × 3, 1, classifier
    ["shufflenetV2_x1_0", 51, 32], // 1, 16 × 3, 1, classifier
    ["efficientnetB0", 82, 32], // 1, 2 + 2 of its gate, 15 × (3 + 2), 1, classifier
    ["convnextTiny", 59, 32], // 1, 18 × 3, 3 between the stages, classifier
  ])("is for %s %i", async (name, depth, size) => {
    expect(await depthOf(name, size)).toBe(depth);
  });
});
