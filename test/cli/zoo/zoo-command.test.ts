/** Tests of `livegrad zoo` as its user runs it: two small nets from the counting to the page. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ZooRecord } from "../../../src/experiments/zoo/records.js";
import { build, type Finished, livegrad } from "../command.js";

const folder = mkdtempSync(join(tmpdir(), "livegrad-zoo-"));
const onSimd = { env: { LIVEGRAD_DEVICE: "simd" } };
const recordIn = (name: string): ZooRecord => JSON.parse(readFileSync(join(folder, name, "zoo.json"), "utf8"));

beforeAll(build, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("livegrad zoo", () => {
  let finished: Finished;
  let record: ZooRecord;
  beforeAll(async () => {
    const flags = ["--models", "lenet5,cifarResnet20", "--batch", "1,2", "--train", "--seconds", "0.01"];
    finished = await livegrad(["zoo", ...flags, "--out", join(folder, "two")], onSimd);
    if (finished.status === 0) record = recordIn("two");
  }, 120_000);

  it("ends with a table of what it counted and measured, and tells how far it is", () => {
    expect(finished).toMatchObject({ status: 0, stderr: "" });
    expect(finished.stdout).toContain("2 of 2: ResNet-20 (CIFAR)");
    for (const word of ["LeNet-5", "ResNet-20 (CIFAR)", "0.06171", "0.2697", "0.04055"]) {
      expect(finished.stdout).toContain(word);
    }
  });

  it("keeps time, memory and energy of every batch size, and says which energy is modelled", () => {
    expect(record).toMatchObject({ device: "simd", training: true, complete: true });
    expect(record.rows.map(({ name, parameters }) => [name, parameters])).toEqual([
      ["lenet5", 61_706],
      ["cifarResnet20", 269_722],
    ]);
    for (const { failure, runs, published } of record.rows) {
      expect(failure).toBeNull();
      expect(published === null || published.source.length > 0).toBe(true);
      expect(runs.map(({ batch }) => batch)).toEqual([1, 2]);
      for (const run of runs) {
        expect(run.failure).toBeNull();
        expect(run.forward?.median).toBeGreaterThan(0);
        expect(run.training?.median).toBeGreaterThan(run.forward?.median ?? Number.POSITIVE_INFINITY);
        expect(run.trainingMemory).toBeGreaterThanOrEqual(run.forwardMemory ?? Number.POSITIVE_INFINITY);
        expect(["measured", "modelled"]).toContain(run.energy?.kind);
      }
    }
  });

  it("draws the plots that there are numbers for, and a page that has them all", () => {
    const plots = readdirSync(join(folder, "two")).filter((name) => name.endsWith(".svg"));
    expect(plots).toEqual(
      expect.arrayContaining(["forward-time-by-batch.svg", "memory-by-batch.svg", "operations-by-time.svg"]),
    );
    const page = readFileSync(join(folder, "two", "report.html"), "utf8");
    for (const plot of plots) expect(page).toContain(`<figure id="${plot.replace(".svg", "")}">`);
    expect(page).toContain("2 nets of the zoo, compared");
  });

  it("keeps a net that does not fit in memory as a row that says so, and goes on", async () => {
    const flags = ["--models", "wrn16_8,lenet5", "--batch", "1,4096", "--seconds", "0.01"];
    const { status, stdout } = await livegrad(["zoo", ...flags, "--out", join(folder, "memory")], onSimd);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /WRN-16-8, batch 4096: conv2d: a tensor holds at most \d+ elements, \[4096, 128, 32, 32\] has/,
    );
    const [wide, narrow] = recordIn("memory").rows;
    expect(wide?.runs.map(({ forward }) => forward === null)).toEqual([false, true]);
    expect(narrow?.runs.map(({ failure }) => failure)).toEqual([null, null]);
  }, 120_000);

  it("keeps a net that cannot run as a row that says why", async () => {
    const flags = ["--models", "lenet5,cifarPlain20", "--input", "64", "--batch", "1", "--seconds", "0.01"];
    const { status, stdout } = await livegrad(["zoo", ...flags, "--out", join(folder, "large")], onSimd);
    expect(status).toBe(0);
    expect(stdout).toContain("LeNet-5: ");
    const [lenet, plain] = recordIn("large").rows;
    expect(lenet?.failure).toContain("32 to 35 rows and columns");
    expect(lenet?.runs).toEqual([]);
    expect(plain?.runs[0]?.forward?.median).toBeGreaterThan(0);
  }, 120_000);

  it("ends at Ctrl-C with what was measured until then, and says so", async () => {
    const flags = ["--models", "lenet5,cifarResnet20", "--batch", "1", "--seconds", "3", "--out", join(folder, "half")];
    const { status, stdout } = await livegrad(["zoo", ...flags], { ...onSimd, interruptAt: /2 of 2/ });
    expect(status).toBe(130);
    expect(stdout).toContain("Interrupted: this is what was measured until then.");
    expect(recordIn("half")).toMatchObject({ complete: false, rows: [{ name: "lenet5", failure: null }] });
    expect(readFileSync(join(folder, "half", "report.html"), "utf8")).toContain("The run was interrupted");
  }, 120_000);

  it.each([
    ["--models", "resnet51", "near it: resnet50"],
    ["--batch", "0", "batch must be an integer from 1 to 4096, got 0"],
  ])("refuses %s %s in a line", async (flag, value, message) => {
    const { status, stderr } = await livegrad(["zoo", flag, value, "--out", join(folder, "none")], onSimd);
    expect(status).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(message);
  });
});
