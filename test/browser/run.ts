/** `tsx test/browser/run.ts [FILE...] [--device NAME]... [--minify] [--hardware] [--require]`: runs the op table, a training
 * loop and conformance files on the devices of a real browser. */
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import type { DeviceName } from "../../src/index.js";
import { kernelClass } from "../ops/parity.js";
import { findChromium, type PageScope, startBrowser, type TestBrowser } from "./chromium.js";
import { surprises } from "./deviations.js";
import { policyProblems } from "./policies.js";
import { mostSamples } from "./thinned.js";

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", multiple: true, default: ["simd", "webgl2", "webgl", "webgpu"] },
    minify: { type: "boolean", default: false },
    hardware: { type: "boolean", default: false },
    require: { type: "boolean", default: false },
    steps: { type: "string", default: "50" },
  },
});
/** What a device is checked for in one call of the page, which returns a line for each problem. */
const checks = {
  specialValues: "special values",
  lateIndices: "indices",
  optimizerSteps: "optimisers",
  reads: "reads",
  plantedMistakes: "planted mistakes",
} as const;

type Check = keyof typeof checks;

const executablePath = findChromium();
if (executablePath === undefined) {
  const message = "no Chromium found: install one (Debian: chromium) or name it in CHROMIUM_PATH";
  console.log(values.require ? message : `skipped: ${message}`);
  process.exitCode = values.require ? 1 : 0;
} else {
  process.exitCode = (await runAll(executablePath)) > 0 ? 1 : 0;
}

/** Runs every device in a page of its own, and returns the number of failures. */
async function runAll(executable: string): Promise<number> {
  const browser = await startBrowser(executable, { files, minify: values.minify, hardware: values.hardware });
  let failures = 0;
  try {
    await describe(browser);
    for (const device of values.device) failures += await runDevice(browser, device as DeviceName);
    if (values.device.includes("simd")) failures += (await runThreads(browser)) + (await runPolicies(browser));
  } finally {
    await browser.close();
  }
  return failures;
}

/** Prints which device is chosen and what every device is. */
async function describe(browser: TestBrowser): Promise<void> {
  const page = await browser.open();
  const choice = await page.evaluate(() => (globalThis as unknown as PageScope).livegradPage.choice());
  console.log(`without setDevice: ${choice.name}, chosen in ${choice.milliseconds.toFixed(0)} ms`);
  const reports = await page.evaluate(() => (globalThis as unknown as PageScope).livegradPage.devices());
  for (const report of reports) {
    if (report.available)
      console.log(`  ${report.name}: ${report.measured.gflops.toFixed(2)} GFLOP/s, ${report.provenance}`);
    else console.log(`  ${report.name}: not here: ${report.reason}`);
  }
  await page.close();
}

/** Runs the training loop, the op table and the files on one device; prints what failed. */
async function runDevice(browser: TestBrowser, device: DeviceName): Promise<number> {
  const page = await browser.open();
  const logged = new Set<string>();
  page.on("console", (message) => {
    const notable = message.type() === "error" || message.type() === "warning";
    if (notable && !message.text().includes("GPU stall due to ReadPixels")) logged.add(message.text());
  });
  page.on("pageerror", (error) => logged.add(error.message));
  let failures = await runSteps(page, device);
  failures += await runOpTable(page, device);
  for (const [i] of files.entries()) {
    const { lines, failed } = await page.evaluate(
      ({ url, device }) => (globalThis as unknown as PageScope).livegradPage.conformance(url, device),
      { url: `/cases/${i}`, device },
    );
    failures += failed;
    for (const line of lines) console.log(line);
  }
  for (const [check, what] of Object.entries(checks) as [Check, string][]) {
    const problems = await page.evaluate(
      ({ check, device }) => (globalThis as unknown as PageScope).livegradPage[check](device),
      { check, device },
    );
    failures += problems.length;
    for (const line of problems) console.log(`FAILED ${what} on ${device}: ${line}`);
  }
  for (const text of [...logged].slice(0, 10)) console.log(`${device}: the browser says: ${text.slice(0, 600)}`);
  await page.close();
  return failures;
}

/** Runs the training loop and the op table on simd where a page can share memory: with a worker. */
async function runThreads(browser: TestBrowser): Promise<number> {
  const page = await browser.open({ isolated: true });
  const working = page.waitForEvent("worker", { timeout: 120_000 }).then(
    () => true,
    () => false,
  );
  await page.evaluate(() => (globalThis as unknown as PageScope).livegradPage.setThreads(2));
  const failures = (await runSteps(page, "simd")) + (await runOpTable(page, "simd", "2 threads"));
  const product = await page.evaluate(() => (globalThis as unknown as PageScope).livegradPage.bigProduct());
  const worked = (await working) && product === 256 ** 3;
  if (!worked) console.log(`FAILED threads: a second one does not take part, or wrongly: a sum of ${product}`);
  await page.close();
  return failures + (worked ? 0 : 1);
}

/** Works in pages whose content security policy forbids one thing or another. */
async function runPolicies(browser: TestBrowser): Promise<number> {
  const problems = await policyProblems(browser);
  for (const problem of problems) console.log(`FAILED under a content security policy: ${problem}`);
  return problems.length;
}

/** Trains on one device in a page where nothing ran before; the counts of what is alive must not grow. */
async function runSteps(page: Page, device: DeviceName): Promise<number> {
  let failures = 0;
  const course = await page.evaluate(
    ({ device, count }) => (globalThis as unknown as PageScope).livegradPage.steps(device, count),
    { device, count: Number(values.steps) },
  );
  if (!isSteady(course.buffers) || !isSteady(course.handles)) {
    failures++;
    console.log(
      `FAILED training steps on ${device}: buffers ${course.buffers.join()}; textures ${course.handles.join()}`,
    );
  }
  console.log(
    `${device}: ${course.losses.length} training steps on ${course.provenance}: loss ${course.losses[0]?.toFixed(4)} to ` +
      `${course.losses.at(-1)?.toFixed(4)}; alive at the end: ${course.buffers.at(-1)} buffers, ${course.handles.at(-1)} textures`,
  );
  return failures;
}

/** Runs the op table; counts what deviates without being declared, and what is declared and does not deviate. */
async function runOpTable(page: Page, device: DeviceName, runsOn = kernelClass[device]): Promise<number> {
  const { provenance, rows } = await page.evaluate(
    ({ device, most }) => (globalThis as unknown as PageScope).livegradPage.opTable(device, undefined, most),
    { device, most: mostSamples(device) },
  );
  const problems = surprises(device, rows);
  if (!provenance.includes(runsOn)) problems.push(`ran on ${provenance}, not on ${runsOn}`);
  for (const problem of problems) console.log(`FAILED op table on ${device}: ${problem}`);
  const samples = rows.reduce((total, row) => total + row.samples, 0);
  const worst = Math.max(...rows.map((row) => row.worst));
  const deviations = rows.reduce((total, row) => total + row.deviations.length, 0);
  console.log(
    `${device}: ${samples} samples of ${rows.length} ops on ${provenance}: ${deviations} deviate; ` +
      `largest relative error of the others ${worst.toExponential(0)}`,
  );
  return problems.length;
}

/** Whether the count stays the same once every kernel has run. */
function isSteady(counts: readonly number[]): boolean {
  return counts.slice(2).every((n) => n === counts.at(-1));
}
