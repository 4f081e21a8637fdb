/** Tests that every device computes what the float64 reference does, for every row of the op table. */
import { beforeAll, describe, expect, it } from "vitest";
import { setDevice } from "../../src/index.js";
import { evaluate, provenanceOf, relativeError } from "./measure.js";
import { opTable } from "./op-table.js";

beforeAll(() => setDevice("reference"));

const kernelClass = { webasm: "WebAssemblyKernel", cpu: "CPUKernel" } as const;

describe.each(["webasm", "cpu"] as const)("on %s", (device) => {
  it("kernels run where they are said to run", () => {
    expect(provenanceOf(device)).toContain(kernelClass[device]);
  });

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
      expect(relativeError(evaluate(sample, device).output, sample.expected(...sample.inputs))).toBeLessThan(tolerance);
    });
  });

  it("gives the same numbers twice", () => {
    for (const { samples } of opTable) {
      for (const sample of samples) expect(evaluate(sample, device)).toEqual(evaluate(sample, device));
    }
  });
});
