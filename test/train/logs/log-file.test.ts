/** Tests of the files that logs are written to. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLogFile } from "../../../src/train/logs/log-file.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

describe("openLogFile", () => {
  it("makes the folders, and appends to what is there", () => {
    const path = join(folder, "a", "b", "log.txt");
    for (const text of ["one\n", "two\n"]) {
      const file = openLogFile(path);
      file.append(bytes(text));
      file.close();
    }
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  });

  it("has each record on its way to the disk when append returns", () => {
    const file = openLogFile(join(folder, "log.txt"));
    file.append(bytes("one\n"));
    expect(readFileSync(join(folder, "log.txt"), "utf8")).toBe("one\n");
    expect(new TextDecoder().decode(file.read())).toBe("one\n");
    file.close();
    file.close();
    expect(() => file.append(bytes("two\n"))).toThrow(/^openLogFile: the log .*log\.txt is closed$/);
  });

  it("is replaced as one, and goes on from there", () => {
    const path = join(folder, "log.txt");
    const file = openLogFile(path);
    file.append(bytes("one\ntwo\n"));
    file.replace(bytes("one\n"));
    file.append(bytes("three\n"));
    file.close();
    expect(readFileSync(path, "utf8")).toBe("one\nthree\n");
    expect(readdirSync(folder)).toEqual(["log.txt"]);
  });

  it("begins anew beside what it held", () => {
    const path = join(folder, "log.txt");
    const file = openLogFile(path);
    for (const text of ["one", "two", "three"]) {
      file.append(bytes(text));
      if (text !== "three") file.startOver();
    }
    file.close();
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    expect([read("log.kept-1.txt"), read("log.kept-2.txt"), read("log.txt")]).toEqual(["one", "two", "three"]);
  });

  it("says in one line why it cannot be written", () => {
    mkdirSync(join(folder, "here"));
    writeFileSync(join(folder, "file"), "");
    expect(() => openLogFile(join(folder, "here"))).toThrow(/cannot write .*here: it is a folder, not a file/);
    expect(() => openLogFile(join(folder, "file", "log"))).toThrow(
      /cannot write .*log: (it is a file|a part of the path is)/,
    );
    expect(() => openLogFile("a\0b")).toThrow("openLogFile: it takes the path of a file");
  });

  it.runIf(existsSync("/dev/full"))("says so where the disk is full", () => {
    symlinkSync("/dev/full", join(folder, "log.txt"));
    const file = openLogFile(join(folder, "log.txt"));
    expect(() => file.append(bytes("one\n"))).toThrow(/^openLogFile: cannot write .*: no space is left on the disk/);
  });

  it("leaves whole records where the process is killed", async () => {
    const module = fileURLToPath(new URL("../../../src/train/logs/log-file.ts", import.meta.url));
    const path = join(folder, "log.txt");
    const script = join(folder, "run.mts");
    writeFileSync(
      script,
      `import { openLogFile } from ${JSON.stringify(module)};
const file = openLogFile(${JSON.stringify(path)});
for (let i = 0; ; i++) file.append(new TextEncoder().encode("x".repeat(i % 1000) + "\\n"));`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      stdio: "ignore",
      cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    });
    while (!existsSync(path) || readFileSync(path).length < 1_000_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    expect(lines.findIndex((line, i) => line.length !== i % 1000)).toBe(-1);
  });
});
