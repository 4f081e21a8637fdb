/** Another project: the packed package, installed with what it depends on, and programs that use it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as programs from "./programs.js";
import { checkInstallSize } from "./weight.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

const files: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ name: "consumer", private: true }),
  "use.mjs": programs.esModule,
  "use.cjs": programs.commonJs,
  "both.cjs": programs.bothKinds,
  "jest/use.test.js": programs.jestTest,
  "vitest/use.test.js": programs.vitestTest,
  ...Object.fromEntries(
    ["mts", "cts", "ts"].flatMap((ending) => [
      [`use.${ending}`, programs.typed],
      [`using.${ending}`, programs.typed + programs.typedUsing],
    ]),
  ),
};

/** Fills an empty folder. @returns the path of the package's archive */
export function makeConsumer(folder: string): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  npm(root, "pack", "--ignore-scripts", "--silent", "--pack-destination", folder);
  const [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error("npm pack made no package");
  npm(folder, "install", `./${archive}`);
  checkInstallSize(folder);
  npm(folder, "install", "echarts@6"); // which the command asks for
  return join(folder, archive);
}

function npm(cwd: string, command: string, ...args: readonly string[]): void {
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  execFileSync("npm", [command, ...quiet, ...args], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}
