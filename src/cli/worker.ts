/** A worker thread of the gradient-flow command: runs the networks it is sent and posts every record. */
import { parentPort, workerData } from "node:worker_threads";
import type { DeviceName } from "../device/device.js";
import { deviceNamed } from "../device/registry.js";
import { setDevice, setThreads } from "../device/select.js";
import type { GradientFlowSettings, InitName, RunPlan } from "../experiments/plan.js";
import type { RunRecord } from "../experiments/records.js";
import { runNetwork } from "../experiments/run-network.js";
import type { ImageSource } from "./images.js";
import { networkTask } from "./network-task.js";

/** What a worker is told when it starts. */
export interface WorkerTask {
  readonly device: DeviceName;
  /** Threads that share the work of one network, on the simd device. */
  readonly threads: number;
  readonly settings: GradientFlowSettings;
  readonly images: ImageSource;
  /** Words of `--model`. */
  readonly models: readonly string[];
  /** Initialisations of models of the zoo; none for their own. */
  readonly inits: readonly InitName[];
}

/** What a worker posts: that it lives, then a record, the end of a network with what ran it, or its failure. */
export type WorkerMessage =
  | { readonly kind: "started" }
  | { readonly kind: "record"; readonly plan: RunPlan; readonly record: RunRecord }
  | { readonly kind: "finished"; readonly provenance: string }
  | { readonly kind: "failed"; readonly plan: RunPlan; readonly message: string };

async function main(): Promise<void> {
  if (parentPort === null) return;
  const port = parentPort;
  const post = (message: WorkerMessage) => port.postMessage(message);
  post({ kind: "started" });
  const { device, threads, ...given } = workerData as WorkerTask;
  setDevice(device);
  if (device === "simd") setThreads(threads);
  const task = await networkTask(given);
  port.on("message", async (plan: RunPlan) => {
    try {
      for await (const record of runNetwork(plan, task)) post({ kind: "record", plan, record });
      post({ kind: "finished", provenance: deviceNamed(device).provenance });
    } catch (error) {
      post({ kind: "failed", plan, message: error instanceof Error ? error.message : String(error) });
    }
  });
}

await main();
