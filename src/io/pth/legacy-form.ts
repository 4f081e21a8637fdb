/** The form in which PyTorch saved before 1.6: a magic number, the version, what machine it was, the object, the keys of the storages
 * (five pickles), then the storages. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";
import { bytesOf } from "../named-array.js";
import { storageOf } from "./constructors.js";
import { fill, Storages } from "./storages.js";
import { Unpickler } from "./unpickler.js";
import { finished, type PthTensor, type PthValue, type Storage, type Value } from "./values.js";

/** A pickle of the number 0x1950a86a20f9469cfc6c, which only its protocol (the byte before) differs in. */
const MAGIC: readonly number[] = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const PROTOCOL = 0x80;
const VERSION = 1001;
/** Before each storage stands how many elements it has. */
const COUNT_BYTES = 8;

/** Whether a file begins as one of this form does. */
export function isLegacy(bytes: Uint8Array): boolean {
  return bytes[0] === PROTOCOL && MAGIC.every((byte, i) => bytes[i + 2] === byte);
}

/** The object in a file of this form. */
export function readLegacy(bytes: Uint8Array): PthValue {
  const storages = new Storages();
  const persistent = (id: Value): Value => storageOf(id, (...args) => storages.find(...args));
  let position = 2 + MAGIC.length;
  const next = (): Value => {
    const unpickler = new Unpickler(bytes, position, { persistent, cut: "truncated" });
    const value = unpickler.run();
    position = unpickler.position;
    return value;
  };
  const version = next();
  if (version !== VERSION)
    refuse("not-this-format", `it is of version ${describe(version)} of the format; ${VERSION} is read`);
  const machine = next();
  if (machine instanceof Map && machine.get("little_endian") === false)
    refuse("byte-order", "it was written on a big-endian machine, and how its storages lie is not certain");
  const tensors = new Set<PthTensor>();
  const value = finished(next(), tensors);
  const places = findStorages(bytes, next(), () => position, storages);
  fill(tensors, (storage) => places.get(storage) as Uint8Array);
  return value;
}

/** Where each storage lies: in the order of the keys, from behind the last pickle to the end. */
function findStorages(
  bytes: Uint8Array,
  keys: Value,
  start: () => number,
  storages: Storages,
): ReadonlyMap<Storage, Uint8Array> {
  if (!Array.isArray(keys))
    return refuse("bad-storage", `its storages have the keys ${describe(keys)}, which are no list`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Map<Storage, Uint8Array>();
  let at = start();
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined || places.has(storage))
      return refuse("bad-storage", `it has a storage ${describe(key)}, of which its pickle says nothing`);
    if (at + COUNT_BYTES > bytes.length) refuse("truncated", `it ends before its storage ${describe(key)}`);
    const elements = view.getBigInt64(at, true);
    if (elements !== BigInt(storage.elements))
      refuse(
        "bad-storage",
        `its storage ${describe(key)} has ${elements} elements, and its pickle says ${storage.elements}`,
      );
    at += COUNT_BYTES;
    const end = at + storage.elements * bytesOf(storage.dtype);
    if (end > bytes.length)
      refuse("truncated", `its storage ${describe(key)} needs ${end - at} bytes, and ${bytes.length - at} are there`);
    places.set(storage, bytes.subarray(at, end));
    at = end;
  }
  const missing = storages.all.find((storage) => !places.has(storage));
  if (missing !== undefined) refuse("bad-storage", `its storage ${describe(missing.key)} is not there`);
  if (at < bytes.length) refuse("trailing-data", `${bytes.length - at} bytes behind its storages belong to none`);
  return places;
}
