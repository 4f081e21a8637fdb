/** Tests of what a page has to load. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { packed } from "../src/device/simd/binaries.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The program as a page gets it: bundled and minified. */
async function bundled(program: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    alias: { livegrad: "./src/index.ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
  });
  return (outputFiles[0] as (typeof outputFiles)[number]).contents;
}

describe("a page that makes a tensor", () => {
  it("loads less than 100 kB, gzipped, the kernels of its device included", async () => {
    const page = await bundled('import { tensor } from "livegrad"; console.log(tensor([1, 2]).arraySync());');
    expect(new TextDecoder().decode(page)).toContain(packed.text.slice(0, 1000));
    expect(gzipSync(page).length).toBeLessThan(100_000);
  });
});
