/** Writes `dist/cjs`: the package, without its command, for `require`, file by file, with declarations of its own. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

/** What has no part in it: the command, which is an ES module, and what AssemblyScript compiles. */
const leftOut = [join("cli", "/"), join("device", "simd", "assembly", "/")];

/** @param {string} folder @param {string} ending @returns {string[]} paths relative to it */
function filesOf(folder, ending) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path.endsWith(ending) && !leftOut.some((start) => path.startsWith(start)));
}

/** Neither bundled nor minified: gpu.js and the reader of kernels take the text of functions as it stands.
 * @param {string} source the folder of the TypeScript
 * @param {string} dist the folder that tsc has filled */
export async function writeCommonJs(source, dist) {
  const out = join(dist, "cjs");
  copyDeclarations(dist, out);
  await build({
    entryPoints: filesOf(source, ".ts").map((path) => join(source, path)),
    outbase: source,
    outdir: out,
    format: "cjs",
    platform: "node",
    target: "node20.16",
    sourcemap: true,
    sourcesContent: false,
    define: { "import.meta.url": "__filename" }, // for `createRequire`, which takes either
    supported: { "dynamic-import": false }, // Jest has none
    logLevel: "warning",
  });
}

/** TypeScript takes a declaration for CommonJS by the nearest package.json. */
function copyDeclarations(dist, out) {
  const copy = (path, change) => {
    const to = join(out, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, change(readFileSync(join(dist, path), "utf8")));
  };
  const [declarations, maps] = [filesOf(dist, ".d.ts"), filesOf(dist, ".d.ts.map")];
  for (const path of declarations) copy(path, (text) => text);
  for (const path of maps) {
    copy(path, (text) => {
      const map = JSON.parse(text);
      return JSON.stringify({ ...map, sources: map.sources.map((file) => `../${file}`) }); // one folder deeper
    });
  }
  writeFileSync(join(out, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
}
