/** Tests of averaged weights: standing in for the parameters, and going on from a saved state. */
import { beforeEach, describe, expect, it } from "vitest";
import { AveragedWeights, type AveragedWeightsOptions, setDevice, type Tensor, tensor } from "../../src/index.js";

beforeEach(() => setDevice("reference"));

const numbers = (tensors: readonly Tensor[]) => tensors.map((one) => [...one.dataSync()]);

/** Two parameters, whose average over two updates is their mean. */
function averaged() {
  const parameters = [tensor([1, 2], { requiresGrad: true }), tensor([[3]], { requiresGrad: true })];
  const average = new AveragedWeights(parameters, { kind: "swa" });
  average.update();
  parameters[0]?.assign(tensor([3, 6]));
  parameters[1]?.assign(tensor([[-1]]));
  average.update();
  return { parameters, average };
}

const own = [[3, 6], [-1]];
const means = [[2, 4], [1]];

describe("AveragedWeights.apply", () => {
  it("puts the averages in the place of the parameters while the function runs", () => {
    const { parameters, average } = averaged();
    expect(average.apply(() => numbers(parameters))).toEqual(means);
    expect(numbers(parameters)).toEqual(own);
  });

  it("waits for a promise before the parameters have their numbers again", async () => {
    const { parameters, average } = averaged();
    const seen = average.apply(async () => {
      await Promise.resolve();
      return numbers(parameters);
    });
    expect(await seen).toEqual(means);
    expect(numbers(parameters)).toEqual(own);
  });

  it("restores the parameters when the function throws or its promise is rejected", async () => {
    const { parameters, average } = averaged();
    const fail = () => {
      throw new Error("no evaluation");
    };
    expect(() => average.apply(fail)).toThrow("no evaluation");
    expect(numbers(parameters)).toEqual(own);
    await expect(average.apply(async () => fail())).rejects.toThrow("no evaluation");
    expect(numbers(parameters)).toEqual(own);
  });

  it("keeps the averages from what the function does to the parameters", () => {
    const { parameters, average } = averaged();
    average.apply(() => parameters[0]?.assign(tensor([0, 0])));
    expect(numbers(average.averages)).toEqual(means);
    expect(numbers(parameters)).toEqual(own);
  });

  it("refuses to stand in before the first update", () => {
    const average = new AveragedWeights([tensor([1], { requiresGrad: true })]);
    expect(() => average.apply(() => 0)).toThrow("AveragedWeights.apply: there was no update yet");
  });
});

describe("AveragedWeights.loadStateDict", () => {
  const kinds: AveragedWeightsOptions[] = [{ kind: "ema", decay: 0.9 }, { kind: "emaWarmup" }, { kind: "swa" }];

  /** Updates from step `from` up to `to`, each with other numbers. */
  function run(average: AveragedWeights, parameter: Tensor, from: number, to: number): void {
    for (let t = from; t < to; t++) {
      parameter.assign(tensor([Math.sin(t), Math.cos(3 * t)]));
      average.update();
    }
  }

  it.each(kinds)("goes on as if it had never stopped: $kind", (options) => {
    const parameter = tensor([0, 0], { requiresGrad: true });
    const whole = new AveragedWeights([parameter], options);
    run(whole, parameter, 0, 6);
    for (const stop of [0, 1, 4]) {
      const before = new AveragedWeights([parameter], options);
      run(before, parameter, 0, stop);
      const state = before.stateDict();
      run(before, parameter, stop, 6); // does not change what was saved
      const resumed = new AveragedWeights([parameter], options);
      resumed.loadStateDict(state);
      expect(resumed.updates).toBe(stop);
      run(resumed, parameter, stop, 6);
      expect(numbers(resumed.averages)).toEqual(numbers(whole.averages));
    }
  });

  it("refuses the state of other parameters, and has not changed then", () => {
    const { average } = averaged();
    const other = new AveragedWeights([tensor([1, 2, 3], { requiresGrad: true })]);
    other.update();
    expect(() => average.loadStateDict(other.stateDict())).toThrow("AveragedWeights.loadStateDict");
    expect(() => average.loadStateDict({})).toThrow("AveragedWeights.loadStateDict");
    expect(numbers(average.averages)).toEqual(means);
    expect(average.updates).toBe(2);
  });
});
