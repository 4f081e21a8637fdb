/** What a device is: where buffers live and kernels run. */
import type { KernelFunction } from "../kernels/kernel.js";

export type { KernelFunction };

/** Names of the devices.
 * @category Devices */
export type DeviceName = "reference" | "simd" | "cpu" | "webasm" | "headlessgl" | "webgl" | "webgl2" | "webgpu";

/** Floating-point numbers on the host side: float32 everywhere but on the float64 reference device.
 * @category Devices */
export type FloatArray = Float32Array | Float64Array;

/** A buffer that lives on a device; only its device can look inside.
 * @category Devices */
export interface DeviceBuffer {
  /** Number of elements. */
  readonly length: number;
  /** Whether the garbage collector frees it unasked, so that `free` need not be called for one that was forgotten: at once,
   * or (late) as soon as the device needs its room. Default false. */
  readonly collectable?: boolean | "late";
  /** What `free` takes once the garbage collector has found this buffer, where that is less than the buffer itself; it must
   * not keep the buffer alive. Default: the buffer. */
  readonly remains?: DeviceBuffer;
}

/** One call of a kernel: which, over which cells, with which constants.
 * @category Devices */
export interface Launch {
  /** The kernel function; its source text is what gpu.js compiles. */
  readonly kernel: KernelFunction;
  /** Number of cells along `thread.x`, `thread.y`, `thread.z`; the output is row-major with `x` innermost. */
  readonly threads: readonly [x: number, y: number, z: number];
  /** Integer constants: sizes, strides, offsets. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Floating-point constants, such as an epsilon. */
  readonly floats?: Readonly<Record<string, number>>;
}

/** A kernel as `device.kernels()` lists it.
 * @category Devices */
export interface CompiledKernel {
  /** Name of the kernel function. */
  readonly name: string;
  /** Cells along x, y and z, where it is compiled for a number of them; else empty. */
  readonly threads: readonly number[];
  /** Times it was run since it was compiled. */
  readonly runs: number;
  /** On the simd device: whether the hand-tuned kernel ran, or the portable one. */
  readonly isPortable?: boolean;
}

/** Where buffers live and kernels run.
 * @category Devices */
export interface Device {
  /** Its name, as `setDevice` takes it. */
  readonly name: DeviceName;
  /** The floating-point type its buffers hold. */
  readonly floatType: "float32" | "float64";
  /** Whether buffers can be read at once (`dataSync`); false on webgpu. */
  readonly synchronous: boolean;
  /** Whether buffers are host memory, so that reading one costs nothing. */
  readonly hostMemory: boolean;
  /** What really runs the kernels: the gpu.js kernel class seen at work, or the reference loops. */
  readonly provenance: string;
  /** What ran the last kernel, where the device has several ways. */
  readonly lastRan?: string;
  /** Copies numbers to the device. */
  upload(values: ArrayLike<number>): DeviceBuffer;
  /** A buffer of one number, which costs less than to copy it from the host. */
  fill(length: number, value: number): DeviceBuffer;
  /** Runs a kernel; returns at once, on every device. */
  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer;
  /** The numbers of a buffer at the time of the call, whatever becomes of it until the promise settles; the caller must not
   * write to them. */
  read(buffer: DeviceBuffer): Promise<FloatArray>;
  /** The same at once; they hold until the device is asked for something else. Throws `DeviceError` where `synchronous` is
   * false. */
  readSync(buffer: DeviceBuffer): FloatArray;
  /** Releases a buffer that nobody will read again. */
  free(buffer: DeviceBuffer): void;
  /** The kernels that are compiled now, least recently used first. */
  kernels(): readonly CompiledKernel[];
}
