/** Ops that pick elements by index. */

export { gather } from "./gather.js";
