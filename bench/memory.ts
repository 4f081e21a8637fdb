/** `npx tsx bench/memory.ts [--device NAME] [--steps N]`: resident memory over training steps of a ResNet-8 (width 8, batch 8)
 * that dispose nothing, and of the same steps in `tidy`, each in a process of its own. */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import {
  cifarNet,
  crossEntropy,
  type DeviceName,
  generator,
  randint,
  randn,
  SGD,
  setDevice,
  tidy,
} from "../src/index.js";

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "simd" },
    steps: { type: "string", default: "2000" },
    way: { type: "string" }, // what a child process measures
  },
});
const ways = { "nothing disposed": <T>(step: () => T) => step(), tidy } as const;
type Way = keyof typeof ways;

/** One row of the table: steps so far, mebibytes resident, milliseconds a step since the row before. */
type Sample = readonly [step: number, resident: number, milliseconds: number];

const steps = Number(values.steps);
const rows = 10;
if (!(Number.isInteger(steps) && steps >= rows)) throw new Error(`--steps must be an integer from ${rows} on`);
if (values.way !== undefined) console.log(JSON.stringify(measure(values.way as Way)));
else compare();

function measure(way: Way): Sample[] {
  setDevice(values.device as DeviceName);
  const random = generator(0);
  const model = cifarNet({ depth: 8, width: 8, generator: random });
  const optimizer = new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const images = randn([8, 3, 32, 32], { generator: random });
  const labels = randint(0, 10, [8], { generator: random });
  const samples: Sample[] = [];
  let start = performance.now();
  for (let step = 1, since = 0; step <= steps; step++) {
    ways[way](() => {
      const loss = crossEntropy(model.forward(images), labels);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    });
    if (step < ((samples.length + 1) * steps) / rows) continue;
    samples.push([step, process.memoryUsage.rss() / 2 ** 20, (performance.now() - start) / (step - since)]);
    since = step;
    start = performance.now();
  }
  return samples;
}

function compare(): void {
  const names = Object.keys(ways) as Way[];
  const columns = names.map((way) => {
    const args = [...process.execArgv, process.argv[1] as string, ...process.argv.slice(2), "--way", way];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    return JSON.parse(output) as Sample[];
  });
  const table = new Table({
    head: ["steps", ...names.flatMap((way) => [`${way}: MiB`, "ms a step"])],
    colAligns: Array<"right">(1 + 2 * names.length).fill("right"),
    style: { head: [], border: [], compact: true },
  });
  for (let row = 0; row < rows; row++) {
    const samples = columns.map((column) => column[row] as Sample);
    const cells = samples.flatMap(([, resident, milliseconds]) => [resident.toFixed(0), milliseconds.toFixed(2)]);
    table.push([String(samples[0]?.[0]), ...cells]);
  }
  console.log(table.toString());
}
