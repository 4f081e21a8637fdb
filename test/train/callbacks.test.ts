/** Tests of the callbacks that come with fit. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

const images = lg.drawnImages({ count: 16, size: 16 });
const train = () => lg.batches(images, { batchSize: 8, shuffle: false });

const net = () => new lg.Sequential(new lg.Flatten(), new lg.Linear(768, 10, { generator: lg.generator(0) }));

async function eventsOf(options: Partial<lg.FitOptions>): Promise<lg.FitEvent[]> {
  const model = net();
  const events: lg.FitEvent[] = [];
  const optimizer = new lg.SGD(model.parameters(), { lr: 0.01 });
  await lg.fit(model, { train, optimizer, sinks: [(event) => void events.push(event)], ...options });
  return events;
}

describe("earlyStopping", () => {
  /** Ends after each of these losses as if an epoch had had it. */
  async function epochsFor(losses: readonly number[], options: lg.EarlyStoppingOptions): Promise<number> {
    const callback = lg.earlyStopping(options);
    let stopped = false;
    const run = { stop: () => (stopped = true) } as unknown as lg.FitRun;
    for (const [i, loss] of losses.entries()) {
      await callback.onEpoch?.(run, { train: { loss, accuracy: loss }, validation: null } as unknown as lg.EpochEvent);
      if (stopped) return i + 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  it("waits as many epochs as it is told, counted from the best", async () => {
    expect(await epochsFor([3, 2, 2.5, 2.4, 2.3], { patience: 2 })).toBe(4);
    expect(await epochsFor([3, 2, 2.5, 1.9, 2.3, 2.2], { patience: 2 })).toBe(6);
    expect(await epochsFor([3, 2.95, 2.91], { patience: 2, minDelta: 0.1 })).toBe(3);
    expect(await epochsFor([3, 4, 3.5, 3.6], { patience: 2, metric: "accuracy" })).toBe(4);
    expect(await epochsFor([3, Number.NaN, Number.NaN], { patience: 2 })).toBe(3);
  });

  it("ends a run at the end of an epoch, and says why", async () => {
    const events = await eventsOf({ epochs: 9, callbacks: [lg.earlyStopping({ patience: 1, minDelta: 100 })] });
    const stop = events.find(({ kind }) => kind === "stop");
    expect(stop).toMatchObject({ reason: "callback", epoch: 2 });
    expect(stop).toHaveProperty("message", expect.stringMatching(/^loss has not got better than [\d.]+ for 1 epochs$/));
    expect(events.at(-3)?.kind).toBe("epoch");
  });
});

/** Trains two epochs, and gives the weights that it comes to. */
async function trained(callbacksOf: (parameters: lg.Parameter[]) => readonly lg.Callback[]) {
  const model = net();
  const optimizer = new lg.SGD(model.parameters(), { lr: 0.5 });
  const callbacks = callbacksOf(model.parameters());
  const { validation } = await lg.fit(model, { train, validation: train, epochs: 2, optimizer, callbacks });
  return { model, validation, weights: await numbersOf(model) };
}

function numbersOf(model: lg.AnyModule): Promise<unknown[]> {
  return Promise.all(model.parameters().map((parameter) => parameter.data()));
}

/** The same by hand. */
async function byHand(between: (model: lg.AnyModule) => void, after: (model: lg.AnyModule) => void = () => undefined) {
  const model = net();
  const optimizer = new lg.SGD(model.parameters(), { lr: 0.5 });
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const { images, labels } of train()) {
      optimizer.zeroGrad();
      lg.crossEntropy(model.forward(lg.tensor(images)), lg.tensor(labels, { dtype: "int32" })).backward();
      between(model);
      optimizer.step();
      after(model);
    }
  }
  return { model, weights: await numbersOf(model) };
}

