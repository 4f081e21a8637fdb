/** Tests of the gradient checks beside poles: right rules are never called wrong, and wrong ones never pass. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { setDevice, type Tensor, tensor } from "../../src/index.js";
import { gradcheck, gradgradcheck } from "../../src/testing/gradcheck/index.js";
import { opProperties } from "../../src/testing/index.js";
import { inverse, unary, wrongAtPoles, wrongFarFromPole } from "./faults.js";

beforeAll(() => setDevice("reference"));

const quiet = { raiseException: false } as const;
const modes = ["directions", "entries"] as const;
/** A small number beside a larger one, at a pole of 1/x and log x. */
const beside = [1e-2, 1e-4, 1e-6, 1e-9].flatMap((small) => [1, 10, 1e3].map((large) => [small, large] as const));
const distances = [1e-2, 1e-4, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12];

describe.each(modes)("a right rule beside a pole, by %s", (mode) => {
  it.each<[string, (x: Tensor) => Tensor]>([
    ["reciprocal", lg.reciprocal],
    ["log", lg.log],
    ["1 / x²", (x) => lg.reciprocal(x.mul(x))],
    ["sqrt", lg.sqrt],
  ])("passes where an input is small beside a larger one: %s", (_, fn) => {
    for (const [small, large] of beside) {
      const { failure } = gradcheck(fn, tensor([large, small]), { mode, ...quiet });
      if (small > 1e-9) expect(failure, `${small} beside ${large}`).toBe(null);
      else expect([null, "lost in rounding", "undecided"], `${small} beside ${large}`).toContain(failure);
    }
  });

  it("is never called wrong, twice neither", () => {
    for (const [small, large] of beside) {
      for (const fn of [lg.reciprocal, lg.log, lg.rsqrt]) {
        const { failure } = gradgradcheck(fn, tensor([small, large]), { mode, ...quiet });
        expect([null, "lost in rounding", "undecided"], `${fn.name} ${small} ${large}`).toContain(failure);
      }
    }
  });

  it("is undecided where the pole is nearer than the shortest step, and says so", () => {
    for (const distance of distances) {
      const result = gradcheck((x: Tensor) => lg.reciprocal(x.sub(3)), tensor([3 + distance, 10]), { mode, ...quiet });
      expect([null, "undecided"], String(distance)).toContain(result.failure);
      if (distance > 1e-7) continue;
      expect(result).toMatchObject({ passed: false, failure: "undecided" });
      expect(result.message).toContain(
        "could not be checked for argument 0 at [0], undecided: central differences settle",
      );
    }
  });

  it("divides by a small number beside a larger one", () => {
    const by = [tensor([1, 2]), tensor([1e-6, 3])];
    expect(gradcheck((a: Tensor, b: Tensor) => lg.div(a, b), by, { mode, ...quiet }).passed).toBe(true);
  });
});

describe.each(modes)("a wrong rule beside a pole, by %s", (mode) => {
  it.each(wrongAtPoles)("is found where an input is small beside a larger one: %s", (_, op) => {
    for (const [small, large] of beside) {
      expect(gradcheck(op, tensor([small, large]), { mode, ...quiet }).passed, `${small} ${large}`).toBe(false);
    }
    expect(gradcheck(op, tensor([1e-2, 1]), { mode, ...quiet }).failure).toBe("wrong");
  });

  it("is found by its last digits, and where the other input is", () => {
    for (const [op, index] of [
      [inverse(1.00001), [0]],
      [wrongFarFromPole, [1]],
    ] as const) {
      const result = gradcheck(op, tensor([1e-2, 1]), { mode, ...quiet });
      expect(result).toMatchObject({ failure: "wrong", worst: { index } });
    }
  });

  it.each(wrongAtPoles)("never passes, however near the pole is: %s", (_, op) => {
    for (const distance of distances) {
      const { failure } = gradcheck((x: Tensor) => op(x.sub(3)), tensor([3 + distance, 10]), { mode, ...quiet });
      expect(failure, String(distance)).not.toBe(null);
    }
  });
});

it("calls wrong what differs from a derivative of 0 that central differences only come close to", () => {
  const steep = unary(
    "steep",
    (x) => x.pow(5),
    (g) => g.mul(5),
  );
  expect(gradcheck(steep, tensor([0, 1]), quiet)).toMatchObject({ failure: "wrong", worst: { index: [0] } });
});

describe("opProperties beside a pole", () => {
  const near = { inputs: fc.constant([{ shape: [2], values: [3 + 1e-8, 10] }]), runs: 3 };
  const differences = (op: (x: Tensor) => Tensor, inputs: object) =>
    opProperties(op, { name: "inverse", ...inputs }).filter(({ name }) => name.includes("gradient of central"));

  it("fails where no case is decided, and finds a wrong rule where some are", async () => {
    for (const { check } of differences((x) => inverse()(x.sub(3)), near)) {
      await expect(check()).rejects.toThrow("could not be checked");
    }
    for (const { check } of differences(inverse(1.01), { inputs: [{ low: 0.25, high: 4 }] })) {
      await expect(check()).rejects.toThrow("is wrong for argument 0");
    }
  });
});

it("says that several inputs are a list", () => {
  const [a, b] = [tensor([1, 2]), tensor([3, 4])];
  for (const check of [gradcheck, gradgradcheck]) {
    expect(() => check(lg.mul, a, b as never)).toThrow(
      `${check.name}: several inputs are a list: ${check.name}(fn, [a, b]`,
    );
    expect(() => check(lg.mul, [a, 3] as never)).toThrow("null for one that is left out), got ");
  }
});
