/** Writes all mutants of a file into one source, each behind its number: `$on(17) ? a - b : a + b`. Nothing has to be
 * compiled again for a mutant, and what a test reaches is known from the numbers that were asked for. */
import ts from "typescript";
import type { Mutant } from "./mutant.js";
import { isFlag } from "./operators.js";

/** The woven source. Loops count their rounds, and kernels their calls, so that a mutant without end is stopped. */
export function weave(source: ts.SourceFile, mutants: readonly Mutant[]): string {
  const byNode = new Map<ts.Node, Mutant[]>();
  for (const mutant of mutants) byNode.set(mutant.node, [...(byNode.get(mutant.node) ?? []), mutant]);
  const isKernelFile = source.fileName.includes("/kernels/");
  const write = (node: ts.Node): string => {
    let text = "";
    let end = node.getStart(source);
    node.forEachChild((child) => {
      const start = child.getStart(source);
      text += source.text.slice(end, start) + write(child);
      end = child.end;
    });
    text += source.text.slice(end, node.end);
    return counted(node, choose(node, text, byNode.get(node) ?? []), isKernelFile);
  };
  const body = source.statements.map((statement) =>
    statement.getFullText(source).replace(statement.getText(source), () => write(statement)),
  );
  const header = "const { on: $on, tick: $tick } = globalThis.livegradMutants;";
  return `${header}${body.join("")}\n${isKernelFile ? originalText(source) : ""}`;
}

function choose(node: ts.Node, text: string, mutants: readonly Mutant[]): string {
  const [first] = mutants;
  if (first === undefined) return text;
  if (isFlag(node)) return `get broadcasts() { return !$on(${first.number}); }`;
  if (ts.isExpressionStatement(node)) return `{ if (!$on(${first.number})) ${text} }`;
  return `(${mutants.map(({ number, replacement }) => `$on(${number}) ? (${replacement}) : `).join("")}(${text}))`;
}

function counted(node: ts.Node, text: string, isKernelFile: boolean): string {
  const isLoopBody = ts.isIterationStatement(node.parent, false) && node.parent.statement === node;
  if (isLoopBody) return `{ $tick(); ${text} }`;
  if (isKernelFile && ts.isBlock(node) && ts.isFunctionDeclaration(node.parent)) return text.replace("{", "{ $tick();");
  return text;
}

/** gpu.js compiles a kernel's source text: it is to see the original, so that the compiled devices work as ever. */
function originalText(source: ts.SourceFile): string {
  const names = source.statements.flatMap((s) =>
    ts.isFunctionDeclaration(s) && s.name !== undefined ? [s.name.text] : [],
  );
  if (names.length === 0) return "";
  const lines = names.map((name) => `${name}.toString = () => $original.${name}.toString();`);
  return `import * as $original from ${JSON.stringify(`${source.fileName}?original`)};\n${lines.join("\n")}\n`;
}
