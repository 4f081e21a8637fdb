/** `npm run op-coverage [-- OP…]`: measures every op, or only these, on every device and writes docs/op-coverage.md; the lines
 * of what is not measured stay as an earlier run wrote them. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type DeviceName, deviceNamed } from "../../src/index.js";
import { version } from "../../src/version.js";
import { findChromium, type PageScope, startBrowser, type TestBrowser } from "../browser/chromium.js";
import { surprises } from "../browser/deviations.js";
import { opTable } from "../ops/op-table.js";
import { kernelClass, measureParity, type OpParity } from "../ops/parity.js";
import { measureRow } from "./measure-row.js";
import { coveragePage, type DeviceColumn, type MeasuredRow, tolerance } from "./page.js";

const path = new URL("../../docs/op-coverage.md", import.meta.url);
const problems: string[] = [];

const executable = findChromium();
if (executable === undefined) {
  console.error("no Chromium found, and the page has columns for its devices: install one or name it in CHROMIUM_PATH");
  process.exit(1);
}

const named = process.argv.slice(2);
const unknown = named.filter((op) => !opTable.some((row) => row.op === op));
if (unknown.length > 0) {
  console.error(`the op table has no row for ${unknown.join(", ")}`);
  process.exit(1);
}
const measured = opTable.filter(({ op }) => named.length === 0 || named.includes(op));
const ops = measured.map(({ op }) => op);
const rows: MeasuredRow[] = measured.map((row) => ({ op: row.op, errors: measureRow(row) }));
for (const { op, errors } of rows) {
  for (const [what, error] of Object.entries({ gradient: errors.gradient, "second order": errors.second }))
    if (error !== null && !(error < tolerance.gradient)) problems.push(`${op}: ${what}: relative error ${error}`);
  if (errors.forward !== null && !(errors.forward < tolerance.forward))
    problems.push(`${op}: forward: relative error ${errors.forward}`);
}

const columns: DeviceColumn[] = [];
for (const device of ["reference", "simd", "cpu", "webasm"] as const) {
  columns.push(columnOf(device, deviceNamed(device).provenance, await measureParity(device, ops)));
}
const browser = await startBrowser(executable);
try {
  for (const device of ["webgl2", "webgl", "webgpu"] as const) columns.push(await inBrowser(browser, device));
} finally {
  await browser.close();
}

if (problems.length > 0) {
  for (const problem of problems) console.error(`FAILED ${problem}`);
  console.error(
    "the page was not written: mend these, or declare what a device cannot do in test/browser/deviations.ts",
  );
  process.exit(1);
}
const require = createRequire(import.meta.url);
const gpuVersion = (JSON.parse(readFileSync(require.resolve("gpu.js/package.json"), "utf8")) as { version: string })
  .version;
const versions = `livegrad ${version}, gpu.js ${gpuVersion}, Node ${process.version.slice(1)}, Chromium ${browser.version}`;
writeFileSync(path, await coveragePage(rows, columns, versions, readFileSync(path, "utf8")));
console.log(`${rows.length} ops on ${columns.length} devices, into docs/op-coverage.md`);

/** Runs the op table on a device of the browser. */
async function inBrowser(browser: TestBrowser, device: DeviceName): Promise<DeviceColumn> {
  const page = await browser.open();
  const { provenance, rows } = await page.evaluate(
    ({ device, ops }) => (globalThis as unknown as PageScope).livegradPage.opTable(device, ops),
    { device, ops },
  );
  await page.close();
  return columnOf(device, provenance, rows);
}

function columnOf(device: DeviceName, provenance: string, parity: readonly OpParity[]): DeviceColumn {
  if (!provenance.includes(kernelClass[device])) problems.push(`${device} ran on ${provenance}`);
  problems.push(...surprises(device, parity, ops).map((line) => `${device}: ${line}`));
  return { device, provenance, parity };
}
