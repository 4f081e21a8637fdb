/** Records the op table: builds it against a livegrad whose exported ops note their calls, and loads the result. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import * as ops from "../../src/ops/index.js";
import { creators } from "../../test/ops/op-table.js";
import type { Cases } from "./cases.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Every sample as a program. */
export async function recordCases(): Promise<Cases> {
  const root = here("../../");
  const { outputFiles } = await build({
    entryPoints: [here("cases.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["gpu.js", "webgpu"],
    plugins: [recordingPlugin],
    write: false,
  });
  const folder = mkdtempSync(join(root, "node_modules", ".comparison-")); // from here gpu.js is found
  const path = join(folder, "cases.mjs");
  try {
    writeFileSync(path, outputFiles[0]?.text ?? "");
    return ((await import(pathToFileURL(path).href)) as { cases: Cases }).cases;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Gives the op table and the compositions, and nothing else, the ops that record. */
const recordingPlugin: Plugin = {
  name: "recording",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/src\/index\.js$/ }, ({ importer }) =>
      importer.includes("/test/ops/") || importer.endsWith("/compositions.ts")
        ? { path: "livegrad", namespace: "recording" }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: "recording" }, () => ({
      contents: wrappers(),
      resolveDir: here("."),
      loader: "ts",
    }));
  },
};

/** A module that exports what livegrad exports, its ops wrapped. */
function wrappers(): string {
  const names = Object.entries(ops).flatMap(([name, value]) =>
    typeof value === "function" && !creators.includes(name) ? [name] : [],
  );
  return [
    'import * as livegrad from "../../src/index.js";',
    'import { recorded } from "./recorder.js";',
    'export * from "../../src/index.js";',
    ...names.map((name) => `export const ${name} = recorded("${name}", livegrad.${name});`),
  ].join("\n");
}
