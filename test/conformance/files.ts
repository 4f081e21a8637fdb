/** Tells the two conformance formats apart. */
import type { DeviceName } from "../../src/index.js";
import { type OpsFile, runOpCase } from "./ops-cases.js";
import type { Outcome } from "./outcome.js";

/** Runs every case of a file. */
export function runFile(path: string, file: { readonly format?: string }, device: DeviceName): Outcome[] {
  switch (file.format) {
    case "livegrad-conformance-1":
      return (file as OpsFile).cases.map((opCase) => runOpCase(opCase, device));
    default:
      throw new Error(`${path}: format must be livegrad-conformance-1 or livegrad-gradient-flow-1, got ${file.format}`);
  }
}
