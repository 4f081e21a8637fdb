/** `npx tsx bench/trace-cost.ts [--device NAME] [--rounds N]`: what a trace costs a training step of ResNet-20, as the table of
 * docs/tracing.md. */
import { parseArgs } from "node:util";
import {
  cifarNet,
  currentDevice,
  type DeviceName,
  generator,
  randint,
  randn,
  SGD,
  setDevice,
  trace,
} from "../src/index.js";
import { trainingStep } from "./training-step.js";

const { values } = parseArgs({ options: { device: { type: "string" }, rounds: { type: "string", default: "7" } } });
if (values.device !== undefined) setDevice(values.device as DeviceName);
const rng = generator(0);
const model = cifarNet({ depth: 20, generator: rng });
const optimizer = new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
const images = randn([32, 3, 32, 32], { generator: rng });
const labels = randint(0, 10, [32], { generator: rng });

const step = () => trainingStep(model, optimizer, () => ({ images, labels }));

async function tracedStep(): Promise<void> {
  const tracing = trace(model);
  await step();
  await tracing.read();
  tracing.remove();
}

/** Milliseconds on the clock, and of processor time, which other programs disturb less. */
interface Times {
  readonly clock: number[];
  readonly processor: number[];
}

async function measure(times: Times, task: () => Promise<void>): Promise<void> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await task();
  const { user, system } = process.cpuUsage(before);
  times.clock.push(performance.now() - start);
  times.processor.push((user + system) / 1000);
}

interface Statistics {
  readonly median: number;
  /** `3881 ms (3764 to 8105)`: median and range. */
  readonly words: string;
}

function statisticsOf(times: readonly number[]): Statistics {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  return { median, words: `${median.toFixed(0)} ms (${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)})` };
}

await step(); // compiles the kernels
await tracedStep();
const untraced: Times = { clock: [], processor: [] };
const traced: Times = { clock: [], processor: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  await measure(traced, tracedStep);
  await measure(untraced, step);
}
const columns = (["clock", "processor"] as const).map((kind) => ({
  without: statisticsOf(untraced[kind]),
  traced: statisticsOf(traced[kind]),
}));
console.log(`ResNet-20, width 16, batch 32, medians of ${values.rounds}, ${currentDevice().provenance}

| | on the clock | processor time |
|---|---|---|
| without a trace | ${columns.map(({ without }) => without.words).join(" | ")} |
| with a trace, read and removed | ${columns.map((column) => column.traced.words).join(" | ")} |
| a trace adds | ${columns.map((column) => `${(100 * (column.traced.median / column.without.median - 1)).toFixed(1)} %`).join(" | ")} |`);
