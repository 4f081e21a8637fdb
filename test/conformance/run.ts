/** `npm run conformance -- FILE... [--device NAME]`: runs conformance files and prints what failed. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { currentDevice, type DeviceName, deviceNamed } from "../../src/index.js";
import { dataBeside } from "./data-folder.js";
import { runFile } from "./files.js";
import { type Outcome, report } from "./outcome.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { device: { type: "string" } } });
if (positionals.length === 0) {
  console.error("usage: npm run conformance -- FILE... [--device NAME]");
  process.exit(2);
}
const device = values.device === undefined ? currentDevice() : deviceNamed(values.device as DeviceName);
const outcomes: Outcome[] = [];
for (const path of positionals) {
  try {
    outcomes.push(...(await runFile(JSON.parse(readFileSync(path, "utf8")), dataBeside(path), device.name)));
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}
const { lines, failed } = report(outcomes, device.name);
for (const line of lines) console.log(line);
const total = outcomes.filter((o) => o.skipped).length;
console.log(`${outcomes.length - failed - total} passed, ${failed} failed, ${total} skipped`);
process.exit(failed > 0 ? 1 : 0); // WebGPU in Node would keep the process alive
