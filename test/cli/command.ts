/** Runs the built livegrad command as a child process. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist", "cli", "main.js");

/** Builds the package unless `dist` is made of the very same sources. */
export function build(): void {
  execFileSync(process.execPath, [join(root, "scripts", "build.js")], { stdio: "inherit" });
}

/** What a finished command left. */
export interface Finished {
  /** Exit status; null if a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the interrupt to the end; NaN without an interrupt. */
  readonly afterInterrupt: number;
}

/** How a command is run. */
export interface CommandOptions {
  /** Added to the environment, in which LIVEGRAD_DEVICE is webasm. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Sends a signal, once, when the standard output matches. */
  readonly interruptAt?: RegExp;
  /** The signal to send; SIGINT by default. */
  readonly signal?: NodeJS.Signals;
  /** Closes the pipe of the standard output when it matches. */
  readonly hangUpAt?: RegExp;
  /** Where the standard output goes instead: a path. */
  readonly stdoutTo?: string;
  /** Largest file that it may write, in KiB. */
  readonly fileLimit?: number;
}

/** Runs `livegrad …` and waits for its end. */
export function livegrad(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  const { cwd = root, interruptAt, signal = "SIGINT", hangUpAt, stdoutTo, fileLimit } = options;
  const env = { ...process.env, LIVEGRAD_DEVICE: "webasm", NO_COLOR: "1", ...options.env };
  const out = stdoutTo === undefined ? "pipe" : openSync(stdoutTo, "w");
  const limited = ["-c", `ulimit -f ${2 * (fileLimit ?? 0)}; exec "$@"`, "sh"]; // counts blocks of 512 bytes
  const [command = "", ...rest] = [...(fileLimit === undefined ? [] : ["sh", ...limited]), process.execPath, main];
  const child = spawn(command, [...rest, ...args], { cwd, env, stdio: ["ignore", out, "pipe"] });
  if (typeof out === "number") closeSync(out);
  let [stdout, stderr] = ["", ""];
  let interrupted = Number.NaN;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (hangUpAt?.test(stdout) === true) child.stdout?.destroy();
    if (interruptAt === undefined || !Number.isNaN(interrupted) || !interruptAt.test(stdout)) return;
    interrupted = performance.now();
    child.kill(signal);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout, stderr, afterInterrupt: performance.now() - interrupted });
    });
  });
}
