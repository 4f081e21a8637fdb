/** Tests of pooling over random windows, and of ties, NaN, ceil mode and the count of the padding. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  gradients,
  maxPool2d,
  ones,
  setDevice,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { evaluate, relativeError } from "./measure.js";
import { poolWindows } from "./models.js";
import { distinct, type Sample, uniform } from "./row.js";
import { adaptiveWindows, largestAt } from "./window-models.js";

beforeAll(() => setDevice("reference"));

const devices = ["reference", "webasm", "cpu"] as const;
const both = (max: number, min = 1) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
type Pair = [number, number];

const configuration = fc
  .record({
    kernel: both(3),
    stride: both(3),
    dilation: both(2),
    wide: fc.boolean(),
    extra: both(4, 0),
    ceilMode: fc.boolean(),
  })
  .map(({ kernel, stride, dilation, wide, extra, ceilMode }) => {
    const padding: Pair = wide ? [Math.floor(kernel[0] / 2), Math.floor(kernel[1] / 2)] : [0, 0];
    // A padded plane may be smaller than a window, so that a step beyond it would be in the next one.
    const size = ([0, 1] as const).map((k) => {
      const reach = dilation[k] * (kernel[k] - 1) + 1 + extra[k];
      return dilation[k] === 1 ? Math.max(1, reach - 2 * padding[k]) : reach;
    });
    return { kernel, stride, dilation, padding, ceilMode, shape: [2, 1, ...size] };
  });

/** Sizes by the documented formula; in ceil mode the last window starts inside the input or its left padding. */
function outputSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
  ceil: boolean,
): number {
  let count = 0;
  const reach = dilation * (kernel - 1) + 1;
  for (let start = -padding; ; start += stride) {
    const fits = start + reach <= size + padding;
    const startsInside = start < size;
    const coversMore = start - stride + reach < size + padding;
    if (!(fits || (ceil && startsInside && coversMore))) return count;
    count++;
  }
}

type Configuration = typeof configuration extends fc.Arbitrary<infer T> ? T : never;

function windowsOf({ kernel, stride, dilation, padding, ceilMode, shape }: Configuration, dilated: boolean) {
  const used: Pair = dilated ? dilation : [1, 1];
  const out = ([0, 1] as const).map((k) =>
    outputSize(shape[k + 2] as number, kernel[k], stride[k], padding[k], used[k], ceilMode),
  ) as Pair;
  return { ...poolWindows(shape, kernel, { stride, padding, dilation: used }, out), out };
}

function expectParity(sample: Sample): void {
  const [expected, got] = [evaluate(sample, "reference"), evaluate(sample, "webasm")];
  expect(relativeError(got.output, expected.output)).toBeLessThan(1e-5);
  expect(relativeError(got.gradients[0] ?? [], expected.gradients[0] ?? [])).toBeLessThan(1e-5);
}

function maxSample(random: Configuration): Sample {
  const { kernel, stride, padding, dilation, ceilMode } = random;
  const call = (x?: Tensor) => maxPool2d(x as Tensor, { kernelSize: kernel, stride, padding, dilation, ceilMode });
  return { title: "random", inputs: [distinct(random.shape)], call };
}

