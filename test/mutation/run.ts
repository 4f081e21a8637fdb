/** `npm run mutation [-- --file PATH… --jobs N]`: how many small mistakes in the source the tests notice. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MultiBar, Presets } from "cli-progress";
import { Command } from "commander";
import ts from "typescript";
import { type Entry, Journal } from "./journal.js";
import { describeMutants, type Mutant } from "./mutant.js";
import { editsOf } from "./operators.js";
import { complaintsOf, folderOf, keyOf, killsOf, lives, type Outcome, outcomesOf, scoresBy } from "./outcome.js";
import { pageOf } from "./report.js";
import { runShare } from "./session.js";
import { weave } from "./weave.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const out = join(root, "runs/mutation");
const folders = ["src/autograd", "src/kernels", "src/ops"];

const options = new Command()
  .name("npm run mutation --")
  .description("Makes small mistakes in the source, one at a time, and looks whether a test fails.")
  .option("--file <path...>", "mutate only these files or folders; the page in docs is left as it is", folders)
  .option("--jobs <n>", "processes at a time", "2")
  .option("--since <path...>", "outcomes of earlier runs: a mutant that they killed or explained is not tried again")
  .parse()
  .opts<{ readonly file: readonly string[]; readonly jobs: string; readonly since?: readonly string[] }>();

const jobs = Number(options.jobs);
const { mutants, sources } = mutate(filesIn(options.file));
if (mutants.length === 0) throw new Error(`there is nothing to mutate in ${options.file.join(", ")}`);
console.log(`${mutants.length} mutants in ${sources.size} files`);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const journals = Array.from({ length: jobs }, (_, share) => new Journal(join(out, `journal-${share}.jsonl`)));
const takenOver = takeOver(options.since ?? []);
const first = takenOver.size === 0 ? null : numbers(mutants.filter(({ number }) => !takenOver.has(number)));
const started = performance.now();
if ((await runAll(first, false)) && (await runAgain())) conclude();
else process.exitCode = 130;

function mutate(files: readonly string[]): { mutants: Mutant[]; sources: Map<string, string> } {
  const mutants: Mutant[] = [];
  const sources = new Map<string, string>();
  for (const file of files) {
    const path = join(root, file);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
    const found = describeMutants(file, source, editsOf(source), mutants.length);
    if (found.length > 0) sources.set(path, weave(source, found));
    mutants.push(...found);
  }
  return { mutants, sources };
}

/** Writes down what earlier runs killed, or found alive for a reason that still stands: mutants are the same where the file
 * and both texts are.
 * @returns the numbers of those */
function takeOver(paths: readonly string[]): ReadonlySet<number> {
  const earlier = paths.flatMap((path) => JSON.parse(readFileSync(path, "utf8")) as Outcome[]);
  const kills = killsOf(earlier);
  const known = mutants.filter((mutant) => kills.has(keyOf(mutant)));
  for (const mutant of known) {
    const by = kills.get(keyOf(mutant)) as string;
    journals[mutant.number % jobs]?.write({ killed: mutant.number, by, endless: false });
  }
  // Of mutants with the same text one may be killed and another explained: those are tried again.
  const before = new Map(earlier.map((outcome) => [keyOf(outcome), outcome]));
  for (const outcome of earlier) if (!lives(outcome)) before.delete(keyOf(outcome));
  const reasons = outcomesOf(mutants, []).map(({ reason }) => reason);
  const explained = mutants.filter((mutant, i) => {
    const outcome = before.get(keyOf(mutant));
    return outcome?.status === "survived" && outcome.reason !== undefined && outcome.reason === reasons[i];
  });
  for (const { number } of explained) journals[number % jobs]?.write({ file: "an earlier run", reached: [number] });
  return numbers([...known, ...explained]);
}

function numbers(list: readonly Mutant[]): ReadonlySet<number> {
  return new Set(list.map(({ number }) => number));
}

function filesIn(wanted: readonly string[]): string[] {
  const all = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  return all.filter((file) => file.endsWith(".ts") && wanted.some((path) => file.startsWith(path))).sort();
}

/** Tries what lives without an explanation once more: see `runShare`.
 * @returns whether it came to its end */
async function runAgain(): Promise<boolean> {
  const outcomes = outcomesOf(mutants, entries());
  const left = mutants.filter((_, i) => outcomes[i]?.status === "survived" && outcomes[i].reason === undefined);
  return runAll(numbers(left), true);
}

function entries(): Entry[] {
  return journals.flatMap((journal) => journal.read());
}

/** @param only those that are tried; null for all
 * @param again whether they were tried before
 * @returns whether it came to its end */
async function runAll(only: ReadonlySet<number> | null, again: boolean): Promise<boolean> {
  if (only?.size === 0) return true;
  const aborter = new AbortController();
  process.once("SIGINT", () => {
    console.log("\nstopping after the tests that run now");
    aborter.abort();
  });
  const bars = new MultiBar(
    {
      format: "{bar} {value} of {total} test files, {killed} mutants killed | {file}",
      noTTYOutput: true,
      notTTYSchedule: 30_000,
    },
    Presets.shades_grey,
  );
  const run = journals.map((journal, share) => {
    const bar = bars.create(1, -1, { file: "starting", killed: 0 });
    return runShare({
      ...{ root, sources, journal, share, shares: jobs, only, again, signal: aborter.signal },
      onFile: (file, count) => {
        bar.setTotal(count);
        bar.increment(1, { file, killed: journal.killed().size });
      },
    });
  });
  await Promise.all(run).finally(() => bars.stop());
  return !aborter.signal.aborted;
}

function conclude(): void {
  const outcomes = outcomesOf(mutants, entries());
  writeFileSync(join(out, "outcomes.json"), JSON.stringify(outcomes, null, 2));
  const unusable = entries().flatMap((entry) => ("unusable" in entry ? [[entry.unusable, entry.why] as const] : []));
  const minutes = Math.ceil((performance.now() - started) / 60_000);
  if (options.file === folders)
    writeFileSync(
      join(root, "docs/mutation.md"),
      pageOf(outcomes, { unusable, minutes, jobs, takenOver: takenOver.size }),
    );
  console.table(scoresBy(outcomes, folderOf));
  const complaints = complaintsOf(outcomes);
  for (const complaint of complaints) console.log(complaint);
  console.log(
    `${outcomes.length - outcomes.filter(lives).length} of ${outcomes.length} killed, ${complaints.length} complaints, ${minutes} minutes`,
  );
  if (complaints.length > 0) process.exitCode = 1;
}
