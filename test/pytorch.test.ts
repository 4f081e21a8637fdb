/** Runs the cases of test/pytorch on every device in host memory: PyTorch's outputs and derivatives of both orders. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type OpsFile, runOpCase } from "./conformance/ops-cases.js";
import { type Outcome, report } from "./conformance/outcome.js";

const folder = new URL("./pytorch/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

describe.each(files)("the cases of %s", (file) => {
  const { cases } = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as OpsFile;
  const ops = [...new Set(cases.map(({ op }) => op))].sort();

  describe.each(["reference", "simd", "webasm", "cpu"] as const)("on %s", (device) => {
    it.each(ops)("%s", async (op) => {
      const outcomes: Outcome[] = [];
      for (const one of cases.filter((c) => c.op === op)) outcomes.push(await runOpCase(one, device));
      const { failed, lines } = report(outcomes, device);
      expect(failed, lines.join("\n")).toBe(0);
      for (const { name, skipped, comparisons } of outcomes) {
        expect(skipped, `${name} names no op`).toBe(false);
        expect(comparisons.length, name).toBeGreaterThan(0);
      }
    });
  });
});
