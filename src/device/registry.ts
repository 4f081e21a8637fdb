/** Which devices there are. */
import { DeviceError, describe } from "../errors.js";
import type { Device, DeviceName } from "./device.js";
import { GpuDevice } from "./gpu.js";
import { ReferenceDevice } from "./reference.js";
import { SimdDevice } from "./simd/device.js";

/** Every device by name, in the order in which they are tried.
 * @category Devices */
export const deviceNames: readonly DeviceName[] = [
  "simd",
  "webasm",
  "cpu",
  "headlessgl",
  "webgl2",
  "webgl",
  "webgpu",
  "reference",
];

const made = new Map<DeviceName, Device>();

/** The device of a name; made on first use, then always the same.
 * @throws DeviceError if it is not there, saying why and what would provide it
 * @category Devices */
export function deviceNamed(name: DeviceName): Device {
  const known = made.get(name);
  if (known !== undefined) return known;
  if (!deviceNames.includes(name)) {
    throw new DeviceError("device", `there is no device ${describe(name)}; devices are ${deviceNames.join(", ")}`, {
      expected: deviceNames,
      actual: name,
    });
  }
  const device = make(name);
  made.set(name, device);
  return device;
}

/** Nothing is loaded before it is used: gpu.js is a package of its own, which only its devices need. */
function make(name: DeviceName): Device {
  if (name === "reference") return new ReferenceDevice();
  return name === "simd" ? new SimdDevice() : new GpuDevice(name);
}
