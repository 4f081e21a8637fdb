/** Tests of checkpoints: a run that was stopped goes on bit for bit, and nothing is lost where one cannot be written. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { smallNet } from "./small-net.js";

let root = "";
beforeAll(() => {
  lg.setDevice("simd");
  root = mkdtempSync(join(tmpdir(), "livegrad-checkpoints-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const images = lg.drawnImages({ count: 24, size: 16 });

interface Setting {
  readonly seed?: number;
  readonly stopAt?: number;
  readonly more?: Partial<lg.FitOptions>;
  readonly optimizerOf?: (parameters: lg.Parameter[]) => lg.Optimizer;
}

/** Trains a net with augmentation, dropout, batch norm and accumulation. @returns what it told */
async function train(checkpoints: lg.CheckpointOptions, { seed = 1, stopAt, more, optimizerOf }: Setting = {}) {
  const model = smallNet(lg.generator(seed));
  const events: lg.FitEvent[] = [];
  const controller = new AbortController();
  const abort: lg.EventSink = (event) => {
    if (event.kind === "step" && event.step === stopAt) controller.abort();
  };
  await lg.fit(model, {
    train: new lg.DataLoader(images, {
      batchSize: 4,
      shuffle: true,
      transform: "flip-crop",
      generator: lg.generator(2),
    }),
    validation: new lg.DataLoader(images, { batchSize: 12 }),
    epochs: 2,
    accumulate: 2,
    optimizer: optimizerOf?.(model.parameters()) ?? new lg.AdamW(model.parameters(), { lr: 0.01 }),
    metrics: [lg.accuracy(), lg.perClassAccuracy()],
    callbacks: [
      lg.earlyStopping({ patience: 9 }),
      lg.clipGradients({ norm: 0.1 }),
      lg.averageWeights(new lg.AveragedWeights(model.parameters(), { decay: 0.9 })),
    ],
    checkpoints,
    signal: controller.signal,
    sinks: [(event) => void events.push(event), abort],
    ...more,
  });
  return events;
}

function lossesOf(events: readonly lg.FitEvent[]): number[] {
  return events.flatMap((event) => (event.kind === "step" ? [event.loss] : []));
}

const folderOf = (name: string) => join(root, name);
const last = (folder: string) => readFileSync(join(folder, "last.safetensors"));

