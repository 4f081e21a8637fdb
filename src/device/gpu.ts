/** The gpu.js devices. */
import type { GPU, IKernelRunShortcut } from "gpu.js";
import { forbiddenCode, mayGenerateCode } from "../code-generation.js";
import { CapacityError, DeviceError, LivegradError } from "../errors.js";
import { copy } from "../kernels/elementwise.js";
import type { KernelFunction } from "../kernels/kernel.js";
import { formatShape, sizeOf } from "../shape.js";
import { checkInputs } from "./cells.js";
import type { CompiledKernel, Device, DeviceBuffer, DeviceName, Launch } from "./device.js";
import { filledWith } from "./filled-with.js";
import { GpuBuffer, type GpuHandle, kindOf, type Raw, release } from "./gpu-buffer.js";
import { type GpuJs, gpuJs } from "./gpu-js.js";
import { glError, hardwareOf, watchWebGpu } from "./hardware.js";
import { type CacheEntry, KernelCache } from "./kernel-cache.js";
import { exposeNodeWebGpu } from "./node-webgpu.js";
import { flatten, outputOf } from "./rows.js";

/** Kernels a device keeps compiled; beyond it the least recently used one is destroyed. On webasm each reserves about
 * 10 GB of virtual memory, and some 9,400 of them are the end of a process. */
const kernelCacheSize = 1024;

/** Index arithmetic inside a kernel is float32 wherever it passes through a local variable: exact up to here. */
const maxElements = 2 ** 24;

type GpuKernel = IKernelRunShortcut;
type Entry = CacheEntry<GpuKernel>;

/** Modes of gpu.js that livegrad offers as devices. */
export type GpuMode = Exclude<DeviceName, "reference" | "simd">;

/** The gpu.js classes by mode; written out because bundlers shorten the names of classes. */
const kernelClasses: Readonly<Record<GpuMode, string>> = {
  cpu: "CPUKernel",
  webasm: "WebAssemblyKernel",
  headlessgl: "HeadlessGLKernel",
  webgl: "WebGLKernel",
  webgl2: "WebGL2Kernel",
  webgpu: "WebGPUKernel",
};

/** A device whose kernels gpu.js compiles. */
export class GpuDevice implements Device {
  readonly floatType = "float32";
  readonly synchronous: boolean;
  readonly hostMemory: boolean;
  readonly #gpu: GPU;
  readonly #cache = new KernelCache<GpuKernel>(kernelCacheSize, (call) => call.destroy(false));
  readonly #identities = new WeakMap<KernelFunction, number>();
  #nextIdentity = 0;
  #provenance = "";
  /** The end of what webgpu was asked to do: uploads, launches, reads and deletions happen in the order of the calls. */
  #queue: Promise<unknown> = Promise.resolve();
  /** What WebGPU reported outside of any call; every later read throws it. */
  #broken: string | undefined;

  /** @throws DeviceError if the mode cannot run here */
  constructor(readonly name: GpuMode) {
    const missing = whyMissing(name);
    if (missing !== undefined) throw new DeviceError(`device ${name}`, missing);
    const { GPU } = gpuJs() as GpuJs;
    this.#gpu = new GPU({ mode: name });
    this.synchronous = name !== "webgpu";
    this.hostMemory = name === "webasm" || name === "cpu";
  }

