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

/** A binary that this JavaScript engine takes. */
interface Binary {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fused: boolean;
}

/** The better one of the two; null where neither is taken. */
let binary: Binary | null | undefined;

/** Why the kernels cannot run here; undefined where they can. */
export function whyNoSimd(): string | undefined {
  if (typeof WebAssembly === "undefined") return "this JavaScript engine has no WebAssembly";
  binary ??= binaryOfHere();
  return binary === null ? "this JavaScript engine has no 128-bit WebAssembly SIMD" : undefined;
}

/** Compiles the kernels for what is here.
 * @throws DeviceError where they cannot run */
export function compile(): Engine {
  const missing = whyNoSimd();
  if (missing !== undefined) throw new DeviceError("device simd", missing);
  const { bytes, fused } = binary as Binary;
  try {
    return { module: new WebAssembly.Module(bytes), fused };
  } catch (cause) {
    throw new DeviceError(
      "device simd",
      "WebAssembly is forbidden here (a content security policy without 'wasm-unsafe-eval')",
      { cause },
    );
  }
}

function binaryOfHere(): Binary | null {
  const [plain, fused] = unpack(packed);
  if (WebAssembly.validate(fused)) return { bytes: fused, fused: true };
  return WebAssembly.validate(plain) ? { bytes: plain, fused: false } : null;
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
