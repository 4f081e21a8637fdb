/** Tells the conformance formats apart. Runs in Node and in browsers. */
import type { DeviceName } from "../../src/index.js";
import { type GradientFlowFile, type ReadData, runGradientFlowFile } from "./gradient-flow-cases.js";
import { type OpsFile, runOpCase } from "./ops-cases.js";
import type { Outcome } from "./outcome.js";
import { type ClipFile, runClipFile } from "./training/clip.js";
import { type OptimFile, runOptimFile } from "./training/optim.js";
import { runSchedulesFile, type SchedulesFile } from "./training/schedules.js";
import { runZooFile } from "./zoo/run.js";
import type { ZooFile } from "./zoo/zoo-file.js";

const formats = [
  "livegrad-conformance-1",
  "livegrad-gradient-flow-1",
  "livegrad-zoo/1",
  "training-optim-1",
  "training-schedules-1",
];

/** Runs every case of a file; `readData` finds the images that it names.
 * @param all whether runs that take long are not skipped */
export async function runFile(
  file: { readonly format?: string },
  readData: ReadData,
  device: DeviceName,
  all = false,
): Promise<Outcome[]> {
  switch (file.format) {
    case "livegrad-conformance-1": {
      const outcomes: Outcome[] = [];
      for (const opCase of (file as OpsFile).cases) outcomes.push(await runOpCase(opCase, device));
      return outcomes;
    }
    case "livegrad-gradient-flow-1":
      return runGradientFlowFile(file as GradientFlowFile, readData, device);
    case "livegrad-zoo/1":
      return runZooFile(file as ZooFile, device, all);
    case "training-optim-1":
      return runOptimFile(file as OptimFile, device);
    case "training-schedules-1":
      return runSchedulesFile(file as SchedulesFile, device);
    case "training-clip-1":
      return runClipFile(file as ClipFile, device);
    default:
      throw new Error(`the format must be one of ${formats.join(", ")}, got ${file.format}`);
  }
}
