/** Runs the networks of an experiment on worker threads, one network at a time on each. */
import { Worker } from "node:worker_threads";
import { warn } from "../device/host.js";
import { deviceNamed } from "../device/registry.js";
import { withDevice } from "../device/select.js";
import { DeviceError } from "../errors.js";
import type { RunPlan } from "../experiments/plan.js";
import type { RunRecord } from "../experiments/records.js";
import { runNetwork } from "../experiments/run-network.js";
import { isFile } from "./model-file.js";
import { networkTask } from "./network-task.js";
import { networkName } from "./progress.js";
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

/** Runs every plan; ends early, without an error, when the signal says so. Where a worker cannot start, which is said once,
 * the others do its work, and this thread does what they leave.
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
  let hasWarned = false;
  const makeDo = (reason: string) => {
    if (hasWarned) return;
    hasWarned = true;
    warn(`a worker thread does not start (${reason}); the networks make do with fewer`);
  };
  const endAll = () => Promise.all(workers.map((worker) => worker.terminate()));
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      let current = queue.shift();
      if (current === undefined || options.signal.aborted) return resolve();
      let hasStarted = false;
      const onDeath = (reason: string) => {
        if (current === undefined || options.signal.aborted) return resolve();
        if (hasStarted) return reject(failure(current, reason));
        queue.unshift(current);
        current = undefined; // an error is followed by an exit
        makeDo(reason);
        resolve();
      };
      let worker: Worker;
      try {
        worker = startWorker(task);
      } catch (error) {
        return onDeath(messageOf(error));
      }
      workers.push(worker);
      worker.on("message", (message: WorkerMessage) => {
        if (message.kind === "started") hasStarted = true;
        if (message.kind === "started" || options.signal.aborted) return;
        if (message.kind === "record") return options.onRecord(message.plan, message.record);
        if (message.kind === "failed") return reject(failure(message.plan, message.message));
        provenance ??= message.provenance;
        current = queue.shift();
        if (current === undefined) resolve();
        else worker.postMessage(current);
      });
      worker.on("error", (error) => onDeath(messageOf(error)));
      worker.on("exit", (code) => onDeath(`its worker ended early, with exit code ${code}`));
      worker.postMessage(current);
    });
  const stop = () => void endAll();
  options.signal.addEventListener("abort", stop);
  try {
    await Promise.all(Array.from({ length: Math.min(options.jobs, plans.length) }, lane));
    const isDone = queue.length === 0 || options.signal.aborted;
    const provenanceHere = isDone ? null : await runHere(queue, task, options);
    return provenance ?? provenanceHere;
  } finally {
    options.signal.removeEventListener("abort", stop);
    await endAll();
  }
}

/** Flags and preloads are the program's: `--input-type`, `--require` and NODE_OPTIONS say nothing about this file; but a user's
 * own model may need them, as TypeScript does tsx. */
function startWorker(task: WorkerTask): Worker {
  const own = task.models.some(isFile) ? {} : { execArgv: [], env: {} };
  return new Worker(new URL("./worker.js", import.meta.url), { workerData: task, ...own });
}

/** Runs plans one after the other on this thread. @returns what ran the kernels; null if none was finished */
async function runHere(
  plans: readonly RunPlan[],
  { device, ...given }: WorkerTask,
  { signal, onRecord }: PoolOptions,
): Promise<string | null> {
  const task = await networkTask(given);
  return withDevice(device, async () => {
    for (const plan of plans) {
      try {
        for await (const record of runNetwork(plan, task, signal)) onRecord(plan, record);
      } catch (error) {
        throw failure(plan, messageOf(error));
      }
      if (signal.aborted) return null;
    }
    return deviceNamed(device).provenance;
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(plan: RunPlan | undefined, message: string): DeviceError {
  const which = plan === undefined ? "" : ` (${networkName(plan)})`;
  return new DeviceError("gradient-flow", `a network failed${which}: ${message}`);
}
