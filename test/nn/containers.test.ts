/** Tests of the containers of modules: their children's names, their order, and what they refuse. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  generator,
  Linear,
  LivegradError,
  Module,
  ModuleDict,
  ModuleList,
  ones,
  ReLU,
  Sequential,
  setDevice,
  type Tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const layer = () => new Linear(2, 2, { generator: generator(0) });

describe("Sequential", () => {
  const named = () => new Sequential({ normOne: layer(), act: new ReLU() });

  it("keeps the names that it is given, as they are, and their order", () => {
    expect(Object.keys(named().stateDict())).toEqual(["normOne.weight", "normOne.bias"]);
    const map = new Map<string, Module>([
      ["10", new ReLU()],
      ["2", layer()],
    ]);
    expect(new Sequential(map).namedChildren().map(([name]) => name)).toEqual(["10", "2"]);
  });

  it("computes the same by name and by place", () => {
    const [one, other] = [named(), new Sequential(layer(), new ReLU())];
    const x = ones([1, 2]);
    expect(one.forward(x).arraySync()).toEqual(other.forward(x).arraySync());
    expect([one.at("act"), one.at(-1)]).toEqual([one.at(1), one.at("act")]);
    expect([...one]).toHaveLength(2);
  });

  it("refuses names that no path can have, and keys that JavaScript would sort", () => {
    expect(() => new Sequential({ "a.b": layer() })).toThrow("Sequential: a name is a string without dots");
    expect(() => new Sequential({ 1: layer(), 0: layer() })).toThrow("Sequential: an object's keys that are numbers");
    expect(() => new Sequential({ a: 5 } as never)).toThrow('Sequential: "a" must be a module, got 5');
    expect(() => new Sequential([layer()] as never)).toThrow("Sequential: it takes modules one by one");
  });
});

describe("ModuleList and ModuleDict", () => {
  class Net extends Module {
    readonly heads = new ModuleList([layer(), layer()]);
    readonly byName = new ModuleDict({ "1x1": layer() });
    override forward(x: Tensor): Tensor {
      let h = x;
      for (const head of this.heads) h = head.forward(h);
      return this.byName.get("1x1")?.forward(h) ?? h;
    }
  }

  it("hold modules under PyTorch's names", () => {
    const net = new Net();
    net.heads.push(layer());
    net.byName.set("poolProj", layer());
    const names = ["heads.0", "heads.1", "heads.2", "by_name.1x1", "by_name.poolProj"];
    expect(Object.keys(net.stateDict())).toEqual(names.flatMap((name) => [`${name}.weight`, `${name}.bias`]));
    expect([net.heads.length, net.byName.size, net.byName.has("poolProj")]).toEqual([3, 2, true]);
    expect([...net.byName.keys()]).toEqual(["1x1", "poolProj"]);
    expect(net.heads.at(-1)).toBe([...net.heads][2]);
    expect(net.forward(ones([1, 2])).shape).toEqual([1, 2]);
  });

  it("refuse what is no module, and to be called themselves", () => {
    for (const slip of [
      () => new ModuleList([5] as never),
      () => new ModuleList(5 as never),
      () => new ModuleList().push(null as never),
      () => new ModuleDict({ a: null } as never),
      () => new ModuleDict([] as never),
      () => new ModuleDict().set("", layer()),
      () => new ModuleDict().set("a", 1 as never),
      () => new ModuleList([layer()]).forward(),
      () => new ModuleDict().forward(),
    ]) {
      expect(slip).toThrow(LivegradError);
      expect(slip).toThrow(/^Module(List|Dict): /);
    }
  });
});