describe("maxPool2d", () => {
  it("agrees with the largest of each window, forward and backward", () => {
    fc.assert(
      fc.property(configuration, (random) => {
        const sample = maxSample(random);
        const values = sample.inputs[0]?.values ?? [];
        const { shape, windows } = windowsOf(random, true);
        const picked = windows.map((inside) =>
          inside.reduce((best, i) => ((values[i] as number) > (values[best] as number) ? i : best)),
        );
        const g = picked.map((_, i) => (i % 5) + 1);
        const got = evaluate(sample, "reference", g);
        expect(got.shape).toEqual(shape);
        expect(got.output).toEqual(picked.map((i) => values[i]));
        const expected = values.map((_, i) => picked.reduce((s, p, k) => s + (p === i ? (g[k] as number) : 0), 0));
        expect(got.gradients[0]).toEqual(expected);
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  it("gives the reference's numbers on webasm", () => {
    fc.assert(
      fc.property(configuration, (random) => expectParity(maxSample(random))),
      { seed: 13, numRuns: 15 },
    );
  });

  it.each(devices)("sends the gradient of a tie to the first of a window on %s", (device) => {
    const x = tensor(
      [
        [
          [1, 1, 0],
          [1, 1, 0],
          [0, 0, 0],
        ],
      ],
      { device, requiresGrad: true },
    );
    const y = maxPool2d(x, { kernelSize: 2, stride: 1 });
    const [g] = gradients(y, [x], { gradOutput: ones(y.shape, { device }) });
    expect(g?.arraySync()).toEqual([
      [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
      ],
    ]);
    const [single] = gradients(maxPool2d(x, { kernelSize: 3 }).sum(), [x]);
    expect(single?.arraySync()).toEqual([
      [
        [1, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    ]);
  });

  it.each(devices)("counts NaN as larger than any number on %s", (device) => {
    const x = tensor(
      [
        [
          [1, Number.NaN],
          [5, 2],
        ],
      ],
      { device, requiresGrad: true },
    );
    const y = maxPool2d(x, { kernelSize: 2 });
    expect(y.dataSync()[0]).toBeNaN();
    expect(gradients(y.sum(), [x])[0]?.arraySync()).toEqual([
      [
        [0, 1],
        [0, 0],
      ],
    ]);
  });

  it.each(devices)("never picks the padding, even among negative numbers, on %s", (device) => {
    const x = tensor(
      [
        [
          [-3, -4],
          [-5, -6],
        ],
      ],
      { device },
    );
    expect(maxPool2d(x, { kernelSize: 2, padding: 1 }).arraySync()).toEqual([
      [
        [-3, -4],
        [-5, -6],
      ],
    ]);
  });
});

function averageSample(random: Configuration, countIncludePad: boolean): Sample {
  const { kernel, stride, padding, ceilMode } = random;
  const call = (x?: Tensor) =>
    avgPool2d(x as Tensor, { kernelSize: kernel, stride, padding, ceilMode, countIncludePad });
  return { title: "random", inputs: [uniform(random.shape)], call };
}

describe("avgPool2d", () => {
  it("agrees with the mean of each window, whether the padding counts or not", () => {
    fc.assert(
      fc.property(configuration, fc.boolean(), (random, countIncludePad) => {
        const sample = averageSample(random, countIncludePad);
        const values = sample.inputs[0]?.values ?? [];
        const { shape, windows, out } = windowsOf(random, false);
        const padded = (index: number, k: 0 | 1) => {
          const start = index * random.stride[k] - random.padding[k];
          return Math.min(start + random.kernel[k], (random.shape[k + 2] as number) + random.padding[k]) - start;
        };
        const expected = windows.map((inside, i) => {
          const [row, column] = [Math.floor(i / out[1]) % out[0], i % out[1]];
          const count = countIncludePad ? padded(row, 0) * padded(column, 1) : inside.length;
          return inside.reduce((s, k) => s + (values[k] as number), 0) / count;
        });
        const got = evaluate(sample, "reference");
        expect(got.shape).toEqual(shape);
        expect(relativeError(got.output, expected)).toBeLessThan(1e-12);
      }),
      { seed: 14, numRuns: 60 },
    );
  });

  it("gives the reference's numbers on webasm", () => {
    fc.assert(
      fc.property(configuration, fc.boolean(), (random, include) => expectParity(averageSample(random, include))),
      { seed: 15, numRuns: 15 },
    );
  });

  it("counts the padding unless told not to", () => {
    const x = ones([1, 2, 2]);
    expect(avgPool2d(x, { kernelSize: 2, padding: 1 }).arraySync()).toEqual([
      [
        [0.25, 0.25],
        [0.25, 0.25],
      ],
    ]);
    expect(avgPool2d(x, { kernelSize: 2, padding: 1, countIncludePad: false }).arraySync()).toEqual([
      [
        [1, 1],
        [1, 1],
      ],
    ]);
  });
});

describe("adaptiveAvgPool2d", () => {
  it("averages windows that cover the input evenly", () => {
    const x = tensor([[[1, 2, 3, 4, 5]]]);
    expect(relativeError(Array.from(adaptiveAvgPool2d(x, { outputSize: [1, 2] }).dataSync()), [2, 4])).toBeLessThan(
      1e-12,
    );
    expect(adaptiveAvgPool2d(x, { outputSize: [1, 5] }).arraySync()).toEqual([[[1, 2, 3, 4, 5]]]);
  });
});

describe("adaptiveMaxPool2d", () => {
  it("takes the first of several in each window, and adds up where windows overlap", () => {
    const x = tensor([[[2, 1, 2, 2, 0]]], { requiresGrad: true }); // windows of 3: cells 0–1, 1–3, 3–4
    const y = adaptiveMaxPool2d(x, { outputSize: [1, 3] });
    expect(y.arraySync()).toEqual([[[2, 2, 2]]]);
    const [g] = gradients(y, [x], { gradOutput: tensor([[[1, 10, 100]]]) });
    expect(g?.arraySync()).toEqual([[[1, 0, 10, 100, 0]]]);
    const wider = adaptiveMaxPool2d(x, { outputSize: [2, 5] }); // both rows of windows see the only row
    expect(gradients(wider.sum(), [x])[0]?.arraySync()).toEqual([[[2, 2, 2, 2, 2]]]);
  });

  it("agrees with the largest of each window, forward and backward, on the reference and on webasm", () => {
    fc.assert(
      fc.property(both(7), both(7), (size, outputSize) => {
        const call = (x?: Tensor) => adaptiveMaxPool2d(x as Tensor, { outputSize });
        const sample: Sample = { title: "random", inputs: [distinct([2, 1, ...size])], call };
        const values = sample.inputs[0]?.values ?? [];
        const windows = adaptiveWindows([2, 1, ...size], outputSize);
        const output = largestAt(values, windows);
        const g = output.map((_, i) => (i % 5) + 1);
        const expected = values.map((v) =>
          output.reduce((s, largest, k) => s + (v === largest ? (g[k] as number) : 0), 0),
        );
        for (const device of ["reference", "webasm"] as const) {
          const got = evaluate(sample, device, g);
          expect(got.output).toEqual(output);
          expect(got.gradients[0]).toEqual(expected);
        }
      }),
      { seed: 16, numRuns: 40 },
    );
  });
});
