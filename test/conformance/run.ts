/** `npm run conformance -- FILE... [--device NAME] [--all]`: runs conformance files and prints what failed. Runs of large nets that
 * take more than a minute on the device are skipped, and told as that, without `--all`. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { currentDevice, type DeviceName, deviceNamed } from "../../src/index.js";
import { dataBeside } from "./data-folder.js";
import { runFile } from "./files.js";
import { type Outcome, report } from "./outcome.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { device: { type: "string" }, all: { type: "boolean", default: false } },
});
if (positionals.length === 0) {
  console.error("usage: npm run conformance -- FILE... [--device NAME] [--all]");
  process.exit(2);
}
const device = values.device === undefined ? currentDevice() : deviceNamed(values.device as DeviceName);
const outcomes: Outcome[] = [];
for (const path of positionals) {
  const start = performance.now();
  try {
    const own = await runFile(JSON.parse(readFileSync(path, "utf8")), dataBeside(path), device.name, values.all);
    outcomes.push(...own);
    const { lines } = report(own, device.name);
    console.log(`${basename(path)}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    for (const line of lines) console.log(`  ${line}`);
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}
const { lines, failed } = report(outcomes, device.name);
console.log(lines.at(-1));
process.exit(failed > 0 ? 1 : 0); // WebGPU in Node would keep the process alive
