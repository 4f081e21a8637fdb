/** Tests of wide ResNets for CIFAR. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  createModel,
  generator,
  type Module,
  noGrad,
  randn,
  setDevice,
  type Tensor,
  ValueError,
  type WrnOptions,
  wrn,
} from "../../src/index.js";
import { empty, numbers, parameterCount } from "./nets.js";

beforeAll(() => setDevice("cpu"));

/** The second block of the first group, or the first of the second. */
function blockOf(net: Module, group: "block1" | "block2", index: number): Module {
  const layer = new Map(net.namedChildren()).get(group)?.namedChildren()[0]?.[1];
  return layer?.namedChildren()[index]?.[1] as Module;
}

describe("the number of parameters", () => {
  it.each([
    ["wrn16_8", 10_961_370],
    ["wrn28_10", 36_479_194],
    ["wrn40_4", 8_949_210],
  ])("of %s is %i", (name, count) => {
    expect(parameterCount(createModel(name, empty))).toBe(count);
  });
});

describe("the keys", () => {
  it("are those of xternalz's, with its camel-cased shortcut where the channels change", () => {
    const keys = Object.keys(wrn({ depth: 10, widen: 1, ...empty }).stateDict());
    const weights = ["bn1", "conv1", "bn2", "conv2"].map((name) => `${name}.weight`);
    expect(keys.filter((key) => key.endsWith("weight"))).toEqual([
      "conv1.weight",
      ...weights.map((name) => `block1.layer.0.${name}`),
      ...weights.map((name) => `block2.layer.0.${name}`),
      "block2.layer.0.convShortcut.weight",
      ...weights.map((name) => `block3.layer.0.${name}`),
      "block3.layer.0.convShortcut.weight",
      "bn1.weight",
      "fc.weight",
    ]);
  });

  it("are taken back as they were given", () => {
    const [from, to] = [1, 2].map((seed) => wrn({ depth: 10, widen: 2, generator: generator(seed) }));
    const state = from?.stateDict() ?? {};
    expect(to?.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
    const key = "block1.layer.0.convShortcut.weight";
    expect(numbers(to?.stateDict()[key] as Tensor)).toEqual(numbers(state[key] as Tensor));
  });
});

describe("a block", () => {
  const net = (options: Partial<WrnOptions> = {}) => wrn({ depth: 16, widen: 1, generator: generator(0), ...options });
  const x = () => randn([1, 16, 4, 4], { generator: generator(1) });

  it.each([
    ["adds its input as it is", "block1", 1],
    ["adds a projection of its activated input where the channels change", "block2", 0],
  ] as const)("%s", (_rule, group, index) => {
    const block = blockOf(net().eval(), group, index);
    const part = new Map(block.namedChildren());
    const activated = part.get("bn1")?.forward(x()).relu() as Tensor;
    const inner = part
      .get("bn2")
      ?.forward(part.get("conv1")?.forward(activated) as Tensor)
      .relu() as Tensor;
    const shortcut = part.get("convShortcut")?.forward(activated) ?? x();
    expect(numbers(block.forward(x()))).toEqual(numbers(part.get("conv2")?.forward(inner).add(shortcut) as Tensor));
  });

  it("drops elements between its convolutions in training, and none in evaluation", () => {
    const block = blockOf(net({ dropout: 0.5 }), "block1", 1);
    const seen: Tensor[] = [];
    const part = new Map(block.namedChildren());
    part.get("conv2")?.registerForwardPreHook((_module, [input]) => {
      seen.push(input as Tensor);
    });
    block.forward(x());
    block.eval().forward(x());
    block.train().forward(x());
    const zeros = seen.map((input) => numbers(input).filter((value) => value === 0).length / input.size);
    expect(zeros[1]).toBeCloseTo(0.5, 0); // what the ReLU makes zero
    expect(zeros[0]).toBeGreaterThan((zeros[1] as number) + 0.15);
    expect(numbers(seen[0] as Tensor)).not.toEqual(numbers(seen[2] as Tensor));
  });
});

describe("a wide ResNet", () => {
  it.each([8, 9])("takes images of %i pixels", (size) => {
    const net = wrn({ depth: 10, widen: 1, ...empty, numClasses: 5 });
    expect(noGrad(() => net.forward(randn([2, 3, size, size], { generator: generator(1) }))).shape).toEqual([2, 5]);
  });

  it("begins with Kaiming's weights, fan out, and a classifier without bias", () => {
    const state = wrn({ depth: 10, widen: 2, generator: generator(0) }).stateDict();
    const weights = numbers(state["block3.layer.0.conv1.weight"] as Tensor);
    const deviation = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length);
    expect(deviation).toBeCloseTo(Math.sqrt(2 / (128 * 9)), 3);
    expect(numbers(state["fc.bias"] as Tensor)).toEqual(new Array(10).fill(0));
  });
});

describe("what cannot be", () => {
  it.each<[Partial<WrnOptions>, string]>([
    [{ depth: 20 }, "depth must be 6n + 4 (10, 16, 22, 28, 34, 40, …), got 20"],
    [{ depth: 4 }, "got 4"],
    [{ widen: 0 }, "widen must be an integer of at least 1, got 0"],
    [{ widen: 1.5 }, "widen must be"],
    [{ dropout: 1.5 }, "dropout must be a probability from 0 to 1, got 1.5"],
  ])("is refused: %j", (options, message) => {
    const make = () => wrn({ depth: 10, widen: 1, ...empty, ...options });
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
