/** Tests of the gradient-flow experiment: what it must show, that it repeats itself, and how it ends early. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import {
  cifar10,
  currentDevice,
  drawnImages,
  type GradientFlowOptions,
  type GradientFlowProgress,
  gradientFlow,
  type ImageDataset,
  type RunRecord,
  setDevice,
} from "../../src/index.js";
import { version } from "../../src/version.js";

const REAL = fileURLToPath(new URL("../../../shared/data/cifar-10-batches-bin", import.meta.url));
const hasReal = existsSync(join(REAL, "data_batch_1.bin"));
if (!hasReal) console.warn(`skipped: the gradient-flow experiment on real photographs, for ${REAL} is not there`);

beforeAll(() => setDevice("webasm"));

const small = drawnImages({ count: 64, size: 16 });
const tiny: GradientFlowOptions = { depths: [8], width: 2, batch: 2, seeds: 1, dataset: small };

/** Norms of one configuration: at the stem and at the last block. */
function ends(runs: readonly RunRecord[], shortcut: string, norm: string): { first: number; last: number } {
  const run = runs.find(({ cifar }) => cifar?.shortcut === shortcut && cifar.norm === norm);
  const norms = run?.layers.map(({ activationGradNorm }) => activationGradNorm) ?? [];
  return { first: norms[0] ?? Number.NaN, last: norms.at(-2) ?? Number.NaN };
}

describe("gradientFlow at depth 56", () => {
  const sources: [name: string, dataset: () => Promise<ImageDataset | undefined>][] = [
    ["its own images", async () => undefined],
  ];
  if (hasReal) sources.push(["CIFAR-10", () => cifar10(REAL, { limit: 200 })]);

  it.each(sources)("shows the four rows of the table on %s", async (_name, load) => {
    const dataset = await load();
    const options = { depths: [56], width: 4, batch: 4, seeds: 1 };
    const { runs } = await gradientFlow(dataset === undefined ? options : { ...options, dataset });
    expect(runs).toHaveLength(4);
    for (const { layers } of runs) {
      expect(layers.map(({ name }) => name)).toEqual([
        "relu",
        ...[1, 2, 3].flatMap((stage) => Array.from({ length: 9 }, (_, i) => `layer${stage}.${i}`)),
        "linear",
      ]);
    }
    const [vanishing, alive] = [ends(runs, "none", "none"), ends(runs, "identity", "none")];
    const [exploding, tame] = [ends(runs, "none", "batch"), ends(runs, "identity", "batch")];
    for (const { last } of [vanishing, alive, exploding, tame]) {
      expect(last).toBeGreaterThan(1e-2);
      expect(last).toBeLessThan(0.5);
    }
    expect(vanishing.first).toBeLessThan(1e-6);
    expect(vanishing.first).toBeGreaterThan(0);
    expect(alive.first).toBeGreaterThan(1e-2);
    expect(alive.first).toBeLessThan(1e2);
    expect(exploding.first).toBeGreaterThan(1e2);
    expect(tame.first).toBeGreaterThan(1e-1);
    expect(tame.first).toBeLessThan(1e2);
    expect(exploding.first / tame.first).toBeGreaterThan(50);
  });
});

