/** How many samples of each op run on the GPU devices of a browser. */
import type { DeviceName } from "../../src/index.js";
import { opTable } from "../ops/op-table.js";
import { declaredDeviations } from "./deviations.js";

/** CI has a GPU in software, where a kernel takes some 70 ms to compile, and all samples have 3,700 kernels. simd runs all of them
 * in the browser, and every device of Node does. */
const most: Partial<Readonly<Record<DeviceName, number>>> = { webgl2: 3, webgl: 2, webgpu: 2 };

/** By op, how many samples a device runs where that is not all; of ops with declared deviations it runs all. */
export function mostSamples(device: DeviceName): Readonly<Record<string, number>> {
  const count = most[device];
  if (count === undefined) return {};
  const deviating = new Set(declaredDeviations.filter((d) => d.device === device).map(({ op }) => op));
  return Object.fromEntries(opTable.filter(({ op }) => !deviating.has(op)).map(({ op }) => [op, count]));
}
