/** Ops that move numbers without changing them. */

export { identity, to } from "./identity.js";
export * from "./join.js";
export * from "./reshape.js";
export { type PadOptions, pad, type SliceOptions, slice } from "./slice.js";
