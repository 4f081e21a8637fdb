/** Tests of Module: names, modes, state dicts and how it prints. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  BatchNorm2d,
  Conv2d,
  cifarNet,
  Flatten,
  generator,
  Linear,
  Module,
  Parameter,
  ReLU,
  Sequential,
  SGD,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.js";

/** Two layers, a parameter of its own, an array of children, and a buffer with a long name. */
class Mixed extends Module {
  readonly hidden: Linear;
  readonly innerScale: Parameter = new Parameter(tensor([2]));
  readonly heads: readonly Module[];
  readonly meanOfAll: Tensor | null = zeros([1]);
  readonly absent: Tensor | null = null;

  constructor() {
    super();
    this.hidden = new Linear(2, 3, { generator: generator(0) });
    this.heads = [new Linear(3, 1, { generator: generator(1), bias: false }), new ReLU()];
    this.registerBuffers("meanOfAll", "absent");
  }

  override forward(x: Tensor): Tensor {
    return this.heads.reduce((h, head) => head.forward(h), this.hidden.forward(x).mul(this.innerScale));
  }
}

const names = (entries: readonly (readonly [string, unknown])[]): string[] => entries.map(([name]) => name);
const numbersOf = (state: Readonly<Record<string, Tensor>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(state).map(([name, t]) => [name, [...t.dataSync()]]));
const smallNet = (shortcut: "A" | "B" = "A") => cifarNet({ depth: 8, width: 2, shortcut, generator: generator(0) });

beforeAll(() => setDevice("reference"));

describe("Module names", () => {
  it("lists a parent before its children, children in the order of their properties", () => {
    expect(names(new Mixed().namedChildren())).toEqual(["hidden", "heads.0", "heads.1"]);
    expect(names(new Sequential(new Mixed(), new ReLU()).namedModules())).toEqual([
      "",
      "0",
      "0.hidden",
      "0.heads.0",
      "0.heads.1",
      "1",
    ]);
  });

  it("writes parameters and buffers as PyTorch does, and leaves out those that are null", () => {
    const mixed = new Mixed();
    expect(names(mixed.namedParameters())).toEqual(["inner_scale", "hidden.weight", "hidden.bias", "heads.0.weight"]);
    expect(names(mixed.namedBuffers())).toEqual(["mean_of_all"]);
    expect(mixed.parameters()).toEqual(mixed.namedParameters().map(([, parameter]) => parameter));
  });

  it("gives a CIFAR net the keys of PyTorch's", () => {
    const keys = Object.keys(smallNet().stateDict());
    for (const key of [
      "conv1.weight",
      "bn1.weight",
      "bn1.num_batches_tracked",
      "layer1.0.conv1.weight",
      "layer1.0.bn2.running_var",
      "layer3.0.bn1.running_mean",
      "linear.weight",
      "linear.bias",
    ])
      expect(keys).toContain(key);
    expect(keys.filter((key) => key.includes("shortcut"))).toEqual([]);
  });

  it("names the projection of option B shortcut.0 and its normalisation shortcut.1", () => {
    const keys = Object.keys(smallNet("B").stateDict()).filter((key) => key.includes("shortcut"));
    expect(keys).toContain("layer2.0.shortcut.0.weight");
    expect(keys).toContain("layer3.0.shortcut.1.running_mean");
    expect(keys.some((key) => key.startsWith("layer1"))).toBe(false);
  });
});

describe("train and eval", () => {
  it("reach every module below and return the module", () => {
    const model = new Sequential(new Sequential(new BatchNorm2d(2)), new Mixed());
    expect(model.eval()).toBe(model);
    expect(model.namedModules().map(([, module]) => module.training)).not.toContain(true);
    expect(model.train()).toBe(model);
    expect(model.namedModules().map(([, module]) => module.training)).not.toContain(false);
  });
});

describe("stateDict", () => {
  it("lists module by module, parameters before buffers, as PyTorch's", () => {
    const model = new Sequential(
      new BatchNorm2d(2),
      new Sequential(new Mixed()),
      new BatchNorm2d(2, { affine: false }),
    );
    const norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
    expect(Object.keys(model.stateDict())).toEqual([
      ...norm.map((name) => `0.${name}`),
      ...["inner_scale", "mean_of_all", "hidden.weight", "hidden.bias", "heads.0.weight"].map((name) => `1.0.${name}`),
      ...norm.slice(2).map((name) => `2.${name}`),
    ]);
  });

  it("is a snapshot that an optimiser step, a forward pass and a load do not change", () => {
    const model = new Sequential(new Conv2d(1, 2, 1, { generator: generator(0) }), new BatchNorm2d(2), new Flatten());
    const state = model.stateDict();
    const before = numbersOf(state);
    const optimizer = new SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });
    for (let i = 0; i < 2; i++) {
      model.zeroGrad();
      model
        .forward(tensor([1, 2, 3, 5], { shape: [2, 1, 2, 1] }))
        .square()
        .mul(tensor([1, 2, 3, 4]))
        .sum()
        .backward();
      optimizer.step();
    }
    const moved = numbersOf(model.stateDict());
    for (const name of ["0.weight", "1.weight", "1.running_mean", "1.num_batches_tracked"]) {
      expect(moved[name], name).not.toEqual(before[name]);
    }
    model.loadStateDict(numberTensors({ ...before, "1.bias": [7, 7] }, state));
    expect(numbersOf(state)).toEqual(before);
  });

  it("holds tensors that require no gradient", () => {
    for (const t of Object.values(new Mixed().stateDict())) expect(t.requiresGrad).toBe(false);
  });
});

