/** What the package weighs in another project. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes of an installed package with everything it depends on, less than 60 MB: what is heavier is for those who want it. */
const limit = 60e6;

/** Adds up what an install has brought.
 * @param project a folder in which nothing but livegrad is installed
 * @throws Error naming the heaviest packages if it is too much */
export function checkInstallSize(project: string): void {
  const folder = join(project, "node_modules");
  const sizes = readdirSync(folder).map((name) => ({ name, bytes: bytesOf(join(folder, name)) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`an install is ${(total / 1e6).toFixed(1)} MB; the limit is ${limit / 1e6}`);
  if (total < limit) return;
  const heaviest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 5);
  const list = heaviest.map(({ name, bytes }) => `${name} ${(bytes / 1e6).toFixed(1)}`).join(", ");
  throw new Error(`an install is too heavy: ${list}`);
}

function bytesOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
