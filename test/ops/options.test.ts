/** Tests of options that no op has, as people write them who come from elsewhere. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  batchNorm,
  crossEntropy,
  interpolate,
  layerNorm,
  ones,
  rand,
  SGD,
  setDevice,
  softmax,
  sum,
  tensor,
  topK,
  ValueError,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

describe("an option of the wrong kind", () => {
  const x = ones([2, 2]);

  it.each<[string, () => unknown]>([
    [
      'layerNorm: eps must be a number, got "1e-5"',
      () => layerNorm(x, null, null, { normalizedShape: [2], eps: "1e-5" as never }),
    ],
    [
      "layerNorm: eps must be a number, got NaN",
      () => layerNorm(x, null, null, { normalizedShape: [2], eps: Number.NaN }),
    ],
    [
      'batchNorm: momentum must be a number, got "0.1"',
      () => batchNorm(x, null, null, { training: true, momentum: "0.1" as never }),
    ],
    [
      "rand: generator must be a generator, such as generator(seed), got null",
      () => rand([1], { generator: null as never }),
    ],
    [
      "rand: generator must be a generator, such as generator(seed)",
      () => rand([1], { generator: { seed: 1 } as never }),
    ],
  ])("is refused: %s", (message, call) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });
});

describe("an unknown option", () => {
  it("is an error that says what it is called here", () => {
    expect(() => softmax(ones([2, 2]), { dim: 0 } as object)).toThrow(
      "softmax: it has no option dim; it is called axis here",
    );
    expect(() => sum(ones([2]), { keepdim: true } as object)).toThrow("it is called keepDims here");
    expect(() => sum(ones([2]), { keepdims: true } as object)).toThrow("it is called keepDims here");
    const labels = tensor([0], { dtype: "int32" });
    expect(() => crossEntropy(ones([1, 2]), labels, { label_smoothing: 0.1 } as object)).toThrow(
      "crossEntropy: it has no option label_smoothing; it is called labelSmoothing here",
    );
    expect(() => sum(ones([2]), { Axis: 0 } as object)).toThrow("it has no option Axis; it is called axis here");
    expect(() => new SGD([ones([1])], { learningRate: 1 } as never)).toThrow("it is called lr here");
    expect(() => topK(ones([2]), 1, { sorted: false } as object)).toThrow(
      "topK: it has no option sorted (its options: axis, largest)",
    );
    expect(() => topK(ones([2]), 1, { is_sorted: false } as object)).toThrow(
      "it has no option is_sorted (its options: axis, largest)",
    );
  });

  it("is no reason to show the options of another op", () => {
    expect(() => interpolate(ones([1, 1, 2, 2]), [4, 4] as object)).toThrow(
      "{ size, scaleFactor, mode, alignCorners, recomputeScaleFactor }, got [4, 4]",
    );
  });
});
