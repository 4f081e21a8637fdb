/** Runs the networks of an experiment on worker threads, one network at a time on each. */
import { Worker } from "node:worker_threads";
import type { DeviceName } from "../device/device.js";
import { warn } from "../device/host.js";
import { deviceNamed } from "../device/registry.js";
import { withDevice } from "../device/select.js";
import { DeviceError } from "../errors.js";
import { networkName } from "../experiments/work.js";
import { type ExperimentName, type Experiments, openNetworks } from "./networks.js";
import type { WorkerMessage } from "./worker.js";

/** What the threads of a pool are told when they start. */
export interface PoolTask<Name extends ExperimentName> {
  readonly experiment: Name;
  readonly device: DeviceName;
  /** Threads that share the work of one network, on the simd device. */
  readonly threads: number;
  /** What the networks have in common. */
  readonly task: Experiments[Name]["task"];
}

/** How a pool works. */
export interface PoolOptions<Name extends ExperimentName> {
  /** Threads. */
  readonly jobs: number;
  /** Whether code of the user's is loaded, which may need the flags and preloads that the program was started with. */
  readonly hasOwnCode: boolean;
  /** Called with every record. */
  readonly onRecord: (plan: Experiments[Name]["plan"], record: Experiments[Name]["record"]) => void;
  /** Ends all threads at once. */
  readonly signal: AbortSignal;
}

/** Runs every plan; ends early, without an error, when the signal says so. Where a worker cannot start, which is said once,
 * the others do its work, and this thread does what they leave.
 * @returns what ran the kernels, as the first worker to finish reports it; null if none finished
 * @throws DeviceError that names the network if one fails */
export async function runPool<Name extends ExperimentName>(
  plans: readonly Experiments[Name]["plan"][],
  task: PoolTask<Name>,
  options: PoolOptions<Name>,
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
        if (hasStarted) return reject(failure(task.experiment, current, reason));
        queue.unshift(current);
        current = undefined; // an error is followed by an exit
        makeDo(reason);
        resolve();
      };
      let worker: Worker;
      try {
        worker = startWorker(task, options.hasOwnCode);
      } catch (error) {
        return onDeath(messageOf(error));
      }
      workers.push(worker);
      worker.on("message", (message: WorkerMessage<Name>) => {
        if (message.kind === "started") hasStarted = true;
        if (message.kind === "started" || options.signal.aborted) return;
        if (message.kind === "record") return options.onRecord(message.plan, message.record);
        if (message.kind === "failed") return reject(failure(task.experiment, message.plan, message.message));
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
function startWorker(task: PoolTask<ExperimentName>, hasOwnCode: boolean): Worker {
  const own = hasOwnCode ? {} : { execArgv: [], env: {} };
  return new Worker(new URL("./worker.js", import.meta.url), { workerData: task, ...own });
}

/** Runs plans one after the other on this thread. @returns what ran the kernels; null if none was finished */
async function runHere<Name extends ExperimentName>(
  plans: readonly Experiments[Name]["plan"][],
  { experiment, device, task }: PoolTask<Name>,
  { signal, onRecord }: PoolOptions<Name>,
): Promise<string | null> {
  const run = await openNetworks(experiment, task);
  return withDevice(device, async () => {
    for (const plan of plans) {
      try {
        for await (const record of run(plan, signal)) onRecord(plan, record);
      } catch (error) {
        throw failure(experiment, plan, messageOf(error));
      }
      if (signal.aborted) return null;
    }
    return deviceNamed(device).provenance;
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure<Name extends ExperimentName>(
  name: Name,
  plan: Experiments[Name]["plan"] | undefined,
  message: string,
): DeviceError {
  const which = plan === undefined ? "" : ` (${networkName(plan)})`;
  return new DeviceError(name, `a network failed${which}: ${message}`);
}
