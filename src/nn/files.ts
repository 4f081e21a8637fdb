/** Modules from files and to files. */
import type { Tensor } from "../autograd/tensor.js";
import { DataError, describe, LivegradError, retold, ValueError } from "../errors.js";
import { hasFileSystem, pathOf, readWhole, writeWhole } from "../file-system.js";
import type { NamedArray, UrlLike } from "../io/index.js";
import { tensor } from "../ops/create.js";
import { checkedState, type LoadStateResult } from "./state-dict.js";

/** Where weights come from: the path of a file, a `URL`, the bytes themselves, or a `Blob`, as a file input has them. The last two
 * are told by what they can, for not every program has their types.
 * @category Modules */
export type WeightsSource = string | UrlLike | Uint8Array | ArrayBuffer | BlobLike;

/** A `Blob` or a `File`, by what is needed of it.
 * @category Modules */
export interface BlobLike {
  /** Its bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What wrappers put before the names of a whole model: DataParallel, torch.compile, Lightning. */
const WRAPPERS: readonly string[] = ["module.", "_orig_mod.", "model."];
const ENDING = ".safetensors";

/** Takes over the tensors of a file. */
export async function loadFile(
  who: string,
  own: ReadonlyMap<string, Tensor>,
  source: WeightsSource,
  strict: boolean,
): Promise<LoadStateResult> {
  const { name, bytes } = await fetched(source);
  const { readTensorsAs } = await import("../io/read-tensors.js"); // not before: most programs load no file
  const { tensors } = readTensorsAs("load", name, bytes);
  const state = unwrapped(tensors, own);
  const { pairs, assign, ...result } = checkedState(
    { op: "load", from: `${describe(name)}: ` },
    who,
    own,
    state,
    strict,
  );
  assign(pairs.map(([key, target, array]) => tensorOf(key, target, array)));
  return result;
}

async function fetched(source: WeightsSource): Promise<{ name: string; bytes: Uint8Array | ArrayBuffer }> {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return { name: "the bytes", bytes: source };
  if (source instanceof Blob) {
    const { name = "the blob" } = source as { name?: string }; // a File has one
    return { name, bytes: await source.arrayBuffer() };
  }
  if (!(typeof source === "string" || source instanceof URL) || String(source) === "") {
    throw new ValueError("load", `source must be a path, a URL, bytes or a Blob, got ${describe(source)}`, {
      actual: source,
    });
  }
  const name = String(source);
  if (source instanceof URL && source.protocol === "file:")
    return { name, bytes: await readWhole("load", pathOf("load", source)) };
  const isUrl = source instanceof URL || /^[a-z]{2,}:/i.test(name); // one letter is a drive
  if (!isUrl && hasFileSystem()) return { name, bytes: await readWhole("load", name) };
  const response = await fetch(name).catch((error: unknown) => {
    throw new DataError("load", `${name} cannot be fetched (${String(error)})`, { cause: error });
  });
  if (!response.ok) throw new DataError("load", `${name} answered ${response.status} ${response.statusText}`);
  return { name, bytes: await response.arrayBuffer() };
}

/** The tensors without what a wrapper has put before all of their names, unless the model has such names itself. */
function unwrapped(
  tensors: ReadonlyMap<string, NamedArray>,
  own: ReadonlyMap<string, Tensor>,
): Map<string, NamedArray> {
  const starts = (names: ReadonlyMap<string, unknown>, prefix: string): boolean[] =>
    [...names.keys()].map((name) => name.startsWith(prefix));
  const wrapper = WRAPPERS.find((prefix) => tensors.size > 0 && !starts(tensors, prefix).includes(false));
  if (wrapper === undefined || starts(own, wrapper).includes(true)) return new Map(tensors);
  return unwrapped(new Map([...tensors].map(([name, array]) => [name.slice(wrapper.length), array])), own);
}

/** A tensor of the dtype and on the device of the one that it is for. */
function tensorOf(key: string, target: Tensor, { data, shape }: NamedArray): Tensor {
  try {
    const numbers =
      data instanceof BigInt64Array || data instanceof BigUint64Array ? Float64Array.from(data, exact) : data;
    return tensor(numbers, { shape, dtype: target.dtype, device: target.device.name });
  } catch (error) {
    throw error instanceof LivegradError ? retold(error, "load", `${key}: `) : error;
  }
}

function exact(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ValueError("load", `an integer of 64 bits must not be beyond ±2⁵³ − 1, got ${value}`, { actual: value });
}

/** A state dict as the bytes of a safetensors file. */
export async function safetensorsOf(
  state: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const { writeSafetensors } = await import("../io/safetensors.js");
  const arrays = Object.entries(state).map(async ([name, value]): Promise<[string, NamedArray]> => {
    const { dtype, shape } = value;
    const data = await value.data();
    value.dispose();
    return [name, { dtype, shape, data }];
  });
  return writeSafetensors(new Map(await Promise.all(arrays)), metadata);
}

/** Writes a state dict into a file. */
export async function saveFile(
  path: string,
  state: () => Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  if (typeof path !== "string" || !path.endsWith(ENDING)) {
    throw new ValueError("save", `path must be that of a file and end with ${ENDING}, got ${describe(path)}`, {
      actual: path,
    });
  }
  await writeWhole("save", path, await safetensorsOf(state(), metadata));
}
