/** State dicts that are none, and those of old checkpoints. */
import { beforeAll, describe, expect, it } from "vitest";
import { BatchNorm2d, generator, Linear, LivegradError, ones, setDevice } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

describe("loadStateDict", () => {
  const model = new Linear(2, 2, { generator: generator(0) });

  it.each<[unknown, string]>([
    [null, "loadStateDict: a state dict is an object of tensors by name, got null"],
    [undefined, "a state dict is an object of tensors by name, got undefined"],
    [[ones([2])], "a state dict is an object of tensors by name, got [a tensor of shape [2]]"],
    ["{}", 'a state dict is an object of tensors by name, got "{}"'],
    [new Map(), "a state dict is an object of tensors by name, got a Map"],
    [ones([2]), "a state dict is an object of tensors by name, got a tensor"],
    [{ weight: [[1, 2]], bias: [0] }, "every value must be a tensor, but weight is [[1, 2]], bias is [0]"],
    [JSON.parse(JSON.stringify({ weight: { shape: [2] } })), "every value must be a tensor, but weight is {"],
  ])("refuses %s", (state, message) => {
    expect(() => model.loadStateDict(state as never)).toThrow(LivegradError);
    expect(() => model.loadStateDict(state as never)).toThrow(message);
  });

  it("counts batches from 0 where a checkpoint has no counter, as PyTorch does", () => {
    const norm = new BatchNorm2d(2);
    norm.forward(ones([2, 2, 3, 3]));
    const { num_batches_tracked: counter, ...rest } = norm.stateDict();
    expect(counter?.itemSync()).toBe(1);
    expect(norm.loadStateDict(rest as never)).toEqual({ missing: [], unexpected: [] });
    expect(norm.numBatchesTracked?.itemSync()).toBe(0);
    expect(norm.numBatchesTracked?.dtype).toBe("int32");
  });
});
