/** Tests of MaxUnpool2d: it equals its op, and undoes what maxPool2dWithIndices does. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

lg.setDevice("reference");

describe("MaxUnpool2d", () => {
  const x = lg.randn([2, 3, 5, 6], { generator: lg.generator(3) });
  const options = { stride: [2, 3], padding: [1, 0], outputSize: [5, 6] } as const;
  const layer = new lg.MaxUnpool2d([2, 3], options);
  const pooling = { kernelSize: [2, 3], stride: [2, 3], padding: [1, 0] } as const;

  it("equals maxUnpool2d with its options", () => {
    const { values, indices } = lg.maxPool2dWithIndices(x, pooling);
    expect(values.arraySync()).toEqual(lg.maxPool2d(x, pooling).arraySync());
    const expected = lg.maxUnpool2d(values, indices, { kernelSize: [2, 3], ...options });
    expect(expected.shape).toEqual([2, 3, 5, 6]);
    expect(layer.forward(values, indices).arraySync()).toEqual(expected.arraySync());
    // What is there is where it was, and the pooling of it is the same.
    const kept = [...expected.dataSync()].filter((value, i) => value !== 0 && value !== x.dataSync()[i]);
    expect(kept).toEqual([]);
    const lifted = lg.where(lg.equal(expected, 0), -9, expected);
    expect(lg.maxPool2d(lifted, pooling).arraySync()).toEqual(values.arraySync());
  });

  it("names its options, and refuses a size for three axes", () => {
    expect(String(layer)).toBe("MaxUnpool2d(kernelSize: 2,3, stride: 2,3, padding: 1,0, outputSize: 5,6)");
    expect(() => new lg.MaxUnpool2d([1, 1, 1] as never)).toThrow("MaxUnpool2d: kernelSize");
  });
});
