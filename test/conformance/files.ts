/** Tells the conformance formats apart. Runs in Node and in browsers. */
import type { DeviceName } from "../../src/index.js";
import { type ReadData, runGradientFlowFile } from "./gradient-flow-cases.js";
import { runOpsFile } from "./ops-cases.js";
import type { Outcome } from "./outcome.js";
import { runClipFile } from "./training/clip.js";
import { runOptimFile } from "./training/optim.js";
import { runSchedulesFile } from "./training/schedules.js";
import { runTrainFile } from "./training/train.js";
import { runZooFile } from "./zoo/run.js";

/** How a file is to be run. */
interface Setting {
  readonly device: DeviceName;
  /** Finds the images that the file names. */
  readonly readData: ReadData;
  /** Whether runs that take long are not skipped. */
  readonly all: boolean;
}

/** Runs every case of a file. */
type Reader = (file: never, setting: Setting) => Promise<Outcome[]>;

const readers: Readonly<Record<string, Reader>> = {
  "livegrad-conformance-1": (file, { device }) => runOpsFile(file, device),
  "livegrad-gradient-flow-1": (file, { readData, device }) => runGradientFlowFile(file, readData, device),
  "livegrad-zoo/1": (file, { device, all }) => runZooFile(file, device, all),
  "training-optim-1": (file, { device }) => runOptimFile(file, device),
  "training-schedules-1": (file, { device }) => runSchedulesFile(file, device),
  "training-clip-1": (file, { device }) => runClipFile(file, device),
  "training-train-1": (file, { device }) => runTrainFile(file, device),
};

/** Runs every case of a file; `readData` finds the images that it names.
 * @param all whether runs that take long are not skipped */
export async function runFile(
  file: { readonly format?: string },
  readData: ReadData,
  device: DeviceName,
  all = false,
): Promise<Outcome[]> {
  const { format } = file;
  const reader = format !== undefined && Object.hasOwn(readers, format) ? readers[format] : undefined;
  if (reader === undefined)
    throw new Error(`the format must be one of ${Object.keys(readers).join(", ")}, got ${String(format)}`);
  return reader(file as never, { readData, device, all });
}
