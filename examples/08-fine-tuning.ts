/** Fine-tuning: a ResNet-20 that others trained on CIFAR-10 with PyTorch learns ten drawn figures with a new classifier, its own weights
 * moving slowly: `npx tsx examples/08-fine-tuning.ts FILE`.
 *
 * FILE is resnet20-12fca82f.th from https://github.com/akamaster/pytorch_resnet_cifar10. Without it the net begins from random weights,
 * which shows what the pretrained ones are worth. */
import {
  accuracy,
  cifarNet,
  DataLoader,
  drawnImages,
  fit,
  generator,
  Linear,
  logToTerminal,
  Sequential,
  SGD,
} from "livegrad";

const [file] = process.argv.slice(2);
const random = generator(0);
const pretrained = cifarNet({ depth: 20, generator: random });
if (file === undefined) console.log("no file is named: the net begins from random weights");
else await pretrained.load(file);

const [train, test] = [drawnImages({ count: 300 }), drawnImages({ count: 200, seed: 1 })];
const { conv1, bn1, relu, layer1, layer2, layer3, pool, flatten } = pretrained;
const trunk = new Sequential(conv1, bn1, relu, layer1, layer2, layer3, pool, flatten);
const head = new Linear(64, train.classNames.length, { generator: random });
const model = new Sequential({ trunk, head });

const { validation } = await fit(model, {
  train: new DataLoader(train, { batchSize: 25, shuffle: true, generator: random }),
  validation: new DataLoader(test, { batchSize: 100 }),
  epochs: 3,
  optimizer: new SGD([{ params: trunk.parameters(), lr: 0.005 }, { params: head.parameters() }], {
    lr: 0.05,
    momentum: 0.9,
  }),
  metrics: [accuracy()],
  sinks: [logToTerminal()],
});
await model.save("figures.safetensors");
console.log(`${(100 * Number(validation?.["accuracy"])).toFixed(1)} % of ${test.length} figures are named rightly`);
