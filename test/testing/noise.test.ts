/** Tests of the gradient checks where rounding blurs what they see: right rules are never called wrong, and wrong ones still are. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { setDevice, type Tensor, tensor } from "../../src/index.js";
import { gradcheck, gradgradcheck } from "../../src/testing/gradcheck/index.js";
import { opProperties, shapes, tensorSpecs } from "../../src/testing/index.js";
import { unary } from "./faults.js";

beforeAll(() => setDevice("reference"));

const quiet = { raiseException: false } as const;
/** By the rule 1 − y², which has the rounding of 1 where y is close to it, as that of the package has not. */
const roundedTanh = unary("tanh", lg.tanh, (g, _x, y) => g.mul(lg.sub(1, y.mul(y))));
const steepTanh = (x: Tensor) => roundedTanh(x.mul(3));
const steepSoftmax = (x: Tensor) => lg.softmax(x.mul(3));
/** Σ x·softmax(3x) */
const smoothMaximum = (x: Tensor) => x.mul(lg.softmax(x.mul(3))).sum();

describe("a right rule whose change is close to rounding", () => {
  it("passes where three digits are seen, and says that it saw no more", () => {
    for (const check of [gradcheck, gradgradcheck]) {
      const result = check(steepTanh, tensor(-3.75), quiet);
      expect(result).toMatchObject({ passed: true, failure: null });
      expect(result.blurred).toBeGreaterThan(0);
      expect(result.message).toContain("only as far as their rounding lets it be seen");
    }
    expect(gradcheck(steepTanh, tensor(0.25)).blurred).toBe(0);
  });

  it("is lost in rounding where fewer are", () => {
    for (const check of [gradcheck, gradgradcheck]) {
      for (const at of [-5, -5.5, -5.75, -6]) {
        const result = check(steepTanh, tensor(at), quiet);
        expect(result).toMatchObject({ passed: false, failure: "lost in rounding" });
        expect(result.message).toContain("could not be checked for argument 0");
      }
    }
  });

  it("is never called wrong, wherever it is", { timeout: 180_000 }, () => {
    for (const fn of [steepTanh, steepSoftmax, smoothMaximum]) {
      for (let i = 0; i <= 60; i++) {
        const x = tensor([-2 - i / 9, 1 + i / 7, 2]);
        for (const check of [gradcheck, gradgradcheck]) {
          for (const mode of ["directions", "entries"] as const) {
            const { failure } = check(fn, x, { mode, seed: i, ...quiet });
            expect([null, "lost in rounding"]).toContain(failure);
          }
        }
      }
    }
  });

  it("is never called wrong, for a single number", () => {
    for (let i = 0; i <= 400; i++) {
      for (const check of [gradcheck, gradgradcheck]) {
        expect([null, "lost in rounding"]).toContain(
          check(steepTanh, tensor(-2 - i / 64), { seed: i, ...quiet }).failure,
        );
      }
    }
  });

  const vectors = tensorSpecs({}, shapes({ minRank: 1 })).map((spec) => [spec]);
  it.each([
    ["tanh(3x)", steepTanh, [{}]],
    ["softmax(3x)", steepSoftmax, vectors],
    ["the smooth maximum", smoothMaximum, vectors],
  ] as const)("has the properties of an op: %s", { timeout: 120_000 }, async (name, fn, inputs) => {
    for (let seed = 0; seed < 20; seed++) {
      const properties = opProperties(fn, { name, inputs, seed, runs: 10 });
      for (const { name, check } of properties) if (name.includes("differences")) await check();
    }
  });
});

it("opProperties fails where every case is lost in rounding", async () => {
  const properties = opProperties(steepTanh, { inputs: [{ low: -6, high: -5.5 }], runs: 5 });
  const byDifferences = properties.filter(({ name }) => name.includes("differences"));
  expect(byDifferences).toHaveLength(2);
  for (const { check } of byDifferences) await expect(check()).rejects.toThrow("or were lost in rounding");
});

describe("a wrong rule whose change is close to rounding", () => {
  const wrongTanh = (factor: number) => unary("tanh", lg.tanh, (g, _x, y) => g.mul(lg.sub(1, y.mul(y)).mul(factor)));

  it("is wrong by more than the differences are", () => {
    const fn = (x: Tensor) => wrongTanh(1.01)(x.mul(3));
    expect(gradcheck(fn, tensor([0.5, -3.75]), quiet).failure).toBe("wrong");
    expect(gradcheck(fn, tensor(-3), quiet).passed).toBe(false);
    expect(gradcheck(fn, tensor(-3.75), quiet).passed).toBe(false);
  });

  it("is wrong twice by more than the differences are", () => {
    const detached = unary("tanh", lg.tanh, (g, _x, y) => g.mul(lg.sub(1, y.mul(y.detach()))));
    for (const at of [-1, -3, -3.75, -4.5]) {
      expect(gradgradcheck((x: Tensor) => detached(x.mul(3)), tensor(at), quiet).failure).toBe("wrong");
    }
  });
});
