/** A training run that is to be killed: augmentation, dropout, batch norm, momentum, a schedule and early stopping, saved often.
 * It tells every step, and waits for an answer on its standard input before it goes on. Arguments: its folder, and epochs. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as lg from "../../../src/index.js";
import { smallNet } from "../small-net.js";

const [folder = "", epochs = "3"] = process.argv.slice(2);
lg.setDevice("simd");

const images = lg.drawnImages({ count: 48, size: 16 });
const weights = lg.generator(1);
const model = smallNet(weights);
const optimizer = new lg.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });

const input = createInterface({ input: process.stdin });
const answers = input[Symbol.asyncIterator]();

/** The losses that were told, those after the checkpoint that a run goes on from taken back. */
const path = join(folder, "losses.txt");
const log: lg.EventSink = async (event) => {
  if (event.kind === "step") appendFileSync(path, `${event.step} ${event.loss}\n`);
  if (event.kind === "start") keepLines(event.step);
  if (event.kind !== "step" && event.kind !== "start") return;
  process.stdout.write(`at step ${event.step}\n`);
  await answers.next();
};

function keepLines(count: number): void {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  const kept = lines.slice(0, count).map((line) => `${line}\n`);
  writeFileSync(path, kept.join(""));
}

await lg.fit(model, {
  train: new lg.DataLoader(images, { batchSize: 8, shuffle: true, transform: "flip-crop", generator: lg.generator(2) }),
  validation: new lg.DataLoader(images, { batchSize: 16 }),
  epochs: Number(epochs),
  optimizer,
  metrics: [lg.accuracy()],
  callbacks: [lg.earlyStopping({ patience: 50 })],
  checkpoints: { folder, resume: true, everySteps: 2, keepEvery: 3, keep: 2, best: "accuracy" },
  sinks: [log],
});
input.close();
