/** Tests of stochastic depth: which blocks are closed, and what is left of them. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CifarNetOptions,
  cifarNet,
  cifarResnext,
  crossEntropy,
  generator,
  init,
  noGrad,
  ones,
  ResNet,
  type ResNetOptions,
  randn,
  type StochasticDepthOptions,
  setDevice,
  type Tensor,
  tensor,
  wrn,
} from "../../src/index.js";
import { BlockSurvival } from "../../src/models/stochastic-depth.js";
import { numbers } from "./nets.js";

beforeAll(() => setDevice("cpu"));

const images = (): Tensor => randn([2, 3, 8, 8], { generator: generator(9) });

function net(options: Partial<CifarNetOptions> = {}) {
  return cifarNet({ depth: 14, width: 2, generator: generator(4), survival: 0.5, ...options });
}

function survivalsOf(model: ReturnType<typeof net> | ResNet): BlockSurvival[] {
  return model.namedModules().flatMap(([, module]) => (module instanceof BlockSurvival ? [module] : []));
}

describe("the probabilities", () => {
  it("fall linearly from the first block to the last: p_l = 1 − l/L · (1 − p_L)", () => {
    expect(survivalsOf(net()).map(({ survival }) => survival)).toEqual(
      [1, 2, 3, 4, 5, 6].map((l) => 1 - (l / 6) * 0.5),
    );
    const imageNet = new ResNet(
      { block: "bottleneck", blocks: [1, 1, 1, 1] },
      { generator: generator(0), init: init.empty, survival: 0.2 },
    );
    expect(survivalsOf(imageNet).map(({ survival }) => survival)).toEqual([1, 2, 3, 4].map((l) => 1 - (l / 4) * 0.8));
  });

  it("are met by the choices", () => {
    const last = survivalsOf(net({ survival: 0.3 })).at(-1) as BlockSurvival;
    const closed = Array.from({ length: 4000 }, () => last.isClosed()).filter(Boolean).length;
    expect(closed / 4000).toBeCloseTo(0.7, 1);
  });

  it("change neither the keys nor the initial weights", () => {
    const [one, other] = [net().stateDict(), net({ survival: undefined }).stateDict()];
    expect(Object.keys(one)).toEqual(Object.keys(other));
    for (const [key, value] of Object.entries(one)) expect(numbers(value), key).toEqual(numbers(other[key] as Tensor));
  });
});

describe("a closed block", () => {
  it("is its shortcut alone, runs none of its convolutions, and its weights have no gradient", () => {
    const model = net({ closed: [2, 5] });
    const ran = new Set<string>();
    for (const [path, module] of model.namedModules())
      module.registerForwardHook(() => {
        ran.add(path);
      });
    const x = ones([2, 2, 8, 8]);
    expect(model.layer1.at(1)?.forward(x)).toBeDefined();
    expect(numbers(model.layer1.at(1)?.forward(x) as Tensor)).toEqual(numbers(x));
    crossEntropy(model.forward(images()), tensor([1, 2], { dtype: "int32" })).backward();
    const closed = ["layer1.1", "layer3.0"];
    for (const [name, { grad }] of model.namedParameters()) {
      const isClosed = closed.some((block) => name.startsWith(`${block}.`));
      expect(grad === null, name).toBe(isClosed);
    }
    expect(ran.has("layer1.1.conv1")).toBe(false);
    expect(ran.has("layer1.0.conv1")).toBe(true);
    expect(ran.has("layer3.0.shortcut")).toBe(true);
  });

  it("leaves an open one as it is: the branch is not scaled in training", () => {
    const state = net().stateDict();
    const [open, usual] = [net({ closed: [] }), net({ survival: undefined })];
    for (const model of [open, usual]) model.loadStateDict(state);
    expect(numbers(open.forward(images()))).toEqual(numbers(usual.forward(images())));
  });
});

describe("in evaluation", () => {
  it("every block is open, and its branch multiplied by p_l", () => {
    const model = net({ closed: [1, 2, 3, 4, 5, 6] }).eval();
    const block = model.layer1.at(1);
    const branchOf = new Map(block?.namedChildren());
    const x = randn([1, 2, 4, 4], { generator: generator(1) });
    const inner = branchOf.get("bn1")?.forward(branchOf.get("conv1")?.forward(x)).relu();
    const branch: Tensor = branchOf.get("bn2")?.forward(branchOf.get("conv2")?.forward(inner));
    const expected = branch.mul(1 - (2 / 6) * 0.5).add(x);
    expect(numbers(block?.forward(x) as Tensor)).toEqual(numbers(expected.relu()));
  });

  it("nothing is drawn, so that every pass gives the same", () => {
    const random = generator(4);
    const model = net({ generator: random }).eval();
    const [first, second] = noGrad(() => [model.forward(images()), model.forward(images())]);
    expect(numbers(first as Tensor)).toEqual(numbers(second as Tensor));
    const untouched = generator(4);
    net({ generator: untouched });
    expect(random.uniform()).toBe(untouched.uniform());
  });
});

describe("in training", () => {
  it("a seed closes the same blocks, and the next pass others", () => {
    const passes = (seed: number) => {
      const model = net({ generator: generator(seed), survival: 0 });
      return Array.from({ length: 8 }, () => numbers(model.forward(images())));
    };
    const first = passes(4);
    expect(passes(4)).toEqual(first);
    expect(new Set(first.map((logits) => logits.join())).size).toBeGreaterThan(2);
  });
});

describe.each([
  {
    name: "a wide ResNet",
    make: (options: StochasticDepthOptions) => wrn({ depth: 10, widen: 1, generator: generator(4), ...options }),
    last: "block3.layer.0",
    shortcut: "convShortcut",
  },
  {
    name: "a ResNeXt",
    make: (options: StochasticDepthOptions) =>
      cifarResnext({ depth: 11, cardinality: 2, baseWidth: 2, generator: generator(4), ...options }),
    last: "stage_3.stage_3_bottleneck_0",
    shortcut: "shortcut.",
  },
])("$name", ({ make, last, shortcut }) => {
  it("survives linearly, under the same keys", () => {
    const model = make({ survival: 0.4 });
    const survivals = model.namedModules().flatMap(([, one]) => (one instanceof BlockSurvival ? [one.survival] : []));
    expect(survivals).toEqual([1, 2, 3].map((l) => 1 - (l / 3) * 0.6));
    expect(Object.keys(model.stateDict())).toEqual(Object.keys(make({}).stateDict()));
  });

  it("leaves a closed block its shortcut, whose weights alone have a gradient", () => {
    const model = make({ survival: 0.4, closed: [3] });
    crossEntropy(model.forward(images()), tensor([1, 2], { dtype: "int32" })).backward();
    const without = model.namedParameters().flatMap(([name, { grad }]) => (grad === null ? [name] : []));
    const ofBranch = model
      .namedParameters()
      .flatMap(([name]) => (name.startsWith(`${last}.conv`) && !name.includes(shortcut) ? [name] : []));
    expect(ofBranch.length).toBeGreaterThan(1);
    expect(without).toEqual(expect.arrayContaining(ofBranch));
    expect(without.every((name) => name.startsWith(`${last}.`) && !name.includes(shortcut))).toBe(true);
  });

  it("adds the branch as often as it took part, in evaluation: never, where it never did", () => {
    const [never, closed] = [make({ survival: 0 }).eval(), make({ survival: 0, closed: [3] })];
    closed.loadStateDict(never.stateDict());
    closed.eval();
    for (const [, one] of closed.namedModules()) one.training = one instanceof BlockSurvival && one.survival === 0;
    const [one, other] = noGrad(() => [never.forward(images()), closed.forward(images())]);
    expect(numbers(one as Tensor)).toEqual(numbers(other as Tensor));
  });
});

describe("what cannot be", () => {
  it.each<[Partial<CifarNetOptions>, RegExp]>([
    [{ survival: 1.5 }, /survival must be a probability from 0 to 1, got 1.5/],
    [{ survival: -0.1 }, /survival must be/],
    [{ shortcut: "none" }, /survival needs shortcuts/],
    [{ survival: undefined, closed: [1] }, /pass survival, too/],
    [{ closed: [0] }, /closed must list blocks from 1 to 6/],
    [{ closed: [7] }, /closed must list blocks from 1 to 6/],
    [{ closed: 3 as never }, /closed must list blocks from 1 to 6/],
  ])("is refused: %j", (options, message) => {
    expect(() => net(options)).toThrow(message);
    const plan = { block: "basic", blocks: [1, 2, 2, 1] } as const;
    const given: Partial<ResNetOptions> = { survival: 0.5, ...options };
    expect(() => new ResNet(plan, { generator: generator(0), ...given })).toThrow(message);
  });
});
