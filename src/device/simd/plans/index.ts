/** Which portable kernels have a SIMD kernel: the table of plans. */
import * as binaryKernels from "../../../kernels/binary.js";
import * as convolutionKernels from "../../../kernels/conv2d.js";
import type { KernelFunction } from "../../../kernels/kernel.js";
import * as matmulKernels from "../../../kernels/matmul.js";
import { binary } from "./binary.js";
import { conv2d, conv2dWeightGrad, conv2dWidth3 } from "./conv2d.js";
import { matmul } from "./matmul.js";
import type { Plan } from "./plan.js";
import { interleavePhases, padPlanes, phaseWeight } from "./planes.js";

const { pow: _pow, atan2: _atan2, ...simpleBinary } = binaryKernels;

/** Plans by the portable kernel that they stand for; kernels that are missing here run as they are. */
export const plans: ReadonlyMap<KernelFunction, Plan> = new Map<KernelFunction, Plan>([
  ...Object.entries(simpleBinary).map(([name, kernel]): [KernelFunction, Plan] => [kernel, binary(name)]),
  [matmulKernels.matmul, matmul],
  [convolutionKernels.conv2d, conv2d],
  [convolutionKernels.conv2dWidth3, conv2dWidth3],
  [convolutionKernels.conv2dWeightGrad, conv2dWeightGrad],
  [convolutionKernels.padPlanes, padPlanes],
  [convolutionKernels.phaseWeight, phaseWeight],
  [convolutionKernels.interleavePhases, interleavePhases],
]);
