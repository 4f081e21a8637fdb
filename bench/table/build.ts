/** Bundles the processes' code, so that they run in plain Node: nothing translates it while the clock runs. */
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** In `bench/node_modules`, from where the frameworks are found. */
const folder = here("../node_modules/.table");

/** livegrad is measured as people get it: built. */
const builtPackage: Plugin = {
  name: "built-package",
  setup({ onResolve }) {
    const dist = new URL("../../dist/", import.meta.url);
    onResolve({ filter: /\/src\/\w+\.js$/ }, ({ path }) => ({
      path: new URL(path.replace(/^.*\/src\//, ""), dist).href,
      external: true,
    }));
  },
};

/** Bundles; the path of the file to run. */
export async function buildWorker(): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: [here("worker.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true, // a process loads its own framework alone
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: [builtPackage],
  });
  return `${folder}/worker.mjs`;
}
