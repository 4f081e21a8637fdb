/** Tests of conv2d over random configurations: against seven plain loops, and on webasm against the reference. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { conv2d, setDevice, type Tensor } from "../../src/index.js";
import { evaluate, relativeError } from "./measure.js";
import { convModel, type Window } from "./models.js";
import { type Sample, uniform } from "./row.js";

beforeAll(() => setDevice("reference"));

interface Configuration {
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly window: Window;
  readonly groups: number;
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });
const both = (max: number, min = 1) => fc.tuple(upTo(max, min), upTo(max, min));

const configuration: fc.Arbitrary<Configuration> = fc
  .record({
    batch: upTo(2),
    groups: upTo(2),
    channels: upTo(2),
    outPerGroup: upTo(2),
    kernel: both(3),
    stride: both(3),
    padding: both(2, 0),
    dilation: both(2),
    extra: both(4, 0),
  })
  .map(({ batch, groups, channels, outPerGroup, kernel, stride, padding, dilation, extra }) => {
    const sizeAlong = (axis: 0 | 1) =>
      Math.max(1, dilation[axis] * (kernel[axis] - 1) + 1 - 2 * padding[axis] + extra[axis]);
    return {
      x: [batch, channels * groups, sizeAlong(0), sizeAlong(1)],
      weight: [outPerGroup * groups, channels, ...kernel],
      window: { stride, padding, dilation },
      groups,
    };
  });

function sampleOf({ x, weight, window, groups }: Configuration): Sample {
  return {
    title: "random",
    inputs: [uniform(x), uniform(weight)],
    call: (input, kernel) => conv2d(input as Tensor, kernel as Tensor, null, { ...window, groups }),
  };
}

function expectTransposes(configuration: Configuration): void {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * (b[i] as number), 0);
  const sample = sampleOf(configuration);
  const plain = evaluate(sample, "reference");
  const g = plain.output.map((_, i) => ((i * 5) % 7) - 3);
  const { output, gradients } = evaluate(sample, "reference", g);
  const forward = dot(g, output);
  const size = g.reduce((s, v, i) => s + Math.abs(v * (output[i] as number)), 1);
  gradients.forEach((gradient, k) => {
    expect(Math.abs(dot(gradient, sample.inputs[k]?.values ?? []) - forward)).toBeLessThan(1e-10 * size);
  });
}

describe("conv2d", () => {
  it("agrees with plain loops in every configuration", () => {
    fc.assert(
      fc.property(configuration, (random) => {
        const sample = sampleOf(random);
        const [x, weight] = sample.inputs;
        if (x === undefined || weight === undefined) throw new Error("two inputs");
        const model = convModel(x, weight, random.window, random.groups);
        const got = evaluate(sample, "reference");
        expect(got.shape).toEqual(model.shape);
        expect(relativeError(got.output, model.values)).toBeLessThan(1e-12);
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  it("has gradients that are the transposes of the forward pass: ⟨g, conv(x, w)⟩ = ⟨∂x, x⟩ = ⟨∂w, w⟩", () => {
    fc.assert(fc.property(configuration, expectTransposes), { seed: 9, numRuns: 60 });
  });

  it("adds up the gradient to the weight over long rows, and over more images than one cell takes", () => {
    const window = { stride: [1, 2], padding: [0, 0], dilation: [1, 1] } as const;
    expectTransposes({ x: [4, 2, 21, 41], weight: [2, 2, 2, 2], window, groups: 1 }); // 400 products an image, 2 images a cell
    expectTransposes({ x: [3, 2, 21, 41], weight: [2, 2, 2, 2], window, groups: 1 }); // of 3 images, 1 a cell
    const plain = { ...window, stride: [1, 1] } as const;
    expectTransposes({ x: [2, 1, 34, 33], weight: [1, 1, 1, 1], window: plain, groups: 1 }); // one image has more than a cell takes
  });

  it("gives the outputs and gradients of the reference on webasm", () => {
    fc.assert(
      fc.property(configuration, (random) => {
        const sample = sampleOf(random);
        const [expected, got] = [evaluate(sample, "reference"), evaluate(sample, "webasm")];
        expect(relativeError(got.output, expected.output)).toBeLessThan(1e-5);
        got.gradients.forEach((gradient, i) => {
          expect(relativeError(gradient, expected.gradients[i] ?? [])).toBeLessThan(1e-5);
        });
      }),
      { seed: 10, numRuns: 40 },
    );
  });
});
