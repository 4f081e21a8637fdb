/** Files: bytes to named arrays and back. No file system, nothing that runs what a file says. */
export { type AbortLike, type ByteSource, type HttpSourceOptions, httpSource, type UrlLike } from "./byte-source.js";
export { FormatError, type FormatReason } from "./format-error.js";
export type { FileData, FileDType, NamedArray } from "./named-array.js";
export { readNpy, readNpz, type WriteNpzOptions, writeNpy, writeNpz } from "./npy/npy.js";
export { readPth } from "./pth/pth.js";
export type { PthMap, PthValue } from "./pth/values.js";
export type { ArchiveOptions, ReadOptions } from "./read-options.js";
export { readTensors, type TensorFile } from "./read-tensors.js";
export {
  type ByName,
  openSafetensors,
  readSafetensors,
  type Safetensors,
  SafetensorsFile,
  type TensorInfo,
  writeSafetensors,
} from "./safetensors.js";
