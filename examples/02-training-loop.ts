/** A training loop: a small convolutional net learns to tell ten drawn figures apart. */
import {
  batches,
  batchOf,
  Conv2d,
  crossEntropy,
  drawnImages,
  Flatten,
  generator,
  Linear,
  noGrad,
  ReLU,
  Sequential,
  SGD,
  tensor,
  tidy,
} from "livegrad";

const rng = generator(0);
const train = drawnImages({ count: 1000, size: 16 });
const test = drawnImages({ count: 200, size: 16, seed: 1 });
const model = new Sequential(
  new Conv2d(3, 8, 3, { padding: 1, stride: 2, generator: rng }),
  new ReLU(),
  new Conv2d(8, 16, 3, { padding: 1, stride: 2, generator: rng }),
  new ReLU(),
  new Flatten(),
  new Linear(16 * 4 * 4, train.classNames.length, { generator: rng }),
);
console.log(String(model));
const optimizer = new SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });

/** Share of the test images that the model names rightly. */
async function accuracy(): Promise<number> {
  const { images, labels } = batchOf(
    test,
    Int32Array.from({ length: test.length }, (_, i) => i),
  );
  const logits = (await noGrad(() => model.forward(tensor(images))).array()) as number[][];
  const right = logits.filter((row, i) => row.indexOf(Math.max(...row)) === labels.get(i)).length;
  return right / test.length;
}

console.log(`accuracy before: ${((await accuracy()) * 100).toFixed(0)} % (a guess is right in 10 %)`);
for (let epoch = 1; epoch <= 6; epoch++) {
  let total = 0;
  let count = 0;
  for (const { images, labels } of batches(train, { batchSize: 25, generator: rng })) {
    const loss = tidy(() => {
      const loss = crossEntropy(model.forward(tensor(images)), tensor(labels, { dtype: "int32" }));
      optimizer.zeroGrad();
      loss.backward();
      return loss;
    });
    optimizer.step();
    total += await loss.item();
    count++;
    loss.dispose();
  }
  console.log(`epoch ${epoch}: mean loss ${(total / count).toFixed(3)}`);
}
console.log(`accuracy after: ${((await accuracy()) * 100).toFixed(0)} %`);
