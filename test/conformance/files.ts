/** Tells the two conformance formats apart. Runs in Node and in browsers. */
import type { DeviceName } from "../../src/index.js";
import { type GradientFlowFile, type ReadData, runGradientFlowFile } from "./gradient-flow-cases.js";
import { type OpsFile, runOpCase } from "./ops-cases.js";
import type { Outcome } from "./outcome.js";

/** Runs every case of a file; `readData` finds the images that it names. */
export async function runFile(
  file: { readonly format?: string },
  readData: ReadData,
  device: DeviceName,
): Promise<Outcome[]> {
  switch (file.format) {
    case "livegrad-conformance-1": {
      const outcomes: Outcome[] = [];
      for (const opCase of (file as OpsFile).cases) outcomes.push(await runOpCase(opCase, device));
      return outcomes;
    }
    case "livegrad-gradient-flow-1":
      return runGradientFlowFile(file as GradientFlowFile, readData, device);
    default:
      throw new Error(`the format must be livegrad-conformance-1 or livegrad-gradient-flow-1, got ${file.format}`);
  }
}
