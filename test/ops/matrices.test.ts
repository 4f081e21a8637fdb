/** Tests of the ops on matrices: how exact they are in float32, what they refuse, and what they do without a read. */
import { describe, expect, it } from "vitest";
import { Tensor } from "../../src/autograd/tensor.js";
import * as lg from "../../src/index.js";
import { LateDevice } from "./late-device.js";

const float32Step = 2 ** -24;

/** Normal deviates on a device: matrices whose condition numbers are some ten times N. */
function normal(shape: lg.Shape, device: lg.DeviceName, seed = 1): Tensor {
  return lg.randn(shape, { generator: lg.generator(seed), device });
}

/** The largest absolute sum of a row, the norm that is induced by the largest number. */
function rowNorm(x: Tensor): number {
  return lg.max(lg.sum(lg.abs(x), { axis: -1 })).itemSync();
}

describe.each(["simd", "webasm", "cpu"] as const)("in float32 on %s", (device) => {
  const n = 100;
  const a = normal([n, n], device);

  /** How far A X is from B, in roundings of what is added up: 0.7 to 1 with PyTorch's float32 (LAPACK) of such matrices. */
  function residual(x: Tensor, b: Tensor): number {
    const [exactA, exactX, exactB] = [a, x, b].map((t) => t.to("reference")) as [Tensor, Tensor, Tensor];
    return rowNorm(lg.sub(lg.matmul(exactA, exactX), exactB)) / (rowNorm(exactA) * rowNorm(exactX) * float32Step);
  }

  it("solve leaves the residual that rounding must leave", () => {
    const b = normal([n, 5], device, 2);
    expect(residual(lg.solve(a, b), b)).toBeLessThan(2);
  });

  it("inverse leaves the residual that rounding must leave", () => {
    expect(residual(lg.inverse(a), lg.eye(n, { device }))).toBeLessThan(2);
  });

  it("qr comes back to the matrix, and its columns are at right angles", () => {
    const tall = normal([120, 60], device);
    const { q, r } = lg.qr(tall);
    const [exactQ, exactR] = [q.to("reference"), r.to("reference")];
    const back = lg.sub(lg.matmul(exactQ, exactR), tall.to("reference"));
    expect(lg.norm(back).itemSync() / lg.norm(exactR).itemSync() / float32Step).toBeLessThan(12);
    const right = lg.sub(lg.matmul(exactQ.transpose(), exactQ), lg.eye(60, { device: "reference" }));
    expect(lg.norm(right).itemSync() / float32Step).toBeLessThan(60);
  });

  it("eigh comes back to the matrix, and its vectors are at right angles", () => {
    const { eigenvalues, eigenvectors } = lg.eigh(normal([33, 33], device));
    const exact = lg.eigvalsh(normal([33, 33], device).to("reference"));
    const largest = lg.max(lg.abs(exact)).itemSync();
    const wrong = lg.max(lg.abs(lg.sub(eigenvalues.to("reference"), exact))).itemSync();
    expect(wrong / largest / float32Step).toBeLessThan(20);
    const v = eigenvectors.to("reference");
    const right = lg.sub(lg.matmul(v.transpose(), v), lg.eye(33, { device: "reference" }));
    expect(lg.norm(right).itemSync() / float32Step).toBeLessThan(200);
  });

  it("slogdet has the digits of float64", () => {
    const exact = lg.slogdet(a.to("reference"));
    const { sign, logabsdet } = lg.slogdet(a);
    expect(sign.itemSync()).toBe(exact.sign.itemSync());
    expect(Math.abs(logabsdet.itemSync() - exact.logabsdet.itemSync())).toBeLessThan(1e-4);
  });
});

describe("det", () => {
  it("has a third derivative", () => {
    lg.withDevice("reference", () => {
      const a = lg.tensor([
        [1, 2, 0.5],
        [3, 4, 1],
        [0.3, 0.2, 2],
      ]);
      const direction = lg.eye(3);
      const along = (f: (x: Tensor) => Tensor) => (x: Tensor) => lg.sum(lg.mul(lg.grad(f)(x), direction));
      // det(A + t 1) = t³ + …
      expect(along(along(along(lg.det)))(a).itemSync()).toBeCloseTo(6, 9);
    });
  });

  it("refuses a third derivative of singular matrices", () => {
    lg.withDevice("reference", () => {
      const along = (f: (x: Tensor) => Tensor) => (x: Tensor) => lg.sum(lg.grad(f)(x));
      expect(() => along(along(along(lg.det)))(lg.ones([2, 2]))).toThrow("det: the matrix is singular");
    });
  });
});

describe("eigh", () => {
  it("has the derivative of a matrix function through both of its results", () => {
    lg.withDevice("reference", () => {
      const a = lg.tensor([
        [1, 0.5, 0.2],
        [0.5, -1, 0.3],
        [0.2, 0.3, 0.7],
      ]);
      const cube = (x: Tensor) => {
        const { eigenvalues, eigenvectors } = lg.eigh(x);
        return lg.matmul(lg.mul(eigenvectors, lg.pow(eigenvalues, 3)), eigenvectors.transpose());
      };
      const weights = normal([3, 3], "reference");
      const gradientOf = (f: (x: Tensor) => Tensor) => lg.grad((x: Tensor) => lg.sum(lg.mul(f(x), weights)))(a);
      const symmetric = gradientOf((x) => lg.matrixPower(lg.mul(0.5, lg.add(x, x.transpose())), 3));
      const wrong = lg.max(lg.abs(lg.sub(gradientOf(cube), symmetric))).itemSync();
      expect(wrong).toBeLessThan(1e-12);
    });
  });

  it("has no number for the derivative of vectors whose eigenvalues are equal", () => {
    lg.withDevice("reference", () => {
      const gradient = lg.grad((x: Tensor) => lg.sum(lg.eigh(x).eigenvectors))(lg.eye(2));
      expect([...gradient.dataSync()].some(Number.isFinite)).toBe(false);
    });
  });

  it("makes enough sweeps where it can look at none of them", async () => {
    const device = new LateDevice();
    const x = normal([7, 7], "reference");
    const late = lg.eigh(new Tensor(device, device.upload(x.dataSync() as Float64Array), [7, 7], "float64"));
    expect(device.reads).toBe(0);
    const exact = [...lg.eigvalsh(x).dataSync()];
    [...(await late.eigenvalues.data())].forEach((value, i) => {
      expect(value).toBeCloseTo(exact[i] as number, 12);
    });
  });
});

describe("a singular matrix on a device that is read later", () => {
  const make = (device: LateDevice, values: readonly number[]) =>
    new Tensor(device, device.upload(values), [2, 2], "float64");

  it.each([
    ["inverse", lg.inverse],
    ["solve", (a: Tensor) => lg.solve(a, a)],
  ])("is an error of %s with the next read", async (op, call) => {
    const device = new LateDevice();
    const other = make(device, [1, 2, 3, 4]);
    const result = call(make(device, [1, 2, 2, 4]));
    await expect(other.data()).rejects.toThrow(`${op}: the matrix is singular: pivot 2 of its 2`);
    expect([...(await result.data())].some(Number.isFinite)).toBe(false);
  });

  it("is read for nothing else", async () => {
    const device = new LateDevice();
    lg.inverse(make(device, [1, 2, 3, 4]));
    lg.det(make(device, [1, 2, 2, 4]));
    expect(device.reads).toBe(1);
  });
});
