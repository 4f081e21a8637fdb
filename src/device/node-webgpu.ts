/** WebGPU in Node: hands gpu.js the `navigator.gpu` that browsers have of their own. */
import { isNode, nodeModule } from "./host.js";

/** The package `webgpu`: Dawn, Chromium's WebGPU, for Node. */
interface Dawn {
  create(options: string[]): unknown;
  readonly globals: object;
}

/** What `createRequire` makes. */
interface Require {
  (id: string): unknown;
  resolve(id: string): string;
}

const remedy =
  "WebGPU in Node needs the package `webgpu` 0.4 or later (npm install webgpu@0.4 in your project) " +
  "and a Vulkan, Metal or D3D12 driver";

/** What the last try came to: undefined before it, null where WebGPU is there, else why not. */
let outcome: string | null | undefined;

/** Makes WebGPU visible to gpu.js; says why it is not there otherwise. */
export function exposeNodeWebGpu(): string | undefined {
  const here = (globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu;
  if (here !== undefined && here !== null) return undefined;
  if (!isNode()) {
    return "this browser has no WebGPU (navigator.gpu), or the page is not served over https or localhost";
  }
  outcome ??= loadDawn();
  return outcome ?? undefined;
}

/** Tries every copy of the package that Node finds; gpu.js itself depends on an old one that many systems cannot load. */
function loadDawn(): string | null {
  const failures: string[] = [];
  for (const path of copiesOfDawn()) {
    try {
      const dawn = requireFrom(import.meta.url)(path) as Dawn;
      expose(dawn.create([]), dawn.globals);
      return null;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
      failures.push(`webgpu ${versionOf(path)} does not load (${reason})`);
    }
  }
  return `${remedy}; ${failures.length === 0 ? "the package is not installed" : failures.join("; ")}`;
}

/** Where the package is found: from the folder the program was started in, from the program itself, and from here. */
function copiesOfDawn(): string[] {
  const { pathToFileURL } = nodeModule("url");
  const { join } = nodeModule("path");
  const starts = [pathToFileURL(join(process.cwd(), "package.json")).href];
  if (process.argv[1] !== undefined) starts.push(pathToFileURL(process.argv[1]).href);
  const found = new Set<string>();
  for (const start of [...starts, import.meta.url]) {
    try {
      found.add(requireFrom(start).resolve("webgpu"));
    } catch {
      // Not found from there: the next place may have it.
    }
  }
  return [...found];
}

function requireFrom(url: string): Require {
  return nodeModule("module").createRequire(url) as Require;
}

/** The version of the package whose main file stands at `path`. */
function versionOf(path: string): string {
  const { readFileSync } = nodeModule("fs");
  const { dirname, join } = nodeModule("path");
  try {
    return String(JSON.parse(readFileSync(join(dirname(path), "package.json"), "utf8")).version);
  } catch {
    return "of unknown version";
  }
}

/** Later versions of Node have a `navigator` without `gpu`, earlier ones have none. */
function expose(gpu: unknown, globals: object): void {
  const scope = globalThis as { navigator?: object };
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  if (scope.navigator === undefined) {
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(scope.navigator, "gpu", { value: gpu, configurable: true });
}
