/** Tests that every row of the op table makes: forward, gradients, second order, errors. */
import { beforeAll, describe, expect, it } from "vitest";
import { setDevice, tensor } from "../../src/index.js";
import * as ops from "../../src/ops/index.js";
import { gradcheck, gradgradcheck } from "../../src/testing/gradcheck/index.js";
import { direction, evaluate, relativeError } from "./measure.js";
import { creators, opTable } from "./op-table.js";
import type { Sample, SampleInput } from "./row.js";

beforeAll(() => setDevice("reference"));

const tensorsOf = (inputs: readonly SampleInput[]) =>
  inputs.map(({ shape, values }) => tensor(Float64Array.from(values), { shape }));

function checkLinearity(sample: Sample): void {
  const size = evaluate(sample, "reference").output.length;
  const [g, h] = [direction(3, size), direction(4, size)];
  const [left, right] = [evaluate(sample, "reference", g), evaluate(sample, "reference", h)];
  const both = evaluate(
    sample,
    "reference",
    g.map((v, i) => 2 * v - 3 * (h[i] as number)),
  );
  both.gradients.forEach((gradient, k) => {
    const combined = gradient.map((_, i) => 2 * (left.gradients[k]?.[i] ?? 0) - 3 * (right.gradients[k]?.[i] ?? 0));
    expect(relativeError(gradient, combined)).toBeLessThan(1e-9);
  });
}

describe.each(opTable)("$op", ({ op, order = 2, samples, specials = [], errors }) => {
  it.each(samples.filter((s) => s.expected !== undefined))("computes $title", (sample) => {
    const { output } = evaluate(sample, "reference");
    const expected = sample.expected?.(...sample.inputs) ?? [];
    expect(output.length).toBe(expected.length);
    expect(relativeError(output, expected)).toBeLessThan(1e-10);
  });

  it.each(specials)("keeps to the definition: $title", (sample) => {
    expect(relativeError(evaluate(sample, "reference").output, sample.expected(...sample.inputs))).toBeLessThan(1e-10);
  });

  it.each(errors)("$title", ({ run, type, says }) => {
    expect(run).toThrow(type);
    for (const part of [`${op}: `, ...says]) expect(run).toThrow(part);
  });

  it.each(samples)("gives the same twice: $title", (sample) => {
    const once = evaluate(sample, "reference");
    expect(evaluate(sample, "reference")).toEqual(once);
  });

  if (order === 0) {
    it.each(samples)("has no derivative: $title", (sample) => {
      expect(evaluate(sample, "reference").recorded).toBe(false);
      expect(sample.expected, "what has no derivative needs the values it should give").toBeDefined();
    });
    return;
  }

  it.each(samples)("has the gradient of central differences: $title", ({ call, inputs }) => {
    expect(gradcheck(call, tensorsOf(inputs)).skipped, "the samples keep away from kinks").toEqual([]);
  });

  it.each(samples)("has the second derivative of central differences: $title", ({ call, inputs }) => {
    expect(gradgradcheck(call, tensorsOf(inputs)).skipped, "the samples keep away from kinks").toEqual([]);
  });

  it.each(samples)("has a vjp that is linear in gradOutput, in the inputs' shapes: $title", (sample) => {
    checkLinearity(sample);
    const { gradientShapes } = evaluate(sample, "reference");
    expect(gradientShapes).toEqual(sample.inputs.map(({ shape }) => shape));
  });
});

describe("the op table", () => {
  it("has a row for every exported op, and for nothing else", () => {
    const exported = Object.entries(ops).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    const expected = exported.filter((name) => !creators.includes(name));
    expect(opTable.map(({ op }) => op).sort()).toEqual(expected.sort());
  });

  it("leaves out only what is exported", () => {
    for (const name of creators) expect(ops).toHaveProperty(name);
  });
});
