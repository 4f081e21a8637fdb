/** Tests of the mutation tester: which mistakes it makes, and that the woven source behaves as each of them. */
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { describeMutants, type Mutant } from "./mutant.js";
import { editsOf } from "./operators.js";
import { keyOf, killsOf } from "./outcome.js";
import { weave } from "./weave.js";

function mutantsOf(text: string, file = "src/ops/sample.ts"): { mutants: Mutant[]; woven: string } {
  const source = ts.createSourceFile(`/${file}`, text, ts.ScriptTarget.ES2022, true);
  const mutants = describeMutants(file, source, editsOf(source), 0);
  return { mutants, woven: weave(source, mutants) };
}

/** What a rule becomes, without the text around it. */
function changesOf(expression: string, { before = "const f = (x) => ", file = "src/ops/sample.ts" } = {}): string[] {
  const { mutants } = mutantsOf(`${before}${expression};`, file);
  return mutants.map(({ after }) => after.slice(before.length, -1));
}

describe("the mistakes", () => {
  it("of a backward rule are dropped terms, swapped arguments and missing gradients", () => {
    const changes = changesOf("[mul(g, sub(1, y)), neg(g)]", { before: "defineOp({ backward: (g, { y }) => " })
      .map((change) => change.replace(/ *\}\)?$/, ""))
      .sort();
    expect(changes).toEqual(
      [
        "[neg(g), mul(g, sub(1, y))]",
        "[null, neg(g)]",
        "[mul(g, sub(1, y)), null]",
        "[g, neg(g)]",
        "[sub(1, y), neg(g)]",
        "[mul(g, sub(y, 1)), neg(g)]",
        "[mul(g, y), neg(g)]",
        "[mul(g, sub(2, y)), neg(g)]",
        "[mul(g, sub(0, y)), neg(g)]",
        "[mul(g, sub(1, y)), g]",
      ].sort(),
    );
  });

  it("of a kernel are signs, bounds, transposed indices and neighbours", () => {
    const kernel = (body: string) => `function k(a) { ${body}`;
    const changes = (body: string) =>
      changesOf(body, { before: kernel(""), file: "src/kernels/sample.ts" }).map((change) => change.replace(" }", ""));
    expect(changes("return a[i] - this.thread.x }")).toEqual([
      "return a[i] + this.thread.x",
      "return this.thread.x - a[i]",
      "return a[i]",
      "return a[i + 1] - this.thread.x",
      "return a[i] - this.thread.y",
    ]);
    expect(changes("if (i < n) return b }")).toEqual([
      "if (i <= n) return b",
      "if (true) return b",
      "if (false) return b",
    ]);
  });

  it("are none in types, messages and the idioms that only help float32 compilers", () => {
    expect(changesOf("Math.floor((x + 0.5) / n) | 0")).toEqual([
      "Math.ceil((x + 0.5) / n) | 0",
      "Math.floor(n / (x + 0.5)) | 0",
      "Math.floor((x + 0.5) * n) | 0",
      "Math.floor((x + 0.5)) | 0",
    ]);
    expect(mutantsOf("function f(): 1 { throw new ValueError(1 + 2); }").mutants).toEqual([]);
    expect(mutantsOf("function k() { let i = 0; i++; i = e; }").mutants.map(({ after }) => after)).toEqual([
      "function k() { let i = 0; i++; ; }",
    ]);
  });

  it("leave the question whether something is a number as it is, but not the answer", () => {
    expect(changesOf("!(p > 0 || p <= 0) ? p : 1").slice(0, 2)).toEqual(["true ? p : 1", "false ? p : 1"]);
    expect(changesOf("p >= 0 || p < 0 ? q : p")).toEqual(["true ? q : p", "false ? q : p"]);
    expect(changesOf("p >= 0 || p < 1 ? q : p")).toContain("p > 0 || p < 1 ? q : p");
  });

  it("are described by the lines before and after", () => {
    const { mutants } = mutantsOf("const f = (x) =>\n  x +\n  y;");
    expect(mutants[0]).toMatchObject({ id: "src/ops/sample.ts:2:3 flip a sign", before: "x + y;", after: "x - y;" });
  });
});

describe("the woven source", () => {
  const text = "const f = (a, b) => { let sum = 0; for (let i = 0; i < b; i++) sum += a * i - 1; return sum || -a; };";

  /** f(3, 4) of a source, with one mutant on; null when it does not end. */
  function call(source: string, active: number): unknown {
    let ticks = 0;
    const livegradMutants = {
      on: (number: number) => number === active,
      tick: () => {
        if (++ticks > 100) throw new Error("endless");
      },
    };
    const f = new Function("globalThis", `${source}\nreturn f(3, 4);`);
    try {
      return f({ livegradMutants });
    } catch {
      return null;
    }
  }

  it("is the original while no mutant is on", () => {
    expect(call(mutantsOf(text).woven, -1)).toBe(call(text, -1));
  });

  it("is the mutant of the number that is on, and stops what does not end", () => {
    const { mutants, woven } = mutantsOf(text);
    expect(mutants.length).toBeGreaterThan(15);
    const results = mutants.map(({ number, after }) => [after, call(woven, number)]);
    const endless = [text.replace("i++", "i--"), text.replace("i < b", "true")];
    expect(results).toEqual(mutants.map(({ after }) => [after, endless.includes(after) ? null : call(after, -1)]));
  });
});

describe("what an earlier run killed", () => {
  const mutant = { id: "src/a.ts:1:1 flip a sign", file: "src/a.ts", before: "a + b", after: "a - b" };

  it("is known again by file and text, wherever its line is now", () => {
    const kills = killsOf([{ ...mutant, status: "killed", by: "a test" }]);
    expect(kills.get(keyOf({ ...mutant, file: "src/a.ts" }))).toBe("a test");
    expect(kills.has(keyOf({ ...mutant, file: "src/b.ts" }))).toBe(false);
  });

  it("is tried again where the same change lived elsewhere in the file", () => {
    const lived = { ...mutant, id: "src/a.ts:9:1 flip a sign", status: "survived" } as const;
    expect(killsOf([lived, { ...mutant, status: "killed", by: "a test" }]).size).toBe(0);
  });
});
