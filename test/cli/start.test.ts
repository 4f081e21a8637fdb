/** Tests of `npm start`: help without a build, and no build where one is up to date. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "./command.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
let clone = "";

beforeAll(() => {
  build();
  clone = mkdtempSync(join(tmpdir(), "livegrad-start-"));
  for (const path of ["src", "scripts", "package.json", "tsconfig.json", "tsconfig.build.json"]) {
    cpSync(join(root, path), join(clone, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
}, 300_000);
afterAll(() => rmSync(clone, { recursive: true, force: true }), 60_000);

const node = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: clone, encoding: "utf8" });

describe("npm start", () => {
  it("answers --help and --version without a build", () => {
    const { scripts, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: { start: string };
      version: string;
    };
    const [, ...start] = scripts.start.split(" ");
    expect(node(...start, "--help")).toMatch(/^Usage: livegrad gradient-flow [\s\S]*--depth <list>/);
    expect(node(start[0] as string, "--version")).toBe(`${version}\n`);
    expect(existsSync(join(clone, "dist"))).toBe(false);
  });
});

describe("a build", () => {
  const isBuilt = () =>
    node("--input-type=module", "-e", 'console.log((await import("./scripts/build.js")).isBuilt())') === "true\n";
  const source = () => join(clone, "src", "version.ts");
  const made = () => join(clone, "dist", "version.js");

  it("is up to date while sources and results are what they were, whatever their times say", () => {
    expect(isBuilt()).toBe(false);
    cpSync(join(root, "dist"), join(clone, "dist"), { recursive: true });
    expect(isBuilt()).toBe(true);
    utimesSync(source(), new Date(), new Date());
    expect(isBuilt()).toBe(true);
  });

  it("is not where a source or a result was changed, added or removed", () => {
    for (const path of [source(), made()]) {
      const before = readFileSync(path, "utf8");
      appendFileSync(path, " ");
      expect(isBuilt(), path).toBe(false);
      rmSync(path);
      expect(isBuilt(), path).toBe(false);
      writeFileSync(path, before);
      expect(isBuilt(), path).toBe(true);
    }
    writeFileSync(join(clone, "src", "more.ts"), "");
    expect(isBuilt()).toBe(false);
    rmSync(join(clone, "src", "more.ts"));
    writeFileSync(join(clone, "dist", ".built.json"), '{"from":');
    expect(isBuilt()).toBe(false);
  });
});