describe("clipGradients", () => {
  it.each([
    ["norm", { norm: 0.5 }, (model: lg.AnyModule) => lg.clipGradNorm(model.parameters(), 0.5)],
    ["value", { value: 0.01 }, (model: lg.AnyModule) => lg.clipGradValue(model.parameters(), 0.01)],
  ])("makes the steps of a loop that clips by %s", async (_, options, clip) => {
    const { weights } = await trained(() => [lg.clipGradients(options)]);
    expect(weights).toEqual((await byHand(clip)).weights);
    expect(weights).not.toEqual((await trained(() => [])).weights);
  });

  it("refuses a norm and a value together, neither, and what is below 0", () => {
    expect(() => lg.clipGradients({ norm: 1, value: 1 })).toThrow(/clipGradients: give either norm or value, got/);
    expect(() => lg.clipGradients({})).toThrow(/give either norm or value/);
    expect(() => lg.clipGradients({ norm: -1 })).toThrow(/clipGradients: norm must be a finite number of at least 0/);
  });
});

describe("averageWeights", () => {
  it("evaluates the average, and trains as if it were not there", async () => {
    let average: lg.AveragedWeights | undefined;
    const found = await trained((parameters) => {
      average = new lg.AveragedWeights(parameters, { decay: 0.5 });
      return [lg.averageWeights(average)];
    });
    let own: lg.AveragedWeights | undefined;
    const hand = await byHand(
      () => undefined,
      (model) => {
        own ??= new lg.AveragedWeights(model.parameters(), { decay: 0.5 });
        own.update();
      },
    );
    expect(found.weights).toEqual(hand.weights);
    const { metrics } = (await own?.apply(() => lg.evaluate(hand.model, train))) ?? {};
    expect(found.validation).toEqual(metrics);
    expect(found.validation).not.toEqual((await lg.evaluate(found.model, train)).metrics);
    expect(average?.updates).toBe(4);
  });

  it("refuses anything else", () => {
    const parameters = net().parameters() as never;
    expect(() => lg.averageWeights(parameters)).toThrow(/^averageWeights: it takes AveragedWeights, got .*; pass new/);
  });
});

describe("a callback around the evaluation", () => {
  const named = (name: string, told: string[]): lg.Callback => ({
    name,
    aroundEvaluation: async (_, evaluate) => {
      told.push(`${name} before`);
      const found = await evaluate();
      told.push(`${name} after`);
      return found;
    },
  });

  it("is outside of those that come after it", async () => {
    const told: string[] = [];
    await eventsOf({ epochs: 1, validation: train, callbacks: [named("a", told), named("b", told)] });
    expect(told).toEqual(["a before", "b before", "b after", "a after"]);
  });

  it("must return what the evaluation gave", async () => {
    const callbacks = [{ name: "forgetful", aroundEvaluation: async () => undefined } as unknown as lg.Callback];
    await expect(eventsOf({ epochs: 1, validation: train, callbacks })).rejects.toThrow(
      /^fit: aroundEvaluation of the callback forgetful must return what evaluate\(\) gave/,
    );
  });
});

describe("traceEvery", () => {
  it("tells a record of the first step and of every n-th, which has the step's update", async () => {
    const events = await eventsOf({ epochs: 3, callbacks: [lg.traceEvery(3)] });
    const traced = events.filter((event) => event.kind === "trace");
    expect(traced.map(({ step }) => step)).toEqual([1, 3, 6]);
    expect(traced[1]?.record.layers.at(-1)?.updateRatio).toBeGreaterThan(0);
  });
});

describe("parametersEvery", () => {
  it("tells weights after the step and the gradients that it took", async () => {
    const told = (await eventsOf({ epochs: 1, callbacks: [lg.parametersEvery(2)] })).filter(
      ({ kind }) => kind === "parameters",
    );
    const [first, second] = told as lg.ParametersEvent[];
    const [before, after] = [first?.parameters[0], second?.parameters[0]];
    expect([before?.name, told.length]).toEqual(["1.weight", 2]);
    const expected = (before?.values[7] ?? 0) - 0.01 * (after?.gradient?.[7] ?? 0);
    expect(after?.values[7]).toBeCloseTo(expected, 6);
  });

  it("refuses an interval that is none", () => {
    expect(() => lg.parametersEvery(0)).toThrow(/an integer of at least 1, got 0/);
    expect(() => lg.traceEvery(1.5)).toThrow(/an integer of at least 1, got 1.5/);
  });
});
