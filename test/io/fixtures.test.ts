/** Reads the files of fixtures/, which NumPy and PyTorch wrote, and compares their numbers. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type NamedArray, readNpy, readPth, readTensors } from "../../src/io/index.js";
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
  const { format, tensors } = readTensors(bytes, { name });
  expect(name).toContain(`.${format}`);
  return tensors;
}

describe("a file that NumPy or PyTorch wrote", () => {
  it.each(Object.keys(expected))("%s holds what they say", (name) => {
    const arrays = arraysOf(name);
    const wanted = Object.entries(expected[name] ?? {});
    const prefix = name.includes("checkpoint") ? "module." : ""; // as DataParallel names them
    expect(wanted.flatMap(([key, array]) => differences(key, arrays.get(prefix + key), array))).toEqual([]);
    expect([...arrays.keys()]).toEqual(wanted.map(([key]) => prefix + key));
  });
});

describe("readPth", () => {
  it("gives the whole of a checkpoint, in the file's order", () => {
    const forms = ["zip", "legacy"].map((form) => readPth(fixture(`${form}-checkpoint.pth`)) as Map<string, unknown>);
    for (const checkpoint of forms) {
      expect([...checkpoint.keys()]).toEqual(["epoch", "best", "arch", "state_dict", "optimizer"]);
      expect([checkpoint.get("epoch"), checkpoint.get("best"), checkpoint.get("arch")]).toEqual([3, 0.5, "small"]);
      const groups = (checkpoint.get("optimizer") as Map<string, Map<string, unknown>[]>).get("param_groups");
      expect(groups?.[0]?.get("params")).toEqual([0, 1, 2, 3]);
    }
    expect(forms[0]).toEqual(forms[1]);
  });

  it("refuses a pickle that calls a function, and does not call it", () => {
    rmSync("/tmp/livegrad-canary", { force: true });
    expect(() => readPth(fixture("refused-os-system.pth"), { name: "a.pth" })).toThrow(
      /^readPth: "a.pth": its pickle names "posix.system", .*nothing was run/,
    );
    expect(existsSync("/tmp/livegrad-canary")).toBe(false);
  });
});

describe("readTensors", () => {
  it("says what a file is that it does not read", () => {
    const text = (words: string): Uint8Array => new TextEncoder().encode(words);
    expect(() => readTensors(text("version https://git-lfs.github.com/spec/v1\n"), { name: "a" })).toThrow(
      'readTensors: "a": this is a Git LFS pointer',
    );
    expect(() => readTensors(text("<!DOCTYPE html><html>"))).toThrow("a web page");
    expect(() => readTensors(fixture("bool-5.npy"))).toThrow("a NumPy array (.npy)");
    expect(() => readTensors(new Uint8Array(0))).toThrow("it is empty");
  });
});
