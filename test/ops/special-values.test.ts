/** Tests what comes of NaN, infinities and zeros, on every device; and that no gradient comes out of where none went in. */
import { describe, expect, it } from "vitest";
import { gradients, sqrt, tensor, where, withDevice, zeros } from "../../src/index.js";
import * as elementwise from "../../src/ops/elementwise/index.js";
import * as losses from "../../src/ops/loss/index.js";
import { owedEntries } from "./owed-entries.js";
import { broken } from "./special-values/row.js";
import { specialValues, withoutSpecialValues } from "./special-values/table.js";

const rows = specialValues.map((row) => ({ ...row, name: [row.op, row.title].filter(Boolean).join(", ") }));

describe.each(["reference", "simd", "webasm", "cpu"] as const)("on %s", (device) => {
  it.each(rows)("$name has its special values", async (row) => {
    expect(await broken(row, device)).toEqual([]);
  });

  it.each(rows)(
    "no gradient comes through $name where `where` takes the other side, whatever the derivative",
    (row) => {
      const given = Array.from({ length: row.inputs }, (_, i) => row.cases.map((numbers) => numbers[i] as number));
      const found = withDevice(device, () => {
        const leaves = given.map((values) => tensor(values, { requiresGrad: true }));
        const output = row.call(...leaves);
        return output.requiresGrad
          ? gradients(where(zeros(output.shape, { dtype: "bool" }), output, 0).sum(), leaves)
          : [];
      });
      for (const g of found) for (const value of g?.dataSync() ?? []) expect(Math.abs(value)).toBe(0);
    },
  );

  it.each(rows.filter(({ op }) => op in elementwise))("$name hands on that none came", (row) => {
    const found = withDevice(device, () => {
      const leaves = Array.from({ length: row.inputs }, () => tensor([0, 0], { requiresGrad: true }));
      const output = row.call(...leaves.map((x) => sqrt(x))); // whose derivative at 0 is infinite
      return output.requiresGrad
        ? gradients(where(zeros(output.shape, { dtype: "bool" }), output, 0).sum(), leaves)
        : [];
    });
    for (const g of found) for (const value of g?.dataSync() ?? []) expect(Math.abs(value)).toBe(0);
  });
});

describe("the table of special values", () => {
  const exported = Object.entries({ ...elementwise, ...losses }).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : [],
  );
  const listed = new Set([...specialValues.map(({ op }) => op), ...withoutSpecialValues, ...owedEntries]);

  it("has a row for every exported elementwise op and loss", () => {
    const missing = exported.filter((name) => !listed.has(name));
    expect(missing, "say in test/ops/special-values/ what comes of NaN, infinities and zeros in these").toEqual([]);
  });

  it("has rows for nothing else", () => {
    expect([...listed].filter((name) => !exported.includes(name))).toEqual([]);
  });
});
