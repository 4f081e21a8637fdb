/** `npx tsx bench/loader-wait.ts [--device NAME] [--batch N] [--steps N] [--rounds N]`: how long a training step of ResNet-20 waits for
 * the loader that flips, crops and normalises its images, beside the same step on images that are there.
 *
 * Both take turns, so that what else the machine does falls on both; each share is one of a round, and their median is told. */
import { parseArgs } from "node:util";
import {
  type Batch,
  cifarNet,
  currentDevice,
  DataLoader,
  type DeviceName,
  drawnImages,
  generator,
  type Precision,
  SGD,
  setDevice,
  tensor,
  transforms,
} from "../src/index.js";
import { trainingStep } from "./training-step.js";

const { values } = parseArgs({
  options: {
    device: { type: "string" },
    batch: { type: "string", default: "128" },
    steps: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
  },
});
if (values.device !== undefined) setDevice(values.device as DeviceName);
const [batchSize, steps, rounds] = [Number(values.batch), Number(values.steps), Number(values.rounds)];

const model = cifarNet({ depth: 20, generator: generator(0) });
const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-4 });
const dataset = drawnImages({ count: batchSize * steps, seed: 0 });

function step({ images, labels }: Batch<Precision>): Promise<void> {
  return trainingStep(model, optimizer, () => ({ images: tensor(images), labels: tensor(labels, { dtype: "int32" }) }));
}

/** An epoch of a loader. @returns milliseconds in all, and of these how many a batch was waited for */
async function fedSteps(loader: DataLoader): Promise<{ readonly total: number; readonly waited: number }> {
  const start = performance.now();
  let waited = 0;
  let asked = start;
  for await (const batch of loader) {
    waited += performance.now() - asked;
    await step(batch);
    asked = performance.now();
  }
  return { total: performance.now() - start, waited };
}

/** As many steps on one batch. @returns milliseconds */
async function bareSteps(batch: Batch<Precision>): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < steps; done++) await step(batch);
  return performance.now() - start;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}

const composed = transforms.compose([transforms.randomCrop(32, { padding: 4 }), transforms.randomHorizontalFlip()]);
const loaders = (
  [
    ['"flip-crop"', "flip-crop"],
    ["randomCrop and randomHorizontalFlip", composed],
  ] as const
).map(([name, transform]) => {
  const loader = new DataLoader(dataset, { batchSize, shuffle: true, transform, generator: generator(0) });
  return { name, loader, shares: [] as number[], ratios: [] as number[], milliseconds: [] as number[] };
});

let resident: Batch<Precision> | undefined;
for await (const batch of new DataLoader(dataset, { batchSize })) resident ??= batch;
await step(resident as Batch<Precision>); // compiles the kernels
const bare: number[] = [];
for (let round = 0; round < rounds; round++) {
  const alone = await bareSteps(resident as Batch<Precision>);
  bare.push(alone / steps);
  for (const { loader, shares, ratios, milliseconds } of loaders) {
    const { total, waited } = await fedSteps(loader);
    shares.push(waited / total);
    ratios.push(total / alone);
    milliseconds.push(waited / steps);
  }
}
console.log(`ResNet-20, batch ${batchSize}, ${steps} steps, median of ${rounds} rounds, ${currentDevice().provenance}`);
console.log(`a step alone takes ${median(bare).toFixed(1)} ms`);
for (const { name, shares, ratios, milliseconds } of loaders) {
  const share = `${(100 * median(shares)).toFixed(2)} % of the time (${median(milliseconds).toFixed(2)} ms a step)`;
  console.log(`fed with ${name}: waits ${share}; ${median(ratios).toFixed(3)} times as long as alone`);
}
