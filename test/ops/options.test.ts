/** Tests of options that no op has, as people write them who come from elsewhere. */
import { beforeAll, describe, expect, it } from "vitest";
import { crossEntropy, interpolate, ones, setDevice, softmax, sum, tensor, topK } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

describe("an unknown option", () => {
  it("is an error that says what it is called here", () => {
    expect(() => softmax(ones([2, 2]), { dim: 0 } as object)).toThrow(
      "softmax: it has no option dim; it is called axis here",
    );
    expect(() => sum(ones([2]), { keepdim: true } as object)).toThrow("it is called keepDims here");
    const labels = tensor([0], { dtype: "int32" });
    expect(() => crossEntropy(ones([1, 2]), labels, { label_smoothing: 0.1 } as object)).toThrow(
      "crossEntropy: it has no option label_smoothing; it is called labelSmoothing here",
    );
    expect(() => topK(ones([2]), 1, { sorted: false } as object)).toThrow(/^topK: it has no option sorted$/);
  });

  it("is no reason to show an example of another op", () => {
    expect(() => interpolate(ones([1, 1, 2, 2]), [4, 4] as object)).toThrow("such as { size: [4, 4] }, got [4, 4]");
  });
});
