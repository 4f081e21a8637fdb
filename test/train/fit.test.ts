/** Tests of fit: the steps it makes, what it tells, and what it refuses. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

beforeAll(() => lg.setDevice("simd"));

const images = lg.drawnImages({ count: 40, size: 16 });

function net(): lg.Sequential {
  const generator = lg.generator(3);
  return new lg.Sequential(
    new lg.Conv2d(3, 4, 3, { generator, padding: 1 }),
    new lg.BatchNorm2d(4),
    new lg.ReLU(),
    new lg.AdaptiveAvgPool2d(2),
    new lg.Flatten(),
    new lg.Dropout({ p: 0.2, generator }),
    new lg.Linear(16, images.classNames.length, { generator }),
  );
}

const optimizerOf = (model: lg.Sequential) => new lg.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });

/** The batches of an epoch, the same ones each time. */
const train = (epoch: number) =>
  lg.batches(images, { batchSize: 8, generator: lg.generator(epoch), augment: "flip-crop" });
const validation = () => lg.batches(images, { batchSize: 16, shuffle: false });

function numbersOf(model: lg.Sequential): number[][] {
  return Object.values(model.stateDict()).map((tensor) => Array.from(tensor.dataSync()));
}

/** A sink that remembers. */
function recorder(): { events: lg.FitEvent[]; sink: lg.EventSink } {
  const events: lg.FitEvent[] = [];
  return { events, sink: (event) => void events.push(event) };
}

function stepsIn(events: readonly lg.FitEvent[]): lg.StepEvent[] {
  return events.filter((event) => event.kind === "step");
}

