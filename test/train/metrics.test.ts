/** Tests of metrics and of evaluate. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

/** Logits of four examples and three classes; the second has a tie, the last holds NaN. */
const batch: lg.Evaluated = {
  outputs: [0, 2, 1, 5, 5, 0, 1, 0, 3, Number.NaN, 0, 1],
  shape: [4, 3],
  targets: [1, 1, 0, 0],
};

function measured<Total extends lg.Json>(metric: lg.Metric<Total>, ...batches: lg.Evaluated[]): lg.MetricValue {
  return metric.value(batches.reduce((total, next) => metric.add(total, next), metric.zero));
}

describe("accuracy and topKAccuracy", () => {
  it("count classes among the most likely ones; of equal logits the first comes first, and NaN never", () => {
    expect(measured(lg.accuracy(), batch)).toBe(1 / 4);
    expect(measured(lg.topKAccuracy(2), batch)).toBe(3 / 4);
    expect(measured(lg.topKAccuracy(3), batch)).toBe(3 / 4);
    expect(lg.topKAccuracy(2).name).toBe("top2");
  });

  it("sum up over batches of different sizes", () => {
    const right = { outputs: [9, 0, 0], shape: [1, 3], targets: [0] };
    expect(measured(lg.accuracy(), batch, right)).toBe(2 / 5);
  });

  it("refuse what is no classification, and labels that are no class", () => {
    const metric = lg.accuracy();
    expect(() => measured(metric, { ...batch, shape: [12] })).toThrow(
      /logits \[N, C\] and N class numbers, got outputs \[12\]/,
    );
    expect(() => measured(metric, { ...batch, targets: [1, 1, 0, 3] })).toThrow(/a class number from 0 to 2, got 3/);
    expect(() => lg.topKAccuracy(0)).toThrow(/k must be an integer of at least 1/);
  });
});

describe("confusionMatrix and perClassAccuracy", () => {
  const whole = { ...batch, outputs: [0, 2, 1, 5, 5, 0, 1, 0, 3, 1, 0, 0] };

  it("count what each class was taken for", () => {
    expect(measured(lg.confusionMatrix(), whole, whole)).toEqual([
      [2, 0, 2],
      [2, 2, 0],
      [0, 0, 0],
    ]);
    expect(measured(lg.perClassAccuracy(), whole)).toEqual([0.5, 0.5, Number.NaN]);
  });
});

describe("evaluate", () => {
  it("measures in evaluation mode, without a tape, and puts every module's mode back", async () => {
    const modes: boolean[] = [];
    class Spy extends lg.Module {
      override forward(x: lg.Tensor): lg.Tensor {
        modes.push(this.training, lg.isRecording());
        return x;
      }
    }
    const [spy, frozen] = [new Spy(), new Spy()];
    const generator = lg.generator(0);
    const model = new lg.Sequential(
      new lg.Flatten(),
      new lg.Dropout({ generator }),
      new lg.Linear(768, 10, { generator }),
      spy,
      frozen,
    );
    frozen.eval();
    const images = lg.drawnImages({ count: 10, size: 16 });
    const source = lg.batches(images, { batchSize: 4, shuffle: false });
    const { metrics, examples } = await lg.evaluate(model, source, { metrics: [lg.accuracy()] });
    expect(new Set(modes)).toEqual(new Set([false]));
    expect([model.training, spy.training, frozen.training]).toEqual([true, true, false]);
    model.eval();
    const all = lg.batchOf(images, [...Array(10).keys()]);
    const loss = lg.crossEntropy(model.forward(lg.tensor(all.images)), lg.tensor(all.labels, { dtype: "int32" }));
    expect(examples).toBe(10);
    expect(metrics["loss"]).toBeCloseTo(await loss.item(), 5);
  });

  it("restores the modes when a batch fails", async () => {
    const model = new lg.Sequential(new lg.Flatten());
    await expect(lg.evaluate(model, [{ x: 1 }] as never)).rejects.toThrow(/a batch must be \{ images, labels \}/);
    expect(model.training).toBe(true);
  });
});
