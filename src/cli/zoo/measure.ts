/** Measures the nets of a comparison, one after the other, each in a process of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BatchRun } from "../../experiments/zoo/records.js";
import type { NetMessage, NetTask } from "./net-process.js";

/** What was found out of a net. */
export interface Measured {
  readonly runs: readonly BatchRun[];
  readonly failure: string | null;
  /** Device and kernels; null if the process did not get so far. */
  readonly ran: { readonly device: string; readonly provenance: string } | null;
}

/** Measures one net. What was measured before the signal came, or the process died, is kept.
 * @param onRun called with every batch size that is done */
export function measureNet(task: NetTask, signal: AbortSignal, onRun: (run: BatchRun) => void): Promise<Measured> {
  const runs = new Map<number, BatchRun>();
  let failure: string | null = null;
  let ran: Measured["ran"] = null;
  return new Promise((resolve) => {
    const child = start(task);
    const stop = () => child.kill("SIGKILL");
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    let errors = "";
    child.stderr?.on("data", (text) => {
      errors = (errors + String(text)).slice(-2000);
    });
    child.on("message", (message: NetMessage) => {
      if (message.kind === "ready") ran = { device: message.device, provenance: message.provenance };
      else if (message.kind === "failed") failure = message.message;
      else if (message.kind === "run") {
        runs.set(message.run.batch, message.run);
        onRun(message.run);
      }
    });
    child.on("error", (error) => {
      failure ??= `its process did not start: ${error.message}`;
    });
    child.on("close", (code, ended) => {
      signal.removeEventListener("abort", stop);
      if (!signal.aborted && code !== 0) failure ??= whyEnded(code, ended, errors);
      resolve({ runs: [...runs.values()], failure, ran });
    });
  });
}

function start(task: NetTask): ChildProcess {
  const file = fileURLToPath(new URL("./net-process.js", import.meta.url));
  return fork(file, [JSON.stringify(task)], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

function whyEnded(code: number | null, ended: NodeJS.Signals | null, errors: string): string {
  if (ended === "SIGKILL") return "the system killed its process (SIGKILL), which it does when memory runs out";
  const last = errors.split("\n").findLast((line) => /error|memory/i.test(line));
  return `its process ended with ${ended ?? `exit code ${code}`}${last === undefined ? "" : `: ${last.trim()}`}`;
}
