/** Which device is current, and how many threads it has. */
import { defaultDevice } from "./default-device.js";
import type { Device, DeviceName } from "./device.js";
import { inPlaceOf, placeNow } from "./place.js";
import { deviceNamed } from "./registry.js";
import type { SimdDevice } from "./simd/device.js";
import { checkFunction } from "./synchronous.js";

/** The device on which tensors are made: the one that was set, or else LIVEGRAD_DEVICE, or else `simd` wherever it works, which
 * is nearly everywhere; else the first of `webasm`, `cpu` and `reference` that works, with a warning. Nothing is measured: the
 * same machine chooses the same device, whatever its load.
 * @category Devices */
export function currentDevice(): Device {
  const place = placeNow();
  place.device ??= deviceNamed(defaultDevice().name);
  return place.device;
}

/** Makes `name` the device of the tensors made from now on.
 *
 * In Node, WebGPU keeps the process alive once it has run: end such a program with `process.exit()`.
 * @throws DeviceError if it is not there
 * @category Devices */
export function setDevice(name: DeviceName): void {
  placeNow().device = deviceNamed(name);
}

/** Runs `fn` with another current device; code outside of it keeps its own.
 *
 * An async function keeps the device until its promise settles, however many of them run at the same time: `AsyncLocalStorage`
 * tells them apart. Where there is none (in browsers) one at a time can run, and what anybody makes meanwhile is made on its device.
 * @throws DeviceError if the device is not there; ValueError if `fn` is no function, or a generator, or returns a thenable that
 * is no promise, or if it would run beside another async one where they cannot be told apart
 * @category Devices */
export function withDevice<T>(name: DeviceName, fn: () => T): T {
  checkFunction("withDevice", fn);
  return inPlaceOf("withDevice", deviceNamed(name), fn);
}

/** Has `count` threads share the work of the simd device, the calling one included; from then on its results are the same
 * bits as before. Default: LIVEGRAD_THREADS, or else as many as the machine has cores, up to 16.
 * @param count from 1 to 64
 * @throws DeviceError unless it is in that range; for more than one, where a page cannot share memory with workers (it must
 * be cross-origin isolated: COOP and COEP headers); or where there is no simd device
 * @category Devices */
export function setThreads(count: number): void {
  (deviceNamed("simd") as SimdDevice).threads = count;
}

/** How many threads share the work of the simd device.
 * @throws DeviceError where there is no simd device
 * @category Devices */
export function getThreads(): number {
  return (deviceNamed("simd") as SimdDevice).threads;
}
