/** What a file is by its first bytes. */

/** The formats that are read here. */
export type FileFormat = "safetensors" | "pth" | "npy" | "npz";

/** Files that are no format of ours, but that often stand where one should be. */
const others: readonly (readonly [start: string | readonly number[], name: string])[] = [
  ["version https://git-lfs", "a Git LFS pointer, which stands for a file that was not fetched (git lfs pull)"],
  ["<!doctype html", "a web page, perhaps that of a failed download"],
  ["<html", "a web page, perhaps that of a failed download"],
  [[0x1f, 0x8b], "a gzip; unpack it first"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file, as Keras writes them"],
  ["GGUF", "a GGUF file"],
];

const ZIP: readonly number[] = [0x50, 0x4b, 0x03, 0x04];
const EMPTY_ZIP: readonly number[] = [0x50, 0x4b, 0x05, 0x06];
const NUMPY: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes that must be seen to recognise a file. */
export const RECOGNISABLE = 32;

function startsWith(bytes: Uint8Array, start: string | readonly number[]): boolean {
  if (typeof start !== "string") return start.every((byte, i) => bytes[i] === byte);
  return [...start].every((letter, i) => String.fromCharCode(bytes[i] ?? 0).toLowerCase() === letter.toLowerCase());
}

/** Whether a file begins as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, ZIP) || startsWith(bytes, EMPTY_ZIP);
}

/** In words, what a file is that was taken for another; null where nothing speaks against it. */
export function isAnother(bytes: Uint8Array, wanted: FileFormat): string | null {
  const found = others.find(([start]) => startsWith(bytes, start));
  if (found !== undefined) return found[1];
  if (isZip(bytes) && (wanted === "safetensors" || wanted === "npy"))
    return "a zip archive, as .pth and .npz files are";
  if (startsWith(bytes, NUMPY) && wanted !== "npy") return "a NumPy array (.npy)";
  return null;
}
