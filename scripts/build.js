/** Builds the package into `dist`, unless what is there was made of the very same sources: `node scripts/build.js`. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
/** Written last: what the build was made of, and what it came to. */
const stamp = join(dist, ".built.json");
const require = createRequire(import.meta.url);

/** @param {readonly string[]} paths files and folders, relative to the root */
function hashOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full).sort()) add(join(path, name));
    else if (full !== stamp) hash.update(path).update("\0").update(readFileSync(full)).update("\0");
  };
  for (const path of paths) add(path);
  return hash.digest("hex");
}

/** Everything that the build depends on: sources, settings, and the versions of the compilers. */
function sources() {
  const versions = ["typescript", "assemblyscript", "esbuild"].map((name) => require(`${name}/package.json`).version);
  const files = ["src", "tsconfig.json", "tsconfig.build.json", "scripts/build.js", "scripts/commonjs.js"];
  return `${hashOf(files)} ${versions.join(" ")}`;
}

/** Whether `dist` is what a build would make; it hashes both sides, for times of files say nothing for sure. */
export function isBuilt() {
  if (!existsSync(stamp)) return false;
  try {
    const { from, to } = JSON.parse(readFileSync(stamp, "utf8"));
    return from === sources() && to === hashOf(["dist"]);
  } catch {
    return false; // cut off, or compilers that are not installed
  }
}

/** Builds the package if need be. */
async function build() {
  if (isBuilt()) return;
  const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  rmSync(dist, { recursive: true, force: true });
  run("src/device/simd/assembly/build.mjs");
  run(require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json");
  const { writeCommonJs } = await import("./commonjs.js"); // not above: who asks whether it is built need have no compilers
  await writeCommonJs(join(root, "src"), dist);
  writeFileSync(stamp, `${JSON.stringify({ from: sources(), to: hashOf(["dist"]) })}\n`);
}

/** The same; ends the process where that fails. */
export async function buildOrExit() {
  try {
    await build();
  } catch (error) {
    if (error.status === undefined) throw error;
    process.exit(error.status || 1); // the compiler has said why
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildOrExit();
