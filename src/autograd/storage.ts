/** Storage: one device buffer, shared by the tensors that view it, and the count of what is alive. */
import type { Device, DeviceBuffer } from "../device/device.js";
import { ValueError } from "../errors.js";
import { AbsentBuffer } from "./shapes-only.js";

/** What is alive on all devices together.
 * @category Memory */
export interface MemoryInfo {
  /** Device buffers that were neither disposed nor garbage-collected. */
  readonly buffers: number;
  /** Their size in bytes, at 4 bytes an element on float32 devices and 8 on the reference device. */
  readonly bytes: number;
}

let buffers = 0;
let bytes = 0;

/** Counts the buffers that are alive: in a training loop the count should stay constant.
 *
 * Buffers leave the count when they are disposed (`dispose`, `using`, `tidy`, the end of `backward`) or when the garbage
 * collector has found them. On CPU devices it finds those of up to 32 small tensors that were made one after the other,
 * without a call of this function in between, together: once it has found them all. It reports nothing while a loop keeps
 * the event loop from turning; in a long one, more and larger tensors are found together.
 * @category Memory */
export function memory(): MemoryInfo {
  closeLot();
  return { buffers, bytes };
}

/** What to say to who reads a tensor that was disposed. */
export function disposedError(): ValueError {
  return new ValueError(
    "tensor",
    "it was disposed and cannot be read any more; `keep` it, return it from `tidy`, or dispose it later",
  );
}

/** What to say to who reads a tensor that was made where only shapes are computed. */
function absentError(): ValueError {
  return new ValueError(
    "tensor",
    "it has a shape and no numbers, for only shapes are computed here; a model that reads numbers needs input tensors " +
      "in the place of shapes",
  );
}

/** Buffers that leave the count together, when the garbage collector has found the storages of all of them: to register
 * each of them with it takes several times as long as all else that a small op does. */
class Lot {
  readonly content: LotContent = { buffers: 0, bytes: 0, toFree: null };

  constructor() {
    unreported++;
    lastResort.register(this, this.content);
  }
}

/** Lots that were registered since the garbage collector last reported one. It does so between two jobs only, and keeps what
 * was registered until then: in a loop that never lets the event loop turn, for ever. */
let unreported = 0;

/** More unreported lots than that, and each takes more buffers the more there are. */
const manyLots = 2 ** 11;

const isPilingUp = () => unreported > manyLots;

/** Lots whose buffers were all released, for the next ones. */
const spareLots: Lot[] = [];

/** What of a lot is alive; it outlives the lot. */
interface LotContent {
  buffers: number;
  bytes: number;
  /** The only buffer, where the garbage collector does not free it. */
  toFree: Held | null;
}

interface Held {
  readonly device: Device;
  readonly buffer: DeviceBuffer;
}

const lastResort = new FinalizationRegistry<LotContent>((content) => {
  unreported = 0;
  buffers -= content.buffers;
  bytes -= content.bytes;
  content.toFree?.device.free(content.toFree.buffer);
});

/** How many buffers a lot takes, and how many bytes if it is several: so much can one tensor that lives on hold back. */
const maxLotBuffers = 32;
const maxLotBytes = 2 ** 18;

/** The lot that is being filled. It is closed when the running job ends, for who refers to it keeps it alive. */
let openLot: Lot | null = null;

function closeLot(): void {
  openLot = null;
}

/** The lot for a buffer of so many bytes. */
function lotFor(device: Device, buffer: DeviceBuffer, size: number): Lot {
  if (buffer.collectable !== true && !(buffer.collectable === "late" && isPilingUp())) {
    const lot = emptyLot();
    lot.content.toFree = { device, buffer: buffer.remains ?? buffer };
    return lot;
  }
  if (openLot === null) void Promise.resolve().then(closeLot);
  else if (hasRoom(openLot.content, size)) return openLot;
  openLot = emptyLot();
  return openLot;
}

function hasRoom(content: LotContent, size: number): boolean {
  if (isPilingUp()) return content.buffers < unreported / 64;
  return content.buffers < maxLotBuffers && content.bytes + size <= maxLotBytes;
}

function emptyLot(): Lot {
  return spareLots.pop() ?? new Lot();
}

/** A buffer of a lot was released. */
function leave(lot: Lot, size: number): void {
  count(lot.content, -1, -size);
  if (lot.content.buffers > 0 || lot === openLot) return;
  lot.content.toFree = null;
  spareLots.push(lot);
}

/** One buffer and how many tensors view it. */
export class Storage {
  readonly #device: Device;
  /** Null once it is released: the lot may be another's then. */
  #held: { readonly buffer: DeviceBuffer; readonly lot: Lot } | null;
  #views = 0;

  constructor(device: Device, buffer: DeviceBuffer) {
    this.#device = device;
    const size = byteLength(device, buffer);
    const lot = lotFor(device, buffer, size);
    count(lot.content, 1, size);
    this.#held = { buffer, lot };
  }

  /** The buffer; an error if it was disposed, or never had any numbers. */
  get buffer(): DeviceBuffer {
    if (this.#held === null) throw disposedError();
    const { buffer } = this.#held;
    if (buffer instanceof AbsentBuffer) throw absentError();
    return buffer;
  }

  /** Its size in bytes, whether or not there are numbers; 0 once it is released. */
  get bytes(): number {
    return this.#held === null ? 0 : byteLength(this.#device, this.#held.buffer);
  }

  /** One more tensor views this storage. */
  retain(): this {
    this.#views++;
    return this;
  }

  /** One tensor less; the last one frees the buffer. */
  release(): void {
    const held = this.#held;
    if (--this.#views > 0 || held === null) return;
    this.#held = null;
    leave(held.lot, byteLength(this.#device, held.buffer));
    if (!(held.buffer instanceof AbsentBuffer)) this.#device.free(held.buffer);
  }
}

function count(content: LotContent, number: number, size: number): void {
  content.buffers += number;
  content.bytes += size;
  buffers += number;
  bytes += size;
}

function byteLength(device: Device, buffer: DeviceBuffer): number {
  return buffer.length * (device.floatType === "float64" ? 8 : 4);
}
