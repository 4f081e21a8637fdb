// The SIMD kernels of the `simd` device, in AssemblyScript (https://www.assemblyscript.org).
//
// A kernel is exported under the name that a plan asks for (src/device/simd/plans) and does the units `begin` to `end` of a
// task: (args, begin, end). `args` points at the 32-bit words that the plan wrote. Tasks are cut into units so that each
// unit writes cells of its own: the numbers do not depend on who does which unit.
export * from "./binary";
export * from "./elementwise";
export * from "./transcendental";
export * from "./reduce";
export * from "./softmax";
export * from "./batch-norm";
export * from "./max-pool";
export * from "./movement";
export * from "./gather";
export * from "./fold";
export * from "./optimizer";
export * from "./order";
export { choleskyStep, eliminate, substitute } from "./elimination";
export * from "./reflection";
export * from "./rotation";
export * from "./conv2d";
export * from "./conv2d-single";
export * from "./matmul";
export * from "./planes";
export * from "./weight-gradient";
export { winograd, winogradPack } from "./winograd";
export * from "./winograd-weight-gradient";
export { setScratch } from "./args";
