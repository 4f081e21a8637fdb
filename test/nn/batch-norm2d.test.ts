/** Tests of BatchNorm2d: what it normalises by, and its running statistics, against plain formulas. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  BatchNorm2d,
  generator,
  memory,
  noGrad,
  randn,
  ShapeError,
  setDevice,
  type Tensor,
  tidy,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const [batch, channels, size] = [3, 2, 4];

/** A batch whose channels have means and deviations of their own. */
function imagesOf(seed: number): Tensor {
  return randn([batch, channels, size, 1], { generator: generator(seed) })
    .mul(seed + 1)
    .add(3 * seed - 1);
}

function valuesOf(x: Tensor, channel: number): number[] {
  return [...x.dataSync()].filter((_, i) => Math.floor(i / size) % channels === channel);
}

/** Mean, biased and unbiased variance of one channel. */
function statisticsOf(x: Tensor, channel: number): { mean: number; biased: number; unbiased: number } {
  const values = valuesOf(x, channel);
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, biased: squares / values.length, unbiased: squares / (values.length - 1) };
}

function expectClose(got: Iterable<number> | undefined, expected: readonly number[]): void {
  const values = [...(got ?? [])];
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 12);
  });
}

const each = (fn: (channel: number) => number): number[] => Array.from({ length: channels }, (_, c) => fn(c));

describe("BatchNorm2d in training", () => {
  it("normalises by the batch's mean and biased variance, then scales and shifts", () => {
    const layer = new BatchNorm2d(channels, { eps: 0.1 });
    layer.weight?.assign(randn([channels], { generator: generator(8) }));
    layer.bias?.assign(randn([channels], { generator: generator(9) }));
    const x = imagesOf(1);
    const y = layer.forward(x);
    for (let c = 0; c < channels; c++) {
      const { mean, biased } = statisticsOf(x, c);
      const [scale, shift] = [layer.weight?.dataSync()[c] as number, layer.bias?.dataSync()[c] as number];
      expectClose(
        valuesOf(y, c),
        valuesOf(x, c).map((v) => ((v - mean) / Math.sqrt(biased + 0.1)) * scale + shift),
      );
    }
  });

  it.each([0.1, 0.7])(
    "moves the running statistics by momentum %f, the variance unbiased, and counts the batches",
    (momentum) => {
      const layer = new BatchNorm2d(channels, { momentum });
      let [means, variances] = [each(() => 0), each(() => 1)];
      for (const seed of [0, 1, 2]) {
        const x = imagesOf(seed);
        layer.forward(x);
        means = each((c) => (1 - momentum) * (means[c] as number) + momentum * statisticsOf(x, c).mean);
        variances = each((c) => (1 - momentum) * (variances[c] as number) + momentum * statisticsOf(x, c).unbiased);
        expectClose(layer.runningMean?.dataSync(), means);
        expectClose(layer.runningVar?.dataSync(), variances);
        expect(layer.numBatchesTracked?.itemSync()).toBe(seed + 1);
      }
    },
  );

  it("has PyTorch's default momentum of 0.1 and eps of 1e-5", () => {
    const layer = new BatchNorm2d(channels);
    const x = imagesOf(2);
    const y = layer.forward(x);
    expectClose(
      layer.runningMean?.dataSync(),
      each((c) => 0.1 * statisticsOf(x, c).mean),
    );
    const { mean, biased } = statisticsOf(x, 0);
    expectClose(
      valuesOf(y, 0),
      valuesOf(x, 0).map((v) => (v - mean) / Math.sqrt(biased + 1e-5)),
    );
  });

  it("averages over all batches when momentum is null", () => {
    const layer = new BatchNorm2d(channels, { momentum: null });
    const seen = [0, 1, 2].map(imagesOf);
    for (const x of seen) layer.forward(x);
    const average = (of: (x: Tensor) => number) => seen.reduce((sum, x) => sum + of(x), 0) / seen.length;
    expectClose(
      layer.runningMean?.dataSync(),
      each((c) => average((x) => statisticsOf(x, c).mean)),
    );
    expectClose(
      layer.runningVar?.dataSync(),
      each((c) => average((x) => statisticsOf(x, c).unbiased)),
    );
  });

  it("updates inside noGrad too, and the running statistics outlive a tidy", () => {
    const layer = new BatchNorm2d(channels);
    tidy(() => layer.forward(imagesOf(1)));
    const { buffers } = memory();
    noGrad(() => tidy(() => void layer.forward(imagesOf(1))));
    expect(memory().buffers).toBe(buffers);
    expect(layer.numBatchesTracked?.itemSync()).toBe(2);
  });
});

describe("BatchNorm2d in evaluation", () => {
  it("normalises by the running statistics and leaves them alone", () => {
    const layer = new BatchNorm2d(channels);
    layer.forward(imagesOf(2));
    const [means, variances] = [layer.runningMean?.dataSync(), layer.runningVar?.dataSync()];
    const x = imagesOf(1);
    const y = layer.eval().forward(x);
    for (let c = 0; c < channels; c++) {
      expectClose(
        valuesOf(y, c),
        valuesOf(x, c).map((v) => (v - (means?.[c] as number)) / Math.sqrt((variances?.[c] as number) + 1e-5)),
      );
    }
    expect(layer.runningMean?.dataSync()).toEqual(means);
    expect(layer.runningVar?.dataSync()).toEqual(variances);
    expect(layer.numBatchesTracked?.itemSync()).toBe(1);
  });

  it("uses the batch's statistics when none are tracked", () => {
    const layer = new BatchNorm2d(channels, { trackRunningStats: false });
    const training = [...layer.forward(imagesOf(1)).dataSync()];
    expect([...layer.eval().forward(imagesOf(1)).dataSync()]).toEqual(training);
    expect(layer.namedBuffers()).toEqual([]);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
  });
});

describe("BatchNorm2d", () => {
  it("has no weight and bias with affine false", () => {
    const layer = new BatchNorm2d(channels, { affine: false });
    expect(layer.parameters()).toEqual([]);
    const plain = [...layer.forward(imagesOf(1)).dataSync()];
    expect(plain).toEqual([...new BatchNorm2d(channels).forward(imagesOf(1)).dataSync()]);
  });

  it("refuses what is not a batch of images with its channels", () => {
    const layer = new BatchNorm2d(channels);
    expect(() => layer.forward(randn([3, channels], { generator: generator(0) }))).toThrow(ShapeError);
    expect(() => layer.forward(randn([3, channels], { generator: generator(0) }))).toThrow(
      "BatchNorm2d: input must be [N, 2, H, W], got [3, 2]",
    );
    expect(() => layer.forward(randn([3, 5, 2, 2], { generator: generator(0) }))).toThrow(
      "BatchNorm2d: input must be [N, 2, H, W], got [3, 5, 2, 2]",
    );
    expect(() => layer.forward(randn([1, channels, 1, 1], { generator: generator(0) }))).toThrow(ValueError);
    expect(layer.numBatchesTracked?.itemSync()).toBe(0);
    expect([...(layer.runningMean?.dataSync() ?? [])]).toEqual([0, 0]);
  });
});
