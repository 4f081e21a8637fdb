/** What a GPU kernel runs on, as its driver names it, and the errors that drivers report late. */

/** The parts of a GL context that are read here. */
interface GlContext {
  readonly RENDERER: number;
  readonly NO_ERROR: number;
  getParameter(name: number): unknown;
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL?: number } | null;
  getError(): number;
}

/** gpu.js's WebGPU context. */
interface WebGpuContext {
  readonly adapter: {
    readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string };
  };
  readonly device: { onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null };
}

/** The driver's name for the hardware behind a gpu.js context; empty where it does not say. */
export function hardwareOf(context: unknown): string {
  if (isGl(context)) {
    const unmasked = context.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
    return String(context.getParameter(unmasked ?? context.RENDERER) ?? "");
  }
  if (!isWebGpu(context)) return "";
  const { vendor, architecture, description } = context.adapter.info ?? {};
  return description || [vendor, architecture].filter(Boolean).join(" ");
}

/** Why GL could not do what it was asked since the last call; undefined where all went well. */
export function glError(context: unknown): string | undefined {
  if (!isGl(context)) return undefined;
  const code = context.getError();
  if (code === context.NO_ERROR) return undefined;
  return (
    { 1285: "it ran out of memory", 37442: "its context was lost" }[code] ??
    `GL error 0x${code.toString(16)}, such as a texture that is too large`
  );
}

/** Has errors that WebGPU reports outside of any call handed to `report` instead of only logged. */
export function watchWebGpu(context: unknown, report: (message: string) => void): void {
  if (isWebGpu(context)) context.device.onuncapturederror = ({ error }) => report(error.message);
}

function isGl(context: unknown): context is GlContext {
  return typeof context === "object" && context !== null && "getError" in context && "getParameter" in context;
}

function isWebGpu(context: unknown): context is WebGpuContext {
  return typeof context === "object" && context !== null && "adapter" in context && "device" in context;
}
