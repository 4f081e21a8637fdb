/** Tests of mixup and cutmix: the forms of a permutation. Their numbers are held to by the conformance files. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

beforeAll(() => lg.setDevice("reference"));

const images = () => lg.tensor([0, 1, 2], { shape: [3, 1, 1, 1] });
const labels = () => lg.tensor([0, 1, 2], { dtype: "int32" });
const mixes = {
  mixup: (permutation: lg.MixupOptions["permutation"]) =>
    lg.mixup(images(), labels(), { lambda: 0.75, permutation, numClasses: 3 }),
  cutmix: (permutation: lg.MixupOptions["permutation"]) =>
    lg.cutmix(images(), labels(), { lambda: 0, permutation, numClasses: 3, centre: { y: 0, x: 0 } }),
};

describe.each(Object.entries(mixes))("%s", (name, mix) => {
  it("takes a permutation as a generator gives it, and as an array", async () => {
    const permutation = lg.generator(2).permutation(3);
    expect(permutation).toBeInstanceOf(Int32Array);
    const [one, other] = [mix(permutation), mix([...permutation])];
    expect(await one.images.array()).toEqual(await other.images.array());
    expect(await one.targets.array()).toEqual(await other.targets.array());
  });

  it("refuses what is no order of the batch", () => {
    const wrong = [
      Int32Array.of(0, 1),
      Int32Array.of(0, 1, 1),
      Int32Array.of(0, 1, 3),
      [0, 1, 1.5],
      [0, 1, -1],
      new Array(3),
    ];
    for (const permutation of [...wrong, Float32Array.of(0, 1, 2), "012", null])
      expect(() => mix(permutation as never)).toThrow(`${name}: permutation must be an order of the 3 images`);
  });
});
