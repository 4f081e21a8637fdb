/** Tests of what `cast` makes of numbers that the other dtype does not hold. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cast, equal, tensor } from "../../src/index.js";

const devices = ["reference", "simd", "webasm", "cpu"] as const;

describe.each(devices)("cast on %s", (device) => {
  const most = device === "reference" ? 2 ** 31 - 1 : 2 ** 24;
  const float = device === "reference" ? "float64" : "float32";

  it.each([
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, most],
    [Number.NEGATIVE_INFINITY, -most],
    [3e9, most],
    [-3e9, -most],
    [3e38, most],
    [most, most],
    [-most, -most],
    [2 ** 24 - 0.5, 2 ** 24 - (device === "reference" ? 1 : 0)],
    [2.9, 2],
    [-2.9, -2],
    [0.5, 0],
    [-0.5, 0],
    [-0, 0],
  ])("makes of %d the int32 %d, to which it compares equal and from which it comes back", (value, integer) => {
    const x = cast(tensor([value, value, value, value, value], { device }), "int32");
    expect(x.arraySync()).toEqual(Array(5).fill(integer));
    expect(equal(x, tensor(x.dataSync(), { dtype: "int32", device })).arraySync()).toEqual(Array(5).fill(1));
    for (const back of cast(x, float).dataSync()) expect(Object.is(back, integer)).toBe(true);
  });

  it("leaves nothing in an int32 tensor that cannot be read and made again", () => {
    fc.assert(
      fc.property(fc.array(fc.float(), { minLength: 1, maxLength: 20 }), (values) => {
        const x = cast(tensor(values, { device }), "int32");
        const again = tensor(x.dataSync(), { dtype: "int32", device });
        expect(Array.from(equal(x, again).dataSync())).toEqual(values.map(() => 1));
        values.forEach((value, i) => {
          if (Math.abs(value) <= 2 ** 24) expect(x.dataSync()[i]).toBe(Math.trunc(value) + 0);
        });
      }),
    );
  });

  it("makes true of everything but 0, NaN and what underflows a fraction included", () => {
    const values = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1, 1e-30, 0.5];
    const bools = cast(tensor(values, { device }), "bool");
    expect(bools.arraySync()).toEqual([0, 0, 1, 1, 1, 1, 1]);
    expect(cast(bools, "int32").arraySync()).toEqual([0, 0, 1, 1, 1, 1, 1]);
    expect(cast(cast(tensor([-7, 0, 7], { device }), "int32"), "bool").arraySync()).toEqual([1, 0, 1]);
  });
});
