/** The `simd` device: hand-tuned WebAssembly kernels over one heap, and the portable kernels for everything else. */
import { DeviceError } from "../../errors.js";
import type { KernelFunction } from "../../kernels/kernel.js";
import { formatShape } from "../../shape.js";
import type { CompiledKernel, Device, DeviceBuffer, Launch } from "../device.js";
import { GpuDevice } from "../gpu.js";
import { canShare, checkThreads, compile, defaultThreads, whyNoSimd } from "./engine.js";
import { blockBytes, Heap } from "./heap.js";
import { plans } from "./plans/index.js";
import type { Call, Plan } from "./plans/plan.js";
import { Pool, type Task, taskWords } from "./pool.js";

/** The numbers of a tensor: in the heap, or on the JavaScript side. */
class SimdBuffer implements DeviceBuffer {
  readonly block: Block;

  constructor(
    readonly device: SimdDevice,
    readonly length: number,
    /** The numbers outside of the heap; null where they are in it. */
    public values: Float32Array | null,
  ) {
    this.block = new Block(device, length);
  }

  /** To register a small one with the garbage collector costs more than the heap gains by it. */
  get collectable(): boolean {
    return this.length <= smallLength;
  }

  get remains(): Block {
    return this.block;
  }
}

/** A buffer's place in the heap. It refers to the buffer only while it holds the numbers, so that those of a buffer that
 * was forgotten after it moved out can be collected. */
class Block implements DeviceBuffer {
  /** Where it begins; 0 where the numbers are not in the heap. */
  pointer = 0;
  /** Its place in the list of those in the heap. */
  slot = -1;
  owner: SimdBuffer | null = null;

  constructor(
    readonly device: SimdDevice,
    readonly length: number,
  ) {}
}

/** Elements of a buffer that stays in the heap until the heap is full, if it is forgotten. */
const smallLength = 2048;

/** A plan and how often it was followed. */
interface Entry {
  readonly plan: Plan;
  readonly name: string;
  runs: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The heap's budget to begin with. */
const firstBudget = 2 ** 29;

/** The end of a 32-bit memory. */
const largestBudget = 2 ** 32 - 2 ** 16;

/** What tests change.
 * @internal */
export interface SimdLimits {
  /** Bytes that the heap may take before the numbers in it move out. */
  readonly budget?: number;
  /** Milliseconds after which a worker that does not answer counts as lost. */
  readonly longestSilence?: number;
}

/** Runs SIMD kernels where there are some, else the portable ones.
 *
 * The garbage collector knows nothing of the heap. So where the heap is full, every tensor's numbers move to arrays of
 * JavaScript's, which the collector frees with the tensors that nobody refers to any more, and move back when a kernel
 * wants them. Where most of them do come back, the heap may become larger.
 * @category Devices */
export class SimdDevice implements Device {
  readonly name = "simd";
  readonly floatType = "float32";
  readonly synchronous = true;
  readonly hostMemory = true;
  readonly #heap = new Heap();
  readonly #pool: Pool;
  readonly #fused: boolean;
  readonly #portable = new GpuDevice("webasm");
  readonly #entries = new Map<KernelFunction, Entry>();
  /** The blocks that hold numbers. */
  readonly #inHeap: Block[] = [];
  /** What the running task works with besides its operands. */
  readonly #temporaries: SimdBuffer[] = [];
  #ranPortable = false;
  #budget: number;
  /** Times that everything moved out; elements that did the last time, and that came back since. */
  #evictions = 0;
  #movedOut = 0;
  #movedBack = 0;
  /** Filled anew for every launch. */
  readonly #call: Mutable<Call> = {
    out: 0,
    inputs: [],
    lengths: [],
    words: new Int32Array(),
    reals: new Float32Array(),
    temporary: (floats) => {
      const buffer = new SimdBuffer(this, floats, null);
      this.#place(buffer);
      this.#temporaries.push(buffer);
      return buffer.block.pointer;
    },
  };

