/** Runs the networks of an experiment on worker threads, one network at a time on each. */
import { Worker } from "node:worker_threads";
import { DeviceError } from "../errors.js";
import type { RunPlan } from "../experiments/plan.js";
import type { RunRecord } from "../trace/records.js";
import type { WorkerMessage, WorkerTask } from "./worker.js";

/** How a pool works. */
export interface PoolOptions {
  /** Threads. */
  readonly jobs: number;
  /** Called with every record. */
  readonly onRecord: (plan: RunPlan, record: RunRecord) => void;
  /** Ends all threads at once. */
  readonly signal: AbortSignal;
}

/** Runs every plan; ends early, without an error, when the signal says so.
 * @returns what ran the kernels, as the first worker to finish reports it; null if none finished
 * @throws DeviceError that names the network if one fails */
export async function runPool(
  plans: readonly RunPlan[],
  task: WorkerTask,
  options: PoolOptions,
): Promise<string | null> {
  const queue = [...plans];
  const workers: Worker[] = [];
  let provenance: string | null = null;
  const endAll = () => Promise.all(workers.map((worker) => worker.terminate()));
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      let current = queue.shift();
      if (current === undefined || options.signal.aborted) return resolve();
      const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: task });
      workers.push(worker);
      worker.on("message", (message: WorkerMessage) => {
        if (options.signal.aborted) return;
        if (message.kind === "record") return options.onRecord(message.plan, message.record);
        if (message.kind === "failed") return reject(failure(message.plan, message.message));
        provenance ??= message.provenance;
        current = queue.shift();
        if (current === undefined) resolve();
        else worker.postMessage(current);
      });
      worker.on("error", (error) => reject(failure(current, error.message)));
      worker.on("exit", (code) => {
        if (current === undefined || options.signal.aborted) resolve();
        else reject(failure(current, `its worker ended early, with exit code ${code}`));
      });
      worker.postMessage(current);
    });
  const stop = () => void endAll();
  options.signal.addEventListener("abort", stop);
  try {
    await Promise.all(Array.from({ length: Math.min(options.jobs, plans.length) }, lane));
    return provenance;
  } finally {
    options.signal.removeEventListener("abort", stop);
    await endAll();
  }
}

function failure(plan: RunPlan | undefined, message: string): DeviceError {
  const which =
    plan === undefined ? "" : ` (depth ${plan.depth}, shortcut ${plan.shortcut}, norm ${plan.norm}, seed ${plan.seed})`;
  return new DeviceError("gradient-flow", `a network failed${which}: ${message}`);
}
