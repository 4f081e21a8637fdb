/** Tests of `livegrad degradation` as its user runs it. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDegradation } from "../../src/report.js";
import { build, livegrad } from "./command.js";

let folder = "";

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), "livegrad-degradation-"));
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const env = { LIVEGRAD_DEVICE: "simd" };
const images = ["--images", "8", "--test-images", "4"];
const tiny = [
  "degradation",
  "--depths",
  "8,14",
  "--width",
  "1",
  "--batch",
  "2",
  "--seeds",
  "1",
  "--steps",
  "20",
  ...images,
];

async function resultIn(out: string) {
  return parseDegradation(await readFile(join(out, "results.json"), "utf8"));
}

describe("livegrad degradation", () => {
  it("tells its plan, shows plot, table and words, and writes the report as one", async () => {
    const out = join(folder, "whole");
    const { status, stdout, stderr } = await livegrad([...tiny, "--out", out], { env });
    expect([status, stderr]).toEqual([0, ""]);
    expect((await readdir(out)).sort()).toEqual([
      "errors.svg",
      "losses.svg",
      "manifest.json",
      "report.html",
      "results.json",
    ]);
    expect(stdout).toMatch(
      /^4 networks of 8 and 14 layers in CIFAR's form, width 1, 20 steps of batch 2, images: drawn images, /,
    );
    expect(stdout).toMatch(
      /8 to train on and 4 to test on, device simd, \d at a time.*about \d+ MB of memory and \d+ s\n/,
    );
    expect(stdout).toContain("100 %");
    expect(stdout).toContain("plain nets: training error by optimiser step");
    expect(stdout).toMatch(/│ ResNet-14 │/);
    const result = await resultIn(out);
    expect(result).toMatchObject({ complete: true, device: "simd", settings: { depths: [8, 14], steps: 20 } });
    expect(result.networks.map(({ model }) => model)).toEqual(["plain-8", "plain-14", "ResNet-8", "ResNet-14"]);
    const again = join(folder, "again");
    await livegrad([...tiny, "--jobs", "1", "--out", again], { env });
    expect((await resultIn(again)).networks).toEqual(result.networks);
  });

  it("trains and tests on CIFAR-10 from a folder", async () => {
    const [data, out] = [join(folder, "cifar"), join(folder, "photographs")];
    await mkdir(data);
    const records = (n: number) => Uint8Array.from({ length: n * 3073 }, (_, i) => (i % 3073 === 0 ? i % 10 : i % 251));
    await writeFile(join(data, "data_batch_1.bin"), records(5));
    await writeFile(join(data, "test_batch.bin"), records(3));
    const { status, stderr } = await livegrad([...tiny, "--data", data, "--out", out], { env });
    expect([status, stderr]).toEqual([0, ""]);
    expect(await resultIn(out)).toMatchObject({ images: 5, testImages: 3, data: "CIFAR-10 train, resized to 16 × 16" });
  });

  it("ends at Ctrl-C with a report of what was found until then", async () => {
    const out = join(folder, "interrupted");
    const long = [...tiny, "--steps", "4000", "--jobs", "1"];
    const { status, stdout } = await livegrad([...long, "--out", out], { env, interruptAt: /\d+ % \|/ });
    expect(status).toBe(130);
    expect(stdout).toContain("The experiment was interrupted: ");
    const { complete, networks } = await resultIn(out);
    expect(complete).toBe(false);
    expect(networks[0]?.points.length).toBeGreaterThanOrEqual(1);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("This experiment was interrupted");
  });

  const mistakes: [name: string, args: readonly string[], says: string][] = [
    ["one depth", ["--depths", "20"], "depths must be a list of at least 2, got 20"],
    ["a depth of no such net", ["--form", "imagenet", "--depths", "18,20"], "got 20"],
    ["an unknown form", ["--form", "mnist"], "form must be one of cifar, imagenet, got mnist"],
    ["steps and minutes", ["--minutes", "1"], "give --steps or --minutes, not both"],
    ["a batch beyond reason", ["--batch", "1e7", "--images", "1e7"], "of memory, and there are"],
    ["no job", ["--jobs", "0"], "jobs must be an integer of at least 1, got 0"],
    ["an unknown device", ["--device", "gpu"], 'there is no device "gpu"'],
    ["a folder that is not there", ["--data", "/nowhere"], "cannot read the folder"],
  ];
  it.each(mistakes)("takes one line and exit status 2, before any work: %s", async (_name, args, says) => {
    const out = join(folder, "unused");
    const { status, stdout, stderr } = await livegrad([...tiny, ...args, "--out", out], { env });
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^livegrad: [^\n]+\n$/);
    expect([status, stdout, existsSync(out)]).toEqual([2, "", false]);
  });
});
