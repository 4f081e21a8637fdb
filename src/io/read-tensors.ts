/** Named tensors out of a file, whichever of the formats it has. */
import { describe } from "../errors.js";
import { checkedOptions } from "../options.js";
import { checkedBytes } from "./byte-source.js";
import { CHECKPOINT_FORMAT, CHECKPOINT_WEIGHTS } from "./checkpoint-format.js";
import { reading, refuse } from "./format-error.js";
import type { NamedArray } from "./named-array.js";
import { parseNpz } from "./npy/npy.js";
import { isLegacy } from "./pth/legacy-form.js";
import { parsePth } from "./pth/pth.js";
import { PthTensor, type PthValue } from "./pth/values.js";
import { type ArchiveOptions, archiveOptions, MOST_UNPACKED_BYTES } from "./read-options.js";
import { isAnother, isZip } from "./recognise.js";
import { parseSafetensors, type Safetensors } from "./safetensors.js";
import { readDirectory } from "./zip/directory.js";

/** The tensors of a file by name, and which format it has.
 * @category Files */
export interface TensorFile {
  /** What the first bytes say that it is, whatever its name. */
  readonly format: "safetensors" | "pth" | "npz";
  /** The tensors by name, in the file's order. */
  readonly tensors: ReadonlyMap<string, NamedArray>;
  /** Texts by name; only safetensors has such. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Reads named tensors from the bytes of a `.safetensors`, `.pth` or `.npz` file, which are told apart by their content. Of a
 * checkpoint that has more than the weights (an epoch, an optimiser) the weights are taken: the dictionary under `state_dict`,
 * `model_state_dict`, `model` and the like, or what a checkpoint of `fit` has of the model. Names stay as they are there.
 * @throws FormatError as `readSafetensors`, `readPth` and `readNpz` do, or if it is no such file or holds no named tensors
 * @example
 * ```ts
 * const { tensors } = readTensors(await readFile("checkpoint.pth.tar"));
 * console.log([...tensors.keys()]);
 * ```
 * @category Files */
export function readTensors(bytes: Uint8Array | ArrayBuffer, options: ArchiveOptions = {}): TensorFile {
  const given = checkedBytes("readTensors", bytes);
  const { name = "the file", limit = MOST_UNPACKED_BYTES } = checkedOptions("readTensors", options, archiveOptions);
  return reading("readTensors", name, () => parseTensors(given, limit));
}

/** The same for a function that reads files among other things.
 * @param op who reads it */
export function readTensorsAs(op: string, name: string, bytes: Uint8Array | ArrayBuffer): TensorFile {
  return reading(op, name, () => parseTensors(checkedBytes(op, bytes), MOST_UNPACKED_BYTES));
}

function parseTensors(bytes: Uint8Array, limit: number): TensorFile {
  if (bytes.length === 0) refuse("not-this-format", "it is empty");
  const another = isAnother(bytes, "npz");
  if (another !== null)
    refuse("not-this-format", `this is ${another}; named tensors are read from .safetensors, .pth and .npz files`);
  const metadata = new Map<string, string>();
  if (isLegacy(bytes) || (isZip(bytes) && hasPickle(bytes)))
    return { format: "pth", tensors: weightsIn(parsePth(bytes, limit)), metadata };
  if (isZip(bytes)) return { format: "npz", tensors: parseNpz(bytes, limit), metadata };
  const file = parseSafetensors(bytes);
  return { format: "safetensors", metadata: file.metadata, tensors: weightsOf(file) };
}

/** All tensors; of a run's checkpoint the model's, by the names that they have there. */
function weightsOf({ tensors, metadata }: Safetensors): Safetensors["tensors"] {
  if (metadata.get("format") !== CHECKPOINT_FORMAT) return tensors;
  const entries = [...tensors].filter(([name]) => name.startsWith(CHECKPOINT_WEIGHTS));
  return new Map(entries.map(([name, array]) => [name.slice(CHECKPOINT_WEIGHTS.length), array]));
}

function hasPickle(bytes: Uint8Array): boolean {
  return readDirectory(bytes).entries.some(({ name }) => /(^|\/)(data|constants)\.pkl$/.test(name));
}

/** Where checkpoints keep the weights: of PyTorch's own examples, its tutorial, timm, Detectron, DeiT. */
const PLACES: readonly string[] = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "net",
  "network",
  "module",
];
const MOST_LEVELS = 4;

function weightsIn(checkpoint: PthValue): Map<string, NamedArray> {
  let value = checkpoint;
  for (let level = 0; level < MOST_LEVELS && value instanceof Map; level++) {
    const map: ReadonlyMap<PthValue, PthValue> = value;
    const place = PLACES.find((name) => map.get(name) instanceof Map);
    if (place === undefined) break;
    value = map.get(place) as PthValue;
  }
  const entries = value instanceof Map ? [...value] : [];
  const tensors = entries.filter((entry): entry is [string, PthTensor] => entry[1] instanceof PthTensor);
  const unnamed = tensors.find(([name]) => typeof name !== "string");
  if (tensors.length === 0 || unnamed !== undefined) {
    const found = value instanceof Map ? `a dictionary of ${describe([...value.keys()])}` : describe(value);
    refuse("not-this-format", `it holds no dictionary of tensors by name, but ${found}; readPth reads the whole of it`);
  }
  return new Map(tensors);
}
