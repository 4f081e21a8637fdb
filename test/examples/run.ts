/** `npm run examples`: runs every example in order against the built package, as a user would; one for a page in Chromium, where it is
 * installed. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "../browser/chromium.js";
import { trainInPage } from "./page.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "examples");
const tsx = createRequire(import.meta.url).resolve("tsx/cli");
const PAGE = "browser";
const wanted = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") || name === PAGE)
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();

if (!existsSync(join(root, "dist", "index.js"))) throw new Error("the package is not built; run `npm run build` first");
if (names.length === 0)
  throw new Error(`no example in ${folder}${wanted.length > 0 ? ` is named like ${wanted.join(", ")}` : ""}`);

const failed: string[] = [];
for (const name of names) if (!(await run(name))) failed.push(name);
console.log(
  `\nexamples: ${names.length - failed.length} ran, ${failed.length} failed${failed.map((name) => `\n  ${name}`).join("")}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

/** Runs one example. @returns whether it came to its end */
async function run(name: string): Promise<boolean> {
  console.log(`\n── examples/${name}`);
  const start = performance.now();
  const failure = name === PAGE ? await failureInPage() : failureOf(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (failure === null) console.log(`   (${seconds} s)`);
  else console.error(`examples/${name} failed: ${failure} after ${seconds} s`);
  return failure === null;
}

/** Runs a program; what it writes goes to a folder of its own, which is removed. */
function failureOf(name: string): string | null {
  const workplace = mkdtempSync(join(tmpdir(), "livegrad-example-"));
  // This tsconfig maps no names to the source, so that `livegrad` is the built package.
  const { status, signal, error } = spawnSync(
    process.execPath,
    [tsx, "--tsconfig", join(root, "tsconfig.build.json"), join(folder, name)],
    { cwd: workplace, stdio: ["ignore", "inherit", "inherit"] },
  );
  rmSync(workplace, { recursive: true, force: true });
  return status === 0 ? null : (error?.message ?? `exit status ${status ?? signal}`);
}

async function failureInPage(): Promise<string | null> {
  const chromium = findChromium();
  if (chromium === undefined) {
    console.log("no Chromium is installed; the page is not opened");
    return null;
  }
  try {
    console.log(await trainInPage(root, chromium));
    return null;
  } catch (error) {
    return String(error);
  }
}
