/** Pages with a content security policy, and what livegrad is to do in them. */
import type { PageOptions, PageScope, TestBrowser } from "./chromium.js";
import type { Surroundings } from "./without-code.js";

/** A page and what is expected of it. */
interface Case extends Surroundings {
  readonly name: string;
  readonly page: PageOptions;
  /** What the console is to say, besides the browser's own reports of what the policy refused. */
  readonly warnings: readonly RegExp[];
}

const strict = "script-src 'self' 'wasm-unsafe-eval'; worker-src blob:";
const withoutWorkers = "script-src 'self' 'wasm-unsafe-eval'";
const withoutWasm = "script-src 'self'; worker-src blob:";

const unloaded = 'it needs gpu.js, which `import "livegrad/gpu"` brings along, once, before it is used';
const forbidden =
  "gpu.js compiles kernels with `new Function`, which is forbidden here (a content security policy without 'unsafe-eval')";

const cases: readonly Case[] = [
  {
    name: "no eval",
    page: { policy: strict, lean: true, isolated: true },
    device: "simd",
    refusals: { webasm: unloaded, cpu: unloaded, webgl2: unloaded },
    warnings: [],
  },
  {
    name: "no eval, with gpu.js",
    page: { policy: strict },
    device: "simd",
    refusals: { webasm: forbidden, cpu: forbidden },
    warnings: [],
  },
  {
    name: "no eval and no workers, with memory to share",
    page: { policy: withoutWorkers, lean: true, isolated: true },
    device: "simd",
    refusals: {},
    warnings: [/livegrad: a worker thread does not start/],
  },
  {
    name: "no eval and no WebAssembly",
    page: { policy: withoutWasm, lean: true },
    device: "reference",
    refusals: { simd: "WebAssembly is forbidden here (a content security policy without 'wasm-unsafe-eval')" },
    warnings: [/livegrad: tensors are made on the device reference, .*'wasm-unsafe-eval'/],
  },
];

/** Opens each page, and returns a line for each problem. */
export async function policyProblems(browser: TestBrowser): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, page: options, device, refusals, warnings } of cases) {
    const page = await browser.open(options);
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    const found = await page.evaluate(
      (surroundings) => (globalThis as unknown as PageScope).livegradPage.withoutCode(surroundings),
      { device, refusals },
    );
    const own = said.filter((text) => text.startsWith("livegrad:"));
    if (own.length !== warnings.length || !warnings.every((wanted, i) => wanted.test(own[i] ?? "")))
      found.push(`the console says ${JSON.stringify(own)}`);
    problems.push(...found.map((problem) => `${name}: ${problem}`));
    await page.close();
  }
  return problems;
}