describe("gradientFlow", () => {
  it("gives the same for the same seed, to the last digit, and something else for another", async () => {
    const options = { ...tiny, steps: 2, inits: ["kaiming", "orthogonal"] as const };
    const [first, second] = [await gradientFlow(options), await gradientFlow(options)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    const other = await gradientFlow({ ...options, seed: 1 });
    expect(other.seed).toBe(1);
    expect(other.runs[0]?.layers[0]?.activationGradNorm).not.toBe(first.runs[0]?.layers[0]?.activationGradNorm);
  });

  it("runs every combination, seeds last, and says what it was", async () => {
    const trace = await gradientFlow({
      ...tiny,
      depths: [8, 14],
      inits: ["xavier", "kaimingUniform"],
      seeds: 2,
      seed: 5,
    });
    expect(trace).toMatchObject({ version, device: "webasm", seed: 5, batch: 2, data: "drawn images", complete: true });
    expect(trace.provenance).toContain("WebAssembly");
    expect(trace.runs).toHaveLength(2 * 2 * 2 * 2 * 2);
    const keys = trace.runs.map(({ model, seed }) => [model, seed].join());
    expect(new Set(keys).size).toBe(keys.length);
    expect(trace.runs.map(({ seed }) => seed)).toEqual([...new Array(16).fill(5), ...new Array(16).fill(6)]);
    expect(trace.runs.every(({ cifar, step }) => cifar?.width === 2 && step === 0)).toBe(true);
  });

  it("shows every configuration of a seed the same images", async () => {
    // `identity` is option A: the same net twice, so that only the images could differ.
    const { runs } = await gradientFlow({ ...tiny, shortcuts: ["identity", "A"] });
    const [a, b] = runs.filter(({ cifar }) => cifar?.norm === "none");
    expect(a?.cifar?.shortcut).toBe("identity");
    expect(b?.cifar?.shortcut).toBe("A");
    expect(b?.layers).toEqual(a?.layers);
    expect(b?.loss).toBe(a?.loss);
  });

  it("agrees across devices, and leaves the current one as it was", async () => {
    const on = (device: "reference" | "cpu") => gradientFlow({ ...tiny, device });
    const [reference, cpu] = [await on("reference"), await on("cpu")];
    expect([reference.device, cpu.device, currentDevice().name]).toEqual(["reference", "cpu", "webasm"]);
    reference.runs.forEach((run, i) => {
      run.layers.forEach(({ activationGradNorm }, j) => {
        const other = cpu.runs[i]?.layers[j]?.activationGradNorm ?? Number.NaN;
        expect(Math.abs(other / (activationGradNorm as number) - 1)).toBeLessThan(1e-3);
      });
    });
  });

  it("needs no options but smaller numbers, and draws its images itself", async () => {
    const trace = await gradientFlow({
      depths: [8],
      width: 1,
      batch: 2,
      seeds: 1,
      shortcuts: ["none"],
      norms: ["none"],
    });
    expect(trace.data).toBe("drawn images");
    expect(trace.runs.map(({ cifar }) => cifar?.init)).toEqual(["xavier"]);
  });
});

describe("gradientFlow with steps", () => {
  it("trains the residual net with batch norm, and records losses, norms and update ratios", async () => {
    const options = { ...tiny, width: 4, batch: 16, steps: 60, shortcuts: ["identity"], norms: ["batch"] } as const;
    const { runs, complete } = await gradientFlow(options);
    expect(complete).toBe(true);
    expect(runs.map(({ step }) => step)).toEqual(Array.from({ length: 61 }, (_, i) => i));
    const mean = (part: readonly RunRecord[]) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
    expect(mean(runs.slice(0, 5))).toBeGreaterThan(2);
    expect(mean(runs.slice(-10))).toBeLessThan(0.7 * mean(runs.slice(0, 5)));
    const ratios = (run: RunRecord | undefined) => run?.layers.map(({ updateRatio }) => updateRatio) ?? [];
    for (const run of runs.slice(0, -1)) for (const ratio of ratios(run)) expect(ratio).toBeGreaterThan(0);
    for (const ratio of ratios(runs[0])) expect(ratio).toBeLessThan(1);
    expect(ratios(runs.at(-1))).toEqual([null, null, null, null, null]);
  });

  it("begins each network at the same initialisation as without steps", async () => {
    const [still, moving] = [await gradientFlow(tiny), await gradientFlow({ ...tiny, steps: 1 })];
    const atStart = moving.runs.filter(({ step }) => step === 0);
    const norms = (runs: readonly RunRecord[]) =>
      runs.map(({ layers }) => layers.map((layer) => layer.activationGradNorm));
    expect(norms(atStart)).toEqual(norms(still.runs));
  });

  it("does not move without a learning rate and follows momentum and weight decay", async () => {
    const one = { ...tiny, shortcuts: ["identity"], norms: ["none"], steps: 3 } as const;
    const weightNorms = async (options: GradientFlowOptions) =>
      (await gradientFlow({ ...one, ...options })).runs.map(({ layers }) => layers[0]?.weightNorm as number);
    const still = await weightNorms({ lr: 0 });
    expect(new Set(still).size).toBe(1);
    const usual = await weightNorms({ lr: 0.05 });
    expect(usual[0]).toBe(still[0]);
    expect(usual[1]).not.toBe(still[0]);
    const plain = await weightNorms({ lr: 0.05, momentum: 0 });
    expect(plain[1]).toBe(usual[1]); // the first step has no momentum yet
    expect(plain[2]).not.toBe(usual[2]);
    const decayed = await weightNorms({ lr: 0.05, weightDecay: 1 });
    expect(decayed[1]).toBeLessThan(usual[1] as number);
  });
});

describe("the progress of gradientFlow", () => {
  it("rises to 1, weighs a deeper network more, and brings every record", async () => {
    const seen: GradientFlowProgress[] = [];
    const options = { ...tiny, depths: [8, 20], shortcuts: ["none"], norms: ["none"] } as const;
    const { runs } = await gradientFlow({ ...options, onProgress: (progress) => void seen.push(progress) });
    expect(seen.map(({ fraction }) => fraction)).toEqual([8 / 28, 1]);
    expect(seen.map(({ record }) => record)).toEqual(runs);
    expect(seen.map(({ plan }) => plan.cifar?.depth)).toEqual([8, 20]);
  });

  it("counts the steps between two records", async () => {
    const seen: [step: number, fraction: number][] = [];
    const options = { ...tiny, shortcuts: ["none"], norms: ["none"], steps: 121, width: 1 } as const;
    await gradientFlow({ ...options, onProgress: ({ fraction, record }) => void seen.push([record.step, fraction]) });
    for (const [step, fraction] of seen) expect(fraction).toBeCloseTo((step + 1) / 122, 12);
    expect(seen.at(-1)).toEqual([121, 1]);
  });
});

describe("the signal of gradientFlow", () => {
  it("ends the experiment and returns what was computed, incomplete", async () => {
    const controller = new AbortController();
    let records = 0;
    const onProgress = () => {
      if (++records === 3) controller.abort();
    };
    const trace = await gradientFlow({ ...tiny, steps: 1, onProgress, signal: controller.signal });
    expect(trace.complete).toBe(false);
    expect(trace.runs).toHaveLength(3);
    const whole = await gradientFlow({ ...tiny, steps: 1 });
    expect(trace.runs).toEqual(whole.runs.slice(0, 3));
  });

  it("is heard between two steps that are not recorded", async () => {
    const options = { ...tiny, shortcuts: ["none"], norms: ["none"], steps: 100_000, width: 1 } as const;
    const trace = await gradientFlow({ ...options, signal: AbortSignal.timeout(300) });
    expect(trace.complete).toBe(false);
    expect(trace.runs).toHaveLength(1);
  });

  it("does no work when it has come before the start", async () => {
    const trace = await gradientFlow({ ...tiny, signal: AbortSignal.abort() });
    expect(trace).toMatchObject({ complete: false, runs: [] });
  });

  it("does not make an experiment incomplete that was done", async () => {
    const controller = new AbortController();
    const onProgress = ({ fraction }: GradientFlowProgress) => {
      if (fraction === 1) controller.abort();
    };
    expect((await gradientFlow({ ...tiny, onProgress, signal: controller.signal })).complete).toBe(true);
  });
});
