/** What runs inside the browser: the op table, conformance cases, the device report and a training-like loop, called by `run.ts`. */
import {
  currentDevice,
  type DeviceName,
  type DeviceReport,
  deviceNamed,
  devices,
  full,
  matmul,
  setThreads,
  sum,
} from "../../src/index.js";
import "../../src/gpu.js";
import { checkReads } from "../autograd/reads.js";
import { runFile } from "../conformance/files.js";
import { report } from "../conformance/outcome.js";
import { plantAll, rightCases } from "../conformance/planted.js";
import { measureParity, type OpParity } from "../ops/parity.js";
import { lateIndices } from "./late-indices.js";
import { optimizerSteps } from "./optimizer-steps.js";
import { specialValues } from "./special-values.js";
import { type Course, steps } from "./training-steps.js";
import { type Surroundings, withoutCode } from "./without-code.js";

/** What the page offers to the script that drives it; all of it survives structured cloning. */
export interface Page {
  /** Runs a conformance file, of either format, from the server on one device. */
  conformance(url: string, device: DeviceName): Promise<{ lines: string[]; failed: number }>;
  /** `devices()`: what is there, what really ran and how fast. */
  devices(): Promise<DeviceReport[]>;
  /** The device that is chosen where none is asked for, and how long the choice took, in milliseconds. */
  choice(): { name: DeviceName; milliseconds: number };
  /** Runs rows of the op table, by default all, on one device, and of an op at most as many samples as `most` says; what really
   * ran its kernels. */
  opTable(
    device: DeviceName,
    ops?: readonly string[],
    most?: Readonly<Record<string, number>>,
  ): Promise<{ provenance: string; rows: OpParity[] }>;
  /** Special values that the device treats differently from the reference. */
  specialValues(device: DeviceName): Promise<string[]>;
  /** Ops that let an index out of range pass. */
  lateIndices(device: DeviceName): Promise<string[]>;
  /** Optimisers that come to other numbers than on the reference device. */
  optimizerSteps(device: DeviceName): Promise<string[]>;
  /** Runs random programs whose awaited reads must tell the numbers of the call; what went wrong first. */
  reads(device: DeviceName): Promise<string[]>;
  /** Wrong expectations that a conformance run passes. */
  plantedMistakes(device: DeviceName): Promise<string[]>;
  /** How many threads the simd device has. */
  setThreads(count: number): void;
  /** Multiplies matrices large enough for two threads on the simd device; an element of the product. */
  bigProduct(): Promise<number>;
  /** What goes wrong where no code may be made from text. */
  withoutCode(surroundings: Surroundings): Promise<string[]>;
  /** A loop inside `tidy`: buffers and textures alive after each step. */
  steps(device: DeviceName, count: number): Promise<Course>;
}

const page: Page = {
  conformance: async (url, device) => {
    const file = (await (await fetch(url)).json()) as { format?: string };
    const readData = async (name: string) => new Uint8Array(await (await fetch(`/data/${name}`)).arrayBuffer());
    return report(await runFile(file, readData, device), device);
  },
  devices,
  choice: () => {
    const start = performance.now();
    const { name } = currentDevice();
    return { name, milliseconds: performance.now() - start };
  },
  opTable: async (device, ops, most) => {
    const rows = await measureParity(device, ops, most);
    return { provenance: deviceNamed(device).provenance, rows };
  },
  specialValues,
  lateIndices,
  optimizerSteps,
  reads: (device) =>
    checkReads(deviceNamed(device), 40).then(
      () => [],
      (error: unknown) => [String(error)],
    ),
  plantedMistakes: async (device) => (await plantAll(rightCases, device)).missed,
  setThreads,
  bigProduct: () => {
    const ones = full([256, 256], 1, { device: "simd" });
    return sum(matmul(ones, ones)).item();
  },
  withoutCode,
  steps,
};

(globalThis as { livegradPage?: Page }).livegradPage = page;