describe("fit", () => {
  it("makes the very steps of a loop written by hand", async () => {
    const byHand = net();
    const optimizer = optimizerOf(byHand);
    const losses: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const { images, labels } of train(epoch)) {
        const loss = lg.tidy(() => {
          const loss = lg.crossEntropy(byHand.forward(lg.tensor(images)), lg.tensor(labels, { dtype: "int32" }));
          optimizer.zeroGrad();
          loss.backward();
          return loss;
        });
        optimizer.step();
        losses.push(await loss.item());
      }
    }
    const model = net();
    const { events, sink } = recorder();
    const result = await lg.fit(model, { train, epochs: 2, optimizer: optimizerOf(model), sinks: [sink], validation });
    expect(stepsIn(events).map(({ loss }) => loss)).toEqual(losses);
    expect(numbersOf(model)).toEqual(numbersOf(byHand));
    expect(result).toMatchObject({ step: 10, epoch: 2, stopped: null });
    expect(result.history.map(({ step }) => step)).toEqual([5, 10]);
  });

  it("tells of everything in order", async () => {
    const model = net();
    const { events, sink } = recorder();
    const metrics = [lg.accuracy(), lg.confusionMatrix()];
    await lg.fit(model, { train, validation, epochs: 1, optimizer: optimizerOf(model), metrics, sinks: [sink] });
    expect(events.map(({ kind }) => kind)).toEqual(["start", ...Array(5).fill("step"), "evaluation", "epoch", "end"]);
    const [first] = stepsIn(events);
    expect(first).toMatchObject({ step: 1, epoch: 1, lr: [0.05], examples: 8 });
    expect(Object.keys(first?.metrics ?? {})).toEqual(["accuracy"]);
    const evaluation = events.find(({ kind }) => kind === "evaluation") as lg.EvaluationEvent;
    expect(evaluation.examples).toBe(40);
    expect(evaluation.predictions?.indices).toEqual(Int32Array.from({ length: 40 }, (_, i) => i));
    const right = evaluation.predictions?.predicted.filter((label, i) => label === evaluation.predictions?.labels[i]);
    expect(evaluation.metrics["accuracy"]).toBe((right?.length ?? 0) / 40);
    expect(evaluation.metrics).toEqual((await lg.evaluate(model, validation, { metrics })).metrics);
  });

  it("takes the mean gradient of the batches it accumulates, the last ones of an epoch too", async () => {
    const model = () => new lg.Sequential(new lg.Flatten(), new lg.Linear(768, 10, { generator: lg.generator(0) }));
    const whole = model();
    const parts = model();
    const sgd = (net: lg.Sequential) => new lg.SGD(net.parameters(), { lr: 0.1 });
    const inOrder = (batchSize: number) => () => lg.batches(images, { batchSize, shuffle: false });
    await lg.fit(whole, { train: inOrder(16), steps: 2, optimizer: sgd(whole) });
    const { events, sink } = recorder();
    await lg.fit(parts, { train: inOrder(8), accumulate: 2, epochs: 1, optimizer: sgd(parts), sinks: [sink] });
    const [, afterTwo] = stepsIn(events);
    expect(afterTwo?.examples).toBe(16);
    expect(stepsIn(events).map(({ examples }) => examples)).toEqual([16, 16, 8]);
    const third = model();
    await lg.fit(third, { train: inOrder(8), accumulate: 2, steps: 2, optimizer: sgd(third) });
    const [expected, found] = [numbersOf(whole).flat(), numbersOf(third).flat()];
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
  });

  it("ends after the step under way when its signal is aborted", async () => {
    const model = net();
    const controller = new AbortController();
    const { events, sink } = recorder();
    const abort: lg.Callback = { name: "abort", onStep: ({ step }) => (step === 3 ? controller.abort() : undefined) };
    const options = { train, validation, epochs: 4, callbacks: [abort], sinks: [sink], signal: controller.signal };
    const result = await lg.fit(model, { ...options, optimizer: optimizerOf(model) });
    expect(result).toMatchObject({ step: 3, epoch: 0, stopped: "interrupted" });
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(["stop", "end"]);
    expect(events.some(({ kind }) => kind === "evaluation")).toBe(false);
  });

  it("moves a schedule after every step or epoch, and gives it the metric that it asks for", async () => {
    const seen: (number | undefined)[] = [];
    const schedule = {
      step: (metric?: number) => void seen.push(metric),
      stateDict: () => null,
      loadStateDict: () => undefined,
    };
    const run = async (given: lg.FitSchedule) => {
      const model = net();
      seen.length = 0;
      const { history } = await lg.fit(model, {
        train,
        validation,
        epochs: 2,
        optimizer: optimizerOf(model),
        schedule: given,
      });
      return history.map(({ validation }) => validation?.["loss"]);
    };
    await run({ step: schedule });
    expect(seen).toEqual(Array(10).fill(undefined));
    await run({ epoch: schedule });
    expect(seen).toEqual([undefined, undefined]);
    expect(await run({ epoch: schedule, metric: "loss" })).toEqual(seen);
    await expect(run({ epoch: schedule, metric: "f1" })).rejects.toThrow(/no metric f1 .*there are loss/);
  });

  it("refuses what it does not know and what contradicts itself", async () => {
    const model = net();
    const right = { train, epochs: 1, optimizer: optimizerOf(model) };
    const refusals: [object, RegExp][] = [
      [{ epoch: 1 }, /no option epoch; did you mean epochs/],
      [{ steps: 3 }, /either epochs or steps/],
      [{ epochs: undefined }, /either epochs or steps/],
      [{ callbacks: [{ name: "x", onStepp: () => undefined }] }, /no option onStepp; did you mean onStep/],
      [{ callbacks: [lg.earlyStopping(), lg.earlyStopping()] }, /two callbacks are called earlyStopping/],
      [{ metrics: [lg.accuracy(), lg.accuracy()] }, /two metrics are called accuracy/],
      [{ loss: lg.crossEntropy, objective: () => ({}) }, /a loss or an objective/],
      [{ schedule: {} }, /schedule must be/],
      [{ optimizer: {} }, /optimizer must be an optimiser/],
      [{ train: 3 }, /train must be a loader/],
    ];
    for (const [change, message] of refusals) {
      await expect(lg.fit(model, { ...right, ...change } as never)).rejects.toThrow(message);
    }
  });

  it("says so where an iterator is walked a second time", async () => {
    const model = net();
    const once = lg.batches(images, { batchSize: 8, shuffle: false });
    await expect(lg.fit(model, { train: once, epochs: 2, optimizer: optimizerOf(model) })).rejects.toThrow(
      /no batch in epoch 2; an iterator can be walked once/,
    );
  });

  it("trains on batches of any kind by an objective", async () => {
    const line = new lg.Linear(1, 1, { generator: lg.generator(0) });
    const xs = [-1, 0, 1, 2].map((x) => ({ x: lg.tensor([[x]]), y: lg.tensor([[3 * x + 1]]) }));
    const objective: lg.Objective<lg.Linear, (typeof xs)[number]> = (model, { x, y }) => {
      const outputs = model.forward(x);
      return { loss: lg.mseLoss(outputs, y), outputs, targets: y };
    };
    const optimizer = new lg.SGD(line.parameters(), { lr: 0.1 });
    const { history } = await lg.fit(line, { train: xs, epochs: 60, optimizer, objective });
    expect(history.at(-1)?.train["loss"]).toBeLessThan(1e-6);
    expect(line.weight.itemSync()).toBeCloseTo(3, 3);
  });
});
