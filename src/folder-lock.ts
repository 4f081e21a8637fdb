/** Keeps a second run out of a folder that a run writes to. */

import { DataError } from "./errors.js";
import { codeOf } from "./write-failure.js";

/** Name of the file that says who writes to a folder. */
export const LOCK = ".livegrad-lock";

interface Holder {
  readonly process: number;
  readonly host: string;
}

/** Takes a folder for this process; a lock whose process is gone counts for nothing.
 * @returns a function that gives it back
 * @throws DataError if another process has it; system errors as they come */
export function lockFolder(op: string, folder: string): () => void {
  const path = node("path").join(folder, LOCK);
  const mine = JSON.stringify({ process: process.pid, host: node("os").hostname(), key: crypto.randomUUID() });
  for (;;) {
    try {
      node("fs").writeFileSync(path, mine, { flag: "wx" });
      return () => {
        if (read(path) === mine) node("fs").rmSync(path, { force: true });
      };
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
    }
    const text = read(path);
    if (text === null) continue; // given back meanwhile
    const holder = holderOf(text);
    if (holder !== null && isAtWork(holder, path)) {
      const who = `another run (process ${holder.process} on ${holder.host}) writes to ${folder}`;
      throw new DataError(op, `${who}; wait for it, choose another folder, or remove ${path} if it is gone`);
    }
    discard(path, text);
  }
}

function read(path: string): string | null {
  try {
    return node("fs").readFileSync(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return null;
    throw cause;
  }
}

function holderOf(text: string): Holder | null {
  try {
    const { process, host } = JSON.parse(text) as Record<string, unknown>;
    return Number.isSafeInteger(process) && typeof host === "string" ? { process: process as number, host } : null;
  } catch {
    return null; // cut off by a kill
  }
}

/** Milliseconds that a file system may round a time down by. */
const coarse = 2000;

function isAtWork(holder: Holder, path: string): boolean {
  if (holder.host !== node("os").hostname()) return true; // it cannot be asked from here
  const taken = node("fs").statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // Numbers of processes begin anew with a machine, and in a container even this process may have that of the one before it.
  const began = Date.now() - 1000 * (holder.process === process.pid ? process.uptime() : node("os").uptime());
  if (taken < began - coarse) return false;
  if (holder.process === process.pid) return true;
  try {
    process.kill(holder.process, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
}

// Two runs may find the same dead lock. What is moved away and turns out to be a living one is put back.
function discard(path: string, dead: string): void {
  const away = `${path}-${crypto.randomUUID()}`;
  try {
    node("fs").renameSync(path, away);
    if (read(away) !== dead) node("fs").linkSync(away, path);
  } catch (cause) {
    if (!["ENOENT", "EEXIST"].includes(codeOf(cause))) throw cause;
  }
  node("fs").rmSync(away, { force: true });
}

/** One of Node's own modules, looked up while it runs, so that no bundle for a page asks for it. */
function node<N extends "fs" | "os" | "path">(name: N): NodeModules[N] {
  return process.getBuiltinModule(`node:${name}`) as NodeModules[N];
}

interface NodeModules {
  readonly fs: typeof import("node:fs");
  readonly os: typeof import("node:os");
  readonly path: typeof import("node:path");
}
