/** What works here: every device, tried and measured. */
import type { DeviceName } from "./device.js";
import { webGpuAdapterMissing } from "./gpu.js";
import { type Measurement, measure } from "./measure.js";
import { deviceNamed, deviceNames } from "./registry.js";

/** A device that works here.
 * @category Devices */
export interface AvailableDevice {
  /** Its name. */
  readonly name: DeviceName;
  /** It works. */
  readonly available: true;
  /** What runs its kernels. */
  readonly provenance: string;
  /** How fast it was just now. */
  readonly measured: Measurement;
}

/** A device that does not work here.
 * @category Devices */
export interface MissingDevice {
  /** Its name. */
  readonly name: DeviceName;
  /** It does not work. */
  readonly available: false;
  /** Why, and what would provide it. */
  readonly reason: string;
}

/** What `devices` tells of a device.
 * @category Devices */
export type DeviceReport = AvailableDevice | MissingDevice;

/** Tries every device: which work here, what really runs their kernels, and how fast; which do not, and why.
 * @category Devices */
export async function devices(): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const name of deviceNames) reports.push(await report(name));
  return reports;
}

async function report(name: DeviceName): Promise<DeviceReport> {
  const missing = name === "webgpu" ? await webGpuAdapterMissing() : undefined;
  if (missing !== undefined) return { name, available: false, reason: missing };
  try {
    const device = deviceNamed(name);
    const measured = await measure(device);
    return { name, available: true, provenance: device.provenance, measured };
  } catch (error) {
    return { name, available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
