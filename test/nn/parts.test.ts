/** What a module finds of its parts, and what it says of what it cannot find. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  backward,
  GradientError,
  generator,
  Linear,
  Module,
  mean,
  mul,
  ones,
  Parameter,
  SGD,
  setDevice,
  type Tensor,
  trace,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const rng = generator(0);
const layer = () => new Linear(2, 2, { generator: rng });

describe("the parts of a module", () => {
  class Net extends Module {
    readonly heads = { a: layer(), deep: { b: [layer()] } };
    readonly byName = new Map([["c", layer()]]);
    readonly grid = [[layer()]];
    readonly scales = [new Parameter(ones([2]))];
    readonly shifts = { posShift: new Parameter(ones([2])) };
    readonly numbers = [1, 2];
    override forward(x: Tensor): Tensor {
      return x;
    }
  }

  it("are found in arrays, objects and maps of any depth, under the path that leads to them", () => {
    const net = new Net();
    expect(net.namedChildren().map(([name]) => name)).toEqual(["heads.a", "heads.deep.b.0", "by_name.c", "grid.0.0"]);
    expect(net.namedParameters().map(([name]) => name)).toEqual([
      ...["scales.0", "shifts.posShift"],
      ...["heads.a", "heads.deep.b.0", "by_name.c", "grid.0.0"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
    ]);
  });

  it("come back from a state dict, wherever they are", () => {
    const [one, other] = [new Net(), new Net()];
    other.loadStateDict(one.stateDict());
    expect(other.grid[0]?.[0]?.weight.arraySync()).toEqual(one.grid[0]?.[0]?.weight.arraySync());
  });

  it("have PyTorch's names where they are properties, and keep their keys", () => {
    class Block extends Module {
      readonly selfAttention = layer();
      readonly bnReLU = layer();
      readonly fc2 = { Head: layer() };
      readonly W = new Parameter(ones([2]));
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    const names = ["self_attention", "bn_re_lu", "fc2.Head"];
    expect(new Block().namedModules().map(([name]) => name)).toEqual(["", ...names]);
    const keys = ["w", ...names.flatMap((name) => [`${name}.weight`, `${name}.bias`])];
    expect(Object.keys(new Block().stateDict())).toEqual(keys);
    const twice = Object.assign(new Block(), { self_attention: layer() });
    expect(() => twice.parameters()).toThrow("Block: its properties selfAttention and self_attention are both called");
  });

  it("may be data that holds itself", () => {
    const net = new Net();
    const data: { self?: unknown } = {};
    data.self = data;
    Object.assign(net, { data });
    expect(net.namedChildren()).toHaveLength(4);
  });
});

describe("a part that no list has", () => {
  class Hidden extends Module {
    readonly #inner: Linear = layer();
    readonly #scale: Parameter = new Parameter(ones([2]));
    readonly out: Linear = layer();
    scales = false;
    override forward(x: Tensor): Tensor {
      return this.out.forward(this.scales ? mul(x, this.#scale) : this.#inner.forward(x));
    }
    inner(): Linear {
      return this.#inner;
    }
  }
  const step = (net: Module) => mean(net.forward(ones([1, 2]))).backward();

  it.each([false, true])("is an error at the first backward that names the module (by itself: %s)", (scales) => {
    const net = new Hidden();
    net.scales = scales;
    expect(() => step(net)).toThrow(GradientError);
    expect(() => step(new Hidden())).toThrow("Hidden: its forward used a parameter of shape [2");
  });

  it("is none where an optimiser was given it, or another module lists it", () => {
    const net = new Hidden();
    new SGD([...net.parameters(), ...net.inner().parameters()], { lr: 0.1 });
    expect(() => step(net)).not.toThrow();
  });

  it("is none where it is the input, or requires no gradient", () => {
    const input = new Parameter(ones([1, 2]));
    backward(mean(layer().forward(mul(input, 2))));
    expect(input.grad).not.toBeNull();
    const net = new Hidden();
    for (const parameter of net.inner().parameters()) parameter.requiresGrad = false;
    expect(() => step(net)).not.toThrow();
  });
});

describe("a child that refers to its parent", () => {
  it("is an error that names the cycle", () => {
    class Child extends Module {
      parent: Module | null = null;
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    class Parent extends Module {
      readonly child: Child = new Child();
      override forward(x: Tensor): Tensor {
        return this.child.forward(x);
      }
    }
    const net = new Parent();
    net.child.parent = net;
    for (const use of [() => net.parameters(), () => net.train(), () => String(net), () => net.stateDict()]) {
      expect(use).toThrow(ValueError);
      expect(use).toThrow("Parent: its part child.parent is the module itself, a cycle without end");
    }
  });
});

describe("forward", () => {
  it("runs the hooks where it is a property", async () => {
    class Net extends Module {
      readonly out: Linear = layer();
      override forward = (x: Tensor): Tensor => this.out.forward(x);
    }
    const net = new Net();
    let calls = 0;
    net.registerForwardHook(() => {
      calls++;
    });
    net.forward(ones([1, 2]));
    expect(calls).toBe(1);
    const tracing = trace(net);
    for (let i = 0; i < 2; i++) mean(net.forward(ones([1, 2]))).backward();
    expect((await tracing.read()).length).toBe(2);
    expect(net.namedParameters().map(([name]) => name)).toEqual(["out.weight", "out.bias"]);
  });

  class Given extends Module {
    constructor(readonly given: unknown) {
      super();
    }
    override forward(_x: Tensor): Tensor {
      return this.given as Tensor;
    }
  }

  it("is missed by name", () => {
    const Empty = class Empty extends (Module as unknown as new () => Given) {};
    expect(() => new Empty().forward(ones([1]))).toThrow("Empty: it has no forward");
  });

  it.each<[unknown, string]>([
    [undefined, "Given: its forward must return a tensor, got undefined"],
    [null, "Given: its forward must return a tensor, got null"],
    [Promise.resolve(1), "Given: forward must not be async"],
  ])("refuses to return %s", (given, message) => {
    expect(() => new Given(given).forward(ones([1]))).toThrow(ValueError);
    expect(() => new Given(given).forward(ones([1]))).toThrow(message);
  });

  it("refuses hooks that give anything but tensors, and takes null for nothing", () => {
    const run = (register: (module: Module) => unknown) => () => {
      const module = new Given(ones([1]));
      register(module);
      return module.forward(ones([1]));
    };
    for (const wrong of [Promise.resolve(), 3, {}]) {
      expect(run((m) => m.registerForwardHook((() => wrong) as never))).toThrow("Given: a forward hook must");
      expect(run((m) => m.registerForwardPreHook((() => wrong) as never))).toThrow(ValueError);
    }
    for (const nothing of [null, undefined]) {
      expect(run((m) => m.registerForwardHook((() => nothing) as never))).not.toThrow();
      expect(run((m) => m.registerForwardPreHook((() => nothing) as never))).not.toThrow();
    }
    for (const name of ["registerForwardHook", "registerForwardPreHook", "registerBackwardHook"] as const) {
      expect(() => new Given(null)[name](null as never)).toThrow(`${name}: a hook must be a function, got null`);
    }
  });
});
