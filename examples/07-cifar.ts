/** CIFAR-10 with a ResNet-20 (He et al. 2015): `npx tsx examples/07-cifar.ts FOLDER`. Stopped at any moment and started again, it goes on
 * from its last checkpoint, which is in runs/cifar beside a report.
 *
 * FOLDER is the unpacked binary version from https://www.cs.toronto.edu/~kriz/cifar.html. Without one it takes a few drawn figures. */
import {
  accuracy,
  cifar10,
  cifarNet,
  DataLoader,
  drawnImages,
  fit,
  generator,
  imageView,
  logToReport,
  logToTerminal,
  OneCycleLR,
  SGD,
} from "livegrad";

const [folder] = process.argv.slice(2);
if (folder === undefined) console.log("no folder is named: the images are drawn figures, not CIFAR-10's photographs");
const train = folder === undefined ? drawnImages({ count: 640, size: 16 }) : await cifar10(folder);
const test =
  folder === undefined ? drawnImages({ count: 200, size: 16, seed: 1 }) : await cifar10(folder, { split: "test" });

const random = generator(0);
const model = cifarNet({ depth: 20, generator: random });
const batches = new DataLoader(train, {
  batchSize: 64,
  shuffle: true,
  dropLast: true,
  transform: "flip-crop",
  generator: random,
});
const epochs = folder === undefined ? 3 : 10;
const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-4 });
const { validation } = await fit(model, {
  train: batches,
  validation: new DataLoader(test, { batchSize: 100 }),
  epochs,
  optimizer,
  schedule: { step: new OneCycleLR(optimizer, { maxLr: 0.1, epochs, stepsPerEpoch: batches.length }) },
  metrics: [accuracy()],
  checkpoints: { folder: "runs/cifar", resume: true, everySteps: 100, best: "accuracy" },
  classNames: train.classNames,
  sinks: [logToTerminal(), logToReport("runs/cifar/report.html", { image: (index) => imageView(test, index) })],
});
console.log(`${(100 * Number(validation?.["accuracy"])).toFixed(1)} % of ${test.length} test images are named rightly`);
