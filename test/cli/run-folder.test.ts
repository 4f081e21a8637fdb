/** Tests of a run's folder as one unit: whatever happens while it is written, its files are of one run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMMIT, stepsToCommit, take } from "../../src/cli/run-folder/commit.js";
import { openRunFolder, type RunFile } from "../../src/cli/run-folder/index.js";
import { MANIFEST, manifestText, markOf, readManifest } from "../../src/cli/run-folder/manifest.js";
import { openReportFolder, writeReport, writeTraceReport } from "../../src/cli/write-report.js";
import { DataError } from "../../src/errors.js";
import { parseTrace } from "../../src/experiments/report/files.js";
import { LOCK } from "../../src/folder-lock.js";
import { madeUpTrace } from "../experiments/report/made-up-trace.js";
import { build } from "./command.js";

const WHOLE = "report.html";
const filesOf = (run: string, ...names: readonly string[]): RunFile[] =>
  [...names, WHOLE].map((name) => ({ name, text: `${name} of the ${run} run` }));
const earlier = filesOf("earlier", "trace.json", "trace.csv", "loss.svg");
const later = filesOf("later", "trace.json", "trace.csv", "signal.svg");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(files: readonly RunFile[], into = folder): Promise<readonly string[]> {
  const run = await openRunFolder("test", into, WHOLE);
  try {
    return (await run.replace(files)).kept;
  } finally {
    run.close();
  }
}

/** The files that can be seen, but for the manifest. */
function seen(into = folder): RunFile[] {
  const names = readdirSync(into).filter((name) => !/^\.|^manifest|\.kept-/.test(name));
  return names.map((name) => ({ name, text: readFileSync(join(into, name), "utf8") }));
}

const byName = (files: readonly RunFile[]) => Object.fromEntries(files.map(({ name, text }) => [name, text]));

/** The run that all files in a folder are of; throws where they are of two. */
function runSeen(into = folder): "earlier" | "later" {
  const files = byName(seen(into));
  const run = files[WHOLE] === later.at(-1)?.text ? "later" : "earlier";
  const all = byName(run === "later" ? later : earlier);
  expect(all, `a part of the ${run} run`).toMatchObject(files);
  expect(Object.keys(files)).toContain(WHOLE);
  return run;
}

describe("the files of a run", () => {
  it("replace those of an earlier one, those that have no successor included", async () => {
    await write(earlier);
    expect(await write(later)).toEqual([]);
    expect(byName(seen())).toEqual(byName(later));
    expect(readdirSync(folder).sort()).toEqual([MANIFEST, ...later.map(({ name }) => name)].sort());
    expect([...readManifest(folder)].map(([name, mark]) => [name, mark])).toEqual(
      later.map(({ name, text }) => [name, markOf(Buffer.from(text))]),
    );
  });

  it("leave a stranger's files, and move out of the way what bears their names", async () => {
    await write(earlier);
    writeFileSync(join(folder, "notes.txt"), "mine");
    writeFileSync(join(folder, "loss.svg"), "an earlier figure, painted over");
    writeFileSync(join(folder, "signal.svg"), "mine, too");
    mkdirSync(join(folder, "trace.csv.d"));
    expect(await write(later)).toEqual([join(folder, "signal.kept-1.svg")]);
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
    expect(readFileSync(join(folder, "loss.svg"), "utf8")).toBe("an earlier figure, painted over");
    expect(readFileSync(join(folder, "signal.kept-1.svg"), "utf8")).toBe("mine, too");
    expect(existsSync(join(folder, "trace.csv.d"))).toBe(true);
  });

  it.each([
    ["a folder", (path: string) => mkdirSync(path)],
    ["a link that leads nowhere", (path: string) => symlinkSync("/nowhere/at/all", path)],
    ["a file of another program", (path: string) => writeFileSync(path, "{}")],
  ])("move %s out of the way of the manifest and of the report", async (_what, put) => {
    put(join(folder, MANIFEST));
    put(join(folder, WHOLE));
    expect([...(await write(later))].sort()).toEqual(
      ["manifest.kept-1.json", "report.kept-1.html"].map((name) => join(folder, name)),
    );
    expect(byName(seen())).toMatchObject(byName(later));
  });

  it("trust no path in a manifest that somebody wrote", async () => {
    const outside = join(folder, "outside");
    writeFileSync(outside, "x");
    const inside = join(folder, "inside");
    mkdirSync(inside);
    const mark = markOf(Buffer.from("x"));
    writeFileSync(join(inside, MANIFEST), manifestText("0", new Map([["../outside", mark]])));
    await write(later, inside);
    expect(existsSync(outside)).toBe(true);
  });
});

