/** Runs the tests over one share of the mutants, file by file, each in a process of its own. */
import { readFileSync } from "node:fs";
import { createVitest, type Vitest } from "vitest/node";
import type { Journal } from "./journal.js";

/** The source of every file with mutants, woven, by its path. */
export type WovenSources = ReadonlyMap<string, string>;

/** What one share of the mutants is run with. */
export interface Session {
  readonly root: string;
  readonly sources: WovenSources;
  readonly journal: Journal;
  readonly share: number;
  readonly shares: number;
  /** The mutants to try; null for all. */
  readonly only: ReadonlySet<number> | null;
  /** Whether they were tried before. */
  readonly again: boolean;
  /** Called when a file of tests begins, with how many there are, counted once for each round. */
  readonly onFile: (file: string, count: number) => void;
  readonly signal: AbortSignal;
}

/** Tests that run on the reference device and say something about single ops. The others (devices, trainings, the
 * command) are slow, and few of their numbers are checked against anything else; so is the fuzz test, whose every case is
 * twenty seconds of random calls. */
const include = ["test/{ops,autograd,testing,nn,optim,device,profile}/**/*.test.ts", "test/shape.test.ts"];
const exclude = ["test/ops/device-parity.test.ts", "test/ops/fuzz.test.ts", "test/device/select.test.ts"];

/** Groups of tests, one after the other. What every op uses is best killed by the tests made for it, before it is tried on
 * all rows of the op table. */
const groups = [/^test\/(autograd|shape|ops\/(?!op-table))/, /^test\/ops\/op-table/, /^test\/(?!autograd|shape|ops)/];

/** Runs all tests over one share of the mutants: of each group first the fast ones, then the slow ones.
 *
 * A mutant that is tried can leave a state behind in which others go unnoticed: where scopes are counted wrongly, nothing is
 * disposed any more. So those that nothing killed and nothing explains are tried once more (`again`), when the guilty ones are
 * dead: by the tests, fast or slow, of all files that reached them. */
export async function runShare(session: Session): Promise<void> {
  const vitest = await start(session);
  try {
    const specifications = await vitest.globTestSpecifications();
    const files = specifications.map((specification) => ({
      specification,
      name: specification.moduleId.slice(session.root.length),
    }));
    files.sort((a, b) => a.name.localeCompare(b.name));
    const turns = !session.again
      ? groups.flatMap((group) => [1, 2].flatMap((round) => turnsOf(files, round, ({ name }) => group.test(name))))
      : turnsOf(files, 3, ({ name }) => reaches(session, name));
    for (const { file, round } of turns) {
      session.onFile(file.name, turns.length);
      await runFile(session, file.name, round, () => vitest.runTestSpecifications([file.specification]));
    }
  } finally {
    await vitest.close();
  }
}

function turnsOf<File>(files: readonly File[], round: number, chosen: (file: File) => boolean) {
  return files.filter(chosen).map((file) => ({ file, round }));
}

/** Whether tests of a file reached one of the mutants that are tried once more. */
function reaches({ journal, only }: Session, name: string): boolean {
  return journal
    .read()
    .some((entry) => "reached" in entry && entry.file === name && entry.reached.some((n) => only?.has(n)));
}

/** Runs the tests of a file, and again where a mutant ended the process or spoiled its state. */
async function runFile(
  { journal, signal }: Session,
  name: string,
  round: number,
  run: () => Promise<unknown>,
): Promise<void> {
  for (let before = -1; journal.roundsOf(name) < round && !signal.aborted; ) {
    const entries = journal.read().length;
    if (entries === before) throw new Error(`${name} did not run to its end`);
    before = entries;
    journal.setCurrent(-1);
    const watchman = setInterval(() => endIfStuck(journal), 5_000);
    await run().finally(() => clearInterval(watchman));
    blameTheLast(journal, name);
  }
}

/** Milliseconds; loops of the source are stopped long before, but a mutant can make others run on. */
const longestTrial = 120_000;

function endIfStuck(journal: Journal): void {
  const { mutant, pid, since } = journal.current();
  if (mutant >= 0 && pid !== process.pid && Date.now() - since > longestTrial) process.kill(pid, "SIGKILL");
}

/** A process that ended in the middle of a file was ended by the mutant it tried. */
function blameTheLast(journal: Journal, file: string): void {
  const last = journal.read().at(-1);
  const ended = last !== undefined && ("done" in last || "reached" in last);
  const { mutant } = journal.current();
  if (ended || mutant < 0) return;
  journal.write({ killed: mutant, by: `${file} (the process ended)`, endless: true });
}

function start({ root, sources, journal, share, shares, only, again }: Session): Promise<Vitest> {
  const env = {
    LIVEGRAD_MUTATION_JOURNAL: journal.path,
    LIVEGRAD_MUTATION_SHARE: String(share),
    LIVEGRAD_MUTATION_SHARES: String(shares),
    LIVEGRAD_MUTATION_ONLY: only === null ? "" : [...only].join(),
    LIVEGRAD_MUTATION_AGAIN: again ? "1" : "",
  };
  return createVitest(
    "test",
    {
      root,
      watch: false,
      include,
      exclude,
      env,
      runner: "test/mutation/runner.ts",
      reporters: [{}],
      execArgv: ["--no-warnings"],
      pool: "forks",
      maxWorkers: 1,
      fileParallelism: false,
      dangerouslyIgnoreUnhandledErrors: true,
    },
    {
      plugins: [
        {
          name: "mutants",
          enforce: "pre",
          load: (id) =>
            sources.get(id) ?? (id.endsWith("?original") ? readFileSync(id.split("?")[0] as string, "utf8") : null),
        },
      ],
    },
  );
}
