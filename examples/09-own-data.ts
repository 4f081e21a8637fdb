/** A data set of one's own, of anything: here noisy signals, in which a small net learns to tell three kinds of waves apart. */
import {
  Adam,
  accuracy,
  crossEntropy,
  DataLoader,
  type Dataset,
  fit,
  generator,
  type HostArray,
  Linear,
  logToTerminal,
  ReLU,
  randomSplit,
  Sequential,
  tensor,
} from "livegrad";

const waves = [
  (turn: number) => Math.sin(2 * Math.PI * turn),
  (turn: number) => Math.sign(Math.sin(2 * Math.PI * turn)),
  (turn: number) => 2 * (turn % 1) - 1,
];

/** A length, and an item by its number: computed here, read from a file or asked of a server elsewhere, for `get` may be asynchronous. */
class Signals implements Dataset<{ signal: HostArray<Float32Array>; kind: HostArray<Int32Array> }> {
  readonly length = 1200;

  get(index: number) {
    const random = generator(index); // the same item whenever it is asked for
    const [kind, phase] = [index % waves.length, random.uniform()];
    const sample = (_: unknown, t: number) => (waves[kind]?.(phase + t / 32) ?? 0) + 0.3 * random.normal();
    return {
      signal: { shape: [64], data: Float32Array.from({ length: 64 }, sample) },
      kind: { shape: [], data: Int32Array.of(kind) },
    };
  }
}

const random = generator(0);
const [train, test] = randomSplit(new Signals(), [1000, 200], { generator: random });
const model = new Sequential(
  new Linear(64, 64, { generator: random }),
  new ReLU(),
  new Linear(64, waves.length, { generator: random }),
);
const { validation } = await fit(model, {
  train: new DataLoader(train, { batchSize: 50, shuffle: true, generator: random }),
  validation: new DataLoader(test, { batchSize: 200 }),
  epochs: 10,
  optimizer: new Adam(model.parameters(), { lr: 0.005 }),
  objective: (model, { signal, kind }) => {
    const [outputs, targets] = [model.forward(tensor(signal)), tensor(kind, { dtype: "int32" })];
    return { loss: crossEntropy(outputs, targets), outputs, targets };
  },
  metrics: [accuracy()],
  sinks: [logToTerminal()],
});
console.log(`${(100 * Number(validation?.["accuracy"])).toFixed(1)} % of ${test.length} signals are named rightly`);
