/** Tests of `livegrad train` as its user runs it: what it leaves, how it is interrupted and goes on, what it refuses. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EpochEvent, generator, lenet5, type MetricValues, parseJsonLines } from "../../../src/index.js";
import { readNpz, readSafetensors } from "../../../src/io.js";
import { build, type CommandOptions, type Finished, livegrad } from "../command.js";

let folder = "";

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), "livegrad-train-"));
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const tiny = ["--model", "lenet5", "--images", "48", "--batch-size", "16", "--epochs", "4", "--hold-out", "0.25"];
const env = { LIVEGRAD_DEVICE: "simd", LIVEGRAD_THREADS: "1" };
const train = (out: string, args: readonly string[], options: CommandOptions = {}): Promise<Finished> =>
  livegrad(["train", ...args, "--out", join(folder, out)], { env, ...options });
const bytesOf = (out: string, ...path: string[]) => readFileSync(join(folder, out, ...path));

/** What a run told of its steps and epochs, without times. */
function told(out: string): unknown[] {
  const events = parseJsonLines(bytesOf(out, "run.jsonl").toString());
  return events.flatMap((event) => {
    if (!["step", "evaluation", "epoch", "trace"].includes(event.kind)) return [];
    const { seconds: _s, waited: _w, ...rest } = { seconds: 0, waited: 0, ...event };
    return [rest];
  });
}

