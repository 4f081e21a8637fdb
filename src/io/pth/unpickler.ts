/** Reads a pickle (PEP 3154) without running anything: of the opcodes those that build values, of names a closed list, and both
 * in a machine of which every loop is bounded by the length of the file. */
import { describe } from "../../errors.js";
import { type FormatReason, refuse } from "../format-error.js";
import { checkedKey, knownAs } from "./constructors.js";
import { Known, Tuple, type Value } from "./values.js";

/** A float on the stack, which a whole number in a shape must not be. */
class Float {
  constructor(readonly value: number) {}
}

type Item = Value | Float;

/** An integer of a checkpoint has no more bytes: those of sums of squares of steps have ten. */
const MOST_INTEGER_BYTES = 256;

/** What surrounds a pickle. */
export interface Surroundings {
  /** What a persistent id stands for. */
  readonly persistent: (id: Value) => Value;
  /** Why a pickle that ends too soon is refused. */
  readonly cut: FormatReason;
}

/** One pickle of a file. */
export class Unpickler {
  /** The byte that is read next. */
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #around: Surroundings;
  readonly #stack: Item[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Item>();

  constructor(bytes: Uint8Array, position: number, around: Surroundings) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
    this.#around = around;
  }

  /** The value of the pickle that begins here. */
  run(): Value {
    for (;;) {
      const opcode = this.byte();
      if (opcode === STOP) return this.pop();
      const run = opcodes.get(opcode);
      if (run === undefined) malformed(`there is the opcode 0x${opcode.toString(16)}, which no file of tensors needs`);
      run(this);
    }
  }

  /** The next bytes, which must be there. */
  take(length: number): Uint8Array {
    const end = this.position + length;
    if (!(end <= this.#bytes.length))
      refuse(this.#around.cut, `its pickle ends too soon: ${length} bytes should follow byte ${this.position}`);
    const taken = this.#bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  /** The next byte as a number. */
  byte(): number {
    return this.take(1)[0] as number;
  }

  /** Reads a number in place. */
  number(length: number, read: (view: DataView, at: number) => number): number {
    this.take(length);
    return read(this.#view, this.position - length);
  }

  /** The next integer of 32 bits. */
  uint32(): number {
    return this.number(4, (view, at) => view.getUint32(at, true));
  }

  /** The next length of 64 bits. */
  uint64(): number {
    return this.number(8, (view, at) => Number(view.getBigUint64(at, true)));
  }

  /** The next bytes as a text. */
  text(length: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(length));
    } catch (error) {
      if (error instanceof TypeError) malformed("a text is not UTF-8");
      throw error;
    }
  }

  /** A text that a line feed ends. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    const text = this.text((end < 0 ? this.#bytes.length + 1 : end) - this.position);
    this.position++;
    return text;
  }

  /** A frame is a number of bytes that can be read at once; they must be there. */
  frame(): void {
    const start = this.position + 8;
    this.take(this.uint64());
    this.position = start;
  }

  push(item: Item): void {
    this.#stack.push(item);
  }

  /** The topmost item, which must lie above the last mark. */
  popItem(): Item {
    const item = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    return item === undefined ? malformed("a value is taken from an empty stack") : item;
  }

  pop(): Value {
    return plain(this.popItem());
  }

  /** The topmost item, which stays. */
  top(): Item {
    const item = this.popItem();
    this.#stack.push(item);
    return item;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** What lies above the last mark, which goes. */
  popMark(): Item[] {
    const mark = this.#marks.pop();
    return mark === undefined ? malformed("there is no mark") : this.#stack.splice(mark);
  }

  /** Adds to the dictionary that lies on top. */
  setItems(items: readonly Item[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0) malformed("entries are set in what is no dictionary");
    for (let i = 0; i < items.length; i += 2) map.set(checkedKey(plain(items[i] as Item)), plain(items[i + 1] as Item));
  }

  /** Adds to the list that lies on top. */
  append(items: readonly Item[]): void {
    const list = this.top();
    if (!Array.isArray(list)) malformed("items are added to what is no list");
    for (const item of items) list.push(plain(item));
  }

  /** Calls what a name of the closed list stands for. */
  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof Known) || callee.make === null || !(args instanceof Tuple))
      malformed(`something is called that is no function: ${describe(callee)}`);
    this.push(callee.make(args));
  }

  /** Sets attributes, of which an ordered dictionary has some that only PyTorch needs. */
  build(): void {
    const state = this.pop();
    if (!(this.top() instanceof Map) || !(state instanceof Map)) malformed("attributes are set of what has none");
  }

  /** A name whose two parts lie on the stack. */
  stackGlobal(): void {
    const name = this.pop();
    const module = this.pop();
    if (typeof name !== "string" || typeof module !== "string") malformed("a name is no text");
    this.push(knownAs(module, name));
  }

  persistent(): void {
    this.push(this.#around.persistent(this.pop()));
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    const item = this.#memo.get(index);
    if (item === undefined) malformed(`memo ${index} is read, and was never written`);
    this.push(item);
  }
}

const STOP = 0x2e;

function plain(item: Item): Value {
  return item instanceof Float ? item.value : item;
}

function tupleOf(items: readonly Item[]): Tuple {
  return new Tuple(
    items.map(plain),
    items.some((item) => item instanceof Float),
  );
}

function lastItems(machine: Unpickler, count: number): Item[] {
  return Array.from({ length: count }, () => machine.popItem()).reverse();
}

/** A two's complement integer, lowest byte first. */
function integerOf(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).reverse();
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${hex.join("")}`));
  const number = Number(value);
  return Math.abs(number) <= 2 ** 53 && BigInt(number) === value ? number : value;
}

function long(machine: Unpickler, length: number): void {
  const bytes = machine.take(length);
  if (length > MOST_INTEGER_BYTES) refuse("limit", `its pickle has an integer of ${length} bytes`);
  machine.push(integerOf(bytes));
}

function malformed(message: string): never {
  return refuse("malformed-pickle", `its pickle is damaged: ${message}`);
}

/** What is read: everything that builds values. What makes objects of classes (INST, OBJ, NEWOBJ, …) is not there. */
const opcodes: ReadonlyMap<number, (machine: Unpickler) => void> = new Map<number, (m: Unpickler) => void>([
  [0x80, protocol],
  [0x95, (m) => m.frame()],
  [0x28, (m) => m.mark()],
  [0x30, (m) => void m.popItem()],
  [0x31, (m) => void m.popMark()],
  [0x32, (m) => m.push(m.top())],
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4b, (m) => m.push(m.byte())],
  [0x4d, (m) => m.push(m.number(2, (view, at) => view.getUint16(at, true)))],
  [0x4a, (m) => m.push(m.number(4, (view, at) => view.getInt32(at, true)))],
  [0x47, (m) => m.push(new Float(m.number(8, (view, at) => view.getFloat64(at))))],
  [0x8a, (m) => long(m, m.byte())],
  [0x8b, (m) => long(m, m.uint32())],
  [0x58, (m) => m.push(m.text(m.uint32()))],
  [0x8c, (m) => m.push(m.text(m.byte()))],
  [0x8d, (m) => m.push(m.text(m.uint64()))],
  [0x55, (m) => m.push(m.text(m.byte()))], // str of Python 2
  [0x54, (m) => m.push(m.text(m.uint32()))],
  [0x43, (m) => m.push(m.take(m.byte()).slice())],
  [0x42, (m) => m.push(m.take(m.uint32()).slice())],
  [0x29, (m) => m.push(tupleOf([]))],
  [0x85, (m) => m.push(tupleOf(lastItems(m, 1)))],
  [0x86, (m) => m.push(tupleOf(lastItems(m, 2)))],
  [0x87, (m) => m.push(tupleOf(lastItems(m, 3)))],
  [0x74, (m) => m.push(tupleOf(m.popMark()))],
  [0x5d, (m) => m.push([])],
  [0x61, (m) => m.append(lastItems(m, 1))],
  [0x65, (m) => m.append(m.popMark())],
  [0x7d, (m) => m.push(new Map())],
  [0x73, (m) => m.setItems(lastItems(m, 2))],
  [0x75, (m) => m.setItems(m.popMark())],
  [0x63, (m) => m.push(knownAs(m.line(), m.line()))],
  [0x69, (m) => void knownAs(m.line(), `${m.line()}()`)], // INST, which makes an object of a class: never one of the list
  [0x93, (m) => m.stackGlobal()],
  [0x52, (m) => m.reduce()],
  [0x62, (m) => m.build()],
  [0x51, (m) => m.persistent()],
  [0x71, (m) => m.put(m.byte())],
  [0x72, (m) => m.put(m.uint32())],
  [0x94, (m) => m.memoize()],
  [0x68, (m) => m.get(m.byte())],
  [0x6a, (m) => m.get(m.uint32())],
]);

function protocol(machine: Unpickler): void {
  const version = machine.byte();
  if (version > 5) malformed(`it is of protocol ${version}; 0 to 5 are known`);
}
