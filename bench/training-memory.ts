/** `npx tsx bench/training-memory.ts [--steps N] [--checkpoints N]`: memory over 5,000 steps of `fit`, and over a run that writes a thousand
 * checkpoints, each in a process of its own. Fails where the second half of a run never holds as little as the first. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Table from "cli-table3";
import * as lg from "../src/index.js";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "5000" },
    checkpoints: { type: "string", default: "1000" },
    way: { type: "string" }, // what a child process measures
  },
});

/** What a process holds after so many steps: mebibytes, and open files. */
interface Sample {
  readonly step: number;
  readonly resident: number;
  /** Objects and buffers that are still referred to, after a collection. */
  readonly live: number;
  readonly files: number;
}

const SAMPLES = 10;
/** Mebibytes by which the least that a half of a run holds may differ from the other half's: a leak raises it, what waits to be freed does not. */
const ALLOWED = { resident: 15, live: 0.5 };
const ways = ["steps", "checkpoints"] as const;

if (values.way === undefined) compare();
else console.log(JSON.stringify(await measure(values.way === "checkpoints")));

/** Trains a small net with all that a run has: augmentation, dropout, momentum, an evaluation after every epoch. */
async function measure(isSaved: boolean): Promise<Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), "livegrad-memory-"));
  const random = lg.generator(0);
  const model = lg.cifarNet({ depth: 8, width: 4, generator: random });
  const images = lg.drawnImages({ count: 400, size: 16 });
  const steps = Number(isSaved ? values.checkpoints : values.steps);
  const samples: Sample[] = [];
  try {
    await lg.fit(model, {
      train: new lg.DataLoader(images, { batchSize: 8, shuffle: true, transform: "flip-crop", generator: random }),
      validation: new lg.DataLoader(images, { batchSize: 200 }),
      steps,
      optimizer: new lg.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 }),
      metrics: [lg.accuracy()],
      ...(isSaved ? { checkpoints: { folder, everySteps: 1, keepEvery: 10, keep: 3, best: "accuracy" } } : {}),
      sinks: [
        async (event) => {
          if (event.kind === "step" && event.step >= ((samples.length + 1) * steps) / SAMPLES)
            samples.push(await sampleAt(event.step));
        },
      ],
    });
    return samples;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function sampleAt(step: number): Promise<Sample> {
  collectGarbage();
  await setImmediate(); // what is freed when something else was collected
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const files = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  return { step, resident: rss / 2 ** 20, live: (heapUsed + external) / 2 ** 20, files };
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function compare(): void {
  for (const way of ways) {
    const args = [...process.execArgv, process.argv[1] as string, ...process.argv.slice(2), "--way", way];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    const samples = JSON.parse(output) as Sample[];
    const table = new Table({
      head: ["steps", "resident: MiB", "live: MiB", "open files"],
      colAligns: Array<"right">(4).fill("right"),
      style: { head: [], border: [], compact: true },
    });
    for (const { step, resident, live, files } of samples)
      table.push([step, resident.toFixed(1), live.toFixed(2), files]);
    console.log(`${values[way]} ${way}\n${table.toString()}`);
    const grew = { resident: growth(samples, "resident"), live: growth(samples, "live") };
    const isFlat =
      grew.resident < ALLOWED.resident && grew.live < ALLOWED.live && samples.at(-1)?.files === samples[0]?.files;
    console.log(
      `${isFlat ? "flat" : "GREW"}: ${grew.resident.toFixed(1)} MiB resident, ${grew.live.toFixed(2)} MiB live\n`,
    );
    if (!isFlat) process.exitCode = 1;
  }
}

/** The least of the second half, less the least of the first. */
function growth(samples: readonly Sample[], what: "resident" | "live"): number {
  const held = samples.map((sample) => sample[what]);
  return Math.min(...held.slice(SAMPLES / 2)) - Math.min(...held.slice(0, SAMPLES / 2));
}
