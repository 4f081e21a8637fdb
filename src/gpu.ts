/** `import "livegrad/gpu"` brings gpu.js along, which the devices `webasm`, `cpu`, `webgl`, `webgl2`, `webgpu` and
 * `headlessgl` need. In pages it has to be imported before one of them is used; in Node they find the package themselves.
 * @module livegrad/gpu */
import { GPU } from "gpu.js";
import { provideGpuJs } from "./device/gpu-js.js";

provideGpuJs({ GPU });
