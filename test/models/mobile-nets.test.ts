/** Tests of the nets for phones: initial weights, residual additions, and how channels are shuffled. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  generator,
  init,
  type Module,
  mobilenetV2,
  ReLU6,
  setDevice,
  shufflenetV2_x1_0,
  tensor,
} from "../../src/index.js";

beforeAll(() => setDevice("simd"));

const empty = () => ({ generator: generator(0), init: init.empty });

describe("mobilenetV2", () => {
  const std = (weight: { square(): { mean(): { itemSync(): number } } } | undefined) =>
    Math.sqrt(weight?.square().mean().itemSync() ?? Number.NaN);

  it("starts as torchvision's: fan out in convolutions, 0.01 in the classifier, biases of 0", () => {
    const state = mobilenetV2({ generator: generator(0) }).stateDict();
    expect(std(state["features.18.0.weight"]) / Math.sqrt(2 / 1280)).toBeCloseTo(1, 2);
    expect(std(state["classifier.1.weight"])).toBeCloseTo(0.01, 4);
    expect(std(state["classifier.1.bias"])).toBe(0);
  });

  it("adds a block's input where it has the output's shape, and nowhere else", () => {
    const net = mobilenetV2(empty()).eval(); // with weights of 0 a branch gives 0
    const blocks = new Map(net.namedModules());
    const largest = (block: number, channels: number) => {
      const x = tensor(new Float32Array(channels * 4).fill(3), { shape: [1, channels, 2, 2] });
      return Math.max(...(blocks.get(`features.${block}`) as Module).forward(x).dataSync());
    };
    expect([largest(2, 16), largest(3, 24), largest(4, 24), largest(5, 32), largest(17, 160)]).toEqual([0, 3, 0, 3, 0]);
  });

  it("has a dropout that can be turned off", () => {
    const net = mobilenetV2({ generator: generator(0), dropRate: 0 });
    expect(net.classifier.at(0)?.toString()).toBe("Dropout(p: 0)");
    expect(() => mobilenetV2({ ...empty(), dropRate: 1.5 })).toThrow("p must be a probability");
  });
});

it("a ShuffleNet's unit lets the halves of the channels meet: untouched and filtered ones in turn", () => {
  const net = shufflenetV2_x1_0(empty()).eval();
  const unit = new Map(net.namedModules()).get("stage2.1") as Module;
  const x = tensor(
    Float32Array.from({ length: 116 }, (_, i) => i + 1),
    { shape: [1, 116, 1, 1] },
  );
  const expected = Array.from({ length: 116 }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : 0)); // the filtered half is 0 here
  expect([...unit.forward(x).dataSync()]).toEqual(expected);
});

it("ReLU6 cuts at 0 and at 6", () => {
  expect(new ReLU6().forward(tensor([-1, 0.5, 7])).arraySync()).toEqual([0, 0.5, 6]);
});
