/** Tests of normalisation beyond the op table: running statistics, nearly constant inputs in float32, volumes. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  batchNorm,
  generator,
  gradients,
  groupNorm,
  instanceNorm,
  layerNorm,
  randn,
  setDevice,
  type Tensor,
  tensor,
  withDevice,
} from "../../src/index.js";
import { relativeError } from "./measure.js";

beforeAll(() => setDevice("reference"));

/** 1,000 and some: in float32 a mean of squares minus a square of the mean would have no digit left. */
const nearlyConstant = Array.from({ length: 2 * 4 * 6 }, (_, i) => Math.fround(1000 + ((i * 7) % 11) / 64));
const slopes = nearlyConstant.map((_, i) => ((i * 5) % 7) - 3);

const norms: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  "layerNorm over a row": (x) => layerNorm(x, null, null, { normalizedShape: 6 }),
  "layerNorm over two axes": (x) => layerNorm(x, null, null, { normalizedShape: [4, 6] }),
  groupNorm: (x) => groupNorm(x, null, null, { numGroups: 2 }),
  instanceNorm: (x) => instanceNorm(x),
  "batchNorm in training": (x) => batchNorm(x, null, null, { training: true }),
  "batchNorm by running statistics": (x) => {
    const running = { runningMean: tensor([1000, 1000, 1000, 1000]), runningVar: tensor([1, 1, 1, 1]).mul(0.002) };
    return batchNorm(x, null, null, running);
  },
};

describe.each(Object.entries(norms))("%s of a nearly constant input", (_name, norm) => {
  const evaluate = (device: "reference" | "webasm" | "cpu") =>
    withDevice(device, () => {
      const x = tensor(nearlyConstant, { shape: [2, 4, 6], requiresGrad: true });
      const y = norm(x);
      const gradOutput = tensor(slopes, { shape: y.shape });
      const [plain] = gradients(y, [x], { gradOutput, retainGraph: true });
      const [recorded] = gradients(y, [x], { gradOutput, createGraph: true });
      return [y, plain as Tensor, recorded as Tensor].map((t) => [...t.dataSync()]);
    });

  it.each(["webasm", "cpu"] as const)("is accurate on %s, forward and backward, recorded or not", (device) => {
    const [expected, got] = [evaluate("reference"), evaluate(device)];
    got.forEach((values, i) => {
      expect(relativeError(values, expected[i] as number[])).toBeLessThan(1e-5);
    });
  });
});

describe("instanceNorm", () => {
  const x = () => randn([2, 3, 2, 4], { generator: generator(4) });

  it("blends the examples' means and unbiased variances into the running statistics", () => {
    const running = { runningMean: tensor([1, 2, 3]), runningVar: tensor([0.5, 1, 2]) };
    instanceNorm(x(), null, null, { ...running, momentum: 0.25 });
    const values = [...x().dataSync()];
    const parts = Array.from({ length: 6 }, (_, k) => values.slice(8 * k, 8 * k + 8));
    const means = parts.map((part) => part.reduce((a, b) => a + b) / 8);
    const variances = parts.map((part, k) => part.reduce((s, v) => s + (v - (means[k] as number)) ** 2, 0) / 7);
    const blended = (before: readonly number[], now: readonly number[]) =>
      before.map((b, c) => 0.75 * b + (0.25 * ((now[c] as number) + (now[c + 3] as number))) / 2);
    expect(relativeError([...running.runningMean.dataSync()], blended([1, 2, 3], means))).toBeLessThan(1e-12);
    expect(relativeError([...running.runningVar.dataSync()], blended([0.5, 1, 2], variances))).toBeLessThan(1e-12);
  });

  it("leaves the running statistics alone when it uses them", () => {
    const running = { runningMean: tensor([1, 2, 3]), runningVar: tensor([0.5, 1, 2]) };
    instanceNorm(x(), null, null, { ...running, useInputStats: false });
    expect(running.runningMean.arraySync()).toEqual([1, 2, 3]);
    expect(running.runningVar.arraySync()).toEqual([0.5, 1, 2]);
  });

  it("is groupNorm with a group for each channel", () => {
    const grouped = groupNorm(x(), null, null, { numGroups: 3 });
    expect(instanceNorm(x()).arraySync()).toEqual(grouped.arraySync());
  });
});

