/** The closed list of names that a pickle may have. Each stands for a function of ours: none of Python's is called, for there is
 * none, and none of JavaScript's can be named. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";
import { bytesOf, elementsOf, type FileDType } from "../named-array.js";
import { Known, PthTensor, StorageView, Tuple, type Value } from "./values.js";

const storages: Readonly<Record<string, FileDType>> = {
  DoubleStorage: "float64",
  FloatStorage: "float32",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  LongStorage: "int64",
  IntStorage: "int32",
  ShortStorage: "int16",
  CharStorage: "int8",
  ByteStorage: "uint8",
  BoolStorage: "bool",
};

const known: ReadonlyMap<string, Known> = new Map(
  [
    new Known("collections.OrderedDict", orderedDict),
    new Known("torch._utils._rebuild_tensor", (args) => rebuilt(args, 4, 4)),
    new Known("torch._utils._rebuild_tensor_v2", (args) => rebuilt(args, 6, 7)),
    new Known("torch._utils._rebuild_parameter", parameter),
    new Known("torch.Size", size),
    ...Object.entries(storages).map(([name, dtype]) => new Known(`torch.${name}`, null, dtype)),
  ].map((one) => [one.name, one]),
);

/** What a name stands for. */
export function knownAs(module: string, name: string): Known {
  const found = known.get(`${module}.${name}`);
  // A dot in the second part would reach into what the first one allows.
  if (found !== undefined && !name.includes(".")) return found;
  return refuse(
    "forbidden-global",
    `its pickle names ${describe(`${module}.${name}`)}, and a file of tensors may name nothing but ${[...known.keys()].slice(0, 5).join(", ")} ` +
      "and the storages of torch; nothing was run. If you trust the file, load it in PyTorch, and save the tensors alone: " +
      "torch.save(model.state_dict(), path)",
  );
}

function malformed(message: string): never {
  return refuse("malformed-pickle", `in its pickle ${message}`);
}

/** `OrderedDict()`, or with a list of pairs, as Python 2 wrote it. */
function orderedDict({ items: [pairs = [], ...rest] }: Tuple): Value {
  if (!Array.isArray(pairs) || rest.length > 0) malformed(`OrderedDict is made from ${describe(pairs)}`);
  const entries = pairs.map((pair): [Value, Value] => {
    const items = pair instanceof Tuple ? pair.items : pair;
    if (!Array.isArray(items) || items.length !== 2) malformed("OrderedDict is made from what are no pairs");
    return [checkedKey(items[0] as Value), items[1] as Value];
  });
  return new Map(entries);
}

/** A key of a dictionary: what JavaScript compares by value. */
export function checkedKey(key: Value): Value {
  if (key === null || ["string", "number", "boolean", "bigint"].includes(typeof key)) return key;
  return malformed(`a dictionary has a key that is no text or number: ${describe(key)}`);
}

function size({ items: [sizes, ...rest] }: Tuple): Value {
  if (!(sizes instanceof Tuple) || rest.length > 0) malformed(`torch.Size is made from ${describe(sizes)}`);
  return sizes;
}

function parameter({ items }: Tuple): Value {
  const [tensor] = items;
  if (items.length !== 3 || !(tensor instanceof PthTensor)) malformed("a parameter is made from what is no tensor");
  return tensor;
}

/** A tensor: storage, offset, sizes, strides, and what only training needs. */
function rebuilt(args: Tuple, least: number, most: number): PthTensor {
  const [view, offset, sizes, strides] = args.items;
  if (args.items.length < least || args.items.length > most || !(view instanceof StorageView))
    malformed("a tensor is made from other arguments than those it takes");
  if (!(sizes instanceof Tuple && strides instanceof Tuple))
    malformed("the sizes or strides of a tensor are no tuples");
  if (args.holdsFloat || sizes.holdsFloat || strides.holdsFloat)
    refuse("bad-shape", "the sizes, strides and offset of a tensor must be integers, and one of them is a float");
  const shape = sizes.items as number[];
  const elements = elementsOf(shape);
  if (elements * bytesOf(view.storage.dtype) > Number.MAX_SAFE_INTEGER)
    refuse("bad-shape", `a tensor of shape ${describe(shape)} has more bytes than can be counted`);
  if (shape.length !== strides.items.length)
    refuse("bad-shape", `a tensor has the sizes ${describe(shape)} and the strides ${describe(strides.items)}`);
  const steps = [offset, ...strides.items];
  if (!steps.every(isPlace)) refuse("bad-storage", `a tensor has the offset and strides ${describe(steps)}`);
  const [first = 0, ...rest] = steps as number[];
  const last = rest.reduce((sum, stride, axis) => sum + stride * ((shape[axis] as number) - 1), first);
  const end = elements === 0 ? first : last + 1;
  if (!(end <= view.elements)) {
    refuse(
      "bad-storage",
      `a tensor of shape ${describe(shape)} at ${describe(first)} with strides ${describe(rest)} ends at ${end}, behind its storage ` +
        `of ${view.elements} elements`,
    );
  }
  return new PthTensor(view.storage, shape, { first: view.start + first, strides: rest, span: end - first });
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The storage that a persistent id names: a tuple ("storage", class, key, device, elements), and before PyTorch 0.4 a view. */
export function storageOf(
  id: Value,
  find: (key: string, dtype: FileDType, elements: number) => StorageView,
): StorageView {
  const [kind, type, key, device, elements, view = null, ...rest] = id instanceof Tuple ? id.items : [];
  const isStorage = kind === "storage" && type instanceof Known && type.dtype !== null && rest.length === 0;
  if (
    !isStorage ||
    typeof key !== "string" ||
    typeof device !== "string" ||
    (id as Tuple).holdsFloat ||
    !isPlace(elements)
  )
    return refuse("bad-storage", `its pickle names a storage by ${describe(id instanceof Tuple ? id.items : id)}`);
  const whole = find(key, type.dtype as FileDType, elements);
  if (view === null) return whole;
  const [, start, length] = view instanceof Tuple && !view.holdsFloat ? view.items : [];
  if (!isPlace(start) || !isPlace(length) || start + length > elements)
    return refuse("bad-storage", `a view of storage ${describe(key)} of ${elements} elements lies outside of it`);
  return new StorageView(whole.storage, start, length);
}