function numberTensors(
  numbers: Readonly<Record<string, readonly number[]>>,
  like: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, values]) => [name, tensor([...values], { shape: like[name]?.shape ?? [] })]),
  );
}

describe("loadStateDict", () => {
  it("makes a second model compute the same", () => {
    const [a, b] = [smallNet(), cifarNet({ depth: 8, width: 2, generator: generator(5) })];
    const x = tensor(
      Float64Array.from({ length: 2 * 3 * 64 }, (_, i) => Math.sin(i)),
      { shape: [2, 3, 8, 8] },
    );
    a.forward(x); // running statistics that are not the initial ones
    expect(b.loadStateDict(a.stateDict())).toEqual({ missing: [], unexpected: [] });
    expect(numbersOf(b.stateDict())).toEqual(numbersOf(a.stateDict()));
    expect([...b.eval().forward(x).dataSync()]).toEqual([...a.eval().forward(x).dataSync()]);
  });

  it("lists every key that is missing and every one that is not expected, and changes nothing", () => {
    const model = new Mixed();
    const before = numbersOf(model.stateDict());
    const state = { "hidden.weight": zeros([3, 2]), extra: zeros([1]), "other.weight": zeros([1]) };
    expect(() => model.loadStateDict(state)).toThrow(ValueError);
    expect(() => model.loadStateDict(state)).toThrow(
      "loadStateDict: the keys are not those of Mixed; missing: inner_scale, mean_of_all, hidden.bias, heads.0.weight; " +
        "unexpected: extra, other.weight; pass { strict: false } to load the rest",
    );
    expect(numbersOf(model.stateDict())).toEqual(before);
  });

  it("loads what fits with strict: false, and says what did not", () => {
    const model = new Mixed();
    const bias = [...(model.hidden.bias?.dataSync() ?? [])];
    const result = model.loadStateDict({ "hidden.weight": zeros([3, 2]), extra: zeros([1]) }, { strict: false });
    expect(result.missing).toEqual(["inner_scale", "mean_of_all", "hidden.bias", "heads.0.weight"]);
    expect(result.unexpected).toEqual(["extra"]);
    expect([...model.hidden.weight.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...(model.hidden.bias?.dataSync() ?? [])]).toEqual(bias);
  });

  it("lists every shape that differs, strict or not, and changes nothing", () => {
    const model = new Mixed();
    const before = numbersOf(model.stateDict());
    const state = {
      ...model.stateDict(),
      inner_scale: zeros([1]),
      "hidden.bias": zeros([4]),
      "heads.0.weight": zeros([3]),
    };
    for (const strict of [true, false]) {
      expect(() => model.loadStateDict(state, { strict })).toThrow(ShapeError);
      expect(() => model.loadStateDict(state, { strict })).toThrow(
        "hidden.bias is [3], got [4]; heads.0.weight is [1, 3], got [3]",
      );
    }
    expect(numbersOf(model.stateDict())).toEqual(before);
  });

  it("converts dtype and device to the model's", () => {
    const model = new BatchNorm2d(2);
    const float = tensor([3], { shape: [], device: "cpu" });
    const other = { weight: tensor([1, 2], { device: "cpu" }), bias: tensor([3, 4], { dtype: "int32" }) };
    model.loadStateDict({ ...model.stateDict(), ...other, num_batches_tracked: float });
    expect(numbersOf(model.stateDict())).toMatchObject({ weight: [1, 2], bias: [3, 4], num_batches_tracked: [3] });
    expect(model.numBatchesTracked?.dtype).toBe("int32");
    expect(model.weight?.device.name).toBe("reference");
    expect(model.weight?.requiresGrad).toBe(true);
  });

  it("changes nothing when a tensor of the state was disposed", () => {
    const model = new Linear(2, 2, { generator: generator(0) });
    const before = numbersOf(model.stateDict());
    const bias = zeros([2]);
    bias.dispose();
    expect(() => model.loadStateDict({ weight: zeros([2, 2]), bias })).toThrow("disposed");
    expect(numbersOf(model.stateDict())).toEqual(before);
  });
});

describe("a parameter that two modules share", () => {
  it("stands in the state dict twice but is optimised once", () => {
    const layer = new Linear(2, 2, { generator: generator(0) });
    const model = new Sequential(layer, new ReLU(), layer);
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
    expect(model.parameters()).toEqual([layer.weight, layer.bias]);
  });
});

describe("zeroGrad", () => {
  it("forgets the gradients of all parameters", () => {
    const model = new Mixed();
    model
      .forward(tensor([[1, 2]]))
      .sum()
      .backward();
    expect(model.hidden.bias?.grad).not.toBeNull();
    model.zeroGrad();
    expect(model.parameters().map((parameter) => parameter.grad)).toEqual([null, null, null, null]);
  });
});

describe("toString", () => {
  it("prints the tree of modules", () => {
    const model = new Sequential(
      new Conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false, generator: generator(0) }),
      new BatchNorm2d(8),
      new Mixed(),
      new ReLU(),
    );
    expect(model.toString()).toMatchInlineSnapshot(`
      "Sequential(
        (0): Conv2d(3, 8, kernelSize: 3, stride: 2, padding: 1, bias: false)
        (1): BatchNorm2d(8, eps: 0.00001, momentum: 0.1)
        (2): Mixed(
          (hidden): Linear(2, 3)
          (heads.0): Linear(3, 1, bias: false)
          (heads.1): ReLU()
        )
        (3): ReLU()
      )"
    `);
  });

  it("prints one line for a module without children", () => {
    expect(String(new Linear(4, 2, { generator: generator(0), bias: false }))).toBe("Linear(4, 2, bias: false)");
  });
});
