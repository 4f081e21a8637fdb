/** Tests of what is said of a degradation experiment: a planted difference of each kind, and none where there is none. */
import { describe, expect, it } from "vitest";
import { degradationInWords, degradationJson, depthComparisons, parseDegradation } from "../../../src/report.js";
import { madeUpResult, type PlantedErrors } from "./made-up-result.js";

const worse = { 20: [0.3, 0.32, 0.34], 56: [0.5, 0.52, 0.54] };
const better = { 20: [0.3, 0.32, 0.34], 56: [0.2, 0.22, 0.24] };
const mixed = { 20: [0.3, 0.32, 0.34], 56: [0.33, 0.4, 0.5] };
const guessing = { 20: [0.9, 0.9, 0.9], 56: [0.89, 0.9, 0.91] };

function opening(errors: PlantedErrors): string {
  return degradationInWords(madeUpResult(errors))[0]?.split(":")[0] ?? "";
}

describe("the verdict", () => {
  const verdicts = (errors: PlantedErrors) =>
    depthComparisons(madeUpResult(errors)).map(({ training }) => training.verdict);

  it.each([
    ["higher where every seed of the deeper net is above every seed of the shallower one", worse, "higher"],
    ["lower where every seed is below", better, "lower"],
    ["alike where the ranges overlap, whatever the means", mixed, "alike"],
    ["alike where they touch", { 20: [0.3, 0.4], 56: [0.4, 0.5] }, "alike"],
    ["one-seed where there is no spread", { 20: [0.3], 56: [0.5] }, "one-seed"],
    ["guesses where neither net has learnt", guessing, "guesses"],
    ["higher where the deeper one alone guesses", { 20: worse[20], 56: guessing[56] }, "higher"],
    ["diverged where a loss is not finite", { 20: [0.3, Number.NaN], 56: [0.5, 0.6] }, "diverged"],
  ] as const)("is %s", (_name, plain, verdict) => {
    expect(verdicts({ plain })).toEqual([verdict]);
  });

  it("is given for each deeper net against the shallowest, of both kinds, and of test errors too", () => {
    const nets = { ...worse, 32: [0.31, 0.33, 0.35] };
    const found = depthComparisons(madeUpResult({ plain: nets, residual: better }));
    expect(found.map(({ kind, shallow, deep, training }) => [kind, shallow, deep, training.verdict])).toEqual([
      ["plain", 20, 32, "alike"],
      ["plain", 20, 56, "higher"],
      ["residual", 20, 56, "lower"],
    ]);
    expect(found[1]).toMatchObject({ step: 40, seeds: 3, test: { verdict: "higher" } });
    expect(found[1]?.test.deep.mean).toBeCloseTo(0.57, 10);
    expect(found[1]?.training.shallow).toEqual({ mean: expect.closeTo(0.32, 10), min: 0.3, max: 0.34 });
  });

  it("compares after the most steps that both nets have taken", () => {
    const whole = madeUpResult({ plain: worse, residual: better });
    const networks = whole.networks.map((one) =>
      one.kind === "residual" && one.depth === 56 ? { ...one, points: one.points.slice(0, 1) } : one,
    );
    const cut = {
      ...whole,
      networks: networks.filter(({ kind, seed }) => kind === "plain" || seed === 0),
      complete: false,
    };
    const found = depthComparisons(cut);
    expect(found.map(({ step, seeds, training }) => [step, seeds, training.verdict])).toEqual([
      [40, 3, "higher"],
      [20, 1, "guesses"],
    ]);
    const words = degradationInWords(cut);
    expect(words[0]).toMatch(
      /^Degradation of plain nets; of shortcuts nothing can be said: .*after 40 steps.*after 20 steps/,
    );
    expect(words.at(-1)).toBe("The experiment was interrupted: 7 of 12 networks took all of their 40 steps.");
  });
});

describe("the sentence on top", () => {
  it.each([
    ["Degradation, and shortcuts reverse it", { plain: worse, residual: better }],
    ["Degradation, and shortcuts undo it", { plain: worse, residual: mixed }],
    ["Degradation, with shortcuts as well as without", { plain: worse, residual: worse }],
    ["Degradation of plain nets; of shortcuts nothing can be said", { plain: worse, residual: guessing }],
    ["Degradation of plain nets; of shortcuts nothing can be said", { plain: worse }],
    ["No degradation beyond the spread over the seeds", { plain: mixed, residual: better }],
    ["The opposite of degradation", { plain: better, residual: better }],
    ["With one seed there is no spread to compare a difference with", { plain: { 20: [0.3], 56: [0.5] } }],
    [
      "The plain nets have not begun to learn, so that nothing can be said of degradation",
      { plain: guessing, residual: better },
    ],
    ["A plain net diverged, so that nothing can be said of degradation", { plain: { 20: [0.3], 56: [Number.NaN] } }],
    ["No two plain nets were trained equally long, so nothing can be said of degradation.", { residual: better }],
  ] as const)("is “%s”", (says, errors) => {
    expect(opening(errors)).toBe(says);
  });

  it("gives the numbers, and says where the deeper net only guesses", () => {
    const [first] = degradationInWords(madeUpResult({ plain: { 20: worse[20], 56: guessing[56] }, residual: better }));
    expect(first).toBe(
      "Degradation, and shortcuts reverse it: without shortcuts the training error after 40 steps is 32.0 % at 20 layers and " +
        "90.0 % at 56, no better than guessing; with shortcuts the training error after 40 steps is 32.0 % at 20 layers and 22.0 % at 56.",
    );
  });

  it("is followed by every pair with its ranges, and by the rule with what chance does", () => {
    const words = degradationInWords(madeUpResult({ plain: worse, residual: mixed }));
    expect(words[1]).toBe(
      "Plain nets, training error: 32.0 % (30.0–34.0) at 20 layers, 52.0 % (50.0–54.0) at 56; 20.0 points higher with depth, " +
        "beyond the spread over the seeds.",
    );
    expect(words[3]).toContain("9.0 points higher with depth, within the spread over the seeds.");
    expect(words[5]).toContain("once in 20 experiments with 3 seeds each");
    expect(degradationInWords(madeUpResult({ plain: { 20: [0.3], 56: [0.5] } })).at(-1)).toContain(
      "One seed has no range",
    );
  });
});

describe("results.json", () => {
  const result = madeUpResult({ plain: worse, residual: { 20: [0.3], 56: [Number.NaN] } });

  it("comes back as it was, numbers that JSON does not have included", () => {
    expect(parseDegradation(degradationJson(result))).toEqual(result);
  });

  it("is refused by the path of what is wrong", () => {
    const broken = (change: object) => JSON.stringify({ ...result, ...change });
    expect(() => parseDegradation("{")).toThrow("was the file cut off?");
    expect(() => parseDegradation(broken({ format: 2 }))).toThrow(
      "parseDegradation: format must be 1 (another version of livegrad wrote the file), got 2",
    );
    expect(() => parseDegradation(broken({ settings: { ...result.settings, form: "mnist" } }))).toThrow(
      'settings.form must be one of cifar, imagenet, got "mnist"',
    );
    expect(() => parseDegradation(broken({ networks: [{ ...result.networks[0], points: [{ step: 1 }] }] }))).toThrow(
      "networks[0].points[0].trainingLoss must be",
    );
    expect(() => depthComparisons({} as never)).toThrow("depthComparisons: it takes a result, as degradation and");
  });
});