  /** @throws DeviceError if the engine has no WebAssembly SIMD */
  constructor({ budget = firstBudget, longestSilence = 20_000 }: SimdLimits = {}) {
    const missing = whyNoSimd();
    if (missing !== undefined) throw new DeviceError("device simd", missing);
    const { module, fused } = compile();
    this.#fused = fused;
    this.#budget = budget;
    this.#pool = new Pool(this.#heap, module, defaultThreads(), longestSilence);
    for (const [kernel, plan] of plans) this.#entries.set(kernel, { plan, name: kernel.name, runs: 0 });
  }

  get provenance(): string {
    const threads = this.#pool.threads === 1 ? "1 thread" : `${this.#pool.threads} threads`;
    const kind = this.#fused ? "SIMD with fused multiply-add" : "SIMD";
    return `WebAssembly ${kind}, ${threads}; ${this.#portable.provenance} for what has no such kernel`;
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
    checkThreads("threads", count);
    if (count > 1 && !canShare()) {
      throw new DeviceError(
        "threads",
        "this page cannot share memory between threads; serve it cross-origin isolated (COOP and COEP headers)",
      );
    }
    this.#pool.stop();
    this.#pool.threads = count;
  }

  upload(values: ArrayLike<number>): DeviceBuffer {
    const buffer = new SimdBuffer(this, values.length, null);
    this.#place(buffer);
    this.#heap.floats.set(values, buffer.block.pointer >>> 2);
    return buffer;
  }

  run(launch: Launch, inputs: readonly DeviceBuffer[]): DeviceBuffer {
    const [x, y, z] = launch.threads;
    const length = x * y * z;
    if (length === 0) {
      throw new DeviceError(launch.kernel.name, `the output is empty (threads ${formatShape(launch.threads)})`);
    }
    const entry = this.#entries.get(launch.kernel);
    if (entry !== undefined) {
      const output = this.#runPlan(entry.plan, launch, inputs, length);
      if (output !== null) {
        entry.runs++;
        this.#ranPortable = false;
        return output;
      }
    }
    this.#ranPortable = true;
    const result = this.#portable.run(
      launch,
      inputs.map((buffer) => this.#portable.borrow(this.#numbers(this.#own(buffer)))),
    );
    return new SimdBuffer(this, length, this.#portable.readSync(result));
  }

  read(buffer: DeviceBuffer): Promise<Float32Array> {
    return Promise.resolve(this.readSync(buffer));
  }

  readSync(buffer: DeviceBuffer): Float32Array {
    return this.#numbers(this.#own(buffer));
  }

  free(buffer: DeviceBuffer): void {
    let block = buffer;
    if (!(block instanceof Block && block.device === this)) {
      const own = this.#own(buffer);
      own.values = null;
      block = own.block;
    }
    if (block instanceof Block && block.pointer !== 0) {
      this.#heap.release(block.pointer, 4 * block.length);
      this.#leaveHeap(block);
    }
  }

  kernels(): readonly CompiledKernel[] {
    const used = [...this.#entries.values()].filter(({ runs }) => runs > 0);
    return [
      ...used.map(({ name, runs }) => ({ name, runs, threads: [], isPortable: false })),
      ...this.#portable.kernels().map((kernel) => ({ ...kernel, isPortable: true })),
    ];
  }

  #runPlan(plan: Plan, launch: Launch, inputs: readonly DeviceBuffer[], length: number): SimdBuffer | null {
    const output = new SimdBuffer(this, length, null);
    const call = this.#call;
    let task: Task | null = null;
    for (let before = -1, tries = 0; before !== this.#evictions; tries++) {
      // What moves out of the heap to make room for one operand may be another: then they are all fetched again.
      if (tries > 4) throw outOfMemory(length);
      before = this.#evictions;
      call.inputs.length = inputs.length;
      call.lengths.length = inputs.length;
      for (let i = 0; i < inputs.length; i++) {
        const buffer = this.#own(inputs[i] as DeviceBuffer);
        if (buffer.block.pointer === 0) this.#moveIn(buffer);
        call.inputs[i] = buffer.block.pointer;
        call.lengths[i] = buffer.length;
      }
      if (output.block.pointer === 0) this.#place(output);
      call.out = output.block.pointer;
      this.#renewViews();
      this.#freeTemporaries();
      task = plan(launch, call);
    }
    if (task === null) {
      this.free(output);
      return null;
    }
    this.#pool.run(task);
    this.#freeTemporaries();
    return output;
  }

  #freeTemporaries(): void {
    for (let buffer = this.#temporaries.pop(); buffer !== undefined; buffer = this.#temporaries.pop())
      this.free(buffer);
  }

  #renewViews(): void {
    const { buffer } = this.#heap.floats;
    if (this.#call.words.buffer === buffer) return;
    this.#call.words = new Int32Array(buffer, taskWords.at, taskWords.count);
    this.#call.reals = new Float32Array(buffer, taskWords.at, taskWords.count);
  }

  #numbers(buffer: SimdBuffer): Float32Array {
    if (buffer.values !== null) return buffer.values;
    const start = buffer.block.pointer >>> 2;
    return this.#heap.floats.subarray(start, start + buffer.length);
  }

