/** A sample of what `npm run fuzz-files` reads at length. */
import { describe, expect, it } from "vitest";
import { type Counts, fuzzFiles, seeds } from "./fuzz-files.js";
import { differingFrom } from "./oracle.js";

describe("a good file of which bytes were changed", () => {
  it("is refused by a FormatError, or read as another reader reads it", () => {
    const counts: Counts = new Map();
    fuzzFiles(1500, 2026, counts);
    const outcomes = [...counts.keys()];
    for (const kind of [".safetensors", ".npy", ".npz", ".pth"]) {
      expect(outcomes.filter((what) => what.startsWith(`${kind} refused`)).length, kind).toBeGreaterThan(2);
    }
    expect(outcomes.filter((what) => what.endsWith("read")).length).toBeGreaterThan(2);
  });

  it("would not be passed by the other reader with a wrong number", () => {
    const [file] = seeds;
    if (file === undefined) throw new Error("there is no file");
    const wrong = new Map([["tensor.0", { dtype: "float32", shape: [6], data: new Float32Array(6) } as const]]);
    expect(differingFrom(file, wrong, () => wrong)).toBe("tensor.0 has other bytes");
  });
});
