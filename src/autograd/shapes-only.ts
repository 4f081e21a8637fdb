/** Shapes only: a mode in which ops are checked and recorded as ever, but no kernel runs and no number is held. */
import type { DeviceBuffer } from "../device/device.js";
import { refuseAsync } from "../device/synchronous.js";

/** What stands in the place of a buffer: its length. */
export class AbsentBuffer implements DeviceBuffer {
  constructor(readonly length: number) {}

  get collectable(): true {
    return true;
  }
}

let isOn = false;

/** Whether tensors are made without numbers right now. */
export function isShapesOnly(): boolean {
  return isOn;
}

/** Runs `fn` with kernels and numbers left out: the tape, shapes and errors are those of a real run. What is made inside can be
 * given to other ops in here, and never be read. */
export function shapesOnly<T>(fn: () => T): T {
  const before = isOn;
  isOn = true;
  try {
    return refuseAsync("shapesOnly", fn());
  } finally {
    isOn = before;
  }
}
