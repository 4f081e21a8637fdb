/** Storage: one device buffer, shared by the tensors that view it, and the count of what is alive. */
import type { Device, DeviceBuffer } from "../device/device.js";
import { ValueError } from "../errors.js";

/** What is alive on all devices together.
 * @category Memory */
export interface MemoryInfo {
  /** Device buffers that were neither disposed nor garbage-collected. */
  readonly buffers: number;
  /** Their size in bytes, at 4 bytes an element on float32 devices and 8 on the reference device. */
  readonly bytes: number;
}

let buffers = 0;
let bytes = 0;

/** Counts the buffers that are alive: in a training loop the count should stay constant.
 *
 * Buffers leave the count when they are disposed (`dispose`, `using`, `tidy`, the end of `backward`) or when the garbage
 * collector has found them.
 * @category Memory */
export function memory(): MemoryInfo {
  return { buffers, bytes };
}

/** What to say to who reads a tensor that was disposed. */
export function disposedError(): ValueError {
  return new ValueError(
    "tensor",
    "it was disposed and cannot be read any more; `keep` it, return it from `tidy`, or dispose it later",
  );
}

interface Held {
  readonly device: Device;
  readonly buffer: DeviceBuffer;
}

const lastResort = new FinalizationRegistry<Held>(release);

/** One buffer and how many tensors view it. */
export class Storage {
  #held: Held | null;
  #views = 0;

  constructor(device: Device, buffer: DeviceBuffer) {
    const held = { device, buffer };
    this.#held = held;
    buffers++;
    bytes += byteLength(held);
    lastResort.register(this, held, this);
  }

  /** The buffer; an error if it was disposed. */
  get buffer(): DeviceBuffer {
    if (this.#held === null) throw disposedError();
    return this.#held.buffer;
  }

  /** One more tensor views this storage. */
  retain(): this {
    this.#views++;
    return this;
  }

  /** One tensor less; the last one frees the buffer. */
  release(): void {
    if (--this.#views > 0 || this.#held === null) return;
    lastResort.unregister(this);
    release(this.#held);
    this.#held = null;
  }
}

function byteLength({ device, buffer }: Held): number {
  return buffer.length * (device.floatType === "float64" ? 8 : 4);
}

function release(held: Held): void {
  buffers--;
  bytes -= byteLength(held);
  held.device.free(held.buffer);
}
