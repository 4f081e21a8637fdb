/** Fuzzing: whatever the functions of files are given, they answer or throw a typed error. */
import { describe, expect, it } from "vitest";
import * as entry from "../../src/io.js";
import { ODD, outcome, refusals } from "../misuse/odd.js";

const array: entry.NamedArray = { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) };
const bytes = entry.writeSafetensors({ x: array });
const source: entry.ByteSource = {
  name: "x",
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
};

/** Right arguments of every function; null where what they name is not there. */
const CALLS: Readonly<Record<string, () => readonly unknown[]>> = {
  httpSource: () => ["http://127.0.0.1:9/", { headers: {} }],
  openFile: () => [new URL(import.meta.url).pathname],
  openSafetensors: () => [source],
  readNpy: () => [entry.writeNpy(array), { name: "x" }],
  readNpz: () => [entry.writeNpz({ x: array }), { name: "x", limit: 1000 }],
  readPth: () => [bytes, { name: "x", limit: 1000 }],
  readSafetensors: () => [bytes, { name: "x" }],
  readTensors: () => [bytes, { name: "x", limit: 1000 }],
  writeNpy: () => [array],
  writeNpz: () => [{ x: array }, { compress: true }],
  writeSafetensors: () => [{ x: array }, { key: "value" }],
};

describe("whatever they are given, the functions of files", () => {
  const functions = Object.entries(entry).flatMap(([name, value]) =>
    typeof value === "function" && !/^class\b/.test(String(value)) ? [name] : [],
  );

  it("are all tried", () => {
    expect(Object.keys(CALLS).sort()).toEqual(functions.sort());
  });

  it.each(Object.keys(CALLS))("%s answers or throws an error that names it", async (name) => {
    const call = (entry as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[name];
    const right = CALLS[name] as () => readonly unknown[];
    const run = (...args: readonly unknown[]): unknown => call?.(...args);
    const works = await outcome(() => run(...right()));
    if (name !== "httpSource" && name !== "readPth") expect(works).toBeNull();
    expect(await refusals({ name, right, run }, 2, ODD)).toBeGreaterThan(10);
  });
});
