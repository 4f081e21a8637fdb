/** The gpu.js devices: the only file that imports gpu.js. */
import { GPU, type IKernelRunShortcut } from "gpu.js";
import { DeviceError } from "../errors.js";
import { copy } from "../kernels/elementwise.js";
import type { KernelFunction } from "../kernels/kernel.js";
import { formatShape, sizeOf } from "../shape.js";
import type { CompiledKernel, Device, DeviceBuffer, DeviceName, Launch } from "./device.js";
import { exposeNodeWebGpu } from "./node-webgpu.js";

/** Kernels a device keeps compiled; beyond it the least recently used one is destroyed. On webasm each reserves about
 * 10 GB of virtual memory, and some 9,400 of them are the end of a process. */
const kernelCacheSize = 1024;

/** Index arithmetic inside a kernel is float32 wherever it passes through a local variable: exact up to here. */
const maxElements = 2 ** 24;

/** gpu.js takes seven array arguments at most on webgpu and GL. */
const maxInputs = 7;

/** What a gpu.js kernel takes and returns: numbers on the host, or a handle of its own. */
type Raw = Float32Array | GpuHandle;
interface GpuHandle {
  toArray(): unknown;
  delete(): void;
}
type GpuKernel = IKernelRunShortcut;

interface CacheEntry {
  readonly name: string;
  readonly threads: readonly number[];
  readonly call: GpuKernel;
  runs: number;
}

class GpuBuffer implements DeviceBuffer {
  freed = false;

  /** On webgpu every value is a promise; elsewhere none is. */
  constructor(
    readonly device: GpuDevice,
    readonly length: number,
    readonly value: Raw | Promise<Raw>,
  ) {}
}

/** Modes of gpu.js that livegrad offers as devices. */
export type GpuMode = Exclude<DeviceName, "reference">;

/** A device whose kernels gpu.js compiles. */
export class GpuDevice implements Device {
  readonly floatType = "float32";
  readonly synchronous: boolean;
  readonly #gpu: GPU;
  readonly #resident: boolean;
  readonly #cache = new Map<string, CacheEntry>();
  readonly #identities = new WeakMap<KernelFunction, number>();
  #nextIdentity = 0;
  #provenance = "";

  /** @throws DeviceError if the mode cannot run here */
  constructor(readonly name: GpuMode) {
    const missing = whyMissing(name);
    if (missing !== undefined) throw new DeviceError(`device ${name}`, missing);
    this.#gpu = new GPU({ mode: name });
    this.synchronous = name !== "webgpu";
    this.#resident = name !== "webasm" && name !== "cpu";
  }

