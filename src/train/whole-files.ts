/** Files that are there whole, or as they were: written beside, to the disk, then under their name. */
import { nodeModule } from "../device/host.js";
import { codeOf } from "../write-failure.js";

/** Makes a folder, and those that it is in.
 * @throws system errors as they come, EEXIST where a file has its name */
export function makeFolder(folder: string): void {
  const [fs, { dirname, resolve }] = [nodeModule("fs"), nodeModule("path")];
  // Level by level: Node's recursive mkdir never returns where a parent refuses with ENOENT, as /proc does.
  const missing: string[] = [];
  for (let path = resolve(folder); !fs.existsSync(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) {
    try {
      fs.mkdirSync(path);
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause; // another process was faster
    }
  }
  if (!fs.statSync(folder).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "EEXIST" });
}

/** Writes all of some bytes to an open file, of which one write may take a part only. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  const fs = nodeModule("fs");
  for (let start = 0; start < bytes.length; ) start += fs.writeSync(descriptor, bytes, start);
}

/** Puts bytes in the place of a file: after a loss of power, too, the old one or the new one is there.
 * @param beside path, in the same folder, at which they are written first
 * @throws system errors as they come; the old file is as it was, and nothing lies beside it */
export function replaceFile(path: string, beside: string, bytes: Uint8Array): void {
  const fs = nodeModule("fs");
  try {
    writeThrough(beside, bytes);
    fs.renameSync(beside, path);
    syncFolder(nodeModule("path").dirname(path));
  } catch (cause) {
    fs.rmSync(beside, { force: true });
    throw cause;
  }
}

/** The bytes must be on the disk before their name is. */
function writeThrough(path: string, bytes: Uint8Array): void {
  const fs = nodeModule("fs");
  const file = fs.openSync(path, "w");
  try {
    writeAll(file, bytes);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** The new name is on the disk, too. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return; // folders cannot be opened there
  const fs = nodeModule("fs");
  const folder = fs.openSync(path, "r");
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}
