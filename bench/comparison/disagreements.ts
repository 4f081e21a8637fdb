/** The lists of docs/comparison.md: which numbers differ and who is right, what threw, what a framework does not have. */
import { plural, short, table } from "../../test/op-coverage/markdown.js";
import type { Difference, Thrown } from "./judge.js";
import type { Program } from "./program.js";

/** Two tables: numbers that are wrong, and other choices where there is no derivative. */
export function differenceTables(name: string, differences: readonly Difference[]): string[] {
  const choices = differences.filter(({ sides }) => sides !== undefined && !exists(sides));
  const wrong = differences.filter((difference) => !choices.includes(difference));
  const parts: string[] = [];
  if (wrong.length > 0) {
    const head = ["op", "sample", "what", "input", name, "livegrad", "arbiter", "who is right"];
    const rows = wrong.map((d) => [...place(d), got(d), short(d.livegrad), judgeOf(d), rightOf(d, name)]);
    parts.push(
      `### Other numbers\n\nThe entry that differs most, of each tensor that differs.\n\n${table(head, rows)}`,
    );
  }
  if (choices.length > 0) {
    const head = ["op", "sample", "what", "input", name, "livegrad", "PyTorch", "slopes left and right"];
    const rows = choices.map((d) => [
      ...place(d),
      short(d.got),
      short(d.livegrad),
      short(d.arbiter),
      (d.sides ?? []).map(short).join(" and "),
    ]);
    parts.push(
      `### Other choices at kinks and ties\n\nThere is no derivative here; the definition followed is PyTorch's.\n\n${table(head, rows)}`,
    );
  }
  return parts;
}

function place({ program, aspect, by, entry }: Difference): string[] {
  const what = [aspect === "kinks" ? "gradient" : aspect, ...(by === "" ? [] : [`by ${by}`])].join(" ");
  return [
    named(program),
    program.title === program.op ? "" : program.title,
    `${what}, entry ${entry}`,
    inputOf(program, entry),
  ];
}

/** The number at the place for functions of one tensor, else the whole input if it is small. */
function inputOf({ inputs, source, title }: Program, entry: number): string {
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined && only.values.length > 6) {
    const at = only.values[entry];
    return `x [${only.shape.join(", ")}], ${at === undefined ? "" : `x[${entry}] = ${short(at)}`}`;
  }
  const small = inputs.every(({ values }) => values.length <= 6);
  if (small) return inputs.map(({ values }) => `[${values.map(short).join(", ")}]`).join(", ");
  const shapes = inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(", ");
  return source === "PyTorch" ? `${shapes} of case ${title}` : `${shapes} of the op table`;
}

function got({ got, shape }: Difference): string {
  return shape === undefined ? short(got) : `${short(got)} in shape [${shape.join(", ")}]`;
}

function judgeOf({ arbiter, program, aspect, sides }: Difference): string {
  if (program.source === "PyTorch") return `${short(arbiter)}, PyTorch`;
  if (sides !== undefined) return `${short(arbiter)}, slope on both sides`;
  return aspect === "forward" ? `${short(arbiter)}, float64` : `${short(arbiter)}, central difference`;
}

/** Whoever has the arbiter's number. */
function rightOf({ livegrad, arbiter, got, shape }: Difference, name: string): string {
  const has = (value: number) =>
    Object.is(value, arbiter) || Math.abs(value - arbiter) <= 1e-4 * Math.max(1e-2, Math.abs(arbiter));
  if (has(livegrad)) return "livegrad";
  return shape === undefined && has(got) ? name : "neither";
}

function exists([left, right]: readonly [left: number, right: number]): boolean {
  return Number.isFinite(left - right) && Math.abs(left - right) <= 1e-4 * Math.max(1, Math.abs(left));
}

/** What was thrown, by message; ops with the number of their samples. */
export function thrownTable(thrown: readonly Thrown[]): string {
  const groups = new Map<string, Thrown[]>();
  for (const one of thrown) {
    const key = `${one.aspect}|${one.zero}|${general(one.message)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.values()].map((group) => {
    const [{ aspect, zero, message }] = group as [Thrown];
    return [
      aspect === "kinks" ? "gradient at a kink" : aspect,
      general(message),
      zero ? "zeros" : "not zeros",
      opsOf(group.map(({ program }) => program)),
    ];
  });
  return `### What throws

An error says so, and is no wrong number; but the derivative exists, and is what the third column says. Counts are of samples.

${table(["what", "message", "right is", "ops"], rows)}`;
}

/** A message without the shapes and names of one sample. */
function general(message: string): string {
  return message
    .replace(/shape '[\d,]*'/g, "shape […]")
    .replace(/the input '[\d,]*'/g, "the input […]")
    .replace(/(rank|dim was|axis was) \d+/g, "$1 n")
    .replace(/input '\w+'/g, "an input");
}

function opsOf(programs: readonly Program[]): string {
  const counts = new Map<string, Set<Program>>();
  for (const program of programs) counts.set(named(program), (counts.get(named(program)) ?? new Set()).add(program));
  return [...counts].map(([op, { size }]) => (size > 1 ? `${op} ${size}` : op)).join(", ");
}

/** What a framework does not have: ops, and options. */
export function lackingText(lacking: readonly { readonly program: Program; readonly why: string }[]): string {
  const prefix = "no op for ";
  const ops = [
    ...new Set(lacking.filter(({ why }) => why.startsWith(prefix)).map(({ why }) => why.slice(prefix.length))),
  ];
  const options = new Map<string, Program[]>();
  for (const { program, why } of lacking.filter(({ why }) => !why.startsWith(prefix)))
    options.set(why, [...(options.get(why) ?? []), program]);
  const lines = [...options].map(([why, programs]) => `- ${why}: ${opsOf(programs)}`);
  const parts = [`### What was not compared`];
  if (ops.length > 0)
    parts.push(`${plural(ops.length, "op")} that it has no op for: ${ops.map((op) => `\`${op}\``).join(", ")}.`);
  if (lines.length > 0)
    parts.push(`Options that its ops do not have, and the samples that need them:\n\n${lines.join("\n")}`);
  return parts.join("\n\n");
}

function named({ op }: Program): string {
  return /^\w+$/.test(op) ? `\`${op}\`` : op;
}
