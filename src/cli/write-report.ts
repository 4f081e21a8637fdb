/** Writes the report of a gradient-flow trace into a folder. */

import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { DataError } from "../errors.js";
import type { GradientFlowTrace } from "../trace/records.js";
import { figuresOf, renderSvg } from "../trace/report/figures.js";
import { traceCsv, traceJson } from "../trace/report/files.js";
import { reportHtml } from "../trace/report/html.js";

/** Writes `trace.json`, `trace.csv`, one SVG per figure and `report.html`, creating the folder if needed.
 *
 * Each file is written beside its place and then renamed, so that an interrupted write leaves the earlier one whole.
 * @returns the paths written, `report.html` last
 * @throws DataError if the folder cannot be made or written
 * @category Tracing */
export async function writeReport(trace: GradientFlowTrace, outDir: string): Promise<string[]> {
  await makeFolder("writeReport", outDir);
  const written: string[] = [];
  const write = async (name: string, text: string): Promise<void> => {
    written.push(await writeAtomically(join(outDir, name), text));
  };
  await write("trace.json", traceJson(trace));
  await write("trace.csv", traceCsv(trace));
  for (const figure of figuresOf(trace)) {
    const { width, height } = figure;
    await write(`${figure.id}.svg`, await renderSvg(figure.option, { width, height }));
  }
  await write("report.html", reportHtml(trace, { echartsSource: await readEcharts() }));
  return written;
}

/** Creates the folder if needed and proves, with a file that is removed again, that it can be written.
 * @throws DataError naming the folder and the remedy
 * @category Tracing */
export async function checkWritable(outDir: string): Promise<void> {
  await makeFolder("checkWritable", outDir);
  const probe = join(outDir, `.livegrad-${process.pid}.tmp`);
  try {
    await writeFile(probe, "livegrad");
    await rm(probe);
  } catch (cause) {
    await rm(probe, { force: true }).catch(() => undefined);
    throw explained("checkWritable", outDir, cause);
  }
}

async function makeFolder(op: string, outDir: string): Promise<void> {
  // Level by level: Node's recursive mkdir never returns where a parent refuses with ENOENT, as /proc does.
  const missing: string[] = [];
  for (let path = resolve(outDir); !existsSync(path); path = dirname(path)) missing.push(path);
  try {
    for (const path of missing.reverse()) await mkdir(path);
    if (!(await stat(outDir)).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "EEXIST" });
  } catch (cause) {
    throw explained(op, outDir, cause);
  }
}

async function writeAtomically(path: string, text: string): Promise<string> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(text);
      await file.sync(); // The text must be on disk before its name is.
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return path;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw explained("writeReport", path, cause);
  }
}

async function readEcharts(): Promise<string> {
  try {
    return await readFile(createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js"), "utf8");
  } catch (cause) {
    throw new DataError("writeReport", "echarts/dist/echarts.min.js is not there; reinstall the package echarts", {
      cause,
    });
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "permission denied; choose another folder or change its permissions",
  EPERM: "not permitted; choose another folder or change its permissions",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "no space is left on the disk; free some, or choose another folder",
  EDQUOT: "the disk quota is used up; free some space, or choose another folder",
  EEXIST: "it is a file, not a folder; choose another name or remove it",
  ENOTDIR: "a part of the path is a file, not a folder; choose another name or remove it",
  EISDIR: "a folder is in the place of the file; remove it or choose another folder",
  ENAMETOOLONG: "the path is too long; choose a shorter one",
};

function explained(op: string, path: string, cause: unknown): DataError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = REMEDIES[code] ?? (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
  return new DataError(op, `cannot write ${path}: ${reason}`, { actual: code, cause });
}
