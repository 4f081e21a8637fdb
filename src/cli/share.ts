/** How a command shares out the processors among the networks of an experiment. */
import { availableParallelism } from "node:os";
import type { Device } from "../device/device.js";
import { getThreads } from "../device/select.js";
import { ValueError } from "../errors.js";

/** How the processors are shared out. */
export interface Share {
  readonly device: Device;
  /** Networks at a time. */
  readonly jobs: number;
  /** Threads for each of them, on the simd device. */
  readonly threads: number;
}

/** As many networks at a time as there are processors, and what is left in threads for each; LIVEGRAD_THREADS and the
 * user's jobs go before. */
export function shareProcessors(device: Device, jobs: number | undefined): Share {
  const processors = device.hostMemory ? availableParallelism() : 1;
  const asked = device.name === "simd" && process.env["LIVEGRAD_THREADS"] ? getThreads() : null;
  const networks = jobs ?? Math.max(1, Math.floor(processors / (asked ?? 1)));
  return { device, jobs: networks, threads: asked ?? Math.max(1, Math.floor(availableParallelism() / networks)) };
}

/** Throws unless the user's jobs are a number of networks.
 * @throws ValueError in the name of the command */
export function checkJobs(command: string, jobs: number | undefined): void {
  if (jobs === undefined || (Number.isSafeInteger(jobs) && jobs >= 1)) return;
  throw new ValueError(command, `jobs must be an integer of at least 1, got ${jobs}`);
}

/** `device simd, 2 at a time, 1 thread each`. */
export function shareWords({ device, jobs, threads }: Share): string {
  const each = device.name === "simd" ? `, ${threads} ${threads === 1 ? "thread" : "threads"} each` : "";
  return `device ${device.name}, ${jobs} at a time${each}`;
}
