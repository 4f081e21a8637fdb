/** Tests what comes of NaN, infinities and zeros, on every device; and that no gradient comes out of where none went in. */
import { describe, expect, it } from "vitest";
import {
  broadcastTo,
  concat,
  flip,
  gradients,
  indexSelect,
  max,
  norm,
  pad,
  sqrt,
  type Tensor,
  tensor,
  triu,
  where,
  withDevice,
  zeros,
} from "../../src/index.js";
import * as elementwise from "../../src/ops/elementwise/index.js";
import * as losses from "../../src/ops/loss/index.js";
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

const moves: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  reshape: (x) => x.reshape([2, 1]),
  permute: (x) => x.reshape([1, 2]).permute([1, 0]),
  flip: (x) => flip(x),
  slice: (x) => x.slice({ start: [1] }),
  pad: (x) => pad(x, [[1, 1]]),
  concat: (x) => concat([x, x]),
  triu: (x) => triu(x.reshape([1, 2])),
  indexSelect: (x) => indexSelect(x, tensor([1, 0, 1], { dtype: "int32" })),
  broadcastTo: (x) => broadcastTo(x, [3, 2]),
  to: (x) => x.to("reference").to(x.device.name),
  sum: (x) => x.sum(),
  mean: (x) => x.mean(),
  max: (x) => max(x),
  norm: (x) => norm(x),
};

describe.each(["reference", "simd", "webasm", "cpu"] as const)("on %s", (device) => {
  it.each(Object.keys(moves))("%s, which moves or sums elements, hands on that none came", (name) => {
    const found = withDevice(device, () => {
      const leaf = tensor([0, 0], { requiresGrad: true });
      const output = (moves[name] as (x: Tensor) => Tensor)(sqrt(leaf)); // whose derivative at 0 is infinite
      return gradients(where(zeros(output.shape, { dtype: "bool" }), output, 0).sum(), [leaf]);
    });
    expect([...(found[0]?.dataSync() ?? [])].map(Math.abs)).toEqual([0, 0]);
  });
});

describe("the table of special values", () => {
  const exported = Object.entries({ ...elementwise, ...losses }).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : [],
  );
  const listed = new Set([...specialValues.map(({ op }) => op), ...withoutSpecialValues]);

  it("has a row for every exported elementwise op and loss", () => {
    const missing = exported.filter((name) => !listed.has(name));
    expect(missing, "say in test/ops/special-values/ what comes of NaN, infinities and zeros in these").toEqual([]);
  });

  it("has rows for nothing else", () => {
    expect([...listed].filter((name) => !exported.includes(name))).toEqual([]);
  });
});
