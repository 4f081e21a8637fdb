/** A preload that no worker of the simd device may see. */
const { isMainThread } = require("node:worker_threads");
if (!isMainThread) throw new Error("a preload of the program ran in a worker");
