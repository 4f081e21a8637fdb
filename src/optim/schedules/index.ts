/** Schedules of learning rates. */
export { ChainedScheduler, type ChainedSchedulerOptions, SequentialLR, type SequentialLROptions } from "./combined.js";
export * from "./cosine.js";
export { CyclicLR, type CyclicLROptions } from "./cyclic.js";
export * from "./factors.js";
export { OneCycleLR, type OneCycleLROptions } from "./one-cycle.js";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./plateau.js";
export * from "./ramp.js";
export { ResNetPaper, type ResNetPaperOptions } from "./resnet-paper.js";
export { Schedule, type ScheduleState } from "./schedule.js";
export * from "./step.js";