describe("a kill while the files are put in place", () => {
  it("leaves files of one run after any number of steps, and the next run completes it", async () => {
    const start = join(folder, "start");
    await write(earlier, start);
    const staged = join(start, COMMIT);
    mkdirSync(staged);
    for (const { name, text } of later) writeFileSync(join(staged, name), text);
    const marks = new Map(later.map(({ name, text }) => [name, markOf(Buffer.from(text))]));
    writeFileSync(join(staged, MANIFEST), manifestText("0", marks));
    const { length } = stepsToCommit(start, WHOLE);
    expect(length).toBeGreaterThan(8);
    const runs: string[] = [];
    for (let taken = 0; taken <= length; taken++) {
      const copy = join(folder, `after-${taken}`);
      cpSync(start, copy, { recursive: true });
      for (const step of stepsToCommit(copy, WHOLE).slice(0, taken)) take(step);
      runs.push(runSeen(copy));
      (await openRunFolder("test", copy, WHOLE)).close(); // what a next run does first
      expect(byName(seen(copy)), `completed after ${taken} steps`).toEqual(byName(later));
      expect(readdirSync(copy).filter((name) => name.startsWith("."))).toEqual([]);
    }
    expect(new Set(runs)).toEqual(new Set(["earlier", "later"]));
  });

  describe("by SIGKILL", () => {
    beforeAll(build, 120_000);
    const module = new URL("../../dist/cli/run-folder/index.js", import.meta.url).href;
    const forEver = `
      const [module, folder, whole, sets] = process.argv.slice(1);
      const run = await (await import(module)).openRunFolder("test", folder, whole);
      for (let turn = 0; ; turn++) {
        await run.replace(JSON.parse(sets)[turn % 2]);
        if (turn === 1) process.stdout.write("both are written");
      }`;

    it.each([0, 1, 2, 3, 5, 8, 13, 21])("leaves files of one run %i ms after it began", async (delay) => {
      const args = ["--input-type=module", "-e", forEver, module, folder, WHOLE, JSON.stringify([earlier, later])];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGKILL");
      await once(child, "close");
      runSeen();
      const before = readdirSync(folder).filter((name) => name.startsWith("."));
      expect(before, "the lock of the process that is gone").toContain(LOCK);
      await write(later);
      expect(byName(seen())).toEqual(byName(later));
      expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    });
  });
});

describe("a folder that cannot be written", () => {
  it("is told in one line, before any work", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    for (const into of [path, join(path, "deeper")]) {
      await expect(openRunFolder("test", into, WHOLE)).rejects.toThrow(DataError);
      await expect(openRunFolder("test", into, WHOLE)).rejects.toThrow(/^test: cannot write .*file, not a folder; .*$/);
    }
  });

  it("is one that another run has, until that one lets go or is gone", async () => {
    const first = await openRunFolder("test", folder, WHOLE);
    const second = openRunFolder("test", folder, WHOLE);
    await expect(second).rejects.toThrow(DataError);
    await expect(second).rejects.toThrow(/^test: another run \(process \d+ on .*\) writes to .*; wait for it, .*$/);
    first.close();
    (await openRunFolder("test", folder, WHOLE)).close();
    for (const dead of ['{"process":', `{"process":${2 ** 30},"host":"${hostname()}"}`]) {
      writeFileSync(join(folder, LOCK), dead);
      (await openRunFolder("test", folder, WHOLE)).close();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is free where the lock is that of an earlier process which had the number of this one, as in a container", async () => {
    const lock = join(folder, LOCK);
    writeFileSync(lock, JSON.stringify({ process: process.pid, host: hostname(), key: "0" }));
    await expect(openRunFolder("test", folder, WHOLE)).rejects.toThrow("another run");
    const before = new Date(Date.now() - 1000 * process.uptime() - 10_000);
    utimesSync(lock, before, before);
    (await openRunFolder("test", folder, WHOLE)).close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps the earlier files where a new one cannot be written, as on a full disk", async () => {
    await write(earlier);
    const tooLong = `${"x".repeat(300)}.svg`; // no file system takes it
    await expect(write([...later, { name: tooLong, text: "" }])).rejects.toThrow(/^test: cannot write .*too long; .*$/);
    expect(byName(seen())).toEqual(byName(earlier));
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("writeTraceReport", () => {
  const trace = madeUpTrace([{ shortcut: "none", factor: 0.5, last: 0.25, depth: 20, seeds: [0] }]);

  it("writes every file into a folder that it makes, the manifest last", async () => {
    const out = join(folder, "a", "b");
    const run = await openReportFolder("gradient-flow", out);
    const { written } = await writeTraceReport(trace, run);
    run.close();
    const names = ["activation-gradients.svg", "forward-signal.svg", MANIFEST, WHOLE, "trace.csv", "trace.json"];
    expect(readdirSync(out).sort()).toEqual([...names, "weight-gradients.svg"]);
    expect(written.slice(-2)).toEqual([join(out, WHOLE), join(out, MANIFEST)]);
    expect(parseTrace(readFileSync(join(out, "trace.json"), "utf8"))).toEqual(trace);
    expect(readFileSync(join(out, WHOLE), "utf8")).toContain("echarts");
  });

  it("leaves no figure of an earlier run that the new one does not have", async () => {
    const trained = madeUpTrace([{ shortcut: "none", factor: 0.5, depth: 20, seeds: [0], steps: [0, 1] }]);
    const run = await openReportFolder("gradient-flow", folder);
    await writeTraceReport(trained, run);
    expect(readdirSync(folder)).toContain("loss.svg");
    await writeTraceReport(trace, run);
    run.close();
    expect(readdirSync(folder)).not.toContain("loss.svg");
  });
});

describe("writeReport", () => {
  it("writes the numbers even if the report cannot be drawn, with a page that says so, and then throws", async () => {
    await write(earlier);
    const run = await openReportFolder("degradation", folder);
    const draw = () => Promise.reject(new Error("no axis <here>"));
    await expect(writeReport(run, [{ name: "results.json", text: "{}" }], draw)).rejects.toThrow("no axis <here>");
    run.close();
    expect(readdirSync(folder).sort()).toEqual([MANIFEST, WHOLE, "results.json"]);
    const page = readFileSync(join(folder, WHOLE), "utf8");
    expect(page).toContain("no axis &#60;here&#62;");
    expect(page).toContain("All numbers of the run are in results.json.");
  });
});
