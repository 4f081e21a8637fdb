/** Which devices there are, which one is current, and how the best one is found. */
import { DeviceError, describe, ValueError } from "../errors.js";
import type { Device, DeviceName } from "./device.js";
import { GpuDevice, type GpuMode, webGpuAdapterMissing, whyMissing } from "./gpu.js";
import { type Measurement, measure, measureLater } from "./measure.js";
import { inPlaceOf, placeNow } from "./place.js";
import { ReferenceDevice } from "./reference.js";
import { SimdDevice } from "./simd/device.js";
import { defaultThreads, whyNoSimd } from "./simd/engine.js";

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

function make(name: DeviceName): Device {
  if (name === "reference") return new ReferenceDevice();
  return name === "simd" ? new SimdDevice() : new GpuDevice(name);
}

/** The device on which tensors are made: the one that was set, or else LIVEGRAD_DEVICE, or else the fastest that can be
 * read at once, by measurement.
 * @category Devices */
export function currentDevice(): Device {
  const place = placeNow();
  place.device ??= deviceNamed(requested() ?? fastest());
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
  if (typeof fn !== "function") throw new ValueError("withDevice", `it runs a function, got ${describe(fn)}`);
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

function requested(): DeviceName | undefined {
  const name = typeof process === "undefined" ? undefined : process.env?.["LIVEGRAD_DEVICE"];
  return name === undefined || name === "" ? undefined : (name as DeviceName);
}

/** A challenger must be this much faster, so that noise never decides (and the same seed gives the same numbers). */
const clearlyFaster = 1.5;

/** The fastest device that can be read at once. Devices are tried in the order of `deviceNames`, each with no more than
 * what tells it from the best so far: a graphics card is slow on small matrices, a software rasteriser on all. */
function fastest(): DeviceName {
  if (whyNoSimd() === undefined) defaultThreads(); // a wrong LIVEGRAD_THREADS is an error, no reason to take another device
  let best: { name: DeviceName; gflops: number } | null = null;
  for (const name of deviceNames) {
    const slower = name === "webgl" && whyMissing("webgl2") === undefined; // the same card by an older road
    if (name === "reference" || name === "webgpu" || slower || whyNot(name) !== undefined) continue;
    const candidate = tried(name, best?.gflops ?? 0);
    if (candidate > clearlyFaster * (best?.gflops ?? 0)) best = { name, gflops: candidate };
  }
  return best?.name ?? "cpu";
}

function whyNot(name: GpuMode | "simd"): string | undefined {
  return name === "simd" ? whyNoSimd() : whyMissing(name);
}

/** Drivers without a graphics card behind them: slower than the CPU devices, and slow to find out. */
const softwareRasteriser = /swiftshader|llvmpipe|softpipe|basic render/i;

/** Speed of a device in GFLOP/s, roughly if it is below `toBeat`; 0 if it turns out not to work. */
function tried(name: DeviceName, toBeat: number): number {
  try {
    const device = deviceNamed(name);
    if (softwareRasteriser.test(device.provenance)) return 0;
    const size = device.hostMemory ? 96 : 192;
    const enough = toBeat === 0 ? 0 : (2 * size ** 3) / (toBeat * 1e9);
    return measure(device, { size, repetitions: 3 }, enough).gflops;
  } catch (error) {
    if (error instanceof DeviceError) return 0;
    throw error;
  }
}

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
    const measured = await measureLater(device);
    return { name, available: true, provenance: device.provenance, measured };
  } catch (error) {
    return { name, available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
