/** Tests of the samplers: what they draw, and how often. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  balancedSampler,
  generator,
  randomSampler,
  type Sampler,
  sequentialSampler,
  weightedRandomSampler,
} from "../../src/index.js";

/** How often each index is drawn in so many epochs. */
function countsOf(sampler: Sampler, items: number, epochs: number): number[] {
  const random = generator(0);
  const counts = new Array<number>(items).fill(0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const index of Array.from(sampler.draw(random))) counts[index] = (counts[index] as number) + 1;
  }
  return counts;
}

/** Throws unless counts are within five deviations of what their probabilities say. */
function expectFrequencies(counts: readonly number[], probabilities: readonly number[]): void {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  for (const [index, probability] of probabilities.entries()) {
    const deviation = Math.sqrt(draws * probability * (1 - probability));
    expect(Math.abs((counts[index] as number) - draws * probability), `index ${index}`).toBeLessThanOrEqual(
      5 * deviation,
    );
  }
}

const sorted = (list: ArrayLike<number>): number[] => Array.from(list).sort((a, b) => a - b);
const upTo = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe("sequentialSampler", () => {
  it("draws everything in order", () => {
    expect([...Array.from(sequentialSampler(4).draw(generator(0)))]).toEqual([0, 1, 2, 3]);
  });
});

describe("randomSampler", () => {
  it("draws each item once, and as often as any other where more are asked for", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), fc.nat(3), (seed, length, rounds) => {
        expect(sorted(randomSampler(length).draw(generator(seed)))).toEqual(upTo(length));
        const more = randomSampler(length, { numSamples: length * rounds + 1 });
        const counts = countsOf(more, length, 1);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(more.length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("with replacement draws every item with the same probability", () => {
    const counts = countsOf(randomSampler(5, { replacement: true, numSamples: 1000 }), 5, 20);
    expectFrequencies(counts, [0.2, 0.2, 0.2, 0.2, 0.2]);
  });

  it("refuses to draw from nothing", () => {
    expect(() => randomSampler(0, { numSamples: 1 })).toThrow("randomSampler: there are no items to draw 1 of");
    expect(() => randomSampler(-1)).toThrow("length must be an integer of 0 to");
  });
});

describe("weightedRandomSampler", () => {
  it("draws in proportion to the weights, and never what weighs nothing", () => {
    const counts = countsOf(weightedRandomSampler([1, 0, 3, 4, 0], 1000), 5, 20);
    expect([counts[1], counts[4]]).toEqual([0, 0]);
    expectFrequencies(counts, [1 / 8, 0, 3 / 8, 4 / 8, 0]);
  });

  it("without replacement draws no item twice, each as often as drawing one after the other does", () => {
    const weights = [1, 2, 0, 5];
    const sampler = weightedRandomSampler(weights, 2, { replacement: false });
    const random = generator(1);
    const pairs = new Map<string, number>();
    for (let epoch = 0; epoch < 20_000; epoch++) {
      const pair = Array.from(sampler.draw(random)).join(" ");
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    // First by weight, then by weight among the rest.
    const expected = {
      "0 1": (1 / 8) * (2 / 7),
      "0 3": (1 / 8) * (5 / 7),
      "1 0": (2 / 8) * (1 / 6),
      "1 3": (2 / 8) * (5 / 6),
      "3 0": (5 / 8) * (1 / 3),
      "3 1": (5 / 8) * (2 / 3),
    };
    expect(sorted([...pairs.keys()].map((pair) => Object.keys(expected).indexOf(pair)))).toEqual(upTo(6));
    expectFrequencies(
      Object.keys(expected).map((pair) => pairs.get(pair) as number),
      Object.values(expected),
    );
  });

  it.each<[string, number[], number, boolean, string]>([
    ["a negative weight", [1, -1], 1, true, "weights must be finite and not negative, got -1 at place 1"],
    ["weights that are all 0", [0, 0], 1, true, "one weight at least must be above 0"],
    [
      "more than there are to draw",
      [1, 0, 1],
      3,
      false,
      "without replacement, 3 items cannot be drawn of 2 whose weight is above 0",
    ],
    ["drawing none", [1], 0, true, "numSamples must be an integer of at least 1, got 0"],
  ])("refuses %s", (_, weights, numSamples, replacement, message) => {
    expect(() => weightedRandomSampler(weights, numSamples, { replacement })).toThrow(
      `weightedRandomSampler: ${message}`,
    );
  });
});

describe("balancedSampler", () => {
  it("draws the classes equally often, and the items of a class too", () => {
    const labels = [3, 0, 0, 0, 3, 9];
    const sampler = balancedSampler(labels, 900);
    const counts = countsOf(sampler, 6, 20);
    expectFrequencies(
      counts,
      labels.map((label) => 1 / 3 / labels.filter((other) => other === label).length),
    );
    expect(balancedSampler(labels).length).toBe(6);
  });

  it("refuses labels that are none", () => {
    expect(() => balancedSampler([])).toThrow("labels must be a list of one class number or more");
    expect(() => balancedSampler([0, -1])).toThrow("labels must be integers of 0 or more, got -1");
  });
});