  get provenance(): string {
    if (this.#provenance === "" && this.synchronous) this.free(this.run(copyLaunch(1), [this.upload([0])]));
    return this.#provenance === "" ? `gpu.js ${kernelClasses[this.name]}, but no kernel has run yet` : this.#provenance;
  }

  upload(values: ArrayLike<number>): DeviceBuffer {
    this.#checkLength(values.length);
    return this.#adopt(new Float32Array(values));
  }

  fill(length: number, value: number): DeviceBuffer {
    this.#checkLength(length);
    return this.#adopt(filledWith(new Float32Array(length), value));
  }

  #adopt(values: Float32Array): DeviceBuffer {
    const host = new GpuBuffer(this, values.length, values, null);
    // On a GPU every buffer is a texture or a storage buffer: one kernel must never see an array once and a texture next.
    return this.hostMemory ? host : this.run(copyLaunch(values.length), [host]);
  }

  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
    const length = sizeOf(launch.threads);
    const buffers = inputs.map((b) => this.#own(b));
    this.#check(launch, length, buffers);
    const values = buffers.map((b) => b.value);
    if (this.synchronous) {
      const [entry, raw] = this.#callNow(launch, values as Raw[]);
      if (this.hostMemory) return new GpuBuffer(this, length, raw, null);
      entry.results++;
      return new GpuBuffer(this, length, raw, entry);
    }
    const pending = this.#enqueue(async () => {
      const ready = await Promise.all(values);
      const entry = this.#compiled(launch, ready);
      const raw = await this.#call(entry, launch, ready);
      entry.results++;
      buffer.maker = entry;
      return raw;
    });
    const buffer = new GpuBuffer(this, length, pending, null);
    return buffer;
  }

  async read(buffer: DeviceBuffer): Promise<Float32Array> {
    if (this.synchronous) return this.readSync(buffer);
    const { value, length } = this.#own(buffer);
    try {
      // The mapping is not waited for in the queue, only its start.
      const { rows } = await this.#enqueue(async () => ({ rows: ((await value) as GpuHandle).toArray() }));
      const numbers = flatten(await rows, length);
      if (this.#broken !== undefined) throw new Error(this.#broken);
      return numbers;
    } catch (cause) {
      if (cause instanceof DeviceError) throw cause;
      const missing = this.#provenance === "" ? await webGpuAdapterMissing() : undefined;
      if (missing !== undefined) throw new DeviceError(`device ${this.name}`, missing, { cause });
      throw new DeviceError(`device ${this.name}`, `a kernel failed: ${messageOf(cause)}`, { cause });
    }
  }

  readSync(buffer: DeviceBuffer): Float32Array {
    if (!this.synchronous) {
      throw new DeviceError(
        `device ${this.name}`,
        "it cannot be read at once; call `await t.data()` (item, array) instead",
      );
    }
    const { value, length } = this.#own(buffer);
    const raw = value as Raw;
    if (raw instanceof Float32Array) return raw;
    const rows = raw.toArray();
    const failure = glError(raw.context);
    if (failure !== undefined) throw new DeviceError(`device ${this.name}`, `a kernel failed: ${failure}`);
    return flatten(rows, length);
  }

  free(buffer: DeviceBuffer): void {
    const own = this.#own(buffer);
    if (own.freed) return;
    own.freed = true;
    if (this.synchronous) release(own, own.value as Raw);
    else this.#enqueue(async () => release(own, await own.value)).catch(() => undefined);
  }

  kernels(): readonly CompiledKernel[] {
    return this.#cache.list();
  }

  /** Does `step` after everything that was asked of webgpu before; its failure is reported where its result is read. */
  #enqueue<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(step);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #own(buffer: DeviceBuffer): GpuBuffer {
    if (buffer instanceof GpuBuffer && buffer.device === this) return buffer;
    throw new DeviceError(`device ${this.name}`, "this buffer belongs to another device");
  }

  #check(launch: Launch, length: number, inputs: readonly GpuBuffer[]): void {
    this.#checkLength(length);
    if (length === 0) {
      throw new DeviceError(launch.kernel.name, `the output is empty (threads ${formatShape(launch.threads)})`);
    }
    checkInputs(launch, inputs.length);
  }

  #checkLength(length: number): void {
    if (length <= maxElements) return;
    throw new CapacityError(
      `device ${this.name}`,
      `its kernels count elements in float32, exactly up to 2^24 = ${maxElements}, got ${length}; the devices simd and ` +
        'reference count on (setDevice, withDevice, x.to("simd")), or split the batch',
      { expected: maxElements, actual: length },
    );
  }

  /** On webasm every kernel reserves address space, of which browsers have room for some hundred kernels: where it runs
   * out, older kernels are given up. */
  #callNow(launch: Launch, values: readonly Raw[]): [Entry, Raw] {
    for (;;) {
      const entry = this.#compiled(launch, values);
      try {
        return [entry, this.#call(entry, launch, values) as Raw];
      } catch (error) {
        if (!(error instanceof RangeError) || entry.verified) throw this.#explained(entry, error);
        this.#cache.remove(entry);
        entry.call.destroy(false);
        if (!this.#cache.shrink()) throw error;
      }
    }
  }

  /** gpu.js tells what it cannot compile without saying where. */
  #explained(entry: Entry, error: unknown): unknown {
    if (entry.verified || error instanceof LivegradError) return error;
    this.#cache.remove(entry);
    const what = `gpu.js cannot compile this kernel for ${this.name}: ${messageOf(error)}`;
    return new DeviceError(entry.name, what, { cause: error });
  }

  #call(entry: Entry, launch: Launch, values: readonly Raw[]): Raw | Promise<Raw> {
    entry.runs++;
    const result: unknown = entry.call(...(values as Float32Array[]));
    const adopt = (raw: unknown): Raw => {
      if (!entry.verified) this.#verify(entry);
      return this.hostMemory ? flatten(raw, sizeOf(launch.threads)) : (raw as GpuHandle);
    };
    return result instanceof Promise ? result.then(adopt) : adopt(result);
  }

  #compiled(launch: Launch, values: readonly Raw[]): Entry {
    const key = this.#key(launch, values);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
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
      pipeline: !this.hostMemory,
      loopMaxIterations: maxElements,
    });
    return this.#cache.add(key, kernel.name, threads, call);
  }

  #key({ kernel, threads, constants, floats }: Launch, values: readonly Raw[]): string {
    let key = `${this.#identity(kernel)}|${threads.join()}`;
    for (const name in constants) key += `|${name}=${constants[name]}`;
    for (const name in floats) key += `|${name}:${floats[name]}`;
    for (const value of values) key += `|${kindOf(value)}`;
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
  #verify(entry: Entry): void {
    const { kernel } = entry.call;
    const { fallbackReason, context } = kernel as { fallbackReason?: string | null; context?: unknown };
    const wanted = (this.#gpu as { Kernel?: unknown }).Kernel;
    if (kernel.constructor !== wanted || fallbackReason) {
      this.#cache.remove(entry);
      const reason = fallbackReason ? ` (${fallbackReason})` : "";
      throw new DeviceError(
        entry.name,
        `the kernel does not run on ${this.name}: gpu.js used ${kernel.constructor.name} instead${reason}`,
        { expected: kernelClasses[this.name], actual: kernel.constructor.name },
      );
    }
    entry.verified = true;
    if (this.#provenance !== "") return;
    const hardware = this.hostMemory ? "" : hardwareOf(context);
    this.#provenance = `gpu.js ${kernelClasses[this.name]}${hardware === "" ? "" : ` on ${hardware}`}`;
    watchWebGpu(context, (message) => {
      this.#broken ??= message;
    });
  }
}

