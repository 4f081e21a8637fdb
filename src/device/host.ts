/** What the host of the program offers: Node's own modules, where it is Node. */
import { DeviceError } from "../errors.js";

/** Whether this is Node, or a host that is as good (Bun, Deno). */
export function isNode(): boolean {
  return typeof process !== "undefined" && process.versions?.node !== undefined;
}

/** Why a version of Node is too old; undefined where it is not, and outside of Node. */
export function whyTooOld(): string | undefined {
  if (!isNode() || typeof process.getBuiltinModule === "function") return undefined;
  return `it needs Node 20.16, 22.3 or later; this is Node ${process.versions.node}`;
}

/** Node's own modules, loaded at once and without an import that a bundler for pages would look for.
 * @throws DeviceError in versions of Node that livegrad does not support */
export function nodeModule<N extends keyof NodeModules>(name: N): NodeModules[N] {
  const tooOld = whyTooOld();
  if (tooOld !== undefined) throw new DeviceError("livegrad", tooOld);
  return process.getBuiltinModule(`node:${name}`) as NodeModules[N];
}

/** Says what whoever runs the program should know, and nobody asked for. */
export function warn(message: string): void {
  // biome-ignore lint/suspicious/noConsole: a warning that is not printed is none
  console.warn(`livegrad: ${message}`);
}

interface NodeModules {
  readonly fs: typeof import("node:fs");
  readonly module: typeof import("node:module");
  readonly os: typeof import("node:os");
  readonly path: typeof import("node:path");
  readonly url: typeof import("node:url");
  readonly worker_threads: typeof import("node:worker_threads");
}
