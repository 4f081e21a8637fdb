/** What zeroGrad leaves of gradients. */
import { beforeAll, describe, expect, it } from "vitest";
import { generator, keep, Linear, mean, ones, SGD, setDevice } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

describe.each(["module", "optimiser"] as const)("zeroGrad of a %s", (whose) => {
  const made = () => {
    const model = new Linear(2, 2, { generator: generator(0) });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    mean(model.forward(ones([1, 2]))).backward();
    return { model, zeroGrad: () => (whose === "module" ? model.zeroGrad() : optimizer.zeroGrad()) };
  };

  it("leaves a gradient that was kept to who kept it", () => {
    const { model, zeroGrad } = made();
    const mine = keep(model.weight.grad as never) as NonNullable<typeof model.weight.grad>;
    const other = model.bias?.grad;
    zeroGrad();
    expect(model.weight.grad).toBeNull();
    expect(mine.arraySync()).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    expect(other?.isDisposed).toBe(true);
  });
});
