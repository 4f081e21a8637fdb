/** Reads the files of fixtures/, which NumPy and PyTorch wrote, and compares their numbers. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type NamedArray, readNpy, readNpz } from "../../src/io/index.js";
import { differences, type ExpectedArray } from "./expected.js";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const expected = JSON.parse(new TextDecoder().decode(fixture("expected.json"))) as Readonly<
  Record<string, Readonly<Record<string, ExpectedArray>>>
>;

/** The arrays of a file by name; of a .npy there is one. */
function arraysOf(name: string): ReadonlyMap<string, NamedArray> {
  const bytes = fixture(name);
  if (name.endsWith(".npy")) return new Map([["it", readNpy(bytes)]]);
  return readNpz(bytes);
}

describe("a file that NumPy or PyTorch wrote", () => {
  it.each(Object.keys(expected).filter((n) => !n.endsWith("pth")))("%s holds what they say", (name) => {
    const arrays = arraysOf(name);
    const wanted = Object.entries(expected[name] ?? {});
    expect(wanted.flatMap(([key, array]) => differences(key, arrays.get(key), array))).toEqual([]);
    expect([...arrays.keys()].sort()).toEqual(wanted.map(([key]) => key).sort());
  });
});
