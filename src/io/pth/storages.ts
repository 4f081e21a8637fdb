/** The storages of a file, and the tensors that lie in them. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";
import { bytesOf, decode, type FileData, type FileDType } from "../named-array.js";
import { denseStrides, gathered } from "../strided.js";
import { type PthTensor, type Storage, StorageView } from "./values.js";

/** How much larger than their storages all tensors may be: a stride of 0 makes any number of elements of one. */
const MOST_GROWTH = 16;
const ALWAYS_ALLOWED = 2 ** 26;

/** The storages that a pickle names. */
export class Storages {
  readonly #byKey = new Map<string, Storage>();

  /** The storage of a key, which is the same one every time. */
  find(key: string, dtype: FileDType, elements: number): StorageView {
    const found = this.#byKey.get(key) ?? { key, dtype, elements };
    if (found.dtype !== dtype || found.elements !== elements) {
      const [first, second] = [found, { dtype, elements }].map((one) => `${one.elements} elements of ${one.dtype}`);
      refuse("bad-storage", `storage ${describe(key)} is said to have ${first} and ${second}`);
    }
    this.#byKey.set(key, found);
    return new StorageView(found, 0, elements);
  }

  /** All of them. */
  get all(): Storage[] {
    return [...this.#byKey.values()];
  }

  /** The one of this key. */
  get(key: string): Storage | undefined {
    return this.#byKey.get(key);
  }
}

/** Gives the tensors their numbers.
 * @param bytesIn the bytes of a storage, as many as it has */
export function fill(tensors: ReadonlySet<PthTensor>, bytesIn: (storage: Storage) => Uint8Array): void {
  const storages = new Set([...tensors].map(({ storage }) => storage));
  const held = sum([...storages].map(({ dtype, elements }) => elements * bytesOf(dtype)));
  const wanted = sum([...tensors].map(({ dtype, shape }) => sizeOf(shape) * bytesOf(dtype)));
  if (wanted > MOST_GROWTH * held + ALWAYS_ALLOWED)
    refuse("limit", `its tensors would have ${wanted} bytes, made of ${held} by strides of 0 or views that overlap`);
  const read = new Map<Storage, Uint8Array>();
  for (const tensor of tensors) {
    const bytes = read.get(tensor.storage) ?? bytesIn(tensor.storage);
    read.set(tensor.storage, bytes);
    Object.defineProperty(tensor, "data", { value: numbersOf(tensor, bytes), enumerable: true });
  }
}

function numbersOf({ dtype, shape, place }: PthTensor, bytes: Uint8Array): FileData {
  const { first, span, strides } = place;
  const width = bytesOf(dtype);
  const data = decode(dtype, bytes.subarray(first * width, (first + span) * width));
  const dense = denseStrides(shape);
  const isDense = shape.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
  return isDense ? data : gathered(data, shape, strides);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
