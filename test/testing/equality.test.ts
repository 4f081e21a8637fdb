/** Tests of the equality tester, which `toEqual` of this file uses. */
import { beforeAll, describe, expect, it } from "vitest";
import { setDevice, tensor } from "../../src/index.js";
import { tensorEquality } from "../../src/testing/vitest/index.js";

beforeAll(() => setDevice("reference"));
expect.addEqualityTesters([tensorEquality]);

describe("toEqual with tensorEquality", () => {
  it("looks at the numbers, in structures as well", () => {
    expect({ y: [tensor([1, Number.NaN])] }).toEqual({ y: [tensor([1, Number.NaN])] });
    expect({ y: [tensor([1, 2])] }).not.toEqual({ y: [tensor([1, 3])] });
    expect(tensor([0])).not.toEqual(tensor([-0]));
  });

  it("looks at shape and dtype", () => {
    expect(tensor([[1, 2]])).not.toEqual(tensor([1, 2]));
    expect(tensor([1, 0], { dtype: "int32" })).not.toEqual(tensor([1, 0], { dtype: "bool" }));
  });

  it("leaves everything else to the matcher", () => {
    expect(tensorEquality(tensor(1), 1)).toBeUndefined();
    expect(tensor(1)).not.toEqual(1);
    expect([1, { a: 2 }]).toEqual([1, { a: 2 }]);
  });
});
