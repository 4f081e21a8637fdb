/** The table of tools that the package is tried with, and how its rows are run. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";

/** One tool, and one way to use the package with it. */
export interface Row {
  /** With its version. */
  readonly tool: string;
  readonly how: string;
  /** Why the tool is not here; the row is told as skipped. */
  readonly missing?: string | undefined;
  /** Rejects where the package does not work so. */
  readonly run: () => Promise<void>;
}

/** How a row ended. */
interface Outcome extends Row {
  readonly result: "passed" | "FAILED" | "skipped";
  readonly seconds: number;
  readonly detail: string;
}

const tools = fileURLToPath(new URL("node_modules", import.meta.url));

/** A file of a tool that is installed for the matrix. */
export function toolFile(...path: readonly string[]): string {
  return join(tools, ...path);
}

/** The name under which a program for this platform is installed. */
export function platformPackage(program: string): string {
  return `${program}-${process.platform}-${process.arch}`;
}

/** A program in a package for one platform; such packages are optional, and it may be that there is none. */
export function programOf(
  name: string,
  ...path: readonly string[]
): { readonly file: string; readonly missing?: string } {
  const file = toolFile(name, ...path);
  return existsSync(file) ? { file } : { file, missing: `${name} is not installed` };
}

/** Runs a program to its end. @returns what it printed @throws Error with all of it if it fails, or does not print `expected` */
export function runProgram(
  [file, ...args]: readonly [string, ...string[]],
  cwd: string,
  expected = "",
): Promise<string> {
  const env = { ...process.env, CI: "1", NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, env, timeout: 300_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const printed = `${stdout}${stderr}`;
      if (error !== null)
        reject(new Error(`${[file, ...args].join(" ")} failed (${error.code ?? error.signal}):\n${printed}`));
      else if (!stdout.includes(expected)) reject(new Error(`${file} did not print "${expected}":\n${printed}`));
      else resolve(printed);
    });
  });
}

/** Runs all rows, as many at a time as there are processors, and prints what became of them.
 * @returns whether none failed */
export async function runMatrix(rows: readonly Row[]): Promise<boolean> {
  const outcomes: Outcome[] = [];
  const queue = [...rows.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      outcomes[next[0]] = await outcomeOf(next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  const table = new Table({ head: ["tool", "how", "result", "s"], style: { head: [], border: [] } });
  for (const { tool, how, result, seconds, detail } of outcomes) {
    table.push([tool, how, result === "skipped" ? `skipped: ${detail}` : result, seconds.toFixed(1)]);
  }
  console.log(table.toString());
  const failed = outcomes.filter(({ result }) => result === "FAILED");
  for (const { tool, how, detail } of failed) console.error(`\n${tool}, ${how}: ${detail}`);
  return failed.length === 0;
}

async function outcomeOf(row: Row): Promise<Outcome> {
  if (row.missing !== undefined) return { ...row, result: "skipped", seconds: 0, detail: row.missing };
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    await row.run();
    return { ...row, result: "passed", seconds: seconds(), detail: "" };
  } catch (error) {
    return {
      ...row,
      result: "FAILED",
      seconds: seconds(),
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}
