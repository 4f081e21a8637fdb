/** Tells the two conformance formats apart. */
import type { DeviceName } from "../../src/index.js";
import { type GradientFlowFile, runGradientFlowFile } from "./gradient-flow-cases.js";
import { type OpsFile, runOpCase } from "./ops-cases.js";
import type { Outcome } from "./outcome.js";

/** Runs every case of a file. */
export async function runFile(
  path: string,
  file: { readonly format?: string },
  device: DeviceName,
): Promise<Outcome[]> {
  switch (file.format) {
    case "livegrad-conformance-1": {
      const outcomes: Outcome[] = [];
      for (const opCase of (file as OpsFile).cases) outcomes.push(await runOpCase(opCase, device));
      return outcomes;
    }
    case "livegrad-gradient-flow-1":
      return runGradientFlowFile(path, file as GradientFlowFile, device);
    default:
      throw new Error(`${path}: format must be livegrad-conformance-1 or livegrad-gradient-flow-1, got ${file.format}`);
  }
}
