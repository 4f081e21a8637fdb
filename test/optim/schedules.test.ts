/** Tests of the schedules beyond their rates, which the conformance files hold: states, groups, refusals. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type Optimizer, type Schedule, setDevice, tensor, ValueError } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const sgd = (...rates: readonly number[]): Optimizer =>
  new lg.SGD(
    rates.map((lr) => ({ params: [tensor([1])], lr })),
    { lr: 1, momentum: 0.9 },
  );

/** Every schedule, as it is made. */
const schedules: Readonly<Record<string, (optimizer: Optimizer) => Schedule>> = {
  ChainedScheduler: (o) =>
    new lg.ChainedScheduler(o, { schedules: [new lg.LinearLR(o), new lg.StepLR(o, { stepSize: 2 })] }),
  ConstantLR: (o) => new lg.ConstantLR(o),
  CosineAnnealingLR: (o) => new lg.CosineAnnealingLR(o, { tMax: 4, etaMin: 0.01 }),
  CosineAnnealingWarmRestarts: (o) => new lg.CosineAnnealingWarmRestarts(o, { t0: 2, tMult: 2 }),
  CyclicLR: (o) => new lg.CyclicLR(o, { baseLr: 0.1, maxLr: 1, stepSizeUp: 3, mode: "triangular2" }),
  ExponentialLR: (o) => new lg.ExponentialLR(o, { gamma: 0.5 }),
  LambdaLR: (o) => new lg.LambdaLR(o, { lrLambda: [lg.linearWarmup({ warmup: 3 }), (k) => 0.9 ** k] }),
  LinearLR: (o) => new lg.LinearLR(o),
  MultiStepLR: (o) => new lg.MultiStepLR(o, { milestones: [2, 5] }),
  MultiplicativeLR: (o) => new lg.MultiplicativeLR(o, { lrLambda: (k) => 1 - k / 20 }),
  OneCycleLR: (o) => new lg.OneCycleLR(o, { maxLr: [1, 2], totalSteps: 10 }),
  PolynomialLR: (o) => new lg.PolynomialLR(o, { totalIters: 7, power: 2 }),
  ReduceLROnPlateau: (o) => new lg.ReduceLROnPlateau(o, { patience: 1, cooldown: 1, factor: 0.5 }),
  ResNetPaper: (o) => new lg.ResNetPaper(o, { warmupLr: 0.01, milestones: [4, 6] }),
  SequentialLR: (o) => {
    const parts = [new lg.LinearLR(o, { startFactor: 0.1, totalIters: 3 }), new lg.CosineAnnealingLR(o, { tMax: 5 })];
    return new lg.SequentialLR(o, { schedules: parts, milestones: [3] });
  },
  StepLR: (o) => new lg.StepLR(o, { stepSize: 2 }),
};

const takesMetric = new Set(["ReduceLROnPlateau", "ResNetPaper"]);

it("every schedule is held to what follows", () => {
  const exported = Object.entries(lg).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof lg.Schedule ? [name] : [],
  );
  expect(Object.keys(schedules).sort()).toEqual(exported.sort());
});

describe.each(Object.entries(schedules))("%s", (name, make) => {
  /** Rates and momenta after each of some steps. */
  const steps = (schedule: Schedule, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => {
      if (takesMetric.has(name)) schedule.step([0.9, 0.9, 0.7, 0.9][(from + i) % 4]);
      else schedule.step();
      const momenta = schedule.optimizer.paramGroups.map(
        (group) => (group as unknown as { momentum: number }).momentum,
      );
      return [schedule.lastLr, momenta, schedule.lastEpoch];
    });

  it.each([0, 1, 4, 8])("goes on from a state of %i steps that was written as JSON", (stop) => {
    const whole = make(sgd(0.1, 0.03));
    steps(whole, 0, stop);
    const state: unknown = JSON.parse(JSON.stringify(whole.stateDict()));
    const rest = steps(whole, stop, 10);
    const resumed = make(sgd(0.1, 0.03));
    resumed.loadStateDict(state as object);
    expect(resumed.lastEpoch).toBe(stop);
    expect(steps(resumed, stop, 10)).toEqual(rest);
  });

  it("sets the rates that were in force when it loads a state", () => {
    const whole = make(sgd(0.1, 0.03));
    steps(whole, 0, 5);
    const resumed = make(sgd(0.1, 0.03));
    resumed.loadStateDict({ ...whole.stateDict(), verbose: false, _step_count: 6 }); // as PyTorch writes more
    expect(resumed.lastLr).toEqual(whole.lastLr);
  });

  it("refuses what is no state of it", () => {
    const schedule = make(sgd(0.1, 0.03));
    const state = schedule.stateDict();
    for (const wrong of [null, undefined, 1, {}, { ...state, last_epoch: -1 }, { ...state, _last_lr: [0.1] }]) {
      expect(() => schedule.loadStateDict(wrong as never)).toThrow(ValueError);
      expect(() => schedule.loadStateDict(wrong as never)).toThrow(`${name}.loadStateDict: it takes`);
    }
    expect(() => schedule.loadStateDict({ ...state, _last_lr: [0.1, -1] })).toThrow(ValueError);
  });

  it("refuses what is no optimiser", () => {
    expect(() => make({} as Optimizer)).toThrow(ValueError);
  });
});

