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
  /** Called when a file of tests begins. */
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

/** Runs all tests over one share of the mutants: of each group first the fast ones, then the slow ones. */
export async function runShare(session: Session): Promise<void> {
  const vitest = await start(session);
  try {
    const specifications = await vitest.globTestSpecifications();
    const files = specifications.map((specification) => ({
      specification,
      name: specification.moduleId.slice(session.root.length),
    }));
    files.sort((a, b) => a.name.localeCompare(b.name));
    for (const group of groups) {
      for (const round of [1, 2]) {
        for (const { specification, name } of files.filter((file) => group.test(file.name))) {
          session.onFile(name, files.length);
          await runFile(session, name, round, () => vitest.runTestSpecifications([specification]));
        }
      }
    }
  } finally {
    await vitest.close();
  }
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

function start({ root, sources, journal, share, shares }: Session): Promise<Vitest> {
  const env = {
    LIVEGRAD_MUTATION_JOURNAL: journal.path,
    LIVEGRAD_MUTATION_SHARE: String(share),
    LIVEGRAD_MUTATION_SHARES: String(shares),
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
