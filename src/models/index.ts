/** Architectures. */
export {
  BasicBlock,
  type BlockOptions,
  CifarNet,
  type CifarNetOptions,
  cifarNet,
  PadShortcut,
  type Shortcut,
} from "./cifar-net.js";
