/** Tests of what is said where an optional package is not installed, of the built package in processes of their own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const preload = fileURLToPath(new URL("hidden-packages.cjs", import.meta.url));
const { peerDependencies, peerDependenciesMeta, dependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as Record<string, Record<string, unknown>>;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-optional-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node where neither gpu.js nor ECharts is there. */
function node(args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--require", preload, ...args], {
    ...{ cwd: root, encoding: "utf8" },
    env: { ...process.env, LIVEGRAD_DEVICE: "", NODE_OPTIONS: "", HIDDEN_PACKAGES: "gpu.js,echarts" },
  });
  return { stdout: stdout.trim(), stderr: stderr.trim(), status };
}

describe("without optional packages", () => {
  it("tensors are made and trained as ever", () => {
    const text = 'const { tensor, mul } = require("./dist/cjs/index.js"); console.log(mul(tensor([2]), 3).itemSync());';
    expect(node(["-e", text])).toEqual({ stdout: "6", stderr: "", status: 0 });
  });

  it("a device of gpu.js says what to install", () => {
    const text = 'require("./dist/cjs/index.js").setDevice("webasm");';
    const version = String(peerDependencies?.["gpu.js"]);
    expect(node(["-e", text]).stderr).toContain(
      `it needs the package gpu.js, which is not installed: npm install gpu.js@${version}\n`,
    );
  });

  it.each(["import", "require"])("%s of livegrad/gpu says what to install", (way) => {
    const load = way === "import" ? 'import("livegrad/gpu")' : 'new Promise(() => require("livegrad/gpu"))';
    const text = `${load}.catch((error) => console.log(error.name, error.message));`;
    const version = String(peerDependencies?.["gpu.js"]);
    expect(node(["-e", text]).stdout).toBe(
      `DeviceError livegrad/gpu: it needs the package gpu.js, which is not installed: npm install gpu.js@${version}`,
    );
  });

  it("a figure says what to install", () => {
    const text = `require("./dist/cjs/report.js").renderSvg({}, { width: 9, height: 9 }).catch((error) => {
      console.log(error.name, error.message);
    });`;
    const major = /^\^(\d+)\./.exec(String(peerDependencies?.["echarts"]))?.[1];
    expect(node(["-e", text]).stdout).toBe(
      `DataError renderSvg: figures need the package echarts, which is not installed: npm install echarts@${major}`,
    );
  });

  it("the command says so before any work, and leaves the folder alone", () => {
    const out = join(folder, "flow");
    const { stdout, stderr, status } = node(["dist/cli/main.js", "gradient-flow", "--out", out]);
    expect([stdout, status, existsSync(out)]).toEqual(["", 2, false]);
    expect(stderr).toMatch(/^livegrad: gradient-flow: figures need the package echarts, .*: npm install echarts@6$/);
  });

  it("are declared as optional, and as nothing else", () => {
    for (const name of ["gpu.js", "echarts", "sharp"]) {
      expect(peerDependenciesMeta?.[name]).toEqual({ optional: true });
      expect(dependencies).not.toHaveProperty([name]);
    }
  });
});
