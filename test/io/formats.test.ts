/** Reads files of every format, good, broken and made to do harm, and compares what comes out with the verdict of a reference. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, type NamedArray, readNpy, readNpz, readSafetensors } from "../../src/io/index.js";
import { differences, type ExpectedArray } from "./expected.js";

const folder = fileURLToPath(new URL("../../../shared/training/formats/", import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`skipped: files with a verdict, for ${folder} is not there`);

/** What files that run code would touch. */
const canaries = ["/tmp/livegrad-canary", "/tmp/livegrad-escape"];

interface Case {
  readonly file: string;
  readonly verdict: "accept" | "refuse" | "either";
  readonly refusal?: string;
  readonly tensors?: Readonly<Record<string, ExpectedArray>>;
  readonly arrays?: Readonly<Record<string, ExpectedArray>>;
  readonly array?: ExpectedArray;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Reads a file, and says how it differs from what it should hold. */
type Reader = (bytes: Uint8Array, expected: Case) => string[];

const readers: Readonly<Record<string, Reader>> = {
  safetensors: (bytes, { file, tensors, metadata = {} }) => {
    const found = readSafetensors(bytes, { name: file });
    return [
      ...arrayDifferences(found.tensors, tensors),
      ...(sorted(found.metadata) === sorted(new Map(Object.entries(metadata))) ? [] : ["other metadata"]),
    ];
  },
  npy: (bytes, { file, array }) => differences("it", readNpy(bytes, { name: file }), array as ExpectedArray),
  npz: (bytes, { file, arrays }) => arrayDifferences(readNpz(bytes, { name: file }), arrays),
};

function sorted(texts: ReadonlyMap<string, string>): string {
  return JSON.stringify([...texts].sort());
}

function arrayDifferences(
  found: ReadonlyMap<string, NamedArray>,
  expected: Readonly<Record<string, ExpectedArray>> | undefined,
): string[] {
  if (expected === undefined) return []; // the reference says that it may be read, and not what it holds
  const extra = [...found.keys()].filter((name) => !Object.hasOwn(expected, name));
  return [
    ...extra.map((name) => `${name} is unexpected`),
    ...Object.entries(expected).flatMap(([name, array]) => differences(name, found.get(name), array)),
  ];
}

function casesOf(format: string): Case[] {
  return (JSON.parse(readFileSync(`${folder}${format}/expected.json`, "utf8")) as { cases: Case[] }).cases;
}

/** The other reasons that a file may be refused for: a file often has more than one fault. */
const alike: Readonly<Record<string, readonly string[]>> = {};

describe.runIf(isThere).each(Object.keys(readers))("a .%s file", (format) => {
  const read = readers[format] as Reader;
  const clean = (): void => {
    for (const path of canaries) rmSync(path, { force: true });
  };
  beforeAll(clean);
  afterAll(clean);

  it.each(isThere ? casesOf(format) : [])("$file: $verdict", (expected) => {
    const { file, verdict, refusal } = expected;
    const bytes = new Uint8Array(readFileSync(`${folder}${format}/${file}`));
    const before = process.memoryUsage();
    const start = process.cpuUsage();
    let error: unknown = null;
    let found: string[] = [];
    try {
      found = read(bytes, expected);
    } catch (thrown) {
      error = thrown;
    }
    expect(process.cpuUsage(start).user, "microseconds").toBeLessThan(2e6); // the machine may have other work to do
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(300e6);
    expect(canaries.filter(existsSync)).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    if (error === null) {
      expect(verdict, "it was read").not.toBe("refuse");
      expect(found).toEqual([]);
    } else {
      if (!(error instanceof FormatError)) throw error;
      expect(verdict, String(error)).not.toBe("accept");
      expect(error.message).toContain(file);
      expect([refusal, ...(alike[file] ?? [])], error.message).toContain(error.reason);
    }
  });
});