  get provenance(): string {
    if (this.#provenance === "") this.readSync(this.run(copyLaunch(1), [this.upload([0])]));
    return this.#provenance;
  }

  upload(values: ArrayLike<number>): DeviceBuffer {
    const host = new GpuBuffer(this, values.length, Float32Array.from(values));
    // On a GPU every buffer is a texture or a storage buffer: one kernel must never see an array once and a texture next.
    return this.#resident ? this.run(copyLaunch(values.length), [host]) : host;
  }

  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
    const length = sizeOf(launch.threads);
    const buffers = inputs.map((b) => this.#own(b));
    this.#check(launch, length, buffers);
    const values = buffers.map((b) => b.value);
    if (!this.synchronous) {
      const pending = Promise.all(values).then((ready) => this.#call(launch, ready));
      pending.catch(() => undefined); // reported where the buffer is read
      return new GpuBuffer(this, length, pending);
    }
    return new GpuBuffer(this, length, this.#call(launch, values as Raw[]) as Raw);
  }

  async read(buffer: DeviceBuffer): Promise<Float32Array> {
    const { value, length } = this.#own(buffer);
    try {
      const raw = await value;
      return raw instanceof Float32Array ? raw : flatten(await raw.toArray(), length);
    } catch (cause) {
      if (cause instanceof DeviceError) throw cause;
      throw new DeviceError(`device ${this.name}`, `a kernel failed: ${messageOf(cause)}`, { cause });
    }
  }

  readSync(buffer: DeviceBuffer): Float32Array {
    if (!this.synchronous) {
      throw new DeviceError(`device ${this.name}`, "it cannot be read at once; call `await t.data()` (item, array) instead");
    }
    const { value, length } = this.#own(buffer);
    const raw = value as Raw;
    return raw instanceof Float32Array ? raw : flatten(raw.toArray(), length);
  }

  free(buffer: DeviceBuffer): void {
    const own = this.#own(buffer);
    if (own.freed) return;
    own.freed = true;
    if (this.#resident) void Promise.resolve(own.value).then(release, () => undefined);
  }

  kernels(): readonly CompiledKernel[] {
    return [...this.#cache.values()].map(({ name, threads, runs }) => ({ name, threads, runs }));
  }

  #own(buffer: DeviceBuffer): GpuBuffer {
    if (buffer instanceof GpuBuffer && buffer.device === this) return buffer;
    throw new DeviceError(`device ${this.name}`, "this buffer belongs to another device");
  }

  #check({ kernel, threads }: Launch, length: number, inputs: readonly GpuBuffer[]): void {
    const largest = Math.max(length, ...inputs.map((b) => b.length));
    if (largest > maxElements) {
      throw new DeviceError(
        kernel.name,
        `a tensor of ${largest} elements is too large for device ${this.name}: float32 index arithmetic is exact up ` +
          `to 2^24 = ${maxElements} elements; split the batch, or use the reference device`,
        { expected: maxElements, actual: largest },
      );
    }
    if (length === 0) {
      throw new DeviceError(kernel.name, `the output is empty (threads ${formatShape(threads)})`);
    }
    if (inputs.length > maxInputs) {
      throw new DeviceError(kernel.name, `a kernel takes at most ${maxInputs} buffers, got ${inputs.length}`);
    }
  }

  #call(launch: Launch, values: readonly Raw[]): Raw | Promise<Raw> {
    const entry = this.#compiled(launch, values);
    entry.runs++;
    const result: unknown = entry.call(...(values as Float32Array[]));
    if (entry.runs === 1) this.#verify(entry);
    if (!(result instanceof Promise)) return this.#adopt(result, launch);
    return result.then((raw) => {
      if (entry.runs === 1) this.#verify(entry);
      return this.#adopt(raw, launch);
    });
  }

  #adopt(result: unknown, { threads }: Launch): Raw {
    return this.#resident ? (result as GpuHandle) : flatten(result, sizeOf(threads));
  }

  #compiled(launch: Launch, values: readonly Raw[]): CacheEntry {
    const key = this.#key(launch, values);
    const cached = this.#cache.get(key);
    if (cached !== undefined) {
      this.#cache.delete(key);
      this.#cache.set(key, cached);
      return cached;
    }
    const { kernel, threads } = launch;
    const create = this.#gpu.createKernel.bind(this.#gpu) as (source: KernelFunction, settings: object) => GpuKernel;
    const call = create(kernel, {
      output: outputOf(threads),
      constants: { ...launch.constants, ...launch.floats },
      constantTypes: {
        ...mapValues(launch.constants, "Integer"),
        ...mapValues(launch.floats, "Float"),
      },
      precision: "single",
      immutable: true,
      pipeline: this.#resident,
      loopMaxIterations: maxElements,
    });
    const entry = { name: kernel.name, threads, call, runs: 0 };
    this.#cache.set(key, entry);
    this.#evict();
    return entry;
  }

  #evict(): void {
    if (this.#cache.size <= kernelCacheSize) return;
    const [key, oldest] = this.#cache.entries().next().value ?? [];
    if (key === undefined || oldest === undefined) return;
    this.#cache.delete(key);
    oldest.call.destroy(false);
  }

