/** Property tests of ops. */
export type { OpCase, TestedOp } from "./case.js";
export { type OpPropertiesOptions, type OpProperty, opProperties } from "./op-properties.js";
export { PropertyError, type PropertyFailure } from "./property-error.js";
