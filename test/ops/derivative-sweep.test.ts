/** Tests the first derivative of every elementwise op and loss from ±1e-30 to ±1e30 and at its poles: each number on its own. */
import { describe, expect, it } from "vitest";
import { type DeviceName, gradients, type Tensor, tensor, withDevice } from "../../src/index.js";
import * as elementwise from "../../src/ops/elementwise/index.js";
import * as losses from "../../src/ops/loss/index.js";
import { elementwiseSweep, elementwiseWithoutDerivative } from "./derivative-sweep/elementwise.js";
import { pairsOf, pointsOf, type SweepEntry } from "./derivative-sweep/entry.js";
import { lossSweep } from "./derivative-sweep/losses.js";

const entries = [...elementwiseSweep, ...lossSweep];
const smallest = 2 ** -126;
const digits: Readonly<Partial<Record<DeviceName, number>>> = { reference: 1e-9, simd: 1e-5, webasm: 1e-5, cpu: 1e-5 };

/** The inputs of a sweep, one list for each. */
function inputsOf(entry: SweepEntry): number[][] {
  if (entry.derivatives.length === 1) return [pointsOf(entry)];
  const pairs = pairsOf(entry);
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
}

function gradientsOf({ call }: SweepEntry, inputs: readonly number[][], device: DeviceName): ArrayLike<number>[] {
  return withDevice(device, () => {
    const leaves = inputs.map((values) => tensor(values, { requiresGrad: true }));
    const output = call(...leaves);
    const found: readonly (Tensor | null)[] = output.requiresGrad ? gradients(output.sum(), leaves) : [];
    return leaves.map((leaf, i) => found[i]?.dataSync() ?? new Array<number>(leaf.size).fill(0));
  });
}

/** Whether a derivative is right: to so many digits where it is a normal float32, and as good as 0, or infinite, beyond. */
function isRight(got: number, exact: number, allowed: number, range: "float32" | "float64"): boolean {
  if (Number.isNaN(exact)) return Number.isNaN(got);
  const right = range === "float32" ? Math.fround(exact) : exact;
  if (!Number.isFinite(right)) return got === right;
  return Math.abs(got - exact) <= allowed + smallest * 1e-5 + (Math.abs(exact) < smallest ? smallest : 0);
}

describe.each(["reference", "simd", "webasm", "cpu"] as const)("on %s", (device) => {
  it.each(entries.map((entry) => ({ ...entry, name: [entry.op, entry.title].filter(Boolean).join(", ") })))(
    "the derivative of $name is right wherever it is a number",
    (entry) => {
      const inputs = inputsOf(entry);
      const got = gradientsOf(entry, inputs, device);
      const wrong: string[] = [];
      entry.derivatives.forEach((derivative, i) => {
        (inputs[0] as number[]).forEach((_, k) => {
          const at = inputs.map((values) => values[k] as number);
          const exact = derivative(...at);
          const size = Math.max(Math.abs(exact), entry.terms?.(...at) ?? 0);
          const allowed = size * (entry.tolerance?.[device] ?? (digits[device] as number));
          const value = got[i]?.[k] as number;
          if (isRight(value, exact, allowed, device === "reference" ? "float64" : "float32")) return;
          wrong.push(`by input ${i} at ${at.join(", ")}: ${value}, right ${exact}`);
        });
      });
      expect(wrong.slice(0, 12), `${wrong.length} derivatives are wrong`).toEqual([]);
    },
  );
});

describe("the sweep", () => {
  const exported = Object.entries({ ...elementwise, ...losses }).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : [],
  );
  const swept = new Set([...entries.map(({ op }) => op), ...elementwiseWithoutDerivative]);

  it("has an entry for every exported elementwise op and loss", () => {
    const missing = exported.filter((name) => !swept.has(name));
    expect(missing, "give these their exact derivative in test/ops/derivative-sweep/").toEqual([]);
  });

  it("has entries for nothing else", () => {
    expect([...swept].filter((name) => !exported.includes(name))).toEqual([]);
  });
});
