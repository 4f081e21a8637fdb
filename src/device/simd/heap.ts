/** The memory of the SIMD kernels: one WebAssembly memory, handed out in blocks of a few sizes, so that a block that is
 * given back fits the next tensor of its size. */
import { DeviceError } from "../../errors.js";

/** Bytes of a WebAssembly page. */
const pageBytes = 65_536;

/** Threads that there is room for. */
export const mostThreads = 64;

/** Bytes that a thread has to itself, for what its kernels pack. */
const scratchBytes = 2 ** 20;

/** A kernel may read as many bytes beyond the end of a block: the rest of a vector. */
const overreach = 64;

/** Below it lie the words of the running task, what the threads agree on, and their scratch. */
const reservedBytes = pageBytes + mostThreads * scratchBytes;

/** Where the scratch of a thread begins. */
export function scratchOf(thread: number): number {
  return pageBytes + thread * scratchBytes;
}

/** A 32-bit WebAssembly memory ends here. */
const mostPages = 65_536;

/** Pages that are asked for, until one of these is given: engines reserve as much address space at once, and some systems
 * have less to give. */
const reservations = [mostPages, mostPages / 2, mostPages / 4, mostPages / 8, mostPages / 16];

/** A heap in a WebAssembly memory. Pointers are byte offsets, multiples of 64. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Pages that the memory may grow to. */
  readonly #pages: number;
  /** The whole memory as floats; replaced when the memory grows. */
  floats: Float32Array;
  /** The same as 32-bit integers. */
  ints: Int32Array;
  /** Pointers that were given back, by size class. */
  readonly #free: number[][] = [];
  #top = reservedBytes;

  /** @throws DeviceError if the system has no address space for a memory */
  constructor() {
    [this.memory, this.#pages] = reserve();
    this.floats = new Float32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
  }

  /** Bytes that the memory may grow to. */
  get most(): number {
    return this.#pages * pageBytes;
  }

  /** Whether the system gave as much as there can be. */
  get isWhole(): boolean {
    return this.#pages === mostPages;
  }

  /** A block of at least `bytes` bytes, of any content; 0 if all blocks together would take more than `budget` bytes. */
  allocate(bytes: number, budget: number): number {
    const size = blockBytes(bytes);
    const pointer = this.#free[classOf(size)]?.pop();
    if (pointer !== undefined) return pointer;
    const end = this.#top + size;
    if (end - reservedBytes > budget || !this.#growTo(end + overreach)) return 0;
    const start = this.#top;
    this.#top = end;
    return start;
  }

  /** Takes a block back that `allocate` gave for so many bytes. */
  release(pointer: number, bytes: number): void {
    const index = classOf(blockBytes(bytes));
    const free = this.#free[index];
    if (free === undefined) this.#free[index] = [pointer];
    else free.push(pointer);
  }

  /** Takes all blocks back. */
  reset(): void {
    this.#free.length = 0;
    this.#top = reservedBytes;
  }

  #growTo(end: number): boolean {
    const have = this.memory.buffer.byteLength;
    if (end <= have) return true;
    if (end > this.most) return false;
    const wanted = Math.max(end, Math.min(1.25 * have, this.most));
    try {
      this.memory.grow(Math.ceil((wanted - have) / pageBytes));
    } catch {
      return false; // a RangeError: the system has no more
    }
    this.floats = new Float32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
    return true;
  }
}

function reserve(): [WebAssembly.Memory, number] {
  let failure: unknown;
  for (const maximum of reservations) {
    try {
      const initial = (2 * reservedBytes) / pageBytes;
      return [new WebAssembly.Memory({ initial, maximum, shared: true }), maximum];
    } catch (error) {
      failure = error; // a RangeError: there is not so much
    }
  }
  throw new DeviceError(
    "device simd",
    "the system has no address space for a WebAssembly memory, for which some engines reserve 10 GiB: raise the limit " +
      "(`ulimit -v`), or end what holds such memories",
    { cause: failure },
  );
}

/** What a block of so many bytes really takes: the next of four sizes an octave, at least 64. */
export function blockBytes(bytes: number): number {
  if (bytes <= 256) return Math.max(1, (bytes + 63) >>> 6) << 6;
  const step = 2 ** (29 - Math.clz32(bytes - 1)); // a quarter of the power of two below
  return Math.ceil(bytes / step) * step;
}

/** Sizes from `blockBytes` as small integers. */
function classOf(size: number): number {
  if (size <= 256) return size >>> 6;
  const octave = 31 - Math.clz32(size);
  return octave * 4 + ((size >>> (octave - 2)) & 3);
}
