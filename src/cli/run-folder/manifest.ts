/** The manifest of a run's folder: which files are one report, with the length and the hash of each. */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the manifest in the folder. */
export const MANIFEST = "manifest.json";

/** How a file is recognised. */
export interface FileMark {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** The marks of a run's files by name. */
export type Manifest = ReadonlyMap<string, FileMark>;

/** The mark of a content. */
export function markOf(content: Uint8Array): FileMark {
  return { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

/** Text of a manifest. */
export function manifestText(version: string, manifest: Manifest): string {
  return `${JSON.stringify({ livegrad: version, files: Object.fromEntries(manifest) }, null, 2)}\n`;
}

/** The manifest in a folder; empty where there is none that can be read. */
export function readManifest(folder: string): Manifest {
  const manifest = new Map<string, FileMark>();
  try {
    const { files } = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as { files: Record<string, FileMark> };
    for (const [name, { bytes, sha256 }] of Object.entries(files)) {
      if (/^\w[\w.-]*$/.test(name)) manifest.set(name, { bytes, sha256 }); // never a path
    }
  } catch {
    manifest.clear();
  }
  return manifest;
}

/** Whether a folder holds the very file that a manifest speaks of, and not one that somebody changed or put there. */
export function isMarked(folder: string, name: string, manifest: Manifest): boolean {
  const mark = manifest.get(name);
  const path = join(folder, name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (mark === undefined || stat?.isFile() !== true || stat.size !== mark.bytes) return false;
  return markOf(readFileSync(path)).sha256 === mark.sha256;
}
