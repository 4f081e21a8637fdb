/** A worker thread of a pool: runs the networks it is sent and posts every record. */
import { parentPort, workerData } from "node:worker_threads";
import { deviceNamed } from "../device/registry.js";
import { setDevice, setThreads } from "../device/select.js";
import { type ExperimentName, type Experiments, openNetworks } from "./networks.js";
import type { PoolTask } from "./pool.js";

/** What a worker posts: that it has all it needs, then a record, the end of a network with what ran it, or its failure. */
export type WorkerMessage<Name extends ExperimentName> =
  | { readonly kind: "started" }
  | { readonly kind: "record"; readonly plan: Experiments[Name]["plan"]; readonly record: Experiments[Name]["record"] }
  | { readonly kind: "finished"; readonly provenance: string }
  | { readonly kind: "failed"; readonly plan: Experiments[Name]["plan"]; readonly message: string };

async function main<Name extends ExperimentName>(): Promise<void> {
  if (parentPort === null) return;
  const port = parentPort;
  const post = (message: WorkerMessage<Name>) => port.postMessage(message);
  const { experiment, device, threads, task } = workerData as PoolTask<Name>;
  setDevice(device);
  if (device === "simd") setThreads(threads);
  const run = await openNetworks(experiment, task);
  post({ kind: "started" }); // what cannot be loaded here (TypeScript, on some versions of Node) the main thread can
  port.on("message", async (plan: Experiments[Name]["plan"]) => {
    try {
      for await (const record of run(plan)) post({ kind: "record", plan, record });
      post({ kind: "finished", provenance: deviceNamed(device).provenance });
    } catch (error) {
      post({ kind: "failed", plan, message: error instanceof Error ? error.message : String(error) });
    }
  });
}

await main();
