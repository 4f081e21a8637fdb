/** Who listens to what kernels run, and on whose behalf. */
import type { Device, DeviceBuffer, Launch } from "../device/device.js";
import { sizeOf } from "../shape.js";
import { AbsentBuffer } from "./shapes-only.js";

/** A kernel that ran.
 * @internal */
export interface LaunchRecord {
  /** The op it ran for: the outermost one that was called; empty outside of all. */
  readonly op: string;
  /** Whether that op's backward asked for it. */
  readonly isBackward: boolean;
  /** Tells one call of an op from the next. */
  readonly call: number;
  readonly device: Device;
  readonly launch: Launch;
  readonly inputs: readonly DeviceBuffer[];
  readonly output: DeviceBuffer;
  /** Milliseconds, as `performance.now()` tells them. */
  readonly start: number;
  readonly end: number;
}

type Listener = (record: LaunchRecord) => void;

let listener: Listener | null = null;
let op = "";
let isBackward = false;
let call = 0;

/** Hears of every kernel from now on; null for nobody.
 * @returns who heard of them before */
export function listenToLaunches(next: Listener | null): Listener | null {
  const before = listener;
  listener = next;
  return before;
}

/** Kernels run on behalf of this op from now on, unless another one asked for it.
 * @returns whether they do: then `leaveOp` must follow, whatever happens */
export function enterOp(name: string, backward: boolean): boolean {
  if (listener === null || op !== "") return false;
  op = name;
  isBackward = backward;
  call++;
  return true;
}

/** Ends what `enterOp` began, if it did. */
export function leaveOp(entered: boolean): void {
  if (entered) op = "";
}

/** Runs no kernel, and tells who listens of it: where only shapes are computed. */
export function leaveOut(device: Device, launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
  const output = new AbsentBuffer(sizeOf(launch.threads));
  const now = performance.now();
  listener?.({ op, isBackward, call, device, launch, inputs, output, start: now, end: now });
  return output;
}

/** Runs a kernel, and tells who listens. */
export function launchOn(device: Device, launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
  if (listener === null) return device.run(launch, inputs);
  const start = performance.now();
  const output = device.run(launch, inputs);
  if (!device.hostMemory) device.readSync(output); // a GPU returns at once; what is read is done
  listener({ op, isBackward, call, device, launch, inputs, output, start, end: performance.now() });
  return output;
}
