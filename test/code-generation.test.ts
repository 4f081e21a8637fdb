/** Tests of livegrad where no code may be made from text, in a process of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = `
import { withoutCode } from "./test/browser/without-code.ts";
const why = "gpu.js compiles kernels with \`new Function\`, which is forbidden here (a content security policy without 'unsafe-eval')";
const problems = await withoutCode({ device: "simd", refusals: { cpu: why, webasm: why } });
console.log(JSON.stringify(problems));
`;

describe("without code generation", () => {
  it("everything works but the devices that need it, which say so", () => {
    const flags = ["--disallow-code-generation-from-strings", "--import", "tsx", "--input-type=module", "-"];
    const { stdout, stderr } = spawnSync(process.execPath, flags, {
      ...{ cwd: root, input: program, encoding: "utf8" },
      env: { ...process.env, LIVEGRAD_DEVICE: "", NODE_OPTIONS: "" },
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([]);
  });
});
