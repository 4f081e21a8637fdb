/** Tests that every row of the op table makes: forward, gradients, second order, errors. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { setDevice } from "../../src/index.js";
import * as ops from "../../src/ops/index.js";
import { opProperties } from "../../src/testing/index.js";
import { evaluate, expectedOf, relativeError } from "./measure.js";
import { creators, opTable } from "./op-table.js";
import type { Sample } from "./row.js";

beforeAll(() => setDevice("reference"));

function expectDefinition(sample: Sample): void {
  const { output, shape } = evaluate(sample, "reference");
  const expected = expectedOf(sample);
  expect(shape).toEqual(expected.shape ?? shape);
  expect(output.length).toBe(expected.values.length);
  expect(relativeError(output, expected.values)).toBeLessThan(1e-10);
}

describe.each(opTable)("$op", ({ op, order = 2, samples, specials = [], errors }) => {
  it.each(samples.filter((s) => s.expected !== undefined))("computes $title", expectDefinition);
  it.each(specials)("keeps to the definition: $title", expectDefinition);

  it.each(errors)("$title", ({ run, type, says }) => {
    expect(run).toThrow(type);
    for (const part of [`${op}: `, ...says]) expect(run).toThrow(part);
  });

  describe.each(samples)("$title", ({ call, inputs, expected }) => {
    for (const { name, check } of opProperties(call, { name: op, inputs: fc.constant(inputs), order, runs: 1 })) {
      it(name, check);
    }
    if (order === 0) it("says what values it gives, as it has no derivative", () => expect(expected).toBeDefined());
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
