/** `livegrad devices`: which devices work here, what runs their kernels, and how fast. */
import Table from "cli-table3";
import { currentDevice, devices } from "../device/select.js";

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
  console.log(`default here: ${currentDevice().name}`);
  if (missing.length > 0) console.log(`\nnot here:\n${missing.map((line) => `  ${line}`).join("\n")}`);
}
