/** Tests that every device computes what the float64 reference does, for every row of the op table. */
import { beforeAll, describe, expect, it } from "vitest";
import { setDevice } from "../../src/index.js";
import { kinkCases } from "./kink-cases.js";
import { evaluate, expectedOf, provenanceOf, relativeError } from "./measure.js";
import { opTable } from "./op-table.js";
import { kernelClass } from "./parity.js";

beforeAll(() => setDevice("reference"));

const rowNames = new Set(opTable.map(({ op }) => op));

describe.each(["reference", "simd", "webasm", "cpu"] as const)("on %s", (device) => {
  it("kernels run where they are said to run", () => {
    expect(provenanceOf(device)).toContain(kernelClass[device]);
  });

  it.each(kinkCases.filter(({ op }) => rowNames.has(op)))("has the declared derivatives of $op: $title", (kink) => {
    const { gradients } = evaluate(kink, device, kink.gradOutput);
    kink.gradients.forEach((gradient, i) => {
      expect(relativeError(gradients[i] ?? [], gradient), `gradient ${i}`).toBeLessThan(1e-6);
    });
  });

  if (device === "reference") return; // it is what the others are compared with

  describe.each(opTable)("$op", ({ samples, specials = [], tolerance = 1e-4 }) => {
    it.each(samples)("gives the output and gradients of the reference: $title", (sample) => {
      const expected = evaluate(sample, "reference");
      const got = evaluate(sample, device);
      expect(got.shape).toEqual(expected.shape);
      expect(relativeError(got.output, expected.output), "output").toBeLessThan(tolerance);
      expected.gradients.forEach((gradient, i) => {
        expect(relativeError(got.gradients[i] ?? [], gradient), `gradient ${i}`).toBeLessThan(tolerance);
      });
    });

    it.each(specials)("keeps to the definition: $title", (sample) => {
      expect(relativeError(evaluate(sample, device).output, expectedOf(sample).values)).toBeLessThan(tolerance);
    });
  });

  it("gives the same numbers twice", () => {
    for (const { samples } of opTable) {
      for (const sample of samples) expect(evaluate(sample, device)).toEqual(evaluate(sample, device));
    }
  });
});

describe("the kink cases", () => {
  it("are of exported ops", () => {
    expect(kinkCases.filter(({ op }) => !rowNames.has(op)).map(({ op }) => op)).toEqual([]);
  });
});
