/** The device of a program that names none. */
import { DeviceError } from "../errors.js";
import { copy } from "../kernels/elementwise.js";
import type { DeviceName } from "./device.js";
import { warn } from "./host.js";
import { deviceNamed } from "./registry.js";
import { defaultThreads, whyNoSimd } from "./simd/engine.js";

/** What was chosen, and why. */
export interface DefaultDevice {
  readonly name: DeviceName;
  readonly reason: string;
}

/** Those that can be read at once, the fastest first. An order, and no measurement: on a busy machine one would choose another
 * device now and then, and with it other last bits. */
const order = ["simd", "webasm", "cpu", "reference"] as const;

let chosen: DefaultDevice | undefined;

/** What LIVEGRAD_DEVICE names, or else the first that works; chosen once.
 * @throws DeviceError if LIVEGRAD_DEVICE or LIVEGRAD_THREADS is wrong, which is no reason to take another device */
export function defaultDevice(): DefaultDevice {
  chosen ??= requested() ?? firstThatWorks();
  return chosen;
}

function requested(): DefaultDevice | undefined {
  const name = typeof process === "undefined" ? undefined : process.env?.["LIVEGRAD_DEVICE"];
  return name === undefined || name === ""
    ? undefined
    : { name: name as DeviceName, reason: "LIVEGRAD_DEVICE names it" };
}

function firstThatWorks(): DefaultDevice {
  if (whyNoSimd() === undefined) defaultThreads();
  const failures: string[] = [];
  for (const name of order) {
    const failure = whyNot(name);
    if (failure === undefined) return announced(name, failures);
    failures.push(failure);
  }
  throw new DeviceError("device", `no device works here: ${failures.join("; ")}`);
}

/** Another device than the usual one is slower and has other last bits: whoever waits should know. */
function announced(name: DeviceName, failures: readonly string[]): DefaultDevice {
  if (failures.length === 0) return { name, reason: "it is the fastest of those that can be read at once" };
  const reason = `what is faster does not work here: ${failures.join("; ")}`;
  warn(`tensors are made on the device ${name}, for ${reason}`);
  return { name, reason };
}

/** Why a device cannot compute here; undefined where it can. */
function whyNot(name: DeviceName): string | undefined {
  try {
    const device = deviceNamed(name);
    const result = device.run({ kernel: copy, threads: [2, 1, 1] }, [device.upload([1, -2])]);
    const values = device.readSync(result);
    return values[0] === 1 && values[1] === -2 ? undefined : `device ${name}: it copies [1, -2] to [${values}]`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
