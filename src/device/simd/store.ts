/** Where the numbers of tensors are: in the heap, or in arrays of JavaScript's. */
import { CapacityError } from "../../errors.js";
import type { Device, DeviceBuffer } from "../device.js";
import { blockBytes, Heap } from "./heap.js";

/** The numbers of a tensor: in the heap, or on the JavaScript side. */
export class SimdBuffer implements DeviceBuffer {
  readonly block: Block;

  constructor(
    readonly device: Device,
    readonly length: number,
    /** The numbers outside of the heap; null where they are in it. */
    public values: Float32Array | null = null,
  ) {
    this.block = new Block(device, length);
  }

  /** To register a small one with the garbage collector costs more than the heap gains by it. */
  get collectable(): true | "late" {
    return this.length <= smallLength || "late";
  }

  get remains(): Block {
    return this.block;
  }
}

/** A buffer's place in the heap. It refers to the buffer only while it holds the numbers, so that those of a buffer that
 * was forgotten after it moved out can be collected. */
export class Block implements DeviceBuffer {
  /** Where it begins; 0 where the numbers are not in the heap. */
  pointer = 0;
  /** Its place in the list of those in the heap. */
  slot = -1;
  owner: SimdBuffer | null = null;

  constructor(
    readonly device: Device,
    readonly length: number,
  ) {}
}

/** Elements of a buffer that stays in the heap until the heap is full, if it is forgotten. */
const smallLength = 2048;

/** The heap's budget to begin with. It becomes larger where tensors come back; one that forgets them can be small. */
const firstBudget = 2 ** 25;

/** Bytes of the budget that every block in the heap counts for at least, since JavaScript's side of it takes some hundred. */
const leastShare = 1024;

/** The end of a 32-bit memory. */
const largestBudget = 2 ** 32 - 2 ** 16;

/** The heap, and what is in it.
 *
 * The garbage collector knows nothing of the heap. So where the heap is full, every tensor's numbers move to arrays of
 * JavaScript's, which the collector frees with the tensors that nobody refers to any more, and move back when a kernel
 * wants them. Where most of them do come back, the heap may become larger. */
export class Store {
  readonly heap: Heap = new Heap();
  /** Times that everything moved out. */
  evictions = 0;
  /** The blocks that hold numbers. */
  readonly #inHeap: Block[] = [];
  #budget: number;
  /** Elements that moved out the last time, and that came back since. */
  #movedOut = 0;
  #movedBack = 0;

  /** @param budget bytes that the heap may take to begin with */
  constructor(budget: number = firstBudget) {
    this.#budget = budget;
  }

  /** The numbers, wherever they are. */
  numbers(buffer: SimdBuffer): Float32Array {
    if (buffer.values !== null) return buffer.values;
    const start = buffer.block.pointer >>> 2;
    return this.heap.floats.subarray(start, start + buffer.length);
  }

  /** Where the numbers are in the heap, into which they move if they are not there. */
  fetch(buffer: SimdBuffer): number {
    const { block, values } = buffer;
    if (block.pointer === 0) {
      this.place(buffer);
      this.heap.floats.set(values as Float32Array, block.pointer >>> 2);
      this.#movedBack += buffer.length;
    }
    return block.pointer;
  }

  /** Finds a place in the heap for new numbers, if need be after all that is there has moved out.
   * @throws CapacityError if it does not fit an empty heap, or the system has no memory for what moves out */
  place(buffer: SimdBuffer): void {
    const bytes = 4 * buffer.length;
    let pointer = this.#allocate(bytes);
    if (pointer === 0 && this.#raiseBudget(bytes)) pointer = this.#allocate(bytes);
    if (pointer === 0) {
      this.#moveAllOut();
      pointer = this.#allocate(bytes);
    }
    if (pointer === 0) throw this.outOfMemory(buffer.length);
    buffer.values = null; // what moved out of a place that it had before
    buffer.block.owner = buffer;
    buffer.block.pointer = pointer;
    buffer.block.slot = this.#inHeap.push(buffer.block) - 1;
  }

  /** Room for so many bytes; 0 where the budget has none. */
  #allocate(bytes: number): number {
    if (this.#inHeap.length * leastShare > this.#budget) return 0;
    return this.heap.allocate(bytes, this.#budget);
  }

  /** Gives the place of a block back, if it has one. */
  free(block: Block): void {
    if (block.pointer === 0) return;
    this.heap.release(block.pointer, 4 * block.length);
    const last = this.#inHeap.pop() as Block;
    if (last !== block) {
      this.#inHeap[block.slot] = last;
      last.slot = block.slot;
    }
    forget(block);
  }

  /** A larger budget, for a tensor that takes much of it, or where much of what moved out came back. */
  #raiseBudget(bytes: number): boolean {
    const cameBack = this.#movedOut > 0 && this.#movedBack > this.#movedOut / 4;
    const wanted = Math.min(largestBudget, Math.max(8 * bytes, cameBack ? 2 * this.#budget : 0));
    if (wanted <= this.#budget) return false;
    this.#budget = wanted;
    this.#movedOut = 0; // what came back has told what it had to
    return true;
  }

  /** One by one, so that where the system has no more memory the others stay where they are. */
  #moveAllOut(): void {
    this.evictions++;
    this.#movedOut = 0;
    this.#movedBack = 0;
    for (let block = this.#inHeap.at(-1); block !== undefined; block = this.#inHeap.at(-1)) {
      const { owner } = block as { owner: SimdBuffer };
      owner.values = this.numbers(owner).slice();
      this.free(block);
      this.#movedOut += block.length;
    }
    this.heap.reset();
  }

  /** What to say where a tensor does not fit beside those of the running op. */
  outOfMemory(length: number): CapacityError {
    const { most } = this.heap;
    const bytes = blockBytes(4 * length);
    return new CapacityError(
      "device simd",
      `its heap, a WebAssembly memory, ends at ${most} bytes, of which one op needs ${bytes} for a tensor of ${length} ` +
        "elements beside its others; take a smaller batch, or the reference device, which has no such end (but twice the bytes)",
      { expected: most, actual: bytes },
    );
  }
}

function forget(block: Block): void {
  block.pointer = 0;
  block.slot = -1;
  block.owner = null;
}
