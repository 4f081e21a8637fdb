/** Files: bytes to named arrays and back. No file system, nothing that runs what a file says. */
export { type ByteSource, type HttpSourceOptions, httpSource } from "./byte-source.js";
export { FormatError, type FormatReason } from "./format-error.js";
export type { FileData, FileDType, NamedArray } from "./named-array.js";
export {
  type ByName,
  openSafetensors,
  type ReadOptions,
  readSafetensors,
  type Safetensors,
  SafetensorsFile,
  writeSafetensors,
} from "./safetensors.js";
