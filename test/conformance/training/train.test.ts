/** Tests of the reader of `training-train-1` files: its hash, and that it notices wrong expectations on every device. */
import { describe, expect, it } from "vitest";
import { fmix32, fnv1a } from "../zoo/formula.js";
import { compareTrained, type Trained, type Training, toleranceOn, train } from "./train.js";
import { drawn, drawnUnits } from "./train-formula.js";

it("draws the numbers of the file's own example", () => {
  expect(fnv1a("v/conv1.weight")).toBe(3351006011);
  expect([0, 1, 3735928559, 4294967295].map(fmix32)).toEqual([0, 1364076727, 233162409, 2180083513]);
  expect(drawn("v/conv1.weight", 3)).toEqual([3006830111, 2099505508, 4031676466]);
  expect(drawnUnits("v/conv1.weight", 2)).toEqual([0.4001643802039325, -0.022341562435030937]);
  expect(drawn("v/labels", 8).map((u) => u % 5)).toEqual([4, 3, 4, 4, 3, 4, 0, 3]);
});

const training: Training = {
  model: { kind: "smallCNN", bias: true },
  optimizer: { kind: "SGD", lr: 0.1, momentum: 0.9 },
  schedule: { kind: "StepLR", stepSize: 1, gamma: 0.5 },
  seed: "v",
  size: 8,
  classes: 3,
  images: 5,
  batch: 3,
  accumulate: 2,
  clipNorm: 0.5,
};

describe.each(["reference", "simd", "webasm", "cpu"] as const)("a whole training on %s", (device) => {
  it("passes right expectations, and fails wrong ones in every place", async () => {
    const right = await train(training, 2, "reference");
    const got = device === "reference" ? right : await train(training, 2, device);
    const failures = (expected: Trained) =>
      compareTrained(got, expected, toleranceOn(device)).filter(({ passed }) => !passed);
    expect(failures(right)).toEqual([]);
    const mistakes = spoilt(right) as Trained[];
    expect(mistakes.length).toBeGreaterThan(40);
    expect(mistakes.map((mistake) => failures(mistake).length)).toEqual(mistakes.map(() => 1));
    expect(failures({ ...right, steps: right.steps.slice(0, 1) })).toMatchObject([{ what: "number of steps" }]);
    expect(failures({ ...right, finalNorms: {} })).toMatchObject([{ what: "names, at the end" }]);
  });
});

/** Copies of a structure, in each of which another number is wrong. */
function spoilt(value: unknown): unknown[] {
  if (typeof value === "number") return [value + 0.002 * (1 + Math.abs(value)), Number.NaN];
  if (Array.isArray(value)) return value.flatMap((one, i) => spoilt(one).map((wrong) => value.with(i, wrong)));
  return Object.entries(value as object).flatMap(([key, one]) =>
    spoilt(one).map((wrong) => ({ ...(value as object), [key]: wrong })),
  );
}
