/** `npm run package-check`: installs the packed package in an empty project and uses it there, in JavaScript and TypeScript. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkInstallSize } from "./weight.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "livegrad-package-"));

const script = `
import { backward, sum, tensor } from "livegrad";
import { gradcheck } from "livegrad/testing/gradcheck"; // the one part of livegrad/testing that needs no other package
const x = tensor([1, 2, 3], { requiresGrad: true });
backward(sum(x.mul(x)));
const gradient = Array.from(await x.grad.data());
if (gradient.join() !== "2,4,6") throw new Error(\`d(Σx²)/dx at [1, 2, 3] must be [2, 4, 6], got [\${gradient}]\`);
if (!gradcheck((t) => t.mul(t), x).passed) throw new Error("gradcheck fails on x²");
console.log(\`the installed package computes d(Σx²)/dx = [\${gradient.join(", ")}]\`);
`;

const typedScript = `
import { type Tensor, backward, defineOp, mul, type Op, sum, tensor } from "livegrad";
import { gradcheck } from "livegrad/testing/gradcheck";
export const x: Tensor = tensor([1, 2, 3], { requiresGrad: true });
export const cube: Op<[x: Tensor]> = defineOp({
  name: "cube",
  forward: ([x]) => ({ output: mul(x, mul(x, x)), saved: { x } }),
  backward: (gradOutput, { x }) => [mul(gradOutput, mul(3, mul(x, x)))],
});
backward(sum(cube(x)));
export const gradient: Tensor | null = x.grad;
export const passed: boolean = gradcheck(cube, [x]).passed;
export const column: Tensor = x.reshape([3, 1]);
// @ts-expect-error a shape is made of numbers
x.reshape(["two"]);
`;

const tsconfig = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  },
  files: ["use.ts"],
};

try {
  install();
  checkInstallSize(project);
  execFileSync(process.execPath, ["use.mjs"], { cwd: project, stdio: "inherit" });
  execFileSync(process.execPath, [join("node_modules", "livegrad", "dist", "cli", "main.js"), "--version"], {
    cwd: project,
    stdio: "inherit",
  });
  checkTypes();
  console.log("package check: passed");
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Packs the built package and installs it, with its dependencies, in the empty project. */
function install(): void {
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  writeFileSync(join(project, "use.mjs"), script);
  writeFileSync(join(project, "use.ts"), typedScript);
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(tsconfig));
  npm(root, "pack", "--ignore-scripts", "--silent", "--pack-destination", project);
  const [tarball] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no package");
  npm(project, "install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`);
}

/** Errors in our own declarations and in the consumer count; those in other packages' declarations do not. */
function checkTypes(): void {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", project], {
    cwd: project,
    encoding: "utf8",
  });
  const lines = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  const foreign = /^node_modules\/(?!livegrad\/)/;
  const errors = lines.filter((line) => / error TS\d+/.test(line) || line.startsWith("error"));
  const own = errors.filter((line) => !foreign.test(line));
  if (own.length > 0) throw new Error(`the declarations do not compile in a consumer:\n${own.join("\n")}`);
  if (status !== 0 && errors.length === 0) throw new Error(`tsc failed: ${lines.join("\n")}`);
  console.log(
    `the declarations compile without skipLibCheck (${errors.length} errors in other packages' declarations)`,
  );
}

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" });
}
