/** What the pickles of PyTorch hold. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";
import type { FileData, FileDType, NamedArray } from "../named-array.js";

/** What a `.pth` file holds: dictionaries are maps, in their order; lists and tuples are arrays; integers beyond 2⁵³ are bigints;
 * tensors are arrays with a dtype and a shape.
 * @category Files */
export type PthValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | NamedArray
  | readonly PthValue[]
  | PthMap;

/** A dictionary of a `.pth` file.
 * @category Files */
export type PthMap = ReadonlyMap<PthValue, PthValue>;

/** Where the numbers of tensors lie; several may share one. */
export interface Storage {
  readonly key: string;
  readonly dtype: FileDType;
  readonly elements: number;
}

/** A part of a storage; views of their own kind were saved before PyTorch 0.4. */
export class StorageView {
  constructor(
    readonly storage: Storage,
    readonly start: number,
    readonly elements: number,
  ) {}
}

/** A tensor whose place in its storage was checked. Its numbers are filled in once the storages are there. */
export class PthTensor implements NamedArray {
  readonly dtype: FileDType;
  declare readonly data: FileData;

  constructor(
    readonly storage: Storage,
    readonly shape: readonly number[],
    /** Not enumerable, nor is the storage: they are nothing to the reader of the tensor. */
    readonly place: { readonly first: number; readonly strides: readonly number[]; readonly span: number },
  ) {
    this.dtype = storage.dtype;
    for (const name of ["storage", "place"]) Object.defineProperty(this, name, { enumerable: false });
  }
}

/** A name of the closed list: something that a pickle may name, and the unpickler knows how to make. */
export class Known {
  constructor(
    readonly name: string,
    readonly make: ((args: Tuple) => Value) | null,
    /** The element type, of a class of storages. */
    readonly dtype: FileDType | null = null,
  ) {}
}

/** A tuple: its items cannot change. Whether a number in it was a float matters where it is a size. */
export class Tuple {
  constructor(
    readonly items: readonly Value[],
    readonly holdsFloat: boolean,
  ) {}
}

/** What the unpickler works on. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Value[]
  | Tuple
  | Map<Value, Value>
  | Known
  | StorageView
  | PthTensor;

const MOST_DEPTH = 200;
const MOST_ITEMS = 1e7;

/** How large a value is when it is walked through: a list that stands in another one twice counts twice. */
interface Extent {
  readonly items: number;
  readonly depth: number;
}

/** Values as the caller gets them: tuples are arrays. Refuses what cannot be walked through: a list that holds itself, more depth
 * than a reader's stack has, more items than there is time for.
 * @param tensors is filled with the tensors in it */
export function finished(root: Value, tensors: Set<PthTensor>): PthValue {
  const done = new Map<Value, { readonly value: PthValue; readonly extent: Extent }>();
  const open = new Set<Value>();
  const stack: Value[] = [root];
  for (let value = stack.at(-1); value !== undefined; value = stack.at(-1)) {
    if (done.has(value)) stack.pop();
    else if (!open.has(value)) {
      open.add(value);
      const parts = partsOf(value).filter((part) => isContainer(part) && !done.has(part));
      if (parts.some((part) => open.has(part)))
        refuse("limit", "its pickle has a list or a dictionary that holds itself");
      if (stack.length + parts.length > MOST_ITEMS) refuse("limit", `its pickle has more than ${MOST_ITEMS} items`);
      for (const part of parts) stack.push(part);
    } else {
      open.delete(value);
      stack.pop();
      done.set(
        value,
        closed(value, (part) => done.get(part)),
      );
      for (const part of isContainer(value) ? partsOf(value) : [value]) {
        if (part instanceof PthTensor) tensors.add(part);
      }
    }
  }
  return done.get(root)?.value ?? null;
}

function closed(
  value: Value,
  find: (part: Value) => { readonly value: PthValue; readonly extent: Extent } | undefined,
): { value: PthValue; extent: Extent } {
  let [items, depth] = [1, 0];
  for (const part of partsOf(value)) {
    const inside = isContainer(part) ? find(part)?.extent : undefined;
    items += inside?.items ?? 1;
    depth = Math.max(depth, inside?.depth ?? 0);
  }
  if (++depth > MOST_DEPTH) refuse("limit", `its pickle has lists or dictionaries more than ${MOST_DEPTH} deep`);
  if (items > MOST_ITEMS) refuse("limit", `its pickle has more than ${MOST_ITEMS} items`);
  const told = (part: Value): PthValue => (isContainer(part) ? (find(part)?.value ?? null) : leaf(part));
  const extent = { items, depth };
  if (value instanceof Map) return { value: new Map([...value].map(([key, part]) => [leaf(key), told(part)])), extent };
  return { value: isContainer(value) ? partsOf(value).map(told) : leaf(value), extent };
}

type Container = Value[] | Tuple | Map<Value, Value>;

function isContainer(value: Value): value is Container {
  return Array.isArray(value) || value instanceof Tuple || value instanceof Map;
}

function partsOf(value: Value): readonly Value[] {
  if (value instanceof Map) return [...value.values()];
  if (value instanceof Tuple) return value.items;
  return Array.isArray(value) ? value : [];
}

function leaf(value: Value): PthValue {
  if (value instanceof Known || value instanceof StorageView)
    return refuse("malformed-pickle", `its pickle has ${describe(value)} where a value should be`);
  return value as PthValue;
}
