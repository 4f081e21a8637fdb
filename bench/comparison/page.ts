/** Writes docs/comparison.md from the verdicts. */
import { plural, table } from "../../test/op-coverage/markdown.js";
import type { LeftOut } from "./cases.js";
import { differenceTables, lackingText, thrownTable } from "./disagreements.js";
import { type Aspect, aspects, tolerances, type Verdict } from "./judge.js";
import type { Program } from "./program.js";

/** What a framework came to. */
export interface Result {
  readonly name: string;
  readonly version: string;
  readonly backend: string;
  readonly judged: readonly Verdict[];
  /** Programs that it cannot run, for it lacks the op or an option. */
  readonly lacking: readonly { readonly program: Program; readonly why: string }[];
}

/** All that the page tells. */
export interface Comparison {
  readonly families: readonly { readonly family: string; readonly rows: readonly { readonly op: string }[] }[];
  readonly results: readonly Result[];
  readonly leftOut: readonly LeftOut[];
  /** Cases of ops that livegrad does not have. */
  readonly unknown: readonly Program[];
  readonly files: readonly string[];
  readonly node: string;
  readonly mixed: { readonly asArgument: number; readonly closedOver: number };
}

/** The whole page. */
export function comparisonPage(comparison: Comparison): string {
  const { families, results } = comparison;
  const compositions = [
    ...new Set(
      programsOf(results)
        .filter((p) => p.source === "composition")
        .map(({ op }) => op),
    ),
  ];
  const sections = [
    heading(comparison),
    summary(comparison),
    "## Op by op",
    legend,
    ...families.map(
      ({ family, rows }) =>
        `### ${title(family)}\n\n${matrix(
          rows.map(({ op }) => op),
          results,
        )}`,
    ),
    `### Compositions\n\n${matrix(compositions, results)}`,
    ...results.map((result) => disagreements(result, comparison)),
  ];
  return `${sections.join("\n\n")}\n`;
}

function programsOf(results: readonly Result[]): Program[] {
  return (results[0]?.judged ?? []).map(({ program }) => program);
}

function heading({ results, files, node, leftOut, unknown }: Comparison): string {
  const programs = programsOf(results);
  const count = (source: Program["source"]) => programs.filter((p) => p.source === source).length;
  const versions = results.map(({ name, version, backend }) => `${name} ${version} (${backend})`).join(", ");
  const command = ["npm run compare", ...(files.length > 0 ? ["--", ...files] : [])].join(" ");
  const notRun = [
    ...leftOut.map(({ op, title, why }) => `${op} (${title}): ${why}`),
    ...(unknown.length > 0 ? [`${plural(unknown.length, "case")} of ops that livegrad does not have`] : []),
  ];
  return `# livegrad beside TensorFlow.js and jax-js

Written by \`${command}\`, not by hand: ${versions}, on Node ${node}. It says what this run measured, and nothing else.

Every sample was run on all three: ${count("op table")} of livegrad's op table, ${count("composition")} short expressions,
${count("kink")} points at kinks and ties, and ${count("PyTorch")} conformance cases that PyTorch computed in float64. Each
is recorded as the calls that it makes, and every framework makes the same calls with the same float32 inputs, the same
\`gradOutput\` and the same directions. Second order is the derivative of the gradients' inner product with fixed directions,
by every input and by \`gradOutput\`.

**Who is right** is not livegrad's to say. The arbiter of a derivative is central differences of forward values in float64,
in which no backward rule takes part; of a conformance case, PyTorch's numbers; of a point where there is no derivative,
PyTorch's convention, with the slopes from the left and from the right beside it. Of the op table's forward values it is
livegrad's float64 reference, which \`docs/op-coverage.md\` compares with plain formulas. Tolerances, relative to the
tensor's largest entry (to 0.01 where that is smaller): ${aspects.map((a) => `${a} ${tolerances[a]}`).join(", ")}.${
    notRun.length > 0 ? `\n\nNot run: ${notRun.join("; ")}.` : ""
  }`;
}

