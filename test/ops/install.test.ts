/** Tests of the methods that tensors get when the first of them is made. */
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";

/** The modules as a new process has them: nothing has been made yet. */
async function anew() {
  vi.resetModules();
  return {
    ...(await import("../../src/ops/create.js")),
    ...(await import("../../src/autograd/tensor.js")),
    ...(await import("../../src/device/select.js")),
  };
}

describe("the first tensor", () => {
  it("has its methods, which the import alone does not bring", async () => {
    const { tensor, Tensor, setDevice } = await anew();
    setDevice("reference");
    expect("add" in Tensor.prototype).toBe(false);
    const x = tensor([1, 2], { requiresGrad: true });
    x.mul(x).add(x).sum().backward();
    expect(x.grad?.arraySync()).toEqual([3, 5]);
  });

  it("is printed by the console in a line", async () => {
    const { tensor, setDevice } = await anew();
    setDevice("reference");
    expect(inspect(tensor([1, 2]))).toBe("Tensor([2] float64 on reference) [1, 2]");
  });

  it("refuses an option that no op has", async () => {
    const { tensor, setDevice } = await anew();
    setDevice("reference");
    expect(() => tensor([1], { type: "int32" } as object)).toThrow("tensor: it has no option type");
  });
});

describe("a method", () => {
  it("can be replaced like that of any class, and stays so when more tensors are made", async () => {
    const { tensor, Tensor, setDevice } = await anew();
    setDevice("reference");
    const x = tensor([1, 2]);
    const property = Object.getOwnPropertyDescriptor(Tensor.prototype, "add");
    expect(property).toMatchObject({ configurable: true, writable: true, enumerable: false });
    const spy = vi.spyOn(Tensor.prototype, "add").mockImplementation(() => x);
    expect(tensor([3]).add(1)).toBe(x);
    spy.mockRestore();
    Tensor.prototype.sub = () => x;
    expect(tensor([3]).sub(1)).toBe(x);
  });
});
