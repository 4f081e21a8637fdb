/** Tests of the vitest matcher, and of the comparison behind it. */
import { beforeAll, describe, expect, it } from "vitest";
import { Tensor } from "../../src/autograd/tensor.js";
import { DeviceError, setDevice, tensor, ValueError } from "../../src/index.js";
import { compareTensors } from "../../src/testing/index.js";
import { tensorMatchers } from "../../src/testing/vitest/index.js";

expect.extend(tensorMatchers);
beforeAll(() => setDevice("reference"));

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("toBeCloseToTensor", () => {
  it("takes tensors, nested arrays, typed arrays and numbers, on either side", () => {
    expect(tensor([[1, 2]])).toBeCloseToTensor(tensor([[1, 2]]));
    expect(tensor([[1, 2]])).toBeCloseToTensor([[1, 2]]);
    expect([1, 2]).toBeCloseToTensor(tensor([1, 2]));
    expect(tensor([1, 2])).toBeCloseToTensor(new Float32Array([1, 2]));
    expect(tensor(3)).toBeCloseToTensor(3);
    expect(tensor([1, 2], { device: "cpu" })).toBeCloseToTensor(tensor([1, 2]));
  });

  it("tells shapes apart", () => {
    expect(tensor([1, 2])).not.toBeCloseToTensor([[1, 2]]);
    expect(tensor([1])).not.toBeCloseToTensor(1);
    expect(() => expect(tensor([1, 2, 3])).toBeCloseToTensor([1, 2])).toThrow(
      "toBeCloseToTensor: the shapes differ: received [3], expected [2]",
    );
  });

  it("shows the worst element with its index, both values and what is allowed", () => {
    const received = tensor([
      [1, 2.5],
      [3, 4.25],
    ]);
    expect(() =>
      expect(received).toBeCloseToTensor(
        [
          [1, 2],
          [3, 4],
        ],
        { absolute: 0.125, relative: 0 },
      ),
    ).toThrow(
      "2 of 4 elements differ, most of all at [0, 1] (shape [2, 2])\n" +
        "  received    2.5\n  expected    2\n  difference  0.5, allowed 0.125",
    );
  });

  it("allows absolute + relative · |expected|, to the bound", () => {
    expect(10.5).toBeCloseToTensor(10, { absolute: 0, relative: 0.05 });
    expect(10.5).not.toBeCloseToTensor(10, { absolute: 0, relative: 0.049 });
    expect(0.25).toBeCloseToTensor(0, { absolute: 0.25 });
    expect(0.25).not.toBeCloseToTensor(0, { absolute: 0, relative: 1 });
  });

  it("is as strict as the dtype by default", () => {
    expect(1 + 1e-7).toBeCloseToTensor(1);
    expect(1 + 1e-6).not.toBeCloseToTensor(1);
    expect(tensor([1.000005], { device: "cpu" })).toBeCloseToTensor([1]);
    expect(tensor([1.00002], { device: "cpu" })).not.toBeCloseToTensor([1]);
    const int = tensor([1_000_000], { dtype: "int32" });
    expect(int).toBeCloseToTensor([1_000_000]);
    expect(int).not.toBeCloseToTensor([1_000_001]);
  });

  it("holds NaN equal to NaN alone, and an infinity to itself alone", () => {
    expect([nan, inf, -inf]).toBeCloseToTensor([nan, inf, -inf]);
    for (const [received, expected] of [
      [nan, 1],
      [1, nan],
      [inf, 1e300],
      [1e300, inf],
      [inf, -inf],
      [nan, inf],
    ] as const) {
      expect(received).not.toBeCloseToTensor(expected, { relative: 10, absolute: 1e308 });
    }
    expect(() => expect([1, nan]).toBeCloseToTensor([1.5, 2])).toThrow("most of all at [1]");
    expect(0).toBeCloseToTensor(-0, { absolute: 0, relative: 0 });
  });

  it("refuses what is no tensor, and misspelt options", () => {
    expect(() => expect(null).toBeCloseToTensor([1])).toThrow("received must be a tensor or numbers, got null");
    expect(() => expect(tensor(1)).toBeCloseToTensor(undefined as never)).toThrow("expected must be a tensor");
    expect(() => expect(tensor(1)).toBeCloseToTensor("1" as never)).toThrow(ValueError);
    for (const options of [{ rtol: 1 }, { relative: -1 }, { absolute: nan }, 1e-3]) {
      expect(() => expect(tensor(1)).toBeCloseToTensor(1, options as never), JSON.stringify(options)).toThrow(
        ValueError,
      );
    }
  });

  it("says what to do with a device that cannot be read at once", () => {
    const device = { name: "webgpu", synchronous: false, floatType: "float32", free: () => undefined };
    const far = new Tensor(device as never, { length: 1 }, [1], "float32");
    expect(() => compareTensors(far, [1])).toThrow(DeviceError);
    expect(() => compareTensors(far, [1])).toThrow("compare what `await t.array()` gives");
  });
});
