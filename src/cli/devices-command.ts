/** `livegrad devices`: which devices work here, what runs their kernels, and how fast. */
import Table from "cli-table3";
import { defaultDevice } from "../device/default-device.js";
import { devices } from "../device/reports.js";

/** Tries every device and prints what it finds. */
export async function devicesCommand(): Promise<void> {
  const table = new Table({
    head: ["device", "matrix product", "kernels run by"],
    style: { head: [], border: [], compact: true },
  });
  const missing: string[] = [];
  for (const report of await devices()) {
    if (report.available) table.push([report.name, `${report.measured.gflops.toFixed(2)} GFLOP/s`, report.provenance]);
    else missing.push(`${report.name}: ${report.reason}`);
  }
  console.log(table.toString());
  const { name, reason } = defaultDevice();
  console.log(`default here: ${name}, for ${reason}`);
  if (missing.length > 0) console.log(`\nnot here:\n${missing.map((line) => `  ${line}`).join("\n")}`);
}
