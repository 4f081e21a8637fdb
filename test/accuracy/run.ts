/** `npm run accuracy [-- --seeds N --epochs N --data FOLDER --out FILE]`: trains ResNet-20 on CIFAR photographs by one recipe from several
 * seeds, and tells what share of the test photographs each names rightly. Every epoch goes to a line of the file as soon as it is over. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mean, sampleStandardDeviation } from "simple-statistics";
import * as lg from "../../src/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: "string", default: resolve(root, "../shared/data/cifar-10-batches-bin") },
    seeds: { type: "string", default: "3" },
    epochs: { type: "string", default: "10" },
    out: { type: "string", default: resolve(root, "runs/accuracy.jsonl") },
  },
});
const [seeds, epochs] = [Number(values.seeds), Number(values.epochs)];
const [train, test] = [await lg.cifar10(values.data), await lg.cifar10(values.data, { split: "test" })];
mkdirSync(dirname(values.out), { recursive: true });

const accuracies: number[] = [];
for (let seed = 0; seed < seeds; seed++) accuracies.push(await accuracyOf(seed));
const spread = accuracies.length > 1 ? `, deviation ${percent(sampleStandardDeviation(accuracies))}` : "";
console.log(`${accuracies.map(percent).join(", ")} %: mean ${percent(mean(accuracies))} %${spread}`);

/** Trains one net.
 * @returns its share of right answers on the test images, at the end */
async function accuracyOf(seed: number): Promise<number> {
  const random = lg.generator(seed);
  const model = lg.cifarNet({ depth: 20, generator: random, init: weights });
  const loader = { batchSize: 64, shuffle: true, dropLast: true, transform: "flip-crop", generator: random } as const;
  const batches = new lg.DataLoader(train, loader);
  const optimizer = new lg.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-4 });
  const { validation } = await lg.fit(model, {
    train: batches,
    validation: new lg.DataLoader(test, { batchSize: 100 }),
    epochs,
    optimizer,
    schedule: { step: new lg.OneCycleLR(optimizer, { maxLr: 0.1, epochs, stepsPerEpoch: batches.length }) },
    metrics: [lg.accuracy()],
    sinks: [(event) => tell(seed, event)],
  });
  return Number(validation?.["accuracy"]);
}

/** Kaiming's for convolutions; for the classifier uniform in ±1/√fanIn, which is PyTorch's default. */
function weights(shape: lg.Shape, { generator }: { readonly generator: lg.Generator }): lg.Tensor {
  if (shape.length === 4) return lg.init.kaimingNormal(shape, { generator });
  return lg.init.kaimingUniform(shape, { generator, negativeSlope: Math.sqrt(5) });
}

function tell(seed: number, event: lg.FitEvent): void {
  if (event.kind !== "epoch") return;
  const { epoch, train, validation, seconds } = event;
  appendFileSync(values.out, `${JSON.stringify({ seed, epoch, train, validation, seconds })}\n`);
  const right = `${percent(Number(train["accuracy"]))} % and ${percent(Number(validation?.["accuracy"]))} % in the test`;
  console.log(
    `seed ${seed}, epoch ${epoch}: loss ${Number(train["loss"]).toFixed(3)}, ${right}, ${seconds.toFixed(0)} s`,
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
