/** What this JavaScript engine offers the SIMD kernels: 128-bit SIMD at all, fused multiply-add, shared memory, threads. */
import { DeviceError, describe } from "../../errors.js";
import { isNode, nodeModule } from "../host.js";
import { fusedBinary, plainBinary } from "./binaries.js";
import { mostThreads } from "./heap.js";

/** Compiled kernels. */
export interface Engine {
  readonly module: WebAssembly.Module;
  /** Whether products are added without a rounding in between (relaxed SIMD). */
  readonly fused: boolean;
}

/** Why the kernels cannot run here; undefined where they can. */
export function whyNoSimd(): string | undefined {
  if (typeof WebAssembly === "undefined") return "this JavaScript engine has no WebAssembly";
  hasSimd ??= WebAssembly.validate(bytesOf(plainBinary));
  return hasSimd ? undefined : "this JavaScript engine has no 128-bit WebAssembly SIMD";
}

let hasSimd: boolean | undefined;

/** Compiles the kernels for what is here. */
export function compile(): Engine {
  const fusedBytes = bytesOf(fusedBinary);
  const fused = WebAssembly.validate(fusedBytes);
  return { module: new WebAssembly.Module(fused ? fusedBytes : bytesOf(plainBinary)), fused };
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

/** A loop, for at this length a callback for each character takes as long as everything else about the start. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
