/** Architectures. */
export { BasicBlock, CifarNet, type CifarNetOptions, cifarNet, PadShortcut, type Shortcut } from "./cifar-net.js";
