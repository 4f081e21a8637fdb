/** Tests of how errors show values. */
import { describe, expect, it } from "vitest";
import { describe as show } from "../src/errors.js";
import { tensor } from "../src/index.js";

describe("a value in an error", () => {
  it.each([
    [[1, Number.NaN, -0.5], "[1, NaN, -0.5]"],
    [{ axis: [1], mode: "same" }, '{ axis: [1], mode: "same" }'],
    [undefined, "undefined"],
    ["x", '"x"'],
    [Math.max, "a function"],
    [new Map(), "a Map"],
    [Object.create(null), "{  }"],
    [tensor([1]), "a tensor of shape [1]"],
  ])("reads as in a program: %j", (value, text) => {
    expect(show(value)).toBe(text);
  });

  it("is cut off where it is long, and has an end where it refers to itself", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(show(cycle)).toContain("…");
    expect(show("x".repeat(200)).length).toBeLessThan(90);
  });
});
