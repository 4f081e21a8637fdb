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
export { createModel, zoo, zooModel } from "./zoo.js";
export type { ModelOptions, WithAuxiliary, ZooModel, ZooNet } from "./zoo-model.js";
