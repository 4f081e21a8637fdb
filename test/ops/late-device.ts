/** A device that can only be read later, as webgpu is. */
import type { Device, DeviceBuffer, Launch } from "../../src/device/device.js";
import { ReferenceDevice } from "../../src/device/reference.js";
import { DeviceError } from "../../src/index.js";

/** The reference device behind a delay: what is asked for is answered some turns later, in order. */
export class LateDevice implements Device {
  readonly name = "webgpu";
  readonly floatType = "float64";
  readonly synchronous = false;
  readonly hostMemory = false;
  readonly provenance = "the reference, late";
  readonly #inner = new ReferenceDevice();
  #broken = false;
  reads = 0;

  upload(values: ArrayLike<number>): DeviceBuffer {
    return this.#inner.upload(values);
  }
  fill(length: number, value: number): DeviceBuffer {
    return this.#inner.fill(length, value);
  }
  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
    return this.#inner.run(launch, inputs);
  }
  async read(buffer: DeviceBuffer): Promise<Float64Array> {
    this.reads++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.#broken) throw new DeviceError("device webgpu", "it was lost");
    return this.#inner.readSync(buffer);
  }
  readSync(): Float64Array {
    throw new DeviceError("device webgpu", "it cannot be read at once");
  }
  free(): void {}
  kernels(): readonly [] {
    return [];
  }
  break(): void {
    this.#broken = true;
  }
}
