/** WebGPU in Node: hands gpu.js the `navigator.gpu` that browsers have of their own. */

/** Makes WebGPU visible to gpu.js; says why it is not there otherwise. */
export function exposeNodeWebGpu(): string | undefined {
  const here = (globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu !== undefined;
  if (here) return undefined;
  if (typeof process === "undefined" || process.versions?.node === undefined) {
    return "this browser has no WebGPU (navigator.gpu), or the page is not served over https or localhost";
  }
  const remedy = "WebGPU in Node needs the package `webgpu` 0.4 or later (npm install webgpu) and a Vulkan driver";
  try {
    const { createRequire } = process.getBuiltinModule("node:module");
    const dawn = createRequire(import.meta.url)("webgpu") as {
      create: (options: string[]) => unknown;
      globals: object;
    };
    Object.assign(globalThis, dawn.globals);
    Object.defineProperty(globalThis, "navigator", { value: { gpu: dawn.create([]) }, configurable: true });
    return undefined;
  } catch (cause) {
    return `${remedy}: ${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}`;
  }
}
