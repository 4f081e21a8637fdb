/** Tests of residual blocks that are made of a branch and a shortcut. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  Conv2d,
  generator,
  gradients,
  Linear,
  ones,
  ReLU,
  Residual,
  randn,
  Sequential,
  ShapeError,
  setDevice,
  sum,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const rng = generator(0);
const dense = (inputs: number, outputs: number) => new Linear(inputs, outputs, { generator: rng });

describe("Residual", () => {
  it("adds its input to what the branch makes of it", () => {
    const block = new Residual(new ReLU());
    expect(block.forward(tensor([-2, 3])).arraySync()).toEqual([-2, 6]);
  });

  it("adds what the shortcut makes of it, where it has one", () => {
    const [branch, shortcut] = [dense(3, 2), dense(3, 2)];
    const x = randn([4, 3], { generator: rng });
    const expected = branch.forward(x).add(shortcut.forward(x));
    expect(new Residual(branch, shortcut).forward(x).arraySync()).toEqual(expected.arraySync());
  });

  it("hands the gradient on unchanged where the branch has none", () => {
    const branch = new Linear(2, 2, { generator: rng, bias: false, init: () => zeros([2, 2]) });
    const x = randn([1, 2], { generator: rng, requiresGrad: true });
    const [gradient] = gradients(sum(new Residual(branch).forward(x)), [x]);
    expect(gradient?.arraySync()).toEqual([[1, 1]]);
  });

  it("calls its children branch and shortcut, in state dicts, too", () => {
    const block = new Residual(new Sequential(dense(2, 2), new ReLU(), dense(2, 3)), dense(2, 3));
    expect(Object.keys(block.stateDict())).toEqual(
      ["branch.0", "branch.2", "shortcut"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
    );
    expect(new Residual(new ReLU()).namedChildren().map(([name]) => name)).toEqual(["branch", "shortcut"]);
  });

  it("refuses to add what is of two shapes, even where it would broadcast, and says what can change one", () => {
    const forward = () => new Residual(dense(2, 1)).forward(ones([3, 2]));
    expect(forward).toThrow(ShapeError);
    expect(forward).toThrow(
      "Residual: the branch gives [3, 1], the shortcut [3, 2]; a 1×1 convolution as the shortcut can change it",
    );
    const narrower = new Conv2d(2, 4, 3, { stride: 2, padding: 1, generator: rng });
    const shortcut = new Conv2d(2, 4, 1, { stride: 2, generator: rng });
    expect(new Residual(narrower, shortcut).forward(ones([1, 2, 4, 4])).shape).toEqual([1, 4, 2, 2]);
  });

  it("refuses what is no module", () => {
    expect(() => new Residual((() => 0) as never)).toThrow(ValueError);
    expect(() => new Residual(new ReLU(), 1 as never)).toThrow("Residual: its shortcut must be a module, got 1");
  });
});
