/** The `simd` device: hand-tuned WebAssembly kernels over one heap, and the portable kernels for everything else. */
import { DeviceError } from "../../errors.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { formatShape } from "../../shape.js";
import { computeCells } from "../cells.js";
import type { CompiledKernel, Device, DeviceBuffer, Launch } from "../device.js";
import { filledWith } from "../filled-with.js";
import { canShare, checkThreads, defaultThreads, engine } from "./engine.js";
import { plans } from "./plans/index.js";
import type { Call, Plan } from "./plans/plan.js";
import { Pool, type Task, taskWords } from "./pool.js";
import { Block, SimdBuffer, Store } from "./store.js";

/** A plan and how often it was followed. */
interface Entry {
  readonly plan: Plan;
  readonly name: string;
  runs: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** What tests change.
 * @internal */
export interface SimdLimits {
  /** Bytes that the heap may take before the numbers in it move out. Default 512 MiB. */
  readonly budget?: number;
  /** Milliseconds after which a worker that does not answer counts as lost. */
  readonly longestSilence?: number;
}

/** Runs SIMD kernels where there are some, else the portable ones.
 * @category Devices */
export class SimdDevice implements Device {
  readonly name = "simd";
  readonly floatType = "float32";
  readonly synchronous = true;
  readonly hostMemory = true;
  readonly #store: Store;
  readonly #pool: Pool;
  readonly #fused: boolean;
  readonly #entries = new Map<KernelFunction, Entry>();
  /** How often kernels ran as they are, by name. */
  readonly #portableRuns = new Map<string, number>();
  /** What the running task works with besides its operands. */
  readonly #temporaries: SimdBuffer[] = [];
  #ranPortable = false;
  /** Filled anew for every launch. */
  readonly #call: Mutable<Call> = {
    out: 0,
    inputs: [],
    lengths: [],
    words: new Int32Array(),
    reals: new Float32Array(),
    temporary: (floats) => {
      const buffer = new SimdBuffer(this, floats);
      this.#store.place(buffer);
      this.#temporaries.push(buffer);
      return buffer.block.pointer;
    },
  };

  /** @throws DeviceError if the engine has no WebAssembly SIMD */
  constructor({ budget, longestSilence = 20_000 }: SimdLimits = {}) {
    const { module, fused } = engine();
    this.#fused = fused;
    this.#store = new Store(budget);
    this.#pool = new Pool(this.#store.heap, module, defaultThreads(), longestSilence);
    for (const [kernel, plan] of plans) this.#entries.set(kernel, { plan, name: kernel.name, runs: 0 });
  }

  get provenance(): string {
    const threads = this.#pool.threads === 1 ? "1 thread" : `${this.#pool.threads} threads`;
    const kind = this.#fused ? "SIMD with fused multiply-add" : "SIMD";
    const { heap } = this.#store;
    const limit = heap.isWhole ? "" : `, at most ${heap.most / 2 ** 20} MiB of memory`;
    return `WebAssembly ${kind}, ${threads}${limit}; JavaScript for what has no such kernel`;
  }

  get lastRan(): string {
    return this.#ranPortable ? "simd (portable)" : "simd";
  }

  /** Threads that share the work, the calling one included.
   * @throws DeviceError unless it is from 1 to 64, or where memory cannot be shared */
  get threads(): number {
    return this.#pool.threads;
  }

  set threads(count: number) {
    checkThreads("setThreads", count);
    if (count > 1 && !canShare()) {
      throw new DeviceError(
        "setThreads",
        "this page cannot share memory between threads; serve it cross-origin isolated (COOP and COEP headers)",
      );
    }
    this.#pool.stop();
    this.#pool.threads = count;
  }

  upload(values: ArrayLike<number>): DeviceBuffer {
    const buffer = new SimdBuffer(this, values.length);
    this.#store.place(buffer);
    this.#store.heap.floats.set(values, buffer.block.pointer >>> 2);
    return buffer;
  }

