/** Tests of the options of the gradient-flow experiment, and of which steps it records. */
import { describe, expect, it } from "vitest";
import { estimateMemory } from "../../src/experiments/memory.js";
import { recordedSteps, settle } from "../../src/experiments/plan.js";
import { drawnImages, gradientFlow, setDevice, ValueError } from "../../src/index.js";

setDevice("cpu");

describe("the options of gradientFlow", () => {
  const depths = "depth must be 6n + 2 (8, 14, 20, 26, 32, 38, 44, 50, 56, 110, …), got";
  it.each<[message: string, options: object]>([
    [`cifarNet: ${depths} 21`, { depths: [20, 21] }],
    [`cifarNet: ${depths} 2`, { depths: [2] }],
    ["gradientFlow: depth must be a list of at least one, got an empty one", { depths: [] }],
    ["gradientFlow: depth must be a list without repetitions, got 20,56,20", { depths: [20, 56, 20] }],
    ["gradientFlow: shortcut must be a list of at least one, got an empty one", { shortcuts: [] }],
    ["gradientFlow: shortcut must be one of none, identity, A, B, C, got D", { shortcuts: ["none", "D"] }],
    ["gradientFlow: shortcut must be a list without repetitions, got none,none", { shortcuts: ["none", "none"] }],
    ["gradientFlow: norm must be one of none, batch, got layer", { norms: ["layer"] }],
    ["gradientFlow: norm must be a list of at least one", { norms: [] }],
    [
      "gradientFlow: init must be one of xavier, xavierUniform, kaiming, kaimingUniform, orthogonal, got he",
      { inits: ["he"] },
    ],
    ["gradientFlow: init must be one of", { inits: ["toString"] }],
    ["gradientFlow: width must be an integer of at least 1, got 0", { width: 0 }],
    ["gradientFlow: width must be an integer of at least 1, got 1.5", { width: 1.5 }],
    ["gradientFlow: batch must be an integer of at least 2, got 1", { batch: 1 }],
    ["gradientFlow: seeds must be an integer of at least 1, got 0", { seeds: 0 }],
    ["gradientFlow: seed must be an integer of at least 0, got -1", { seed: -1 }],
    ["gradientFlow: steps must be an integer of at least 0, got Infinity", { steps: Number.POSITIVE_INFINITY }],
    ["gradientFlow: lr must be a finite number of at least 0, got NaN", { lr: Number.NaN }],
    ["gradientFlow: lr must be a finite number of at least 0, got Infinity", { lr: Number.POSITIVE_INFINITY }],
    ["gradientFlow: momentum must be a finite number of at least 0, got -0.1", { momentum: -0.1 }],
    ["gradientFlow: weightDecay must be a finite number of at least 0, got -1", { weightDecay: -1 }],
  ])("are checked before any work: %s", async (message, options) => {
    let records = 0;
    const result = gradientFlow({ depths: [8], width: 1, batch: 2, ...options, onProgress: () => void records++ });
    await expect(result).rejects.toThrow(message);
    await expect(result).rejects.toBeInstanceOf(ValueError);
    expect(records).toBe(0);
  });

  it("refuse a batch that the data set cannot fill", async () => {
    const dataset = drawnImages({ count: 5, size: 16 });
    const result = gradientFlow({ depths: [8], width: 1, batch: 6, dataset });
    await expect(result).rejects.toThrow("gradientFlow: batch must be at most the 5 images of drawn images, got 6");
    await expect(result).rejects.toBeInstanceOf(ValueError);
  });

  it("take undefined for the default", async () => {
    const one = { depths: [8], width: 1, batch: 2, shortcuts: ["none"], norms: ["none"] } as const;
    const options = { ...one, dataset: drawnImages({ count: 5, size: 16 }), seeds: undefined, inits: undefined };
    const { runs } = await gradientFlow(options as object);
    expect(runs.map(({ seed, cifar }) => [seed, cifar?.init])).toEqual([
      [0, "xavier"],
      [1, "xavier"],
      [2, "xavier"],
    ]);
  });
});

describe("the memory of an experiment", () => {
  const gigabytes = (options: object) => estimateMemory(settle(options), { jobs: 1, images: 200 }).total / 1e9;

  it("is estimated from what is varied", () => {
    expect(gigabytes({})).toBeGreaterThan(0.4);
    expect(gigabytes({})).toBeLessThan(1);
    for (const more of [{ batch: 64 }, { width: 32 }, { depths: [110] }, { seeds: 3000 }, { steps: 50 }]) {
      expect(gigabytes(more), JSON.stringify(more)).toBeGreaterThan(gigabytes({}));
    }
    expect(estimateMemory(settle({}), { jobs: 4, images: 200 }).total).toBeGreaterThan(
      estimateMemory(settle({}), { jobs: 2, images: 200 }).total,
    );
  });

  it.each<[options: object, says: RegExp]>([
    [{ batch: 1e9 }, /^gradientFlow: it would need about \d+ PB of memory, .*: the networks at work take most .*$/],
    [{ width: 1e6 }, /^gradientFlow: it would need about \d+ PB of memory, .*lower width, 1000000, batch, 32, the.*$/],
    [{ seeds: 1e9 }, /^gradientFlow: it would need about \d+ TB of memory, .*the records of 8000000000 networks .*$/],
    [{ depths: [6e12 + 2] }, /^gradientFlow: it would need about/],
  ])("beyond reason is refused in one line, before any work: %o", async (options, says) => {
    const start = performance.now();
    const result = gradientFlow(options);
    await expect(result).rejects.toThrow(says);
    await expect(result).rejects.toBeInstanceOf(ValueError);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("recordedSteps", () => {
  it.each([0, 1, 3, 59, 60])("records every one of %i steps", (steps) => {
    expect([...recordedSteps(steps)].sort((a, b) => a - b)).toEqual(Array.from({ length: steps + 1 }, (_, i) => i));
  });

  it.each([61, 100, 121, 1000, 64_000])(
    "records about sixty of %i, evenly, the first and the last included",
    (steps) => {
      const recorded = [...recordedSteps(steps)].sort((a, b) => a - b);
      expect(recorded[0]).toBe(0);
      expect(recorded.at(-1)).toBe(steps);
      expect(recorded.length).toBeGreaterThan(30);
      expect(recorded.length).toBeLessThanOrEqual(62);
      const gaps = recorded.slice(1).map((step, i) => step - (recorded[i] as number));
      expect(new Set(gaps.slice(0, -1)).size).toBe(1);
      expect(gaps.at(-1)).toBeLessThanOrEqual(gaps[0] as number);
    },
  );
});
