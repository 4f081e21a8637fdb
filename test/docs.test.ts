/** The guides run: every TypeScript block of README.md and docs/, compared with the output that stands below it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { formatWithOptions } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const inDocs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const guides = ["README.md", ...inDocs.sort().map((name) => `docs/${name}`)];

/** One fenced block, and the `text` block that stands below it, if any. */
interface Snippet {
  readonly line: number;
  readonly code: string;
  readonly output: string | null;
}

/** Snippets that share their variables: one with an import begins a new program, the next ones go on with it. */
type Program = readonly Snippet[];

function programsOf(markdown: string): Program[] {
  const snippets: Snippet[] = [];
  const fences = /^```(\w*)\n(.*?)^```$/gms;
  let end = 0;
  let previous = "";
  for (const fence of markdown.matchAll(fences)) {
    const [all, language = "", text = ""] = fence;
    const last = snippets.at(-1);
    const follows = previous === "ts" && !markdown.slice(end, fence.index).includes("\n#");
    if (language === "ts") snippets.push({ line: lineAt(markdown, fence.index), code: text, output: null });
    if (language === "text" && follows && last !== undefined) snippets[snippets.length - 1] = { ...last, output: text };
    end = fence.index + all.length;
    previous = language;
  }
  const programs: Snippet[][] = [];
  for (const snippet of snippets) {
    const program = programs.at(-1);
    if (program === undefined || /^import /m.test(snippet.code)) programs.push([snippet]);
    else program.push(snippet);
  }
  return programs;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

const between = "── next snippet ──";

/** Runs a program as a module. @returns what each of its snippets printed */
async function run(program: Program, path: string): Promise<string[]> {
  writeFileSync(path, program.map(({ code }) => code).join(`\nconsole.log(${JSON.stringify(between)});\n`));
  vi.resetModules(); // a livegrad of its own, in which no kernel is compiled yet
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(`${formatWithOptions({ colors: false }, ...values)}\n`);
  });
  try {
    await import(/* @vite-ignore */ pathToFileURL(path).href);
  } finally {
    log.mockRestore();
  }
  return printed.join("").split(`${between}\n`);
}

let workplace = "";
beforeAll(() => {
  vi.stubEnv("LIVEGRAD_DEVICE", "simd"); // whose numbers the guides print
  workplace = mkdtempSync(join(root, "test", ".tmp-"));
});
afterAll(() => {
  rmSync(workplace, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

describe.each(guides)("%s", (guide) => {
  const markdown = readFileSync(join(root, guide), "utf8");

  it.each(programsOf(markdown).map((program) => ({ program, line: program[0]?.line })))(
    "prints at line $line what stands below it",
    async ({ program, line }) => {
      const outputs = await run(program, join(workplace, `${guide.replaceAll(/\W/g, "-")}-${line}.ts`));
      program.forEach(({ line, output }, i) => {
        if (output !== null) expect(outputs[i], `the snippet at ${guide}:${line}`).toBe(output);
      });
    },
  );

  it("links to files that are there", () => {
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, link = ""]) => link);
    const missing = links.filter((link) => !existsSync(resolve(root, dirname(guide), link)));
    expect(missing).toEqual([]);
  });

  it("names scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
    const named = [...markdown.matchAll(/npm run ([\w-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
