/** The buffers of the gpu.js devices. */
import type { Device, DeviceBuffer } from "./device.js";
import type { CacheEntry } from "./kernel-cache.js";

/** What a gpu.js kernel takes and returns: numbers on the host, or a handle of its own. */
export type Raw = Float32Array | GpuHandle;

/** A texture (GL) or a storage buffer (WebGPU). */
export interface GpuHandle {
  /** The cells along x, y and z that were computed. */
  readonly output: readonly number[];
  /** Width and height of a texture. */
  readonly size?: ArrayLike<number>;
  readonly context: unknown;
  toArray(): unknown;
  delete(): void;
}
/** A buffer of a gpu.js device. */
export class GpuBuffer implements DeviceBuffer {
  freed = false;

  /** On webgpu every value is a promise; elsewhere none is. `maker` is the kernel that computed it. */
  constructor(
    readonly device: Device,
    readonly length: number,
    readonly value: Raw | Promise<Raw>,
    public maker: CacheEntry<unknown> | null,
  ) {}

  get collectable(): boolean {
    return this.value instanceof Float32Array;
  }
}

/** What a compiled kernel has built in of an input: a GL kernel its texture's size and class, which follows from the rank
 * of its output, a WebGPU kernel nothing, the others its length. */
export function kindOf(value: Raw): string {
  if (value instanceof Float32Array) return String(value.length);
  return value.size === undefined ? "b" : `t${value.output.length}:${value.size[0]}:${value.size[1]}`;
}

/** Deletes what the device holds; the kernel that made it may then go too. */
export function release(buffer: GpuBuffer, raw: Raw): void {
  if (buffer.maker !== null) buffer.maker.results--;
  if (!(raw instanceof Float32Array)) raw.delete();
}