describe("livegrad train", () => {
  it("leaves checkpoints, logs and a report, and goes on after an interrupt as if there had been none", async () => {
    const alone = await train("alone", tiny);
    expect([alone.status, alone.stderr]).toEqual([0, ""]);
    expect(alone.stdout).toMatch(
      /^LeNet-5, 61706 parameters; images: drawn images, 36 to train on and 12 to validate with \(held out\); 8 steps of batch 16 \(4 epochs\), SGD, OneCycleLR; device simd, 1 thread, about \d+ MB of memory and \d+ s\n/,
    );
    expect(alone.stdout).toMatch(/Best: \d+\.\d % of the validation images after epoch \d/);
    expect((await readdir(join(folder, "alone"))).sort()).toEqual([
      ...["checkpoints", "config.json", "epochs.csv", "events", "report.html", "run.jsonl"],
    ]);

    const halted = await train("halted", tiny, { interruptAt: /epoch 2 of 4 \|/ });
    expect([halted.status, halted.stderr]).toEqual([130, ""]);
    const goOn = `npx livegrad train --resume --out ${join(folder, "halted")}`;
    expect(halted.stdout).toContain(`To go on: ${goOn}\n`);
    expect(told("halted").length).toBeLessThan(told("alone").length);
    const resumed = await livegrad(goOn.split(" ").slice(2), { env: { ...env, LIVEGRAD_DEVICE: "reference" } });
    expect([resumed.status, resumed.stderr]).toEqual([0, ""]);
    expect(resumed.stdout).toContain("device simd");
    expect(told("halted")).toEqual(told("alone"));
    for (const name of ["last.safetensors", "best.safetensors"])
      expect(bytesOf("halted", "checkpoints", name).equals(bytesOf("alone", "checkpoints", name))).toBe(true);
    expect(bytesOf("halted", "epochs.csv").toString().split("\n")).toHaveLength(1 + 4 + 1);
  });

  it("repeats a run from the settings it left, and refuses others for one that goes on", async () => {
    await train("first", tiny);
    const again = await train("second", ["--config", join(folder, "first", "config.json")]);
    expect([again.status, again.stderr]).toEqual([0, ""]);
    expect(told("second")).toEqual(told("first"));
    const other = await train("first", ["--resume", "--seed", "1", "--set", "lr=0.3"]);
    expect([other.status, other.stdout]).toEqual([2, ""]);
    expect(other.stderr).toContain(
      "was begun with other settings: seed (1, and 0 in the run), optimizer.lr (0.3, and 0.1 in the run); leave them out",
    );
    const unasked = await train("first", tiny);
    expect([unasked.status, unasked.stdout]).toEqual([2, ""]);
    expect(unasked.stderr).toMatch(
      /^livegrad: train: [^\n]*first has a run: go on with it \(npx livegrad train --resume/,
    );
  });

  it("ends with 143 and a checkpoint on SIGTERM", async () => {
    const { status, stdout } = await train("ended", tiny, { interruptAt: /epoch 1 of 4 \|/, signal: "SIGTERM" });
    expect(status).toBe(143);
    expect(stdout).toContain("To go on:");
    expect(existsSync(join(folder, "ended", "checkpoints", "last.safetensors"))).toBe(true);
  });

  it("goes to its end where nobody reads its output any more", async () => {
    const { status } = await train("unheard", tiny, { hangUpAt: /parameters/ });
    expect(status).toBe(0);
    expect(told("unheard")).toHaveLength(told("alone").length);
  });

  it("ends with 3 where a number is not finite", async () => {
    const { status, stderr } = await train("diverged", [...tiny, "--set", "lr=1e30", "--set", "schedule=null"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^livegrad: fit: [^\n]+\n$/);
  });
});

describe("a mistake", () => {
  const cases: [name: string, args: readonly string[], says: string][] = [
    ["a net that does not take the images", ["--model", "lenet5", "--size", "16"], "lenet5 does not run on images"],
    ["an option of no optimiser", ["--model", "lenet5", "--set", "optimizer.lrr=1"], "SGD: it has no option lrr"],
    ["nothing to go on with", ["--resume"], "to go on with; leave --resume out to begin one"],
  ];

  it.each(cases)("takes one line and exit status 2, before any work: %s", async (_name, args, says) => {
    const { status, stdout, stderr } = await train("unused", args);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^livegrad: [^\n]+\n$/);
    expect([status, stdout]).toEqual([2, ""]);
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });
});

describe("a checkpoint", () => {
  it("is evaluated on the images that its run was validated with, and on others", async () => {
    const run = join(folder, "alone");
    const { epoch, validation } = best("alone");
    const { status, stdout } = await livegrad(["evaluate", run, "--json"], { env });
    expect(status).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ data: "drawn images", images: 12, step: 2 * epoch, top1: validation["accuracy"] });
    expect(found.loss).toBeCloseTo(Number(validation["loss"]), 6);
    expect(Object.keys(found.classes)).toContain("disc");
    const last = join(run, "checkpoints", "last.safetensors");
    const table = await livegrad(["evaluate", last, "--split", "test", "--images", "20"], { env });
    expect(table.stdout).toMatch(/after step 8, on 20 images of drawn images: loss \d\.\d+, top-1 \d+\.\d %, top-5 \d/);
    expect(table.stdout).toMatch(/│ disc +│ +(\d+\.\d %|no image) │/);
  });

  it("leaves its weights alone in a file, by PyTorch's names", async () => {
    const last = join(folder, "alone", "checkpoints", "last.safetensors");
    const checkpoint = readSafetensors(readFileSync(last)).tensors;
    for (const [name, read] of [
      ["a.npz", readNpz],
      ["a.safetensors", (bytes: Buffer) => readSafetensors(bytes).tensors],
    ] as const) {
      const out = join(folder, name);
      const { status, stdout } = await livegrad(["export", last, "--out", out], { env });
      expect(status).toBe(0);
      expect(stdout).toContain("10 tensors of 61706 numbers");
      const weights = read(readFileSync(out));
      expect([...weights.keys()].sort()).toEqual(Object.keys(lenet5({ generator: generator(0) }).stateDict()).sort());
      expect(weights.get("c1.weight")).toEqual(checkpoint.get("model.c1.weight"));
    }
    const wrong = await livegrad(["export", last, "--out", join(folder, "a.bin")], { env });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/^livegrad: export: --out must end with .safetensors or .npz, got [^\n]+\n$/);
    const foreign = await livegrad(["evaluate", join(folder, "a.safetensors")], { env });
    expect(foreign.stderr).toContain("is no checkpoint that livegrad train has written");
  });
});

/** The epoch with the best accuracy of a run; the first of equal ones. */
function best(out: string): EpochEvent & { readonly validation: MetricValues } {
  const epochs = parseJsonLines(bytesOf(out, "run.jsonl").toString()).flatMap((event) =>
    event.kind === "epoch" ? [event] : [],
  );
  const accuracyOf = ({ validation }: EpochEvent) => Number(validation?.["accuracy"]);
  return epochs.toSorted((one, other) => accuracyOf(other) - accuracyOf(one))[0] as never;
}
