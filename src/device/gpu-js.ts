/** The package gpu.js: an optional one, loaded when the first of its devices is used. */
import { missingPackage } from "../errors.js";
import { isNode, nodeModule } from "./host.js";

/** What is used of it. */
export interface GpuJs {
  readonly GPU: typeof import("gpu.js").GPU;
}

let loaded: GpuJs | undefined;

/** Hands the package over where it cannot be loaded at once: `livegrad/gpu` does. */
export function provideGpuJs(gpuJs: GpuJs): void {
  loaded ??= gpuJs;
}

/** The package, or why it is not there and what would provide it. */
export function gpuJs(): GpuJs | string {
  if (loaded !== undefined) return loaded;
  if (!isNode()) return 'it needs gpu.js, which `import "livegrad/gpu"` brings along, once, before it is used';
  try {
    loaded = nodeModule("module").createRequire(import.meta.url)("gpu.js") as GpuJs;
    return loaded;
  } catch (cause) {
    return `it needs ${missingPackage("gpu.js@2.24.1", cause)}`;
  }
}
