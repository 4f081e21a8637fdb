/** State as a file holds it: tensors by name, and everything else as JSON that says where they belong. */
import { Tensor } from "../../autograd/tensor.js";
import { DataError, describe } from "../../errors.js";
import type { NamedArray } from "../../io/named-array.js";
import { tensor } from "../../ops/create.js";
import type { Json } from "../events.js";

/** Tensors by name, as they were when they were packed. */
export type PackedTensors = Map<string, Promise<NamedArray>>;

/** Turns a value made of objects, lists, tensors and what JSON can say into JSON; its tensors go into `tensors` by their path.
 * Numbers that JSON has no word for (NaN, ±Infinity, −0) keep their value.
 * @throws DataError for a value of another kind */
export function pack(value: unknown, path: string, tensors: PackedTensors): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number")
    return isJsonNumber(value) ? value : { $number: Object.is(value, -0) ? "-0" : String(value) };
  if (value instanceof Tensor) {
    tensors.set(path, arrayOf(value));
    return { $tensor: path };
  }
  if (Array.isArray(value)) return value.map((item, i) => pack(item, `${path}.${i}`, tensors));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([name, item]) => [name, pack(item, `${path}.${name}`, tensors)]));
  }
  throw new DataError(
    "fit",
    `cannot save ${path} in a checkpoint: it is ${describe(value)}, no number, text, tensor, list or plain object`,
  );
}

/** The value that was packed, its tensors on the current device. */
export function unpack(json: Json, tensors: ReadonlyMap<string, NamedArray>): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => unpack(item, tensors));
  const { $number, $tensor } = json as { readonly $number?: Json; readonly $tensor?: Json };
  if (typeof $number === "string") return Number($number);
  if (typeof $tensor === "string") return tensorNamed($tensor, tensors);
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, unpack(item, tensors)]));
}

function tensorNamed(name: string, tensors: ReadonlyMap<string, NamedArray>): Tensor {
  const array = tensors.get(name);
  if (array === undefined) throw new DataError("fit", `the checkpoint lacks the tensor ${name}`);
  const { dtype, shape, data } = array;
  return tensor(data as Float32Array, { shape, dtype: dtype as "float32" });
}

function isJsonNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

async function arrayOf(value: Tensor): Promise<NamedArray> {
  const { shape, dtype } = value;
  return { shape, dtype, data: await value.data() };
}