function summary({ families, results }: Comparison): string {
  const ops = families.flatMap(({ rows }) => rows.map(({ op }) => op));
  const head = ["framework", "ops it has", "samples", ...aspects.map((a) => `${a}: other numbers`), "throws"];
  const rows = results.map(({ name, judged }) => {
    const has = new Set(judged.map(({ program }) => program.op));
    const differ = (aspect: Aspect) => judged.filter((v) => v.differences.some((d) => d.aspect === aspect)).length;
    const compared = (aspect: Aspect) => judged.filter((v) => v.compared.has(aspect)).length;
    return [
      name,
      `${ops.filter((op) => has.has(op)).length} of ${ops.length}`,
      String(judged.length),
      ...aspects.map((a) => `${differ(a)} of ${compared(a)}`),
      `${judged.filter((v) => v.thrown.length > 0).length} samples`,
    ];
  });
  return `## In short\n\n${table(head, rows)}`;
}

const legend = `A cell counts samples: ✓ all of them agree with the arbiter; ✗ so many gave other numbers, without an error; ! so many threw;
0! so many threw and what they should have given is zeros. Nothing: the framework has no such op, or not with the options of
any sample. –: there is nothing to differentiate.`;

function matrix(ops: readonly string[], results: readonly Result[]): string {
  const short: Readonly<Record<Aspect, string>> = {
    forward: "f",
    gradient: "g",
    "second order": "2nd",
    kinks: "kinks",
  };
  const head = ["op", ...results.flatMap(({ name }) => aspects.map((aspect) => `${name} ${short[aspect]}`))];
  return table(
    head,
    ops.map((op) => [
      /^\w+$/.test(op) ? `\`${op}\`` : op,
      ...results.flatMap(({ judged }) =>
        aspects.map((aspect) =>
          cell(
            judged.filter((v) => v.program.op === op),
            aspect,
          ),
        ),
      ),
    ]),
  );
}

function cell(verdicts: readonly Verdict[], aspect: Aspect): string {
  if (verdicts.length === 0) return "";
  const compared = verdicts.filter((v) => v.compared.has(aspect));
  if (compared.length === 0) return aspect === "kinks" || verdicts.some(({ program }) => program.order > 0) ? "" : "–";
  const differ = compared.filter((v) => v.differences.some((d) => d.aspect === aspect));
  const threw = compared.filter((v) => !differ.includes(v) && v.thrown.some((t) => t.aspect === aspect));
  const zeros = threw.filter((v) => v.thrown.every((t) => t.aspect !== aspect || t.zero));
  const counts = { "✗": differ.length, "!": threw.length - zeros.length, "0!": zeros.length };
  const said = Object.entries(counts).flatMap(([sign, count]) => (count > 0 ? [`${sign} ${count}`] : []));
  return said.length === 0 ? `✓ ${compared.length}` : `${said.join(", ")} of ${compared.length}`;
}

function disagreements(result: Result, { mixed }: Comparison): string {
  const { name, judged, lacking } = result;
  const differences = judged.flatMap((v) => v.differences);
  const thrown = judged.flatMap((v) => v.thrown);
  if (name === "livegrad" && differences.length + thrown.length === 0)
    return "## livegrad\n\nNo disagreement with the arbiter in any sample.";
  const parts = [`## ${name}`, ...differenceTables(name, differences)];
  if (thrown.length > 0) parts.push(thrownTable(thrown));
  if (name === "jax-js") {
    parts.push(`### \`grad\` inside of \`grad\`

\`grad\` cuts arguments that are not among its \`argnums\` off from an outer \`grad\`: ∂²(x²y)/∂y∂x at x = 3, y = 5, which is
2x = 6, comes to ${mixed.asArgument} where y is an argument of the inner function, and to ${mixed.closedOver} where the inner
function closes over it. The numbers above are taken the second way.`);
  }
  if (lacking.length > 0) parts.push(lackingText(lacking));
  return parts.join("\n\n");
}

function title(family: string): string {
  return family.charAt(0).toUpperCase() + family.slice(1);
}
