/** The form in which PyTorch saves from 1.6 on: a zip archive of a pickle, and a member for each storage. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";
import { bytesOf } from "../named-array.js";
import { ZipArchive } from "../zip/archive.js";
import { storageOf } from "./constructors.js";
import { fill, Storages } from "./storages.js";
import { Unpickler } from "./unpickler.js";
import { finished, type PthTensor, type PthValue, type Storage } from "./values.js";

/** The object in a file of this form. @param limit the most bytes that it may unpack to */
export function readZipForm(bytes: Uint8Array, limit: number): PthValue {
  const archive = new ZipArchive(bytes, limit);
  const folder = folderOf(archive);
  checkByteOrder(archive, folder);
  const storages = new Storages();
  const unpickler = new Unpickler(archive.read(`${folder}/data.pkl`), 0, {
    persistent: (id) => storageOf(id, (...args) => storages.find(...args)),
    cut: "malformed-pickle",
  });
  const tensors = new Set<PthTensor>();
  const value = finished(unpickler.run(), tensors);
  fill(tensors, (storage) => bytesIn(archive, folder, storage));
  return value;
}

/** The folder of everything, which has the name that the file had when it was written. */
function folderOf(archive: ZipArchive): string {
  const { names } = archive;
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (names.some((name) => /^[^/]+\/constants\.pkl$/.test(name)))
    refuse("not-this-format", "it is TorchScript, a program; save the state dict of the model instead");
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1)
    refuse(
      "not-this-format",
      `it is a zip archive with ${pickles.length} members FOLDER/data.pkl, and a .pth file has one`,
    );
  return pickle.slice(0, -"/data.pkl".length);
}

function checkByteOrder(archive: ZipArchive, folder: string): void {
  const name = `${folder}/byteorder`;
  if (!archive.has(name)) return;
  const order = new TextDecoder().decode(archive.read(name));
  if (order !== "little")
    refuse("byte-order", `the byte order of its storages is ${describe(order)}; "little" is read`);
}

function bytesIn(archive: ZipArchive, folder: string, { key, dtype, elements }: Storage): Uint8Array {
  const name = `${folder}/data/${key}`;
  if (!archive.has(name))
    refuse("bad-storage", `its storage ${describe(key)} is not there (no member ${describe(name)})`);
  const bytes = archive.read(name);
  const wanted = elements * bytesOf(dtype);
  if (bytes.length !== wanted)
    refuse("bad-storage", `its storage ${describe(key)} has ${bytes.length} bytes, and its pickle says ${wanted}`);
  return bytes;
}