describe("a schedule", () => {
  it("takes groups that were added later along", () => {
    const optimizer = sgd(1);
    const schedule = new lg.StepLR(optimizer, { stepSize: 2 });
    schedule.step();
    optimizer.addParamGroup({ params: [tensor([1])], lr: 0.5 });
    schedule.step();
    expect(schedule.lastLr).toEqual([0.1, 0.05]);
  });

  it("refuses a metric that it would not look at, and wants the one that it waits for", () => {
    expect(() => new lg.StepLR(sgd(1), { stepSize: 1 }).step(1)).toThrow(
      "StepLR: its rates depend on no metric, got 1",
    );
    expect(() => new lg.ReduceLROnPlateau(sgd(1)).step()).toThrow("step(metric) takes the metric that it waits for");
  });

  it.each<[string, () => unknown]>([
    ["StepLR: stepSize must be an integer of at least 1, got undefined", () => new lg.StepLR(sgd(1), {} as never)],
    ["StepLR: stepSize must be an integer of at least 1, got 0", () => new lg.StepLR(sgd(1), { stepSize: 0 })],
    ["it has no option step_size; it is called stepSize here", () => new lg.StepLR(sgd(1), { step_size: 1 } as never)],
    ["MultiStepLR: milestones must be integers", () => new lg.MultiStepLR(sgd(1), { milestones: [3, 1] })],
    ["ConstantLR: factor must be a number above 0, at most 1, got 0", () => new lg.ConstantLR(sgd(1), { factor: 0 })],
    ["LambdaLR: lrLambda must be a function", () => new lg.LambdaLR(sgd(1), { lrLambda: 0.9 as never })],
    [
      "LambdaLR: the factor of step 0 must be a finite number of at least 0; got -1",
      () => new lg.LambdaLR(sgd(1), { lrLambda: () => -1 }),
    ],
    [
      "LambdaLR: the factor of step 0 must be a finite number of at least 0; there is no function for group 1",
      () => new lg.LambdaLR(sgd(1, 2), { lrLambda: [() => 1] }),
    ],
    ["OneCycleLR: it needs totalSteps, or epochs and stepsPerEpoch", () => new lg.OneCycleLR(sgd(1), { maxLr: 1 })],
    ["OneCycleLR: maxLr has 2 numbers for 1", () => new lg.OneCycleLR(sgd(1), { maxLr: [1, 2], totalSteps: 3 })],
    ["ReduceLROnPlateau: factor must be a number from 0", () => new lg.ReduceLROnPlateau(sgd(1), { factor: 1 })],
    [
      "CyclicLR: the optimiser has neither momentum nor betas to cycle",
      () => new lg.CyclicLR(new lg.Adagrad([tensor([1])]), { baseLr: 0.1, maxLr: 1 }),
    ],
    [
      "SequentialLR: its schedules must be made of the optimiser that it is made of",
      () => new lg.SequentialLR(sgd(1), { schedules: [new lg.LinearLR(sgd(1))], milestones: [] }),
    ],
    [
      "SequentialLR: it needs one schedule more than milestones, got 1 schedules and 1 milestones",
      () => {
        const optimizer = sgd(1);
        return new lg.SequentialLR(optimizer, { schedules: [new lg.LinearLR(optimizer)], milestones: [1] });
      },
    ],
    ["linearWarmup: warmup must be an integer of at least 1", () => lg.linearWarmup({ warmup: 0 })],
  ])("is refused: %s", (message, make) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