  fill(length: number, value: number): DeviceBuffer {
    return new SimdBuffer(this, length, filledWith(new Float32Array(length), value));
  }

  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
    const [x, y, z] = launch.threads;
    const length = x * y * z;
    if (length === 0) {
      throw new DeviceError(launch.kernel.name, `the output is empty (threads ${formatShape(launch.threads)})`);
    }
    const { kernel } = launch;
    const entry = this.#entries.get(kernel);
    const output = entry === undefined ? null : this.#runPlan(entry.plan, launch, inputs, length);
    this.#ranPortable = output === null;
    if (entry !== undefined && output !== null) {
      entry.runs++;
      return output;
    }
    if (kernel.name === "") throw new DeviceError("kernel", "a kernel must be a named top-level function");
    const values = new Float32Array(length);
    computeCells(
      launch,
      inputs.map((buffer) => this.#store.numbers(this.#own(buffer))),
      values,
    );
    this.#portableRuns.set(kernel.name, (this.#portableRuns.get(kernel.name) ?? 0) + 1);
    return new SimdBuffer(this, length, values);
  }

  read(buffer: DeviceBuffer): Promise<Float32Array> {
    return Promise.resolve(this.readSync(buffer).slice()); // the block may soon hold other numbers
  }

  readSync(buffer: DeviceBuffer): Float32Array {
    return this.#store.numbers(this.#own(buffer));
  }

  free(buffer: DeviceBuffer): void {
    if (buffer instanceof Block && buffer.device === this) this.#store.free(buffer);
    else this.#release(this.#own(buffer));
  }

  #release(buffer: SimdBuffer): void {
    buffer.values = null;
    this.#store.free(buffer.block);
  }

  kernels(): readonly CompiledKernel[] {
    const used = [...this.#entries.values()].filter(({ runs }) => runs > 0);
    return [
      ...used.map(({ name, runs }) => ({ name, runs, threads: [], isPortable: false })),
      ...[...this.#portableRuns].map(([name, runs]) => ({ name, runs, threads: [], isPortable: true })),
    ];
  }

  #runPlan(plan: Plan, launch: Launch, inputs: readonly DeviceBuffer[], length: number): SimdBuffer | null {
    const output = new SimdBuffer(this, length);
    let isDone = false;
    try {
      const task = this.#planned(plan, launch, inputs, output);
      if (task !== null) {
        this.#pool.run(task);
        isDone = true;
      }
    } finally {
      this.#freeTemporaries();
      if (!isDone) this.#release(output);
    }
    return isDone ? output : null;
  }

  /** The task of a launch whose operands are all in the heap. */
  #planned(plan: Plan, launch: Launch, inputs: readonly DeviceBuffer[], output: SimdBuffer): Task | null {
    const store = this.#store;
    const call = this.#call;
    let task: Task | null = null;
    for (let before = -1, tries = 0; before !== store.evictions; tries++) {
      // What moves out of the heap to make room for one operand may be another: then they are all fetched again.
      if (tries > 4) throw store.outOfMemory(output.length);
      before = store.evictions;
      resize(call.inputs, inputs.length);
      resize(call.lengths, inputs.length);
      for (let i = 0; i < inputs.length; i++) {
        const buffer = this.#own(inputs[i] as DeviceBuffer);
        call.inputs[i] = store.fetch(buffer);
        call.lengths[i] = buffer.length;
      }
      if (output.block.pointer === 0) store.place(output);
      call.out = output.block.pointer;
      this.#renewViews();
      this.#freeTemporaries();
      task = plan(launch, call);
    }
    return task;
  }

  #freeTemporaries(): void {
    for (let buffer = this.#temporaries.pop(); buffer !== undefined; buffer = this.#temporaries.pop())
      this.#release(buffer);
  }

  #renewViews(): void {
    const { buffer } = this.#store.heap.floats;
    if (this.#call.words.buffer === buffer) return;
    this.#call.words = new Int32Array(buffer, taskWords.at, taskWords.count);
    this.#call.reals = new Float32Array(buffer, taskWords.at, taskWords.count);
  }

  #own(buffer: DeviceBuffer): SimdBuffer {
    if (buffer instanceof SimdBuffer && buffer.device === this) return buffer;
    throw new DeviceError("device simd", "this buffer belongs to another device");
  }
}

/** To set a length costs a call of the runtime, even where it stays the same. */
function resize(list: number[], length: number): void {
  if (list.length !== length) list.length = length;
}
