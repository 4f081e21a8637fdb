/** Training in a browser's page: figures are drawn, a net learns them, and its weights can be kept. index.html says how to open it. */
import { accuracy, cifarNet, DataLoader, drawnImages, type EventSink, fit, generator, OneCycleLR, SGD } from "livegrad";

/** Shows the run in the page, which stays awake: `fit` lets it breathe between two steps. */
const logToPage: EventSink = (event) => {
  const [bar, log] = document.querySelectorAll<HTMLProgressElement | HTMLPreElement>("#progress, #log");
  if (event.kind === "start") bar?.setAttribute("max", String(event.totalSteps));
  if (event.kind === "step") bar?.setAttribute("value", String(event.step));
  if (event.kind !== "epoch") return;
  const percent = (100 * Number(event.validation?.["accuracy"])).toFixed(1);
  log?.append(
    `epoch ${event.epoch}: loss ${Number(event.train["loss"]).toFixed(3)}, ${percent} % of the test figures\n`,
  );
};

const [train, test] = [drawnImages({ count: 1000, size: 16 }), drawnImages({ count: 200, size: 16, seed: 1 })];
const random = generator(0);
const model = cifarNet({ depth: 8, width: 8, generator: random });
const batches = new DataLoader(train, { batchSize: 50, shuffle: true, generator: random });
const epochs = 5;
const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
await fit(model, {
  train: batches,
  validation: new DataLoader(test, { batchSize: 100 }),
  epochs,
  optimizer,
  schedule: { step: new OneCycleLR(optimizer, { maxLr: 0.1, epochs, stepsPerEpoch: batches.length }) },
  metrics: [accuracy()],
  sinks: [logToPage],
});

const href = URL.createObjectURL(new Blob([(await model.toSafetensors()) as BlobPart]));
document.body.append(
  Object.assign(document.createElement("a"), {
    href,
    download: "figures.safetensors",
    textContent: "Keep the weights",
  }),
);
