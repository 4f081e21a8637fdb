/** Reads files of every format, good, broken and made to do harm, and compares what comes out with the verdict of a reference. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  FormatError,
  type NamedArray,
  type PthValue,
  readNpy,
  readNpz,
  readPth,
  readSafetensors,
} from "../../src/io/index.js";
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
  readonly tree?: Tree;
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
  pth: (bytes, { file, tensors, tree }) => {
    const value = readPth(bytes, { name: file });
    return tree === undefined ? [] : treeDifferences(value, tree, tensors);
  },
  npz: (bytes, { file, arrays }) => arrayDifferences(readNpz(bytes, { name: file }), arrays),
};

/** An object as the reference writes it down. */
type Tree = Readonly<Record<string, unknown>> | string | number | boolean | null;

/** How an object differs from what the reference says, with the tensors in it. */
function treeDifferences(value: PthValue | undefined, tree: Tree, tensors: Case["tensors"], path = "it"): string[] {
  const inside = (item: PthValue | undefined, part: Tree, name: string | number): string[] =>
    treeDifferences(item, part, tensors, `${path}/${name}`);
  if (typeof tree !== "object" || tree === null) return Object.is(value, tree) ? [] : [`${path} is ${String(value)}`];
  if (typeof tree["$tensor"] === "string")
    return differences(path, value as NamedArray, tensors?.[tree["$tensor"]] as ExpectedArray);
  if ("$int" in tree) return value === BigInt(String(tree["$int"])) ? [] : [`${path} is ${String(value)}`];
  if ("$float" in tree) return Object.is(value, Number(tree["$float"])) ? [] : [`${path} is ${String(value)}`];
  const items = (tree["$list"] ?? tree["$tuple"]) as Tree[] | undefined;
  if (items !== undefined) {
    if (!Array.isArray(value) || value.length !== items.length) return [`${path} is no list of ${items.length}`];
    return items.flatMap((part, i) => inside((value as PthValue[])[i], part, i));
  }
  const entries = tree["$dict"] as [string | number, Tree][];
  if (!(value instanceof Map)) return [`${path} is no dictionary`];
  const keys = JSON.stringify([...value.keys()]) === JSON.stringify(entries.map(([key]) => key));
  return [
    ...(keys ? [] : [`${path} has other keys`]),
    ...entries.flatMap(([key, part]) => inside(value.get(key), part, key)),
  ];
}

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
const alike: Readonly<Record<string, readonly string[]>> = {
  "zip-bomb-storage.pth": ["bad-storage"],
};

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
