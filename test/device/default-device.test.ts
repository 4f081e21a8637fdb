/** Tests of the device of a program that names none, in processes of their own: what forbids, limits and loads a machine. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const lean = `import { add, getThreads, ones, run, setThreads, tensor } from "./dist/index.js";
function twice(x) { return 2 * x[this.thread.x]; }
`;

/** Runs a module against the built package; what it printed, and what it warned of. */
function program(text: string, { flags = [] as string[], gibibytes = 0, env = {} as Record<string, string> } = {}) {
  const command = [process.execPath, ...flags, "--input-type=module", "-"].map((word) => `'${word}'`).join(" ");
  const limit = gibibytes === 0 ? "" : `ulimit -v ${gibibytes * 2 ** 20} && `;
  const { stdout, stderr, status } = spawnSync("sh", ["-c", limit + command], {
    ...{ cwd: root, input: lean + text, encoding: "utf8" },
    env: { ...process.env, LIVEGRAD_DEVICE: "", LIVEGRAD_THREADS: "2", NODE_OPTIONS: "", ...env },
  });
  return { out: stdout.trim(), warnings: stderr, status };
}

/** Shares an add among the threads, and waits for what they have to say. */
const shared = `const sum = add(ones([1000000]), 1);
await new Promise((resolve) => setTimeout(resolve, 300));
console.log(sum.device.name, add(sum, 1).sum().itemSync());`;

describe("the device of a program that names none", () => {
  it("is simd, however many threads are asked for before the first tensor", () => {
    expect(program("setThreads(64); console.log(ones([1]).device.name);").out).toBe("simd");
  });

  it("is simd where no code may be made from text, and runs own kernels there", () => {
    const text = "console.log(ones([1]).device.name, run(twice, [tensor([1, 2])]).arraySync().join());";
    const found = program(text, { flags: ["--disallow-code-generation-from-strings"] });
    expect(found).toEqual({ out: "simd 2,4", warnings: "", status: 0 });
  });

  it.runIf(process.platform === "linux")("is simd in 12 GiB of address space", () => {
    expect(program("console.log(ones([1]).device.name);", { gibibytes: 12 }).out).toBe("simd");
  });

  it.runIf(process.platform === "linux")("is another where there is less, with a warning that tells why", () => {
    const { out, warnings, status } = program("console.log(ones([1]).device.name);", { gibibytes: 6 });
    expect([out, status]).toEqual(["cpu", 0]);
    expect(warnings).toContain(
      "livegrad: tensors are made on the device cpu, for what is faster does not work here: device simd:",
    );
    expect(warnings).toContain("ulimit -v");
  });
});

describe("the workers of simd", () => {
  it("start whatever flags and preloads the program has", () => {
    const preload = fileURLToPath(new URL("preload.cjs", import.meta.url));
    for (const options of [{ env: { NODE_OPTIONS: `--require ${preload}` } }, { flags: ["--require", preload] }])
      expect(program(shared, options)).toEqual({ out: "simd 3000000", warnings: "", status: 0 });
  });

  it("that may not start are done without, which is said once", () => {
    const denied = `const threads = process.getBuiltinModule("node:worker_threads");
threads.Worker = class { constructor() { throw new Error("access to this API has been restricted"); } };
${shared}`;
    const { out, warnings, status } = program(denied);
    expect([out, status]).toEqual(["simd 3000000", 0]);
    expect(warnings.match(/a worker thread does not start/g)).toHaveLength(1);
  });

  it("that die are done without, which is said once", () => {
    const dying = `const threads = process.getBuiltinModule("node:worker_threads");
const { Worker } = threads;
threads.Worker = class extends Worker { constructor(text, options) { super("throw new Error('no room')", options); } };
setThreads(4);
${shared}
while (getThreads() > 1) await new Promise((resolve) => setTimeout(resolve, 10));`;
    const { out, warnings, status } = program(dying);
    expect([out, status]).toEqual(["simd 3000000", 0]);
    expect(warnings.match(/a worker thread does not start \(no room\)/g)).toHaveLength(1);
  });
});
