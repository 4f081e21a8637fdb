/** What a mutant is: one small mistake in one place of the source. */
import type ts from "typescript";

/** The mistakes that are made, in the words of the report. */
export type Kind =
  | "flip a sign"
  | "drop a term"
  | "swap operands"
  | "transpose an index"
  | "off by one"
  | "force a condition"
  | "drop a call"
  | "change a number"
  | "no gradient"
  | "flip a flag"
  | "remove a statement";

/** One replacement of a node of the syntax tree. */
export interface Edit {
  readonly node: ts.Node;
  readonly kind: Kind;
  /** Source text in the place of the node's. */
  readonly replacement: string;
}

/** An edit, numbered and described. */
export interface Mutant extends Edit {
  /** Its number in this run. */
  readonly number: number;
  /** `src/ops/…/file.ts:line:column kind`, the same in every run over the same source. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** The source lines of the node, joined, before and after. */
  readonly before: string;
  readonly after: string;
}

/** Numbers and describes the edits of a file. */
export function describeMutants(
  file: string,
  source: ts.SourceFile,
  edits: readonly Edit[],
  firstNumber: number,
): Mutant[] {
  return edits.map((edit, i) => {
    const start = edit.node.getStart(source);
    const { line, character } = source.getLineAndCharacterOfPosition(start);
    const [before, after] = linesAround(source.text, start, edit.node.end, edit.replacement);
    const id = `${file}:${line + 1}:${character + 1} ${edit.kind}`;
    return { ...edit, number: firstNumber + i, id, file, line: line + 1, before, after };
  });
}

function linesAround(text: string, start: number, end: number, replacement: string): [string, string] {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const tidy = (code: string) => code.replaceAll(/\s+/g, " ").trim();
  return [tidy(text.slice(from, to)), tidy(text.slice(from, start) + replacement + text.slice(end, to))];
}
