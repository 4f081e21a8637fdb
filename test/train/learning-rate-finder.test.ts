/** Tests of findLearningRate and its figure. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { learningRateFigure, renderSvg } from "../../src/report.js";
import { smallNet } from "./small-net.js";

beforeAll(() => lg.setDevice("simd"));

/** A sweep whose losses are given. */
function scripted(losses: readonly number[], options: Partial<lg.LearningRateFinderOptions> = {}) {
  const model = new lg.Linear(1, 1, { generator: lg.generator(0) });
  let step = 0;
  const objective = (linear: lg.AnyModule) => {
    const outputs = linear.forward(lg.ones([1, 1])) as lg.Tensor;
    const loss = outputs
      .sum()
      .mul(0)
      .add(losses[step++] as number);
    return { loss, outputs, targets: null };
  };
  const optimizer = new lg.SGD(model.parameters(), { lr: 1 });
  const more = { train: [0], steps: losses.length, minLr: 1e-3, maxLr: 1, ...options };
  return lg.findLearningRate<lg.AnyModule, number>(model, { optimizer, objective, ...more } as never);
}

const rounded = (values: readonly number[]) => values.map((value) => Number(value.toPrecision(5)));

describe("findLearningRate", () => {
  it("raises the rate exponentially, and smooths as an exponential average that is corrected for its start", async () => {
    const { points, diverged } = await scripted([4, 2, 2, 1], { smoothing: 0.5 });
    expect(rounded(points.map(({ lr }) => lr))).toEqual([0.001, 0.01, 0.1, 1]);
    expect(points.map(({ loss }) => loss)).toEqual([4, 2, 2, 1]);
    // (0.25·4 + 0.5·2)/0.75, (0.125·4 + 0.25·2 + 0.5·2)/0.875, …
    expect(rounded(points.map(({ smoothed }) => smoothed))).toEqual(rounded([4, 2 / 0.75, 2 / 0.875, 1.5 / 0.9375]));
    expect(diverged).toBe(false);
  });

  it("suggests the rate at which the smoothed loss falls most steeply, where it may", async () => {
    const losses = [9, 3, 3, 2.9, 2, 1, 0.9, 0.8];
    const none = { smoothing: 0, stopAbove: Number.POSITIVE_INFINITY, minLr: 1e-7, maxLr: 1 };
    const suggestion = async (own: object) => (await scripted(losses, { ...none, ...own })).suggestion;
    expect(await suggestion({ skipBegin: 0 })).toBeCloseTo(1e-7, 12); // 9 → 3
    expect(await suggestion({ skipBegin: 2 })).toBeCloseTo(1e-3, 12); // 2.9 → 2 → 1
    expect(await suggestion({ skipBegin: 5, skipEnd: 0 })).toBeCloseTo(1e-2, 12);
    expect(await suggestion({ skipBegin: 6, skipEnd: 1 })).toBeNull(); // one point
    expect(await suggestion({ skipBegin: 0, skipEnd: 9 })).toBeNull();
    expect((await scripted([1, 2, 3, 4], { ...none, skipBegin: 0 })).suggestion).toBeNull();
  });

  it("stops where the smoothed loss is far above the lowest, and where it is no number", async () => {
    const stopped = await scripted([2, 1, 3.9, 4.1, 1], { smoothing: 0 });
    expect(stopped.points.map(({ loss }) => Number(loss.toFixed(5)))).toEqual([2, 1, 3.9, 4.1]);
    expect(stopped.diverged).toBe(true);
    const nan = await scripted([2, Number.NaN, 1]);
    expect(nan).toMatchObject({ points: [{ loss: 2 }], diverged: true });
    expect((await scripted([2, 1, 9, 1], { smoothing: 0, stopAbove: 10 })).points).toHaveLength(4);
  });

  it("leaves model, optimiser, gradients, generators and loader as they were", async () => {
    const images = lg.drawnImages({ count: 40, size: 16 });
    const make = () => {
      const random = lg.generator(3);
      const model = smallNet(random);
      const [first, ...rest] = model.parameters();
      const groups = [{ params: [first as lg.Parameter] }, { params: rest, lr: 0.02 }];
      const optimizer = new lg.Adam(groups, { lr: 0.01, amsgrad: true });
      const order = lg.generator(1);
      const loader = new lg.DataLoader(images, {
        batchSize: 8,
        shuffle: true,
        transform: "flip-crop",
        generator: order,
      });
      return { model, optimizer, loader, random, order };
    };
    const epoch = ({ model, optimizer, loader: train }: ReturnType<typeof make>) =>
      lg.fit(model, { train, epochs: 1, optimizer });
    const stateOf = async ({ model, optimizer, loader, random }: ReturnType<typeof make>) => {
      const tensors = Object.entries({ ...model.stateDict(), ...optimizer.stateDict() }).map(async ([name, value]) => [
        name,
        typeof value === "object" && "data" in value ? Array.from(await value.data()) : value,
      ]);
      return [await Promise.all(tensors), loader.stateDict(), random.state()];
    };
    const [one, other] = [make(), make()];
    for (const each of [one, other]) await epoch(each);
    const [before, gradient] = [await stateOf(one), one.model.parameters()[0]?.grad as lg.Tensor];
    const numbers = Array.from(await gradient.data());
    one.model.eval();
    const alive = lg.memory();
    const { points } = await lg.findLearningRate(one.model, {
      optimizer: one.optimizer,
      train: one.loader,
      steps: 12,
      maxLr: 1,
    });
    expect(lg.memory()).toEqual(alive);
    expect(points).toHaveLength(12); // more than the five batches of an epoch
    expect(new Set(points.map(({ loss }) => loss)).size).toBeGreaterThan(8);
    expect(await stateOf(one)).toEqual(before);
    expect(one.model.parameters()[0]?.grad).toBe(gradient);
    expect(Array.from(await gradient.data())).toEqual(numbers);
    expect(one.model.namedModules().every(([, { training }]) => !training)).toBe(true);
    for (const each of [one, other]) await epoch(each);
    expect(await stateOf(one)).toEqual(await stateOf(other));
  });

  it("puts back the generators that a source of one's own draws from, and everything after an error", async () => {
    const model = new lg.Linear(1, 1, { generator: lg.generator(0) });
    const optimizer = new lg.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const random = lg.generator(5);
    let calls = 0;
    const objective = (linear: lg.Linear, x: number) => {
      if (++calls === 4) throw new Error("the fourth");
      const outputs = linear.forward(lg.tensor([[x]]));
      return { loss: outputs.square().sum(), outputs, targets: null };
    };
    const train = () => [random.uniform(), random.uniform()];
    const before = [random.state(), await model.weight.array()];
    await expect(lg.findLearningRate(model, { train, optimizer, objective })).rejects.toThrow("the fourth");
    expect([random.state(), await model.weight.array()]).toEqual(before);
    expect(model.weight.grad).toBeNull();
    expect(optimizer.lr).toBe(0.1);
    expect(Object.keys(optimizer.stateDict()).some((name) => name.startsWith("state."))).toBe(false);
  });

  it("keeps the ratios of the groups' rates, and takes the mean of accumulated batches", async () => {
    const [a, b] = [new lg.Parameter(lg.ones([1])), new lg.Parameter(lg.ones([1]))];
    const optimizer = new lg.SGD([{ params: [a] }, { params: [b], lr: 0.3 }], { lr: 0.1 });
    const seen: number[][] = [];
    const objective = (_: lg.AnyModule, x: number) => {
      seen.push(optimizer.paramGroups.map(({ lr }) => lr));
      const outputs = a.add(b).mul(x);
      return { loss: outputs.sum(), outputs, targets: null };
    };
    const options = { optimizer, objective, train: [1, 3], steps: 2, minLr: 1e-3, maxLr: 1e-2, accumulate: 2 };
    const { points } = await lg.findLearningRate<lg.AnyModule, number>(new lg.ReLU(), options);
    expect(points[0]?.loss).toBe(4);
    expect(seen.slice(2).map((rates) => rounded(rates))).toEqual([
      [0.001, 0.003],
      [0.001, 0.003],
    ]);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.1, 0.3]);
    expect([a.itemSync(), b.itemSync()]).toEqual([1, 1]);
  });

  it("ends when its signal is aborted", async () => {
    expect((await scripted([1, 1, 1], { signal: AbortSignal.abort() })).points).toHaveLength(1);
  });

  it("refuses options out of range, and sources without a batch", async () => {
    const wrong = [{ minLr: 0 }, { maxLr: 1e-4 }, { maxLr: Number.POSITIVE_INFINITY }, { steps: 1 }, { smoothing: 1 }];
    const more = [{ stopAbove: 1 }, { skipBegin: -1 }, { skipEnd: 0.5 }, { train: [] }, { epochs: 1 }];
    for (const options of [...wrong, ...more]) {
      const refused = scripted([1, 2], options as object);
      await expect(refused, JSON.stringify(options)).rejects.toThrow(lg.LivegradError);
      await expect(refused).rejects.toThrow(/^findLearningRate: /);
    }
    const parameters = () => [new lg.Parameter(lg.ones([1]))];
    const optimizer = new lg.SGD([{ params: parameters(), lr: 0 }, { params: parameters() }], { lr: 0.1 });
    await expect(scripted([1, 2], { optimizer })).rejects.toThrow("must be above 0");
  });
});

describe("learningRateFigure", () => {
  it("draws the points and the suggestion, says them in words, and gives them in a table", async () => {
    const losses = [3, 3, 2, 1, 5];
    const sweep = await scripted(losses, { smoothing: 0, skipBegin: 0, minLr: 1e-4 });
    const { option, caption, table, height } = learningRateFigure(sweep);
    expect(caption).toMatch("It falls most steeply at 0.01. The training diverged at 1.");
    expect(table.rows.map(([lr, loss]) => [lr, loss])).toEqual(
      ["0.0001", "0.001", "0.01", "0.1", "1"].map((lr, i) => [lr, String(losses[i])]),
    );
    const svg = await renderSvg(option, { width: 600, height });
    for (const text of ["learning rate", "1e-4", "0.01"]) expect(svg).toContain(text);
    const flat = learningRateFigure({ ...sweep, suggestion: null, diverged: false });
    expect(flat.caption).toMatch(/It falls nowhere\.$/);
    expect(() => learningRateFigure({ ...sweep, points: [] })).toThrow(/^learningRateFigure: /);
    expect(() => learningRateFigure({} as never)).toThrow(lg.ValueError);
  });
});
