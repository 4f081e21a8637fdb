/** Tests of what a console shows: of tensors, parameters and modules. */
import { inspect } from "node:util";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { arange, deviceNamed, generator, Linear, Parameter, setDevice, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

describe("console.log of a tensor", () => {
  it("shows shape, dtype, device and the numbers, nested", () => {
    expect(inspect(tensor(Math.PI))).toBe("Tensor([] float64 on reference) 3.1416");
    expect(inspect(tensor([1, -0, Number.NaN, 1e-20]))).toBe("Tensor([4] float64 on reference) [1, -0, NaN, 1e-20]");
    expect(
      inspect(
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          { requiresGrad: true },
        ),
      ),
    ).toBe("Tensor([2, 2] float64 on reference, requires grad)\n[[1, 2],\n [3, 4]]");
    expect(inspect(tensor([[[1]], [[2]]]))).toBe("Tensor([2, 1, 1] float64 on reference)\n[[[1]],\n\n [[2]]]");
    expect(inspect(tensor([true, false]))).toBe("Tensor([2] bool on reference) [true, false]");
    expect(inspect(tensor([1, 2]).exp())).toContain("[2.7183, 7.3891]");
  });

  it("shows the ends of long axes only", () => {
    expect(inspect(arange(1001))).toBe("Tensor([1001] float64 on reference) [0, 1, 2, …, 998, 999, 1000]");
    expect(inspect(arange(8))).toContain("[0, 1, 2, 3, 4, 5, 6, 7]");
    const wide = inspect(arange(5000).reshape([1000, 5]));
    expect(wide.split("\n").slice(1)).toEqual([
      "[[0, 1, 2, 3, 4],",
      " [5, 6, 7, 8, 9],",
      " [10, 11, 12, 13, 14],",
      " …,",
      " [4985, 4986, 4987, 4988, 4989],",
      " [4990, 4991, 4992, 4993, 4994],",
      " [4995, 4996, 4997, 4998, 4999]]",
    ]);
  });

  it("says of a disposed one that it is, and never throws", () => {
    const x = tensor([1]);
    x.dispose();
    expect(inspect(x)).toBe("Tensor([1] float64 on reference) (disposed)");
    const lost = tensor([1]);
    vi.spyOn(lost.device, "readSync").mockImplementationOnce(() => {
      throw new Error("lost");
    });
    expect(inspect(lost)).toBe("Tensor([1] float64 on reference) (its numbers cannot be read: lost)");
  });

  it("reads nothing that is not in host memory", () => {
    const x = tensor([1]);
    const read = vi.fn();
    Object.defineProperty(x, "device", {
      value: { ...deviceNamed("cpu"), name: "webgl", hostMemory: false, readSync: read },
    });
    expect(inspect(x)).toBe("Tensor([1] float64 on webgl) (await its data to see the numbers)");
    expect(read).not.toHaveBeenCalled();
  });

  it("shows parameters by their name, and modules as their tree", () => {
    expect(inspect(new Parameter(tensor([1, 2])))).toBe("Parameter([2] float64 on reference, requires grad) [1, 2]");
    const layer = new Linear(2, 3, { generator: generator(0) });
    expect(inspect({ layer })).toContain(layer.toString());
  });
});
