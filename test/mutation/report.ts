/** docs/mutation.md: the score of every folder and file, and every survivor. */
import { folderOf, leastKilled, lives, type Outcome, type Score, scoresBy } from "./outcome.js";

/** What the page says beside the outcomes. */
export interface Circumstances {
  /** Tests that were left out, and why. */
  readonly unusable: readonly (readonly [test: string, why: string])[];
  readonly minutes: number;
  readonly jobs: number;
  /** Mutants that an earlier run had killed. */
  readonly takenOver: number;
}

const introduction = `# Mutation score

What are tests worth that pass? \`npm run mutation\` makes one small mistake at a time in \`src/ops\`, \`src/kernels\` and
\`src/autograd\` and looks whether a test fails. A mistake that no test notices is a survivor: a weakness of the tests, or
a change that makes no difference. This page is written by the run.

**The mistakes**: flip a sign, drop a term, swap operands or arguments, leave a call out (\`sumTo(g, shape)\` becomes
\`g\`), transpose an index (\`thread.x\` and \`thread.y\`, \`strideX\` and \`strideY\`, neighbours in a list of sizes, axes or
gradients), shift a bound or an integer by one, change a constant by a hundredth, replace a gradient by null, force a
condition, flip a flag, remove a statement. Each is made inside a function, one at a time.

**The tests**: those of \`test/ops\`, \`test/autograd\`, \`test/testing\`, \`test/nn\`, \`test/optim\` and \`test/device\`, on the
reference device, which calls the very functions that gpu.js compiles. A mutant runs through every test that reaches it,
until one fails. Cases of other frameworks (\`npm run conformance\`) and the fuzz test are not among them: the score is that of the
repository's own tests.

**Left alone**: error messages, types and strings; module-level constants; whether work is skipped for an input that needs
no gradient (\`needsGrad[i] ? … : null\`; a null is tried); the bounds in \`x > 0 || x <= 0\`, which asks whether x is a number;
and three idioms for float32 compilers that change nothing in
float64: \`+ 0.5\` in \`Math.floor((a + 0.5) / b)\`, \`| 0\`, and \`let i = 0; i++;\` before an assignment to \`i\`.

**Why a tool of its own**: kernels are source text for gpu.js, which a general mutation tester (Stryker was tried) would break,
and backward rules are made of calls (\`mul(gradOutput, sub(1, square(y)))\`), which it does not know how to get wrong. It
could serve \`src/autograd\` alone, and two tools for three folders would be one too many.
`;

/** The page. */
export function pageOf(outcomes: readonly Outcome[], { unusable, minutes, jobs, takenOver }: Circumstances): string {
  const living = outcomes.filter(lives);
  return [
    introduction,
    `The run took ${minutes} minutes on ${jobs} cores. At least ${leastKilled * 100} % of each folder must be killed; survivors count ` +
      "as alive there, explained or not." +
      (takenOver === 0
        ? "\n"
        : ` ${takenOver} mutants were killed or explained by earlier runs, and not tried again.\n`),
    table(scoresBy(outcomes, folderOf)),
    "## By file\n",
    table(scoresBy(outcomes, (file) => file)),
    `## Survivors\n`,
    ...(living.length === 0
      ? ["None.\n"]
      : scoresBy(living, (file) => file).map(({ name }) => survivorsOf(name, living))),
    ...(unusable.length === 0
      ? []
      : ["## Tests that were left out\n", list(unusable.map(([test, why]) => `${test}: ${why}`))]),
  ].join("\n");
}

function table(scores: readonly Score[]): string {
  const rows = scores.map(
    ({ name, mutants, killed, explained, unexplained }) =>
      `| \`${name}\` | ${mutants} | ${killed} | ${explained} | ${unexplained} | ${percent(killed, mutants)} | ` +
      `${percent(killed, mutants - explained)} |`,
  );
  return [
    "| | mutants | killed | survivors, explained | unexplained | killed of all | killed of those that change a result |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
  ].join("\n");
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}

function survivorsOf(file: string, living: readonly Outcome[]): string {
  const own = living.filter((outcome) => outcome.file === file);
  const reasons = [...new Set(own.map(reasonOf))];
  const blocks = reasons.map((reason) => {
    const changes = own.filter((outcome) => reasonOf(outcome) === reason);
    const lines = changes.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]);
    return [`${reason}\n`, "```diff", ...lines, "```", ""].join("\n");
  });
  return [`### \`${file}\`\n`, ...blocks].join("\n");
}

function reasonOf({ reason, status }: Outcome): string {
  return reason ?? (status === "survived" ? "**Not explained.**" : "**Not reached by any test.**");
}

function list(items: readonly string[]): string {
  return `${[...new Set(items)]
    .sort()
    .map((item) => `- ${item}`)
    .join("\n")}\n`;
}
