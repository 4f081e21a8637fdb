/** Kills a training run at random moments with SIGKILL and starts it again, until it is done; then compares it with one that was
 * left alone: the same losses, the same bytes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as lg from "../../../src/index.js";

const training = fileURLToPath(new URL("training.ts", import.meta.url));

/** What a run left. */
interface Left {
  readonly losses: string;
  readonly last: Buffer;
  readonly best: Buffer;
}

/** How it went. */
export interface Outcome {
  /** The run that was left alone. */
  readonly expected: Left;
  /** The one that was killed. */
  readonly found: Left;
  readonly kills: number;
  /** Steps at which it began, one for each start. */
  readonly began: readonly number[];
}

/** Kills a run so many times.
 * @param seed of the moments */
export async function killed(kills: number, seed: number): Promise<Outcome> {
  const parent = mkdtempSync(join(tmpdir(), "livegrad-kill-"));
  const folders = [join(parent, "alone"), join(parent, "killed")] as const;
  try {
    for (const folder of folders) mkdirSync(folder);
    const program = await bundled(parent);
    const epochs = Math.max(3, Math.ceil(kills / 2));
    const [alone, folder] = folders;
    await lifeOf({ program, folder: alone, epochs, threads: 1 }, null);
    const moments = lg.generator(seed);
    const began: number[] = [];
    for (let isDone = false; !isDone; ) {
      const moment =
        began.length < kills ? { steps: moments.integer(0, 6), milliseconds: moments.uniform(0, 40) } : null;
      const life = await lifeOf({ program, folder, epochs, threads: 1 + (began.length % 2) }, moment);
      began.push(life.began);
      isDone = life.isDone;
    }
    return { expected: leftIn(alone), found: leftIn(folder), kills: began.length - 1, began };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The run as one file, which starts in less time than it is made of its sources. */
async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, "training.mjs");
  const external = ["gpu.js"];
  await build({ entryPoints: [training], outfile, bundle: true, format: "esm", platform: "node", external });
  return outfile;
}

interface Start {
  readonly program: string;
  readonly folder: string;
  readonly epochs: number;
  readonly threads: number;
}

/** When a run is killed: so long after it has made so many steps, within the checkpoint or the step that follows. */
interface Moment {
  readonly steps: number;
  readonly milliseconds: number;
}

/** Starts the run, and kills it at a moment, if any: it waits at each step until it is answered, so that it comes as far on a slow machine
 * as on a fast one.
 * @returns the step it began at, and whether it came to its end */
async function lifeOf(
  { program, folder, epochs, threads }: Start,
  moment: Moment | null,
): Promise<{ began: number; isDone: boolean }> {
  const env = { ...process.env, LIVEGRAD_THREADS: String(threads) };
  const child = spawn(process.execPath, [program, folder, String(epochs)], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[code: number | null, signal: string | null]>;
  const steps: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    steps.push(Number(/\d+$/.exec(line)?.[0]));
    const left = moment === null ? Number.POSITIVE_INFINITY : moment.steps + 1 - steps.length;
    if (left >= 0) child.stdin.write("go on\n");
    if (left === 0) timer = setTimeout(() => child.kill("SIGKILL"), moment?.milliseconds);
  }
  const [code, signal] = await exit;
  clearTimeout(timer);
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`the run failed with ${code ?? signal}`);
  return { began: steps[0] ?? 0, isDone: code === 0 };
}

function leftIn(folder: string): Left {
  const read = (name: string) => readFileSync(join(folder, name));
  return { losses: read("losses.txt").toString(), last: read("last.safetensors"), best: read("best.safetensors") };
}
