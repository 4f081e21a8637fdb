/** Tests of convTranspose2d over random configurations: against plain loops, and as the transpose of conv2d. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { conv2d, convTranspose2d, setDevice, type Tensor, tensor } from "../../src/index.js";
import { evaluate, relativeError } from "./measure.js";
import { type Sample, uniform } from "./row.js";
import { convTransposeModel } from "./window-models.js";

beforeAll(() => setDevice("reference"));

const upTo = (max: number, min = 1) => fc.integer({ min, max });
const both = (max: number, min = 1) => fc.tuple(upTo(max, min), upTo(max, min));

const configuration = fc
  .record({
    batch: upTo(2),
    groups: upTo(2),
    channels: upTo(2),
    outPerGroup: upTo(2),
    size: both(4),
    kernel: both(3),
    stride: both(3),
    padding: both(2, 0),
    dilation: both(3),
    extra: both(2, 0),
  })
  .map(({ batch, groups, channels, outPerGroup, size, kernel, stride, padding, dilation, extra }) => {
    const along = <T>(f: (axis: 0 | 1) => T): [T, T] => [f(0), f(1)];
    const outputPadding = along((k) => Math.min(extra[k], Math.max(stride[k], dilation[k]) - 1));
    const whole = along((k) => (size[k] - 1) * stride[k] + dilation[k] * (kernel[k] - 1) + 1);
    return {
      x: [batch, channels * groups, ...size],
      weight: [channels * groups, outPerGroup, ...kernel],
      window: { stride, dilation, padding: along((k) => Math.min(padding[k], Math.floor((whole[k] - 1) / 2))) },
      outputPadding,
      groups,
    };
  });

type Configuration = typeof configuration extends fc.Arbitrary<infer T> ? T : never;

function sampleOf({ x, weight, window, outputPadding, groups }: Configuration): Sample {
  return {
    title: "random",
    inputs: [uniform(x), uniform(weight)],
    call: (input, kernel) =>
      convTranspose2d(input as Tensor, kernel as Tensor, null, { ...window, outputPadding, groups }),
  };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * (b[i] as number), 0);

describe("convTranspose2d", () => {
  it("agrees with plain loops in every configuration", () => {
    fc.assert(
      fc.property(configuration, (random) => {
        const sample = sampleOf(random);
        const [x, weight] = sample.inputs;
        if (x === undefined || weight === undefined) throw new Error("two inputs");
        const model = convTransposeModel(x, weight, random.window, random.outputPadding, random.groups);
        const got = evaluate(sample, "reference");
        expect(got.shape).toEqual(model.shape);
        expect(relativeError(got.output, model.values)).toBeLessThan(1e-12);
      }),
      { seed: 21, numRuns: 100 },
    );
  });

  it("has gradients that are its transposes: ⟨g, f(x, w)⟩ = ⟨∂x, x⟩ = ⟨∂w, w⟩", () => {
    fc.assert(
      fc.property(configuration, (random) => {
        const sample = sampleOf(random);
        const size = evaluate(sample, "reference").output.length;
        const g = Array.from({ length: size }, (_, i) => ((i * 5) % 7) - 3);
        const { output, gradients } = evaluate(sample, "reference", g);
        const scale = g.reduce((s, v, i) => s + Math.abs(v * (output[i] as number)), 1);
        gradients.forEach((gradient, k) => {
          expect(Math.abs(dot(gradient, sample.inputs[k]?.values ?? []) - dot(g, output))).toBeLessThan(1e-10 * scale);
        });
      }),
      { seed: 22, numRuns: 60 },
    );
  });

  it("is the transpose of conv2d: ⟨y, conv2d(x)⟩ = ⟨convTranspose2d(y), x⟩", () => {
    fc.assert(
      fc.property(configuration, (random) => {
        const { window, groups } = random;
        const [y, weight] = sampleOf(random).inputs.map(({ values, shape }) => tensor([...values], { shape }));
        const outputPadding = random.outputPadding.map((n, k) => Math.min(n, (window.stride[k] as number) - 1));
        const options = { ...window, groups };
        const back = convTranspose2d(y as Tensor, weight as Tensor, null, {
          ...options,
          outputPadding: outputPadding as [number, number],
        });
        const x = tensor([...uniform(back.shape).values], { shape: back.shape });
        const forward = conv2d(x, weight as Tensor, null, options);
        expect(forward.shape).toEqual(y?.shape);
        const [left, right] = [forward.mul(y as Tensor), back.mul(x)];
        expect(Math.abs(left.sum().itemSync() - right.sum().itemSync())).toBeLessThan(
          1e-10 * (1 + left.abs().sum().itemSync()),
        );
      }),
      { seed: 23, numRuns: 60 },
    );
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
      { seed: 24, numRuns: 30 },
    );
  });
});