describe("fit with checkpoints", () => {
  it("goes on bit for bit from every step at which it was stopped", async () => {
    const whole = folderOf("whole");
    const losses = lossesOf(await train({ folder: whole }));
    expect(losses.length).toBe(6);
    for (const stopAt of [1, 2, 3, 4]) {
      const folder = folderOf(`stopped-${stopAt}`);
      const before = await train({ folder }, { stopAt });
      const after = await train({ folder, resume: true });
      expect(after[0]).toMatchObject({ kind: "start", step: stopAt, epoch: stopAt > 3 ? 1 : 0 });
      expect([...lossesOf(before), ...lossesOf(after)]).toEqual(losses);
      expect(last(folder).equals(last(whole)), `stopped at ${stopAt}`).toBe(true);
    }
  });

  it("writes the last, the best and every n-th, and removes old ones", async () => {
    const folder = folderOf("several");
    const events = await train({ folder, keepEvery: 1, keep: 2, best: "loss", everySteps: 2 });
    expect(readdirSync(folder).sort()).toEqual(
      ["best", "last", "step-00000005", "step-00000006"].map((name) => `${name}.safetensors`),
    );
    const told = events.flatMap((event) => (event.kind === "checkpoint" ? [`${event.role} ${event.step}`] : []));
    expect(told.filter((word) => word.startsWith("numbered"))).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => `numbered ${step}`),
    );
    const records = events.filter((event) => event.kind === "epoch");
    const losses = records.map(({ validation }) => Number(validation?.["loss"]));
    const best = records[losses.indexOf(Math.min(...losses))]?.step;
    expect(told.filter((word) => word.startsWith("best")).at(-1)).toBe(`best ${best}`);
  });

  it("gives its weights to a model that loads it", async () => {
    const events = await train({ folder: join(root, "weights") }, { more: { callbacks: [] } });
    const model = smallNet(lg.generator(7));
    const loaded = await model.load(join(root, "weights", "last.safetensors"));
    expect(loaded).toEqual({ missing: [], unexpected: [] });
    const { metrics } = await lg.evaluate(model, new lg.DataLoader(images, { batchSize: 12 }));
    expect(metrics["loss"]).toBe(events.findLast((event) => event.kind === "evaluation")?.metrics["loss"]);
  });

  it("refuses a folder that has a run which nobody asked to go on with, and leaves it as it was", async () => {
    const folder = folderOf("twice");
    await train({ folder });
    const before = last(folder);
    await expect(train({ folder })).rejects.toThrow(
      /last\.safetensors is there from an earlier run; go on from it with resume: true/,
    );
    expect(last(folder).equals(before)).toBe(true);
  });

  it("refuses what cannot go on: a model of another seed, another optimiser, other callbacks, another file", async () => {
    const folder = folderOf("others");
    await train({ folder }, { stopAt: 2 });
    const again = (setting: Setting) => train({ folder, resume: true }, setting);
    await expect(again({ seed: 5 })).rejects.toThrow(/drew from a generator that the checkpoint does not know/);
    await expect(again({ optimizerOf: (list) => new lg.SGD(list, { lr: 0.1 }) })).rejects.toThrow(/SGD\.loadStateDict/);
    await expect(again({ more: { callbacks: [] } })).rejects.toThrow(
      /other callbacks: earlyStopping, averageWeights, and the run has none/,
    );
    const bytes = last(folder);
    writeFileSync(join(folder, "last.safetensors"), bytes.subarray(0, bytes.length - 5));
    await expect(again({})).rejects.toThrow(lg.LivegradError);
    writeFileSync(join(folder, "last.safetensors"), bytes);
    expect(lossesOf(await again({})).length).toBe(4);
  });

  it("refuses two runs in one folder, and a loader whose position cannot be saved", async () => {
    const folder = folderOf("locked");
    const intruder: lg.Callback = {
      name: "intruder",
      onStart: async () => {
        await expect(train({ folder, resume: true })).rejects.toThrow(
          /another run \(process \d+ on .*\) writes to .*locked/,
        );
      },
    };
    await train({ folder }, { more: { callbacks: [intruder] } });
    const source = () => lg.batches(images, { batchSize: 4, shuffle: false });
    await expect(train({ folder }, { more: { train: source } })).rejects.toThrow(
      /must have stateDict and loadStateDict, as DataLoader/,
    );
  });

  it("says in one line why a folder cannot be written", async () => {
    const file = folderOf("file");
    writeFileSync(file, "mine");
    await expect(train({ folder: file })).rejects.toThrow(/^fit: cannot write .*file: it is a file, not a folder/);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it.runIf(existsSync("/sys"))("says in one line that a file system is read-only", async () => {
    const folder = "/sys/livegrad-checkpoints";
    await expect(train({ folder })).rejects.toThrow(
      /^fit: cannot write \/sys\/livegrad-checkpoints: (permission denied|not permitted|the file system is read-only); choose.*$/,
    );
  });

  it.runIf(existsSync("/proc/self"))("says so, too, where a parent denies that it is there", async () => {
    const folder = "/proc/livegrad/checkpoints";
    await expect(train({ folder })).rejects.toThrow(/^fit: cannot write \/proc\/livegrad\/checkpoints: .*; choose/);
  });

  it.runIf(existsSync("/dev/full"))(
    "loses nothing when the disk is full, and goes on when it is not any more",
    async () => {
      const [folder, whole] = [folderOf("full"), folderOf("never-full")];
      await train({ folder: whole });
      let before = Buffer.alloc(0);
      const fill: lg.EventSink = (event) => {
        if (event.kind !== "step" || event.step !== 4) return;
        before = last(folder);
        symlinkSync("/dev/full", join(folder, ".last.safetensors.unfinished"));
      };
      await expect(train({ folder, everySteps: 1 }, { more: { sinks: [fill] } })).rejects.toThrow(
        /^fit: cannot write .*last\.safetensors: no space is left on the disk; free some, or choose another folder$/,
      );
      expect(readdirSync(folder)).toEqual(["last.safetensors"]);
      expect(last(folder).equals(before)).toBe(true);
      const [start] = await train({ folder, resume: true });
      expect(start).toMatchObject({ kind: "start", step: 3 });
      expect(last(folder).equals(last(whole))).toBe(true);
    },
  );
});
