/** Tests of modules side by side, and of the three ways in which they come together. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  generator,
  Identity,
  Linear,
  type Module,
  ones,
  Parallel,
  ReLU,
  ShapeError,
  setDevice,
  Tanh,
  tensor,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const rng = generator(0);
const dense = (inputs: number, outputs: number) => new Linear(inputs, outputs, { generator: rng });
const x = () => tensor([[-2, 4]]);

describe("Parallel", () => {
  it("concatenates its branches along the channels, in their order", () => {
    expect(new Parallel([new ReLU(), new Identity()]).forward(x()).arraySync()).toEqual([[0, 4, -2, 4]]);
    expect(new Parallel([new Identity(), new ReLU()], { axis: 0 }).forward(x()).arraySync()).toEqual([
      [-2, 4],
      [0, 4],
    ]);
    expect(new Parallel([new Identity(), new ReLU()], { axis: -2 }).forward(x()).shape).toEqual([2, 2]);
  });

  it("adds or averages them on request", () => {
    const three = () => [new ReLU(), new Identity(), new Identity()];
    expect(new Parallel(three(), { join: "add" }).forward(x()).arraySync()).toEqual([[-4, 12]]);
    const [[low, high]] = new Parallel(three(), { join: "mean" }).forward(x()).arraySync() as [[number, number]];
    expect(low).toBeCloseTo(-4 / 3, 12);
    expect(high).toBeCloseTo(4, 12);
  });

  it("is one branch where there is one", () => {
    for (const join of ["concat", "add", "mean"] as const) {
      expect(new Parallel([new Tanh()], { join }).forward(x()).arraySync()).toEqual(x().tanh().arraySync());
    }
  });

  it("calls its children by place, or as the keys say", () => {
    const keys = (net: Module) => Object.keys(net.stateDict());
    expect(keys(new Parallel([dense(2, 2), new ReLU(), dense(2, 1)]))).toEqual([
      "0.weight",
      "0.bias",
      "2.weight",
      "2.bias",
    ]);
    expect(keys(new Parallel({ poolProj: dense(2, 2) }))).toEqual(["poolProj.weight", "poolProj.bias"]);
  });

  it("says which branch gives what, where they cannot be added", () => {
    const add = new Parallel({ wide: dense(2, 3), narrow: dense(2, 1) }, { join: "mean" });
    expect(() => add.forward(ones([4, 2]))).toThrow(ShapeError);
    expect(() => add.forward(ones([4, 2]))).toThrow(
      "Parallel: what is added must have one shape, the branches give wide [4, 3], narrow [4, 1]",
    );
    expect(() => new Parallel([dense(2, 3), dense(2, 1)], { axis: 0 }).forward(ones([4, 2]))).toThrow(ShapeError);
  });

  it("refuses no branches, what is no module, and joins that there are not", () => {
    expect(() => new Parallel([])).toThrow("Parallel: it takes at least one branch");
    expect(() => new Parallel({ a: 1 } as never)).toThrow(ValueError);
    expect(() => new Parallel([new ReLU()], { join: "max" as never })).toThrow(ValueError);
  });
});
