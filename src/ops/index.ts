/** All public ops. */

export * from "./create.js";
export * from "./elementwise/index.js";
export * from "./indexing/index.js";
export * from "./linalg/index.js";
export * from "./loss/index.js";
export * from "./norm/index.js";
export * from "./reduce/index.js";
export * from "./shape/index.js";
export * from "./window/index.js";
