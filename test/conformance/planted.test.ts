/** Tests that a conformance run notices wrong expectations, on every device. */
import { describe, expect, it } from "vitest";
import { type OpCase, runOpCase } from "./ops-cases.js";
import { report } from "./outcome.js";
import { plantAll, rightCases } from "./planted.js";

describe.each(["reference", "simd", "webasm", "cpu"] as const)("a conformance run on %s", (device) => {
  it("passes right expectations", async () => {
    const outcomes = [];
    for (const opCase of rightCases) outcomes.push(await runOpCase(opCase, device));
    const { failed, lines } = report(outcomes, device);
    expect(failed, lines.join("\n")).toBe(0);
  });

  it("fails wrong ones of every kind in every place", async () => {
    const { planted, missed } = await plantAll(rightCases, device);
    expect(missed).toEqual([]);
    expect(planted).toBeGreaterThan(60);
  });

  it("fails what it cannot compare", async () => {
    const [relu, mul] = rightCases as [OpCase, OpCase];
    const wrong: OpCase[] = [
      { ...relu, extra: { somethingElse: relu.output } },
      { ...relu, grads: [] },
      { ...mul, grads: [null, null] },
    ];
    for (const opCase of wrong) {
      expect((await runOpCase(opCase, device)).comparisons).toMatchObject([{ what: "threw", passed: false }]);
    }
  });
});