  #own(buffer: DeviceBuffer): SimdBuffer {
    if (buffer instanceof SimdBuffer && buffer.device === this) return buffer;
    throw new DeviceError("device simd", "this buffer belongs to another device");
  }

  /** Numbers that are on the JavaScript side go into the heap. */
  #moveIn(buffer: SimdBuffer): void {
    const { values } = buffer;
    this.#place(buffer);
    this.#heap.floats.set(values as Float32Array, buffer.block.pointer >>> 2);
    buffer.values = null;
    this.#movedBack += buffer.length;
  }

  /** Finds a place in the heap, if need be after all that is there has moved out. */
  #place(buffer: SimdBuffer): void {
    const bytes = 4 * buffer.length;
    let pointer = this.#heap.allocate(bytes, this.#budget);
    if (pointer === 0 && this.#raiseBudget(bytes)) pointer = this.#heap.allocate(bytes, this.#budget);
    if (pointer === 0) {
      this.#moveAllOut();
      pointer = this.#heap.allocate(bytes, this.#budget);
    }
    if (pointer === 0) throw outOfMemory(buffer.length);
    buffer.block.owner = buffer;
    buffer.block.pointer = pointer;
    buffer.block.slot = this.#inHeap.push(buffer.block) - 1;
  }

  /** A larger budget, for a tensor that takes much of it, or where much of what moved out came back. */
  #raiseBudget(bytes: number): boolean {
    const cameBack = this.#movedOut > 0 && this.#movedBack > this.#movedOut / 4;
    const wanted = Math.min(largestBudget, Math.max(8 * bytes, cameBack ? 2 * this.#budget : 0));
    if (wanted <= this.#budget) return false;
    this.#budget = wanted;
    return true;
  }

  #moveAllOut(): void {
    this.#evictions++;
    this.#movedOut = 0;
    this.#movedBack = 0;
    for (const block of this.#inHeap) {
      const { owner } = block as { owner: SimdBuffer };
      owner.values = this.#numbers(owner).slice();
      forget(block);
      this.#movedOut += block.length;
    }
    this.#inHeap.length = 0;
    this.#heap.reset();
  }

  #leaveHeap(block: Block): void {
    const last = this.#inHeap.pop() as Block;
    if (last !== block) {
      this.#inHeap[block.slot] = last;
      last.slot = block.slot;
    }
    forget(block);
  }
}

function forget(block: Block): void {
  block.pointer = 0;
  block.slot = -1;
  block.owner = null;
}

function outOfMemory(length: number): DeviceError {
  return new DeviceError(
    "device simd",
    `out of memory: there is no room for a tensor of ${length} elements (${blockBytes(4 * length)} bytes); ` +
      "split the batch, or dispose tensors sooner (tidy)",
  );
}
