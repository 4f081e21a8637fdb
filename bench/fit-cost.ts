/** `npx tsx bench/fit-cost.ts [--rounds N]`: what `fit` adds to the step of a loop written by hand, in rounds of both by turns. */
import { parseArgs } from "node:util";
import { median } from "simple-statistics";
import {
  type AnyModule,
  accuracy,
  cifarNet,
  currentDevice,
  type FitOptions,
  fit as fitting,
  generator,
  type LabelledBatch,
  Linear,
  ReLU,
  randint,
  randn,
  Sequential,
  SGD,
  tensor,
} from "../src/index.js";
import { trainingStep } from "./training-step.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const rng = generator(0);

/** A net, its batch, and how many steps make a round. */
interface Subject {
  readonly title: string;
  readonly build: () => AnyModule;
  readonly batch: LabelledBatch;
  readonly steps: number;
}

function batchOf(shape: readonly [number, ...number[]]): LabelledBatch {
  const labels = randint(0, 10, [shape[0]], { generator: rng });
  return { images: randn([...shape], { generator: rng }).ndarray(), labels: labels.ndarray() } as LabelledBatch;
}

const subjects: readonly Subject[] = [
  {
    title: "ResNet-20, width 16, batch 32",
    build: () => cifarNet({ depth: 20, generator: generator(1) }),
    batch: batchOf([32, 3, 32, 32]),
    steps: 5,
  },
  {
    title: "MLP 784-256-128-10, batch 64",
    build: () =>
      new Sequential(
        new Linear(784, 256, { generator: rng }),
        new ReLU(),
        new Linear(256, 128, { generator: rng }),
        new ReLU(),
        new Linear(128, 10, { generator: rng }),
      ),
    batch: batchOf([64, 784]),
    steps: 100,
  },
];

type Side = (steps: number) => Promise<unknown>;

function byHand(model: AnyModule, { images, labels }: LabelledBatch): Side {
  const optimizer = new SGD(model.parameters(), { lr: 1e-4, momentum: 0.9 });
  return async (steps) => {
    const tensors = () => ({ images: tensor(images), labels: tensor(labels, { dtype: "int32" }) });
    for (let step = 0; step < steps; step++) await trainingStep(model, optimizer, tensors);
  };
}

function byFit(model: AnyModule, batch: LabelledBatch, more: Pick<FitOptions, "metrics" | "sinks"> = {}): Side {
  const optimizer = new SGD(model.parameters(), { lr: 1e-4, momentum: 0.9 });
  const train = () => Array<LabelledBatch>(1000).fill(batch);
  return (steps) => fitting(model, { train, steps, optimizer, ...more });
}

async function perStep(side: Side, steps: number): Promise<number> {
  const start = performance.now();
  await side(steps);
  return (performance.now() - start) / steps;
}

for (const { title, build, batch, steps } of subjects) {
  const sides: readonly (readonly [name: string, side: Side])[] = [
    ["by hand", byHand(build(), batch)],
    ["by fit", byFit(build(), batch)],
    [
      "by fit, with accuracy and a listener",
      byFit(build(), batch, { metrics: [accuracy()], sinks: [() => undefined] }),
    ],
  ];
  for (const [, side] of sides) await side(4 * steps); // the engine compiles
  const times = sides.map((): number[] => []);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [i, [, side]] of sides.entries()) times[i]?.push(await perStep(side, steps));
  }
  console.log(`${title}, ${currentDevice().provenance}; ${values.rounds} rounds of ${steps} steps`);
  const [bare = []] = times;
  for (const [i, [name]] of sides.entries()) {
    const own = times[i] as number[];
    // Round by round, so that what slows the machine down for a while slows both.
    const ratio = median(own.map((time, round) => time / (bare[round] as number)));
    console.log(`  ${name.padEnd(40)}${median(own).toFixed(2).padStart(8)} ms a step   × ${ratio.toFixed(3)}`);
  }
}
