/** `import "livegrad/gpu"` in Node, where devices find gpu.js themselves: all that is left to say is that it is missing.
 * @module */
import { gpuJs } from "./device/gpu-js.js";
import { DeviceError } from "./errors.js";

const found = gpuJs();
if (typeof found === "string") throw new DeviceError("livegrad/gpu", found);