function copyLaunch(length: number): Launch {
  return { kernel: copy, threads: [length, 1, 1] };
}

function mapValues(record: Readonly<Record<string, number>> | undefined, type: string): Record<string, string> {
  return Object.fromEntries(Object.keys(record ?? {}).map((name) => [name, type]));
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Why a mode cannot run here and what would provide it; undefined where it can. */
export function whyMissing(mode: GpuMode): string | undefined {
  const found = gpuJs();
  if (typeof found === "string") return found;
  const { GPU } = found;
  switch (mode) {
    case "cpu":
      return whyNoCodeGeneration();
    case "webasm":
      return GPU.isWebAssemblySupported ? whyNoCodeGeneration() : "this JavaScript engine has no WebAssembly";
    case "headlessgl":
      return GPU.isHeadlessGLSupported
        ? undefined
        : "OpenGL in Node needs the optional package `gl`, which builds where the X11 and GL headers are " +
            "(Debian: libxi-dev libgl1-mesa-dev pkg-config) and runs under a display (`xvfb-run`)";
    case "webgl":
      return GPU.isWebGLSupported
        ? undefined
        : "WebGL needs a browser that supports it; devices() tells which devices are here";
    case "webgl2":
      return GPU.isWebGL2Supported
        ? undefined
        : "WebGL 2 needs a browser that supports it; devices() tells which devices are here";
    case "webgpu":
      return exposeNodeWebGpu();
  }
}

/** The adapter question of webgpu can only be answered later. */
export async function webGpuAdapterMissing(): Promise<string | undefined> {
  const missing = whyMissing("webgpu");
  if (missing !== undefined) return missing;
  if (await (gpuJs() as GpuJs).GPU.isWebGPUAvailable()) return undefined;
  return "the WebGPU API is here but offers no adapter: a GPU driver (Vulkan, Metal or D3D12) is missing";
}

/** gpu.js makes JavaScript of every kernel for these devices. */
function whyNoCodeGeneration(): string | undefined {
  return mayGenerateCode() ? undefined : `gpu.js compiles kernels with \`new Function\`, which ${forbiddenCode}`;
}
