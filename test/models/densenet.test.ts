/** Tests of the DenseNets: sizes, names, shapes, dropout, and that what saves memory changes no number. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  backward,
  type CifarDensenetOptions,
  cifarDensenet,
  crossEntropy,
  type DenseNet,
  densenet121,
  densenet161,
  densenet169,
  densenet201,
  generator,
  init,
  type Module,
  randn,
  setDevice,
  type Tensor,
  tensor,
  zoo,
} from "../../src/index.js";
import { parameterCount } from "./nets.js";

beforeAll(() => setDevice("simd"));

const empty = () => ({ generator: generator(0), init: init.empty });
/** Two dense layers a block, two channels each. */
const small = (options: Partial<CifarDensenetOptions> = {}) =>
  cifarDensenet({ depth: 16, growthRate: 2, generator: generator(1), ...options });
const images = () => randn([2, 3, 8, 8], { generator: generator(2) });

describe("the number of parameters", () => {
  it.each([
    [densenet121, 7_978_856],
    [densenet161, 28_681_000],
    [densenet169, 14_149_480],
    [densenet201, 20_013_928],
  ])("of %O is torchvision's", (make, count) => {
    expect(parameterCount(make(empty()))).toBe(count);
  });

  it.each([
    ["DenseNet (40, 12)", { depth: 40, bottleneck: false, compression: 1 }, 1_019_722], // 1.0 M in the paper
    ["DenseNet-BC (100, 12)", { depth: 100 }, 769_162], // 0.8 M
    ["DenseNet-BC (190, 40)", { depth: 190, growthRate: 40 }, 25_624_430], // 25.6 M
  ])("of %s is the paper's", (_name, options, count) => {
    expect(parameterCount(cifarDensenet({ ...empty(), ...options }))).toBe(count);
  });
});

describe("state-dict keys", () => {
  const keys = (net: Module) => Object.keys(net.stateDict()).filter((key) => !/running|num_batches|bias/.test(key));
  const layer = (path: string) => ["norm1", "conv1", "norm2", "conv2"].map((name) => `${path}.${name}.weight`);

  it("are torchvision's, in its order", () => {
    const all = keys(densenet121(empty()));
    expect(all.slice(0, 6)).toEqual([
      "features.conv0.weight",
      "features.norm0.weight",
      ...layer("features.denseblock1.denselayer1"),
    ]);
    const at = all.indexOf("features.transition1.norm.weight");
    expect(all.slice(at, at + 3)).toEqual([
      "features.transition1.norm.weight",
      "features.transition1.conv.weight",
      "features.denseblock2.denselayer1.norm1.weight",
    ]);
    expect(all.slice(-2)).toEqual(["features.norm5.weight", "classifier.weight"]);
  });

  it("of a CIFAR net without bottlenecks have one convolution a layer", () => {
    const net = cifarDensenet({ ...empty(), depth: 7, bottleneck: false, compression: 1 });
    expect(keys(net)).toEqual([
      "features.conv0.weight",
      "features.denseblock1.denselayer1.norm1.weight",
      "features.denseblock1.denselayer1.conv1.weight",
      "features.transition1.norm.weight",
      "features.transition1.conv.weight",
      "features.denseblock2.denselayer1.norm1.weight",
      "features.denseblock2.denselayer1.conv1.weight",
      "features.transition2.norm.weight",
      "features.transition2.conv.weight",
      "features.denseblock3.denselayer1.norm1.weight",
      "features.denseblock3.denselayer1.conv1.weight",
      "features.norm_final.weight",
      "classifier.weight",
    ]);
  });
});

