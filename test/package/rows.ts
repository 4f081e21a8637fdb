/** The rows of the matrix. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformPackage, programOf, type Row, runProgram, toolFile } from "./matrix.js";
import { expected } from "./programs.js";

type Command = readonly [string, ...string[]];

const command = ["gradient-flow", "--depth", "8", "--width", "4", "--batch", "4", "--seeds", "1"];
const main = join("node_modules", "livegrad", "dist", "cli", "main.js");

/** Every row, for a project that `makeConsumer` has made. */
export function rowsFor(project: string, archive: string): readonly Row[] {
  return [
    ...["20.16", "22.3", "24", "26"].flatMap((version) => {
      const name = platformPackage(`node-${version}`);
      const { file, missing } = programOf(name, "bin", "node");
      return nodeRows(project, `Node ${versionOf(name) || version}`, file, missing);
    }),
    ...nodeRows(project, `Node ${process.versions.node}, at hand`, process.execPath, undefined),
    ...hostRows(project),
    ...testRunnerRows(project),
    ...bundlerRows(project),
    ...["5.4", "5.9", "6.0", "7.0"].flatMap((version) => typeRows(project, version)),
    {
      tool: `Are the types wrong? ${versionOf("@arethetypeswrong/cli")}`,
      how: "every entry, every resolution",
      run: async () => {
        await node(project, [toolFile("@arethetypeswrong/cli", "dist", "index.js"), archive], "No problems found");
      },
    },
  ];
}

function nodeRows(project: string, tool: string, file: string, missing: string | undefined): Row[] {
  const row = (how: string, args: readonly string[], wanted: string): Row => ({
    ...{ tool, how, missing },
    run: async () => void (await runProgram([file, ...args], project, wanted)),
  });
  const out = join(project, "runs", tool.replaceAll(/\W+/g, "-"));
  return [
    row("import", ["use.mjs"], expected),
    row("require", ["use.cjs"], expected),
    row("import beside require", ["both.cjs"], "sum: its argument 1 is of no use here: it was made by another copy"),
    row("livegrad gradient-flow", [main, ...command, "--out", out], "Written: "),
  ];
}

function hostRows(project: string): Row[] {
  const [bunPackage, denoPackage] = [platformPackage("bun"), platformPackage("deno")];
  const [bun, deno] = [programOf(bunPackage, "bin", "bun"), programOf(denoPackage, "deno")];
  const run =
    (...words: Command) =>
    async () =>
      void (await runProgram(words, project, expected));
  const bunRow = { tool: `Bun ${versionOf(bunPackage)}`, missing: bun.missing };
  const denoRow = { tool: `Deno ${versionOf(denoPackage)}`, missing: deno.missing };
  return [
    { ...bunRow, how: "import", run: run(bun.file, "use.mjs") },
    { ...bunRow, how: "require", run: run(bun.file, "use.cjs") },
    { ...denoRow, how: "import", run: run(deno.file, "run", "--allow-all", "use.mjs") },
    { ...denoRow, how: "require", run: run(deno.file, "run", "--allow-all", "use.cjs") },
  ];
}

function testRunnerRows(project: string): Row[] {
  const jest = [toolFile("jest", "bin", "jest.js"), "--rootDir", join(project, "jest")];
  const vitest = [toolFile("vitest", "vitest.mjs"), "run", "--globals", "--root", join(project, "vitest")];
  return [
    { tool: `Jest ${versionOf("jest")}`, how: "as it comes", run: async () => void (await node(project, jest)) },
    { tool: `Vitest ${versionOf("vitest")}`, how: "as it comes", run: async () => void (await node(project, vitest)) },
  ];
}

/** Bundles for pages, which run in Node as well. */
function bundlerRows(project: string): Row[] {
  const row = (bundler: string, entry: string): Row => ({
    tool: `${bundler} ${versionOf(bundler)}`,
    how: entry.endsWith(".cjs") ? "require, for pages" : "import, for pages",
    run: async () => {
      const script = fileURLToPath(new URL("bundle.mjs", import.meta.url));
      const out = join(project, "bundles", bundler, entry);
      await node(project, [script, bundler, join(project, entry), out]);
      await node(project, [out], expected);
    },
  });
  const modules = ["vite", "webpack", "rollup", "esbuild"].map((bundler) => row(bundler, "use.mjs"));
  return [...modules, ...["webpack", "esbuild"].map((bundler) => row(bundler, "use.cjs"))];
}

/** The declarations, without `skipLibCheck`, those for `import` and those for `require` each with a `lib` of no more than ES2022,
 * and with DOM, `using` and exact optional properties. */
function typeRows(project: string, version: string): Row[] {
  const tool = `TypeScript ${versionOf(`typescript-${version}`)}`;
  const tsc = toolFile(`typescript-${version}`, "bin", "tsc");
  const always = { noEmit: true, strict: true, target: "ES2022", skipLibCheck: false, types: [] };
  const least = { lib: ["ES2022"] };
  const most = { lib: ["ES2023", "ESNext.Disposable", "DOM"], exactOptionalPropertyTypes: true };
  const row = (how: string, file: string, options: Readonly<Record<string, unknown>>): Row => ({
    tool,
    how: `${how}; ${options["lib"] === most.lib ? "DOM, using, exact optional properties" : "ES2022 alone"}`,
    run: async () => {
      const path = join(project, `tsconfig-${version}-${how.replaceAll(/\W+/g, "-")}.json`);
      writeFileSync(path, JSON.stringify({ compilerOptions: { ...always, ...options }, files: [file] }));
      await node(project, [tsc, "--pretty", "false", "-p", path]);
    },
  });
  const rows = [
    row("nodenext, import", "using.mts", { ...most, module: "NodeNext" }),
    row("nodenext, require", "use.cts", { ...least, module: "NodeNext" }),
    row("bundler", "use.ts", { ...least, module: "ESNext", moduleResolution: "bundler" }),
  ];
  const node10 = { ...most, module: "CommonJS", moduleResolution: "node10" };
  if (version.startsWith("5.")) return [...rows, row("commonjs, node10", "using.ts", node10)];
  if (version === "6.0")
    return [...rows, row("commonjs, node10", "using.ts", { ...node10, ignoreDeprecations: "6.0" })];
  return rows; // later ones have no node10
}

function node(project: string, args: readonly string[], wanted?: string): Promise<string> {
  return runProgram([process.execPath, ...args], project, wanted);
}

function versionOf(name: string): string {
  try {
    return String(JSON.parse(readFileSync(toolFile(name, "package.json"), "utf8")).version).replace(/^v/, "");
  } catch {
    return "";
  }
}
