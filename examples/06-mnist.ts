/** MNIST with a LeNet: `npx tsx examples/06-mnist.ts FOLDER`, to 98 % of a held-out tenth in well under two minutes.
 *
 * FOLDER has t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz, from https://ossci-datasets.s3.amazonaws.com/mnist/: these ten
 * thousand digits are enough. Without a folder it takes drawn figures in their place. */
import {
  Adam,
  accuracy,
  Conv2d,
  DataLoader,
  drawnImages,
  Flatten,
  fit,
  generator,
  Linear,
  logToTerminal,
  MaxPool2d,
  mnist,
  OneCycleLR,
  ReLU,
  randomSplit,
  Sequential,
} from "livegrad";

const [folder] = process.argv.slice(2);
if (folder === undefined) console.log("no folder is named: the images are drawn figures, not MNIST's digits");
const images = folder === undefined ? drawnImages({ count: 1000, size: 28 }) : await mnist(folder, { split: "test" });
const random = generator(0);
const [train, heldOut] = randomSplit(images, [0.9, 0.1], { generator: random, stratify: images.labels });

const model = new Sequential(
  new Conv2d(images.channels, 6, 5, { padding: 2, generator: random }),
  new ReLU(),
  new MaxPool2d(2),
  new Conv2d(6, 16, 5, { generator: random }),
  new ReLU(),
  new MaxPool2d(2),
  new Conv2d(16, 120, 5, { generator: random }),
  new ReLU(),
  new Flatten(),
  new Linear(120, 84, { generator: random }),
  new ReLU(),
  new Linear(84, images.classNames.length, { generator: random }),
);
const batches = new DataLoader(train, { batchSize: 32, shuffle: true, generator: random });
const epochs = 6;
const optimizer = new Adam(model.parameters());
const { validation } = await fit(model, {
  train: batches,
  validation: new DataLoader(heldOut, { batchSize: 250 }),
  epochs,
  optimizer,
  schedule: { step: new OneCycleLR(optimizer, { maxLr: 0.003, epochs, stepsPerEpoch: batches.length }) },
  metrics: [accuracy()],
  sinks: [logToTerminal()],
});
console.log(
  `${(100 * Number(validation?.["accuracy"])).toFixed(1)} % of ${heldOut.length} held-out images are named rightly`,
);