describe("a DenseNet", () => {
  it("takes images of CIFAR's size", () => {
    const net = densenet121({ ...empty(), numClasses: 7 }).eval();
    expect(net.forward(randn([1, 3, 32, 32], { generator: generator(0) })).shape).toEqual([1, 7]);
  });

  it("starts with Kaiming's deviation in convolutions and a bias of 0, and otherwise as init says", () => {
    const conv = small({ growthRate: 40 }).stateDict()["features.denseblock1.denselayer1.conv1.weight"];
    expect(conv?.square().mean().itemSync()).toBeCloseTo(2 / 80, 3); // 12,800 numbers
    expect(small().stateDict()["classifier.bias"]?.arraySync()).toEqual(new Array(10).fill(0));
    const given = small({ init: (shape) => init.constant(shape, 3) }).stateDict();
    expect(new Set(given["features.conv0.weight"]?.dataSync())).toEqual(new Set([3]));
    expect(new Set(given["classifier.weight"]?.dataSync())).toEqual(new Set([3]));
  });

  it("gives a gradient to every parameter", () => {
    const net = small();
    backward(crossEntropy(net.forward(images()), tensor([1, 2], { dtype: "int32" })));
    for (const [name, { grad }] of net.namedParameters()) {
      expect(Math.max(...(grad?.dataSync() ?? [0]).map(Math.abs)), name).toBeGreaterThan(0);
    }
  });

  it("drops outputs of dense layers in training alone", () => {
    const net = small({ dropRate: 0.5 });
    const layers = net.namedModules().filter(([path]) => /denselayer\d+$/.test(path));
    const zeros: number[] = [];
    for (const [, layer] of layers) {
      layer.registerForwardHook((_module, _inputs, output) => {
        const values = [...output.dataSync()];
        zeros.push(values.filter((value) => value === 0).length / values.length);
      });
    }
    net.forward(images());
    expect(zeros).toHaveLength(6);
    for (const share of zeros) expect(share).toBeGreaterThan(0.2);
    net.eval().forward(images());
    expect(zeros.slice(6)).toEqual(new Array(6).fill(0));
  });

  it.each([
    [{ depth: 41 }, "cifarDensenet: depth must be 6n + 4 with bottlenecks, got 41"],
    [{ depth: 8, bottleneck: false }, "cifarDensenet: depth must be 3n + 4 without bottlenecks, got 8"],
    [{ depth: 4 }, "depth must be 6n + 4"],
    [{ compression: 0 }, "cifarDensenet: compression must be above 0 and at most 1, got 0"],
    [{ growthRate: 1.5 }, "cifarDensenet: growthRate must be an integer of at least 1, got 1.5"],
    [{ dropRate: 2 }, "p must be a probability from 0 to 1, got 2"],
    [{ memoryEfficent: true } as object, "did you mean memoryEfficient?"],
  ])("refuses %j", (options, message) => {
    expect(() => small(options)).toThrow(message);
  });

  it("is in the zoo under its name", () => {
    expect(zoo.filter(({ family }) => family === "DenseNet").map(({ name }) => name)).toEqual([
      "densenet121",
      "densenet161",
      "densenet169",
      "densenet201",
      "cifarDensenet40_12",
      "cifarDensenetBc100_12",
      "cifarDensenetBc190_40",
    ]);
  });
});

describe("memoryEfficient", () => {
  function trained(net: DenseNet) {
    const x = images();
    x.requiresGrad = true;
    backward(crossEntropy(net.forward(x), tensor([1, 2], { dtype: "int32" })));
    const gradients = net.namedParameters().map(([name, { grad }]) => [name, grad] as const);
    return { gradients: [["input", x.grad] as const, ...gradients], state: net.stateDict() };
  }

  it.each([
    ["with bottlenecks", {}],
    ["without", { depth: 10, bottleneck: false }],
    ["with dropout, drawn once", { dropRate: 0.3 }],
  ])("gives the same gradients and the same running statistics, %s", (_what, options) => {
    setDevice("reference");
    const plain = trained(small(options));
    const efficient = trained(small({ ...options, memoryEfficient: true }));
    plain.gradients.forEach(([name, grad], i) => {
      const other = efficient.gradients[i]?.[1]?.dataSync() ?? [];
      grad?.dataSync().forEach((value, j) => {
        expect(Math.abs(value - (other[j] as number)), name).toBeLessThan(1e-12);
      });
    });
    for (const [key, value] of Object.entries(plain.state)) {
      expect([...(efficient.state[key]?.dataSync() ?? [])], key).toEqual([...value.dataSync()]); // each moved once
    }
    expect(efficient.state["features.denseblock2.denselayer1.norm1.num_batches_tracked"]?.itemSync()).toBe(1);
    setDevice("simd");
  });

  /** Numbers that the tape keeps for the backward pass, parameters among them. */
  function keptBy(output: Tensor): number {
    const stack = [output];
    const seen = new Set<object>();
    const kept = new Map<object, number>();
    for (let tensor = stack.pop(); tensor !== undefined; tensor = stack.pop()) {
      const { node } = tensor;
      if (node === null || seen.has(node)) continue;
      seen.add(node);
      for (const { storage, size } of node.recorded.saved) kept.set(storage, size);
      stack.push(...node.inputs.filter((input) => input !== null));
    }
    return [...kept.values()].reduce((a, b) => a + b, 0);
  }

  it("keeps less on the tape, and the less of all the longer the blocks are", () => {
    const share = (depth: number) => {
      const [efficient, plain] = [true, false].map((memoryEfficient) => {
        const net = cifarDensenet({ depth, growthRate: 4, generator: generator(1), memoryEfficient });
        return keptBy(net.forward(randn([2, 3, 16, 16], { generator: generator(2) })));
      });
      return (efficient as number) / (plain as number);
    };
    const [short, long] = [share(16), share(40)];
    expect(short).toBeLessThan(0.8);
    expect(long).toBeLessThan(short - 0.1);
  });
});
