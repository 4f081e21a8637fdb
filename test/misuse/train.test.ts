/** Fuzzing: whatever the functions of train are given, they answer or throw a typed error. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { outcome, refusals } from "./odd.js";

const images = lg.drawnImages({ count: 4, size: 16 });
const batches = [lg.batchOf(images, [0, 1]), lg.batchOf(images, [2, 3])];
const model = () => new lg.Sequential(new lg.Flatten(), new lg.Linear(768, 10, { generator: lg.generator(0) }));

/** Ends a run after its first step, however long it was asked for. */
const aborted = AbortSignal.abort();

/** Right arguments of every function. */
const CALLS: Readonly<Record<string, { readonly right: () => readonly unknown[]; readonly run: unknown }>> = {
  topKAccuracy: { right: () => [5], run: lg.topKAccuracy },
  earlyStopping: { right: () => [{ metric: "loss", goal: "min", patience: 2, minDelta: 0 }], run: lg.earlyStopping },
  averageWeights: { right: () => [new lg.AveragedWeights([lg.ones([1])])], run: lg.averageWeights },
  clipGradients: { right: () => [{ norm: 1, value: undefined }], run: lg.clipGradients },
  parametersEvery: { right: () => [2], run: lg.parametersEvery },
  traceEvery: { right: () => [2, { layers: undefined }], run: lg.traceEvery },
  evaluate: {
    right: () => [model(), batches, { metrics: [lg.accuracy()], loss: lg.crossEntropy, objective: undefined }],
    run: lg.evaluate,
  },
  findLearningRate: {
    right: () => {
      const net = model();
      const given = { train: batches, optimizer: new lg.SGD(net.parameters(), { lr: 0.1 }), steps: 2 };
      const rates = { minLr: 1e-3, maxLr: 1, accumulate: 1, smoothing: 0.5, stopAbove: 4, skipBegin: 0, skipEnd: 0 };
      return [net, { ...given, ...rates, loss: lg.crossEntropy, objective: undefined, signal: aborted }];
    },
    run: lg.findLearningRate,
  },
  fit: {
    right: () => {
      const net = model();
      const optimizer = new lg.SGD(net.parameters(), { lr: 0.1 });
      const callbacks = [lg.earlyStopping()];
      const given = { train: batches, validation: batches, epochs: 2, optimizer, metrics: [lg.accuracy()], callbacks };
      const more = {
        accumulate: 2,
        checkpoints: undefined,
        sinks: [() => undefined],
        classNames: ["a"],
        configuration: { lr: 0.1 },
        schedule: undefined,
      };
      return [
        net,
        { ...given, ...more, steps: undefined, loss: lg.crossEntropy, objective: undefined, signal: aborted },
      ];
    },
    run: lg.fit,
  },
};

describe("whatever they are given, the functions of train", () => {
  it.each(Object.entries(CALLS))("%s answers or throws an error that names it", async (name, { right, run }) => {
    const call = run as (...args: readonly unknown[]) => unknown;
    expect(await outcome(() => call(...right()))).toBeNull();
    expect(await refusals({ name, right, run: call }, 1)).toBeGreaterThan(10);
  });
});
