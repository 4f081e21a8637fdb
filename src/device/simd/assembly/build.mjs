/** Compiles the SIMD kernels, once with fused multiply-add (relaxed SIMD) and once without, and writes both as one text, so
 * that Node, browsers and bundlers load them alike, and pages load little: `node src/device/simd/assembly/build.mjs`. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { pack } from "./pack.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "../binaries.ts");

/** What the binaries are made of: they are left as they are where nothing has changed. */
function fingerprint() {
  const hash = createHash("sha256").update(asc.version);
  for (const name of readdirSync(here).sort()) hash.update(readFileSync(join(here, name)));
  return hash.digest("hex");
}

/** @param {readonly string[]} features */
async function compile(features) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...["index.ts", "--baseDir", here],
      ...["--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub"],
      ...["--memoryBase", "8192", "--importMemory", "--sharedMemory"],
      ...["--initialMemory", "2050", "--maximumMemory", "65536"],
      ...["simd", "threads", ...features].flatMap((feature) => ["--enable", feature]),
    ],
    {
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`the SIMD kernels do not compile: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary);
}

async function build() {
  const made = `// Made from the sources with the fingerprint ${fingerprint()}`;
  if (existsSync(target) && readFileSync(target, "utf8").includes(made)) return;
  const packed = pack(await compile([]), await compile(["relaxed-simd"]));
  writeFileSync(
    target,
    `/** The SIMD kernels, compiled from \`assembly/\` by its \`build.mjs\`: without and with fused multiply-add. */
import type { Packed } from "./unpack.js";
${made}

export const packed: Packed = ${JSON.stringify(packed)};
`,
  );
}

await build();
