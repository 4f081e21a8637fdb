/** What this JavaScript engine offers the SIMD kernels: 128-bit SIMD at all, fused multiply-add, shared memory, threads. */
import { DeviceError, describe } from "../../errors.js";
import { isNode, nodeModule } from "../host.js";
import { packed } from "./binaries.js";
import { mostThreads } from "./heap.js";
import { unpack } from "./unpack.js";

/** Compiled kernels. */
export interface Engine {
  readonly module: WebAssembly.Module;
  /** Whether products are added without a rounding in between (relaxed SIMD). */
  readonly fused: boolean;
}

/** The kernels, or why they cannot run here. */
let compiled: Engine | string | undefined;

/** Why the kernels cannot run here; undefined where they can. */
export function whyNoSimd(): string | undefined {
  compiled ??= compile();
  return typeof compiled === "string" ? compiled : undefined;
}

/** The kernels, compiled on the first call for what is here.
 * @throws DeviceError where they cannot run */
export function engine(): Engine {
  compiled ??= compile();
  if (typeof compiled === "string") throw new DeviceError("device simd", compiled);
  return compiled;
}

function compile(): Engine | string {
  if (typeof WebAssembly === "undefined") return "this JavaScript engine has no WebAssembly";
  const [plain, fusing] = unpack(packed);
  const fused = WebAssembly.validate(fusing);
  const bytes = fused ? fusing : plain;
  try {
    return { module: new WebAssembly.Module(bytes), fused };
  } catch {
    return WebAssembly.validate(bytes)
      ? "WebAssembly is forbidden here (a content security policy without 'wasm-unsafe-eval')"
      : "this JavaScript engine has no 128-bit WebAssembly SIMD";
  }
}

/** Threads to start with: LIVEGRAD_THREADS, or else as many as the machine has; one where memory cannot be shared. */
export function defaultThreads(): number {
  const wanted = typeof process === "undefined" ? undefined : process.env?.["LIVEGRAD_THREADS"];
  if (wanted !== undefined && wanted !== "") return checkThreads("LIVEGRAD_THREADS", Number(wanted), wanted);
  if (!canShare()) return 1;
  return Math.min(enoughThreads, globalThis.navigator?.hardwareConcurrency ?? hostThreads());
}

/** Beyond it memory, not arithmetic, is what training waits for. */
const enoughThreads = 16;

/** @throws DeviceError unless it is a number of threads */
export function checkThreads(name: string, threads: number, given: unknown = threads): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads) return threads;
  throw new DeviceError(name, `it must be a whole number from 1 to ${mostThreads}, got ${describe(given)}`, {
    actual: given,
  });
}

/** Whether workers can see this thread's memory: in Node, and in pages that are cross-origin isolated. */
export function canShare(): boolean {
  return isNode() || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}

function hostThreads(): number {
  return isNode() ? nodeModule("os").availableParallelism() : 1;
}