describe("batchNorm", () => {
  it("takes volumes as it takes the same numbers in a row", () => {
    const volumes = randn([2, 3, 2, 2, 3], { generator: generator(5) });
    const rows = volumes.reshape([2, 3, 12]);
    const options = () => ({ training: true, runningMean: tensor([0, 0, 0]), runningVar: tensor([1, 1, 1]) });
    const [first, second] = [options(), options()];
    const [weight, bias] = [tensor([1, 2, 3]), tensor([-1, 0, 1])];
    const y = batchNorm(volumes, weight, bias, first);
    expect(y.shape).toEqual(volumes.shape);
    expect([...y.dataSync()]).toEqual([...batchNorm(rows, weight, bias, second).dataSync()]);
    expect(first.runningVar.arraySync()).toEqual(second.runningVar.arraySync());
    const evaluated = batchNorm(volumes, weight, bias, { ...first, training: false });
    const inRows = batchNorm(rows, weight, bias, { ...second, training: false });
    expect([...evaluated.dataSync()]).toEqual([...inRows.dataSync()]);
  });

  it.each([0, 0.25, 1])("blends a share of %d of the batch into the running statistics", (momentum) => {
    const running = { runningMean: tensor([5, 6]), runningVar: tensor([2, 4]) };
    // Means 1 and 4, unbiased variances 2 and 8.
    batchNorm(
      tensor([
        [0, 2],
        [2, 6],
      ]),
      null,
      null,
      { training: true, momentum, ...running },
    );
    expect(running.runningMean.arraySync()).toEqual([5 - 4 * momentum, 6 - 2 * momentum]);
    expect(running.runningVar.arraySync()).toEqual([2, 4 + 4 * momentum]);
  });
});

describe("a tenth of the batch", () => {
  const running = () => ({ runningMean: tensor([10]), runningVar: tensor([10]) });

  it.each<[string, (x: Tensor, options: ReturnType<typeof running>) => Tensor]>([
    ["batchNorm", (x, options) => batchNorm(x, null, null, { training: true, ...options })],
    ["instanceNorm", (x, options) => instanceNorm(x, null, null, options)],
  ])("goes into the running statistics of %s by default", (_, norm) => {
    const statistics = running();
    norm(tensor([[[-2, 0, 2]]]), statistics); // mean 0, unbiased variance 4
    expect(statistics.runningMean.itemSync()).toBeCloseTo(9, 12);
    expect(statistics.runningVar.itemSync()).toBeCloseTo(9.4, 12);
  });
});

describe.each(["reference", "webasm", "cpu"] as const)("batchNorm on %s", (device) => {
  it("is accurate where the mean lies between two neighbouring float32 numbers", () => {
    const step = 2 ** -14; // from 1000 to the next float32 number
    const x = tensor(
      [0, 0, 0, 1].map((k) => 1000 + k * step),
      { shape: [4, 1], device },
    );
    const y = batchNorm(x, null, null, { training: true, eps: 1e-20 });
    const expected = [-1, -1, -1, 3].map((v) => v / Math.sqrt(3));
    expect(relativeError([...y.dataSync()], expected)).toBeLessThan(1e-5);
  });
});

describe("groupNorm", () => {
  it("takes undefined for no weight and no bias, as plain JavaScript passes it", () => {
    const x = randn([2, 4, 3], { generator: generator(6) });
    const none = undefined as unknown as null;
    const expected = groupNorm(x, null, null, { numGroups: 2 });
    expect(groupNorm(x, none, none, { numGroups: 2 }).arraySync()).toEqual(expected.arraySync());
  });
});
