/** Tests that a log-softmax whose row one entry dominates keeps the digits of what is left, in values and gradients. */
import { describe, expect, it } from "vitest";
import {
  crossEntropy,
  type DeviceName,
  gradients,
  logSoftmax,
  type Tensor,
  tensor,
  withDevice,
} from "../../src/index.js";

const devices: readonly DeviceName[] = ["reference", "simd", "webasm", "cpu"];
const distances = [1, 3, 8, 15, 17, 20, 40, 60, 80];

/** A row of logits, one of them above the others by `distance` and more. */
const rowOf = (distance: number, classes: number): number[] =>
  Array.from({ length: classes }, (_, i) => (i === 1 ? 0 : -distance - (i % 7) / 4));

/** The probabilities of the row, and what is left of 1 beside each. */
function sharesOf(logits: readonly number[]): { share: number; others: number }[] {
  const powers = logits.map(Math.exp);
  const sumBut = (k: number) => powers.reduce((sum, p, i) => (i === k ? sum : sum + p), 0);
  const total = sumBut(-1);
  return powers.map((p, k) => ({ share: p / total, others: sumBut(k) / total }));
}

const expectClose = (got: ArrayLike<number>, exact: readonly number[]) => {
  const wrong = exact.flatMap((value, i) =>
    Math.abs((got[i] as number) - value) <= 1e-5 * Math.abs(value) ? [] : [`${i}: ${got[i]}, right ${value}`],
  );
  expect(wrong).toEqual([]);
};

describe.each(devices)("on %s", (device) => {
  describe.each([3, 100, 128, 129, 300])("with %i classes", (classes) => {
    const rows = distances.map((distance) => rowOf(distance, classes));
    /** The rows as [N, C], or [1, C, N] whose classes are the middle axis. */
    const layouts: Readonly<Record<string, (x: Tensor) => Tensor>> = {
      "along the last axis": (x) => x,
      "along a middle axis": (x) => x.permute([1, 0]).unsqueeze(0),
    };
    it.each(Object.keys(layouts))("logSoftmax is exact %s", (name) => {
      const got = withDevice(device, () => {
        const x = (layouts[name] as (x: Tensor) => Tensor)(tensor(rows));
        const y = logSoftmax(x, { axis: 1 });
        return (y.rank === 2 ? y : y.squeeze(0).permute([1, 0])).dataSync();
      });
      const exact = rows.flatMap((row) =>
        sharesOf(row).map(({ share, others }) => (share > 0.5 ? Math.log1p(-others) : Math.log(share))),
      );
      expectClose(got, exact);
    });

    it.each([
      ["along the last axis", false],
      ["along the last axis", true],
      ["along a middle axis", false],
      ["along a middle axis", true],
    ] as const)("so is the gradient of crossEntropy %s, recorded: %s", (name, createGraph) => {
      const got = withDevice(device, () => {
        const leaf = tensor(rows, { requiresGrad: true });
        const x = (layouts[name] as (x: Tensor) => Tensor)(leaf);
        const target = tensor(new Array<number>(rows.length).fill(1), { dtype: "int32" });
        const loss = crossEntropy(x, x.rank === 2 ? target : target.unsqueeze(0), { reduction: "sum" });
        return (gradients(loss, [leaf], { createGraph })[0] as Tensor).dataSync();
      });
      const exact = rows.flatMap((row) => sharesOf(row).map(({ share, others }, i) => (i === 1 ? -others : share)));
      expectClose(got, exact);
    });
  });

  it("takes the soft labels of a teacher that is certain, too", () => {
    const logits = rowOf(30, 5);
    const labels = [1e-6, 1 - 5e-6, 2e-6, 1e-6, 1e-6].map(Math.fround);
    const got = withDevice(device, () => {
      const x = tensor([logits], { requiresGrad: true });
      return (gradients(crossEntropy(x, tensor([labels])), [x])[0] as Tensor).dataSync();
    });
    const exact = sharesOf(logits).map(({ share, others }, i) => {
      const rest = labels.reduce((sum, q, k) => (k === i ? sum : sum + q), 0);
      return share * rest - (labels[i] as number) * others;
    });
    expectClose(got, exact);
  });

  it("is NaN in a whole row that has NaN, ∞ or nothing but −∞, and −∞ where a class is ruled out", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const rows = [
      [nan, 1, 2],
      [inf, 1, -inf],
      [-inf, -inf, -inf],
      [-inf, 0, 0],
      [0, -inf, -inf],
    ];
    const got = withDevice(device, () => logSoftmax(tensor(rows)).arraySync());
    const half = device === "reference" ? -Math.LN2 : Math.fround(-Math.LN2);
    expect(got).toEqual([
      [nan, nan, nan],
      [nan, nan, nan],
      [nan, nan, nan],
      [-inf, half, half],
      [0, -inf, -inf],
    ]);
  });
});
