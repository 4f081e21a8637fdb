/** Matrix products. */

export { linear, matmul } from "./matmul.js";
