/** The reference device: the same kernel functions, run in float64 by plain loops. It is the oracle of every test. */
import { DeviceError } from "../errors.js";
import { sizeOf } from "../shape.js";
import { computeCells } from "./cells.js";
import type { CompiledKernel, Device, DeviceBuffer, Launch } from "./device.js";
import { filledWith } from "./filled-with.js";
import { guarded } from "./guarded-reads.js";

class ReferenceBuffer implements DeviceBuffer {
  constructor(readonly values: Float64Array) {}

  get length(): number {
    return this.values.length;
  }

  get collectable(): true {
    return true;
  }
}

/** Runs kernels in float64, one cell after the other: slow, exact, synchronous.
 * @category Devices */
export class ReferenceDevice implements Device {
  readonly name = "reference";
  readonly floatType = "float64";
  readonly synchronous = true;
  readonly hostMemory = true;
  readonly provenance = "float64 loops over the kernel functions";
  readonly #runs = new Map<string, { name: string; threads: readonly number[]; runs: number }>();

  upload(values: ArrayLike<number>): DeviceBuffer {
    return new ReferenceBuffer(new Float64Array(values));
  }

  fill(length: number, value: number): DeviceBuffer {
    return new ReferenceBuffer(filledWith(new Float64Array(length), value));
  }

  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
    const result = new Float64Array(sizeOf(launch.threads));
    const thread = { x: 0, y: 0, z: 0 };
    computeCells(launch, guarded(launch.kernel, inputs.map(valuesOf), thread), result, thread);
    this.#count(launch);
    return new ReferenceBuffer(result);
  }

  read(buffer: DeviceBuffer): Promise<Float64Array> {
    return Promise.resolve(valuesOf(buffer));
  }

  readSync(buffer: DeviceBuffer): Float64Array {
    return valuesOf(buffer);
  }

  free(): void {}

  kernels(): readonly CompiledKernel[] {
    return [...this.#runs.values()];
  }

  #count({ kernel, threads }: Launch): void {
    const key = `${kernel.name} ${threads.join("x")}`;
    const entry = this.#runs.get(key) ?? { name: kernel.name, threads, runs: 0 };
    entry.runs++;
    this.#runs.set(key, entry);
  }
}

function valuesOf(buffer: DeviceBuffer): Float64Array {
  if (buffer instanceof ReferenceBuffer) return buffer.values;
  throw new DeviceError("reference", "this buffer belongs to another device");
}
