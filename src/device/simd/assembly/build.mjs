/** Compiles the SIMD kernels, once with fused multiply-add (relaxed SIMD) and once without, and writes both as text, so that
 * Node, browsers and bundlers load them alike: `node src/device/simd/assembly/build.mjs`. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));

/** @param {readonly string[]} features */
async function compile(features) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...["index.ts", "--baseDir", here],
      ...["--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub"],
      ...[
        "--memoryBase",
        "8192",
        "--importMemory",
        "--sharedMemory",
        "--initialMemory",
        "2050",
        "--maximumMemory",
        "65536",
      ],
      ...["simd", "threads", ...features].flatMap((feature) => ["--enable", feature]),
    ],
    {
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`the SIMD kernels do not compile: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary).toString("base64");
}

const [plain, fused] = [await compile([]), await compile(["relaxed-simd"])];
writeFileSync(
  new URL("../binaries.ts", import.meta.url),
  `/** The SIMD kernels, compiled from \`assembly/\` by its \`build.mjs\`. */

/** For every engine with WebAssembly SIMD; base64. */
export const plainBinary = "${plain}";

/** With fused multiply-add, for engines with relaxed SIMD; base64. */
export const fusedBinary = "${fused}";
`,
);
