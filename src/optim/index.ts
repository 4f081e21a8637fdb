/** Optimisers. */
export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions, AdamW } from "./adam.js";
export { Adamax, type AdamaxOptions } from "./adamax.js";
export { ASGD, type ASGDOptions } from "./asgd.js";
export { LAMB, type LAMBOptions } from "./lamb.js";
export { LARS, type LARSOptions } from "./lars.js";
export { Lion, type LionOptions } from "./lion.js";
export type { MomentOptions } from "./moments.js";
export { NAdam, type NAdamOptions } from "./nadam.js";
export { Optimizer } from "./optimizer.js";
export type { ParametersOrGroups, ParamGroup, ParamGroupOptions } from "./param-group.js";
export { RAdam } from "./radam.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export { Rprop, type RpropOptions } from "./rprop.js";
export type { OptimizerOptions } from "./rules.js";
export { SGD, type SGDOptions } from "./sgd.js";
export type { OptimizerState, OptimizerStateValue } from "./state-dict.js";
