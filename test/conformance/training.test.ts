/** Compares optimisers, schedules and whole trainings with what PyTorch, or a paper's equations, came to. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { dataBeside } from "./data-folder.js";
import { runFile } from "./files.js";
import { report } from "./outcome.js";

const folder = fileURLToPath(new URL("../../../shared/training/", import.meta.url));
if (!existsSync(folder))
  console.warn(`skipped: what PyTorch's optimisers and schedules come to, for ${folder} is not there`);

/** The files, and how many cases each has at least. */
const files = { "optim.json": 264, "schedules.json": 56, "clip.json": 40, "train.json": 7 };

type Json = { format: string; cases: { [key: string]: unknown }[] };

describe.runIf(existsSync(folder)).each(Object.entries(files))("%s", (name, fewest) => {
  const path = `${folder}${name}`;
  const content = JSON.parse(readFileSync(path, "utf8")) as Json;

  it.each(["reference", "simd"] as const)("holds on %s", async (device) => {
    const outcomes = await runFile(content, dataBeside(path), device);
    expect(report(outcomes, device).lines.filter((line) => line.startsWith("FAILED"))).toEqual([]);
    expect(outcomes.filter(({ skipped }) => !skipped).length).toBeGreaterThanOrEqual(fewest);
  });

  // of train.json this takes long, and training/train.test.ts does it for a short training
  const devices = name === "train.json" ? [] : (["reference", "simd"] as const);
  it.each(devices)("fails in every case whose numbers are wrong: %s", async (device) => {
    const wrong = { ...content, invalid: [], cases: content.cases.map(spoilt) };
    const outcomes = await runFile(wrong, dataBeside(path), device);
    const missed = outcomes.filter(({ skipped, comparisons }) => !skipped && comparisons.every(({ passed }) => passed));
    expect(missed.map((outcome) => outcome.name)).toEqual([]);
  });
});

/** What a case expects, by the names of the files. */
const expectations = ["params", "lrs", "changes", "after", "averages", "runningMean", "loss", "mixed"];

/** A case with one number among its expectations a thousandth of itself away. */
function spoilt(one: { readonly [key: string]: unknown }): { [key: string]: unknown } {
  const key = expectations.find((name) => name in one);
  if (key === undefined) throw new Error(`nothing is known of what ${String(one["name"])} expects`);
  return { ...one, [key]: moved(one[key]) };
}

/** A structure whose last number is moved. */
function moved(value: unknown): unknown {
  if (typeof value === "number") return value + (value < 0 ? -0.001 : 0.001) * (1 + Math.abs(value));
  if (Array.isArray(value)) return value.with(-1, moved(value.at(-1)));
  if (typeof value !== "object" || value === null) return 1;
  const entries = Object.entries(value);
  const [key, last] = entries.at(-1) as [string, unknown];
  return { ...value, [key]: moved(last) };
}
