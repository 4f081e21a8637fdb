/** Tests of ctcLoss beyond its row: gradients where there is no way, what does not count, long sequences, the layer. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type CtcLossOptions, gradients, type NestedNumbers, type Tensor, tensor } from "../../src/index.js";

const [device, infinity] = ["reference", Number.POSITIVE_INFINITY] as const;
const int = (values: NestedNumbers): Tensor => tensor(values, { dtype: "int32", device });

/** The loss and its gradient by the log-probabilities. */
function lossAndGradient(values: NestedNumbers, targets: NestedNumbers, options: CtcLossOptions = {}) {
  const x = tensor(values, { device, requiresGrad: true });
  const loss = lg.ctcLoss(x, int(targets), options);
  return { loss: loss.arraySync(), gradient: gradients(loss.sum(), [x])[0]?.arraySync() };
}

describe("ctcLoss", () => {
  it.each([false, true])("has a gradient of 0 where there is no way, zeroInfinity %s", (zeroInfinity) => {
    const { loss, gradient } = lossAndGradient([[[-1, -2]], [[-3, -1]]], [[1, 1]], { zeroInfinity });
    expect(loss).toBe(zeroInfinity ? 0 : infinity);
    expect((gradient as number[][][]).flat(2).map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it("takes the only way there is, and has the gradient of it alone", () => {
    const { loss, gradient } = lossAndGradient([[[-1, -2]], [[-3, -1]], [[-1, -4]]], [[1, 1]]);
    expect(loss).toBe((2 + 3 + 4) / 2);
    expect(gradient).toEqual([[[0, -0.5]], [[-0.5, 0]], [[0, -0.5]]]);
  });

  it("lets a class that cannot be block a way, not the others", () => {
    const { loss, gradient } = lossAndGradient([[[-1, -infinity]], [[-1, -2]]], [[1]]);
    expect(loss).toBe(3);
    expect(gradient).toEqual([[[-1, 0]], [[0, -1]]]);
  });

  it("does not look at frames and labels beyond the lengths, whatever they hold", () => {
    const frames = [
      [
        [-1, -2, -3],
        [-1, -2, -4],
      ],
      [
        [Number.NaN, infinity, -infinity],
        [-8, -16, -32],
      ],
    ];
    const options = { inputLengths: [1, 2], targetLengths: [1, 1], reduction: "none" } as const;
    const { loss, gradient } = lossAndGradient(
      frames,
      [
        [2, 77],
        [1, -5],
      ],
      options,
    );
    const ways = [-1 - 16, -2 - 8, -2 - 16].map(Math.exp); // blank and label, label and blank, the label twice
    const all = ways.reduce((a, b) => a + b);
    expect((loss as number[])[0]).toBe(3);
    expect((loss as number[])[1]).toBeCloseTo(-Math.log(all), 12);
    const [first, second] = gradient as number[][][];
    expect(first?.[0]).toEqual([0, 0, -1]);
    expect(second?.[0]).toEqual([0, 0, 0]);
    expect(first?.[1]?.[0]).toBeCloseTo(-(ways[0] as number) / all, 12);
  });

  it("counts nothing but blanks for an empty target", () => {
    const { loss, gradient } = lossAndGradient([[[-1, -2]], [[-3, -1]]], [[1]], { targetLengths: 0 });
    expect(loss).toBe(4);
    expect(gradient).toEqual([[[-1, 0]], [[-1, 0]]]);
  });

  it("keeps its digits over a thousand frames", () => {
    const frames = 1000;
    const x = lg.full([frames, 1, 3], -2, { device, requiresGrad: true });
    const loss = lg.ctcLoss(x, int([[1]]));
    // The label stands in any number of neighbouring frames: 1000 · 1001 / 2 ways, of which each has one class a frame.
    expect(loss.itemSync()).toBeCloseTo(2 * frames - Math.log((frames * (frames + 1)) / 2), 8);
    expect(gradients(loss, [x])[0]?.sum().itemSync()).toBeCloseTo(-frames, 8);
  });
});

describe("CTCLoss", () => {
  it("equals ctcLoss, with the lengths in tensors", () => {
    const x = lg.logSoftmax(lg.randn([5, 2, 4], { generator: lg.generator(1), device }));
    const [targets, inputLengths, targetLengths] = [
      int([
        [1, 2, 1],
        [3, 3, 2],
      ]),
      int([4, 5]),
      int([2, 3]),
    ];
    const options = { reduction: "sum", blank: 0, zeroInfinity: true } as const;
    const layer = new lg.CTCLoss(options);
    const lists = { inputLengths: [4, 5], targetLengths: [2, 3] };
    const expected = lg.ctcLoss(x, targets, { ...options, ...lists }).itemSync();
    expect(layer.forward(x, targets, inputLengths, targetLengths).itemSync()).toBe(expected);
    expect(layer.forward(x, targets).itemSync()).toBe(lg.ctcLoss(x, targets, options).itemSync());
    expect(layer.forward(x, targets).itemSync()).not.toBe(expected);
  });
});