  #key({ kernel, threads, constants, floats }: Launch, values: readonly Raw[]): string {
    let key = `${this.#identity(kernel)}|${threads.join()}`;
    for (const name in constants) key += `|${constants[name]}`;
    for (const name in floats) key += `|${floats[name]}`;
    for (const value of values) key += value instanceof Float32Array ? `|${value.length}` : "|t";
    return key;
  }

  #identity(kernel: KernelFunction): number {
    let id = this.#identities.get(kernel);
    if (id === undefined) {
      if (kernel.name === "") throw new DeviceError("kernel", "a kernel must be a named top-level function");
      id = this.#nextIdentity++;
      this.#identities.set(kernel, id);
    }
    return id;
  }

  /** gpu.js falls back to another mode with no more than a warning; here that is an error. */
  #verify(entry: CacheEntry): void {
    const { kernel } = entry.call;
    const ran = kernel.constructor as { name: string; mode?: string };
    const fallback = (kernel as { fallbackReason?: string | null }).fallbackReason;
    if (ran.mode !== this.name || fallback) {
      throw new DeviceError(
        entry.name,
        `the kernel does not run on ${this.name}: gpu.js used ${ran.name} instead${fallback ? ` (${fallback})` : ""}`,
        { expected: this.name, actual: ran.mode },
      );
    }
    this.#provenance = `gpu.js ${ran.name}`;
  }
}

function copyLaunch(length: number): Launch {
  return { kernel: copy, threads: [length, 1, 1] };
}

function outputOf([x, y, z]: Launch["threads"]): number[] {
  if (z > 1) return [x, y, z];
  return y > 1 ? [x, y] : [x];
}

function mapValues(record: Readonly<Record<string, number>> | undefined, type: string): Record<string, string> {
  return Object.fromEntries(Object.keys(record ?? {}).map((name) => [name, type]));
}

/** gpu.js returns rows of rows; where they are views of one buffer that buffer is the result. */
function flatten(result: unknown, length: number): Float32Array {
  const rows: Float32Array[] = [];
  const stack: unknown[] = [result];
  for (let first = firstRow(result); first !== undefined; ) {
    if (first.length === length) return first;
    if (first.byteOffset === 0 && first.buffer.byteLength === length * 4) return new Float32Array(first.buffer);
    break;
  }
  while (stack.length > 0) {
    const top = stack.pop();
    if (top instanceof Float32Array) rows.push(top);
    else for (const row of [...(top as unknown[])].reverse()) stack.push(row);
  }
  const flat = new Float32Array(length);
  let offset = 0;
  for (const row of rows) {
    flat.set(row, offset);
    offset += row.length;
  }
  return flat;
}

function firstRow(result: unknown): Float32Array | undefined {
  let row = result;
  while (Array.isArray(row)) row = row[0];
  return row instanceof Float32Array ? row : undefined;
}

function release(raw: Raw): void {
  if (!(raw instanceof Float32Array)) raw.delete();
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Why a mode cannot run here and what would provide it; undefined where it can. */
export function whyMissing(mode: GpuMode): string | undefined {
  switch (mode) {
    case "cpu":
      return undefined;
    case "webasm":
      return GPU.isWebAssemblySupported ? undefined : "this JavaScript engine has no WebAssembly";
    case "headlessgl":
      return GPU.isHeadlessGLSupported
        ? undefined
        : "OpenGL in Node needs the optional package `gl`, which builds where the X11 and GL headers are " +
            "(Debian: libxi-dev libgl1-mesa-dev pkg-config) and runs under a display (`xvfb-run`)";
    case "webgl":
      return GPU.isWebGLSupported ? undefined : "WebGL needs a browser that supports it";
    case "webgl2":
      return GPU.isWebGL2Supported ? undefined : "WebGL 2 needs a browser that supports it";
    case "webgpu":
      return exposeNodeWebGpu();
  }
}

/** The adapter question of webgpu can only be answered later. */
export async function webGpuAdapterMissing(): Promise<string | undefined> {
  const missing = exposeNodeWebGpu();
  if (missing !== undefined) return missing;
  if (await GPU.isWebGPUAvailable()) return undefined;
  return "the WebGPU API is here but offers no adapter: a GPU driver (Vulkan, Metal or D3D12) is missing";
}

