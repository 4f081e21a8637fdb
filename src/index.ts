/** livegrad: automatic differentiation that shows what happens to gradients on their way back.
 * @module livegrad */
export { type BackwardOptions, backward, gradients } from "./autograd/backward.js";
export {
  type BackwardContext,
  defineOp,
  type Forward,
  type Op,
  type OpArguments,
  type OpDefinition,
  type OpInputs,
  type RegionContext,
} from "./autograd/define-op.js";
export type { DataArray, DType } from "./autograd/dtype.js";
export { detectAnomaly, enableGrad, isRecording, noGrad } from "./autograd/modes.js";
export type { RunOptions } from "./autograd/run.js";
export { type RunKernelOptions, runKernel as run } from "./autograd/run-kernel.js";
export { keep, tidy } from "./autograd/scope.js";
export { type MemoryInfo, memory } from "./autograd/storage.js";
export type { GradientHook } from "./autograd/tape.js";
export type { NestedArray, Tensor } from "./autograd/tensor.js";
export * from "./autograd/transforms/index.js";
export * from "./data/index.js";
export type { CompiledKernel, Device, DeviceBuffer, DeviceName, FloatArray, Launch } from "./device/device.js";
export type { Measurement } from "./device/measure.js";
export { deviceNamed, deviceNames } from "./device/registry.js";
export { type AvailableDevice, type DeviceReport, devices, type MissingDevice } from "./device/reports.js";
export { currentDevice, getThreads, setDevice, setThreads, withDevice } from "./device/select.js";
export {
  CapacityError,
  DataError,
  DeviceError,
  DivergenceError,
  DTypeError,
  describe,
  type ErrorDetails,
  GradientError,
  LivegradError,
  ShapeError,
  ValueError,
} from "./errors.js";
export * from "./experiments/index.js";
export type { UrlLike } from "./io/byte-source.js";
export { FormatError, type FormatReason } from "./io/format-error.js";
export type { Flat, KernelFunction, KernelThis, Thread } from "./kernels/kernel.js";
export * from "./models/index.js";
export * from "./nn/index.js";
export * from "./ops/index.js";
export type {} from "./ops/tensor-methods.js"; // the methods of Tensor
export * from "./optim/index.js";
export * from "./profile/index.js";
export { type Generator, type GeneratorState, generator, generatorFrom } from "./random.js";
export type { Shape } from "./shape.js";
export * from "./summary/index.js";
export * from "./trace/index.js";
export * from "./train/index.js";
