/** Tests of `livegrad train` as its user runs it: what it leaves, how it is interrupted and goes on, what it refuses. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseJsonLines } from "../../../src/index.js";
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
    ["no net", [], "say which net: --model resnet20"],
    ["no such net", ["--model", "lenet6"], 'it has no model "lenet6"; near it: lenet5'],
    ["a net that does not take the images", ["--model", "lenet5", "--size", "16"], "lenet5 does not run on images"],
    ["no such recipe", ["--model", "lenet5", "--recipe", "quik"], 'there is no recipe "quik"; did you mean quick?'],
    ["a file that is not there", ["--model", "lenet5", "--recipe", "./no.json"], "there is no file ./no.json"],
    ["no such kind of data", ["--model", "lenet5", "--data", "cifr10:x"], "did you mean cifar10?"],
    ["an option of no optimiser", ["--model", "lenet5", "--set", "optimizer.lrr=1"], "SGD: it has no option lrr"],
    ["epochs and steps", ["--model", "lenet5", "--epochs", "1", "--steps", "1"], "give --epochs or --steps, not both"],
    ["nothing to go on with", ["--resume"], "to go on with; leave --resume out to begin one"],
  ];

  it.each(cases)("takes one line and exit status 2, before any work: %s", async (_name, args, says) => {
    const { status, stdout, stderr } = await train("unused", args);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^livegrad: [^\n]+\n$/);
    expect([status, stdout]).toEqual([2, ""]);
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });

  it("in a file of options names the nearest", async () => {
    const path = join(folder, "options.json");
    await writeFile(path, JSON.stringify({ model: "lenet5", bacthSize: 3 }));
    const { stderr } = await train("unused", ["--config", path]);
    expect(stderr).toContain("options.json: it has no option bacthSize; did you mean batchSize?");
  });
});
