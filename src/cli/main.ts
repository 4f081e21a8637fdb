#!/usr/bin/env node
/** The livegrad command. */
import { CommanderError } from "commander";
import { whyTooOld } from "../device/host.js";
import { DeviceError, DivergenceError, LivegradError } from "../errors.js";
import { DIVERGED } from "./exit-status.js";
import { lostOutput, outliveOutput } from "./output.js";
import { livegradProgram } from "./program.js";

const program = livegradProgram();
for (const command of [program, ...program.commands])
  command.exitOverride().configureOutput({ outputError: () => undefined });

outliveOutput();
try {
  const tooOld = whyTooOld();
  if (tooOld !== undefined) throw new DeviceError("the command", tooOld);
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}
// A WebGPU driver would keep the process alive for ever; what was printed goes out first.
process.stdout.write("", () => {
  const lost = lostOutput();
  if (lost !== null) {
    console.error(`livegrad: some of the output could not be printed (${lost})`);
    process.exitCode ||= 1;
  }
  process.stderr.write("", () => process.exit());
});

/** Prints one line for a mistake of the user's, and everything for one of ours. @returns the exit status */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help") return 2; // no command: the help stands there already
    const oneLine = error.message
      .replace(/^error: /, "")
      .replaceAll("\n", " ")
      .replace(/\.$/, "");
    console.error(`livegrad: ${oneLine}; see livegrad --help`);
    return 2;
  }
  if (error instanceof LivegradError) {
    console.error(`livegrad: ${error.message}`);
    return error instanceof DivergenceError ? DIVERGED : 2;
  }
  console.error(error);
  return 1;
}
