/** Right arguments of everything but ops that takes options: what is before the options, and the options it must have. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lg from "../../src/index.js";
import { writeSafetensors } from "../../src/io/index.js";
import { madeUpResult } from "../experiments/degradation/made-up-result.js";
import { FOUR, madeUpTrace } from "../experiments/report/made-up-trace.js";
import { MemoryFile } from "../train/logs/memory-file.js";

/** One right call: positional arguments, then the options. */
export type RightArguments = () => readonly [...positional: unknown[], options: object];

const generator = (): lg.Generator => lg.generator(0);
const empty = (): lg.ModelOptions => ({ generator: generator(), init: lg.init.empty });
const weights = (): lg.Tensor[] => [new lg.Parameter(lg.zeros([2]))];
const images = lg.drawnImages({ count: 2, size: 16 });
const oneBatch = [lg.batchOf(images, [0, 1])];
const classifier = () => new lg.Sequential(new lg.Flatten(), new lg.Linear(768, 10, { generator: generator() }));
const square = (x: lg.Tensor): lg.Tensor => lg.sum(lg.mul(x, x));

function double(this: lg.KernelThis, x: lg.Flat): number {
  return 2 * (x[this.thread.x] as number);
}

/** The nets of the zoo that have a function of their name. */
const nets = Object.fromEntries(lg.zoo.filter(({ name }) => name in lg).map(({ name }) => [name, () => [empty()]]));

/** The layers that take options, and those that take none. */
export const layers: Readonly<Record<string, () => readonly unknown[]>> = {
  AdaptiveAvgPool2d: () => [1],
  AdaptiveAvgPool3d: () => [1],
  AvgPool2d: () => [2, {}],
  AvgPool3d: () => [2, {}],
  BatchNorm2d: () => [2, {}],
  BasicBlock: () => [2, 2, 1, { generator: generator(), init: lg.init.kaimingNormal, shortcut: "A", norm: "batch" }],
  CTCLoss: () => [{}],
  CifarNet: () => [{ depth: 8, generator: generator(), width: 1 }],
  Conv1d: () => [2, 3, 1, { generator: generator() }],
  Conv2d: () => [2, 3, 1, { generator: generator() }],
  Conv3d: () => [2, 3, 1, { generator: generator() }],
  ConvTranspose2d: () => [2, 3, 1, { generator: generator() }],
  CrossEntropyLoss: () => [{}],
  Dropout: () => [{ generator: generator() }],
  Flatten: () => [{}],
  FractalNet: () => [{ columns: 2, channels: [2], size: 4, generator: generator() }],
  GELU: () => [{}],
  GroupNorm: () => [1, 2, {}],
  Identity: () => [],
  InstanceNorm2d: () => [2, {}],
  LayerNorm: () => [2, {}],
  LeakyReLU: () => [{}],
  Linear: () => [2, 3, { generator: generator() }],
  LocalResponseNorm: () => [2, {}],
  MaxPool2d: () => [2, {}],
  MaxPool3d: () => [2, {}],
  MaxUnpool2d: () => [2, {}],
  ModuleDict: () => [{ a: new lg.ReLU() }],
  ModuleList: () => [[new lg.ReLU()]],
  PadShortcut: () => [2, 4, 2],
  Parallel: () => [[new lg.ReLU(), new lg.Tanh()], {}],
  ReLU: () => [],
  ReLU6: () => [],
  Residual: () => [new lg.ReLU(), new lg.Tanh()],
  Sequential: () => [new lg.ReLU(), new lg.Tanh()],
  SiLU: () => [],
  Sigmoid: () => [],
  Tanh: () => [],
  CifarResNeXt: () => [{ cardinality: 1, baseWidth: 1, depth: 11, ...empty() }],
  PreActResNet: () => [{ block: "basic", blocks: [1, 1, 1] }, empty()],
  WideResNet: () => [{ depth: 10, widen: 1, ...empty() }],
  ResNet: () => [{ block: "basic", blocks: [1, 1, 1, 1] }, empty()],
};

/** The optimisers. */
export const optimizers: Readonly<Record<string, RightArguments>> = {
  ASGD: () => [weights(), {}],
  Adadelta: () => [weights(), {}],
  Adagrad: () => [weights(), {}],
  Adam: () => [weights(), {}],
  AdamW: () => [weights(), {}],
  Adamax: () => [weights(), {}],
  LAMB: () => [weights(), {}],
  LARS: () => [weights(), {}],
  Lion: () => [weights(), {}],
  NAdam: () => [weights(), {}],
  RAdam: () => [weights(), {}],
  RMSprop: () => [weights(), {}],
  Rprop: () => [weights(), {}],
  SGD: () => [weights(), { lr: 0.1 }],
};

/** What else is made with new. */
export const constructed: Readonly<Record<string, RightArguments>> = {
  DataLoader: () => [images, {}],
  SummaryWriter: () => [new MemoryFile(), {}],
};

const mixing: lg.MixupOptions = { lambda: 0.5, permutation: [1, 0], numClasses: 2 };
const optimizer = (): lg.Optimizer => new lg.SGD(weights(), { lr: 0.1, momentum: 0.9 });

/** The schedules, and what else is made of an optimiser or its parameters. */
export const schedules: Readonly<Record<string, RightArguments>> = {
  ChainedScheduler: () => {
    const own = optimizer();
    return [own, { schedules: [new lg.StepLR(own, { stepSize: 1 })] }];
  },
  ConstantLR: () => [optimizer(), {}],
  CosineAnnealingLR: () => [optimizer(), { tMax: 3 }],
  CosineAnnealingWarmRestarts: () => [optimizer(), { t0: 3 }],
  CyclicLR: () => [optimizer(), { baseLr: 0.1, maxLr: 1 }],
  ExponentialLR: () => [optimizer(), { gamma: 0.5 }],
  LambdaLR: () => [optimizer(), { lrLambda: () => 1 }],
  LinearLR: () => [optimizer(), {}],
  MultiStepLR: () => [optimizer(), { milestones: [1] }],
  MultiplicativeLR: () => [optimizer(), { lrLambda: () => 1 }],
  OneCycleLR: () => [optimizer(), { maxLr: 1, totalSteps: 9 }],
  PolynomialLR: () => [optimizer(), {}],
  ReduceLROnPlateau: () => [optimizer(), {}],
  ResNetPaper: () => [optimizer(), {}],
  SequentialLR: () => {
    const own = optimizer();
    return [own, { schedules: [new lg.StepLR(own, { stepSize: 1 })], milestones: [] }];
  },
  StepLR: () => [optimizer(), { stepSize: 1 }],
  AveragedWeights: () => [weights(), {}],
};

/** The initialisations that take options. */
export const initialisations: Readonly<Record<string, RightArguments>> = {
  "init.kaimingNormal": () => [[2, 3], { generator: generator() }],
  "init.kaimingUniform": () => [[2, 3], { generator: generator() }],
  "init.truncatedNormal": () => [[2, 3], { generator: generator() }],
  "init.orthogonal": () => [[2, 3], { generator: generator() }],
  "init.xavierNormal": () => [[2, 3], { generator: generator() }],
  "init.xavierUniform": () => [[2, 3], { generator: generator() }],
};

/** Everything else that takes options and is no op. */
export const others: Readonly<Record<string, RightArguments>> = {
  ...nets,
  clipGradNorm: () => [weights(), 1, {}],
  cutmix: () => [lg.zeros([2, 1, 4, 4]), lg.zeros([2], { dtype: "int32" }), { ...mixing, centre: { y: 1, x: 1 } }],
  mixup: () => [lg.zeros([2, 3]), lg.zeros([2], { dtype: "int32" }), mixing],
  inverseSqrt: () => [{ warmup: 2 }],
  linearWarmup: () => [{ warmup: 2 }],
  linearWarmupCosine: () => [{ warmup: 2, total: 3 }],
  linearWarmupLinearDecay: () => [{ warmup: 2, total: 3 }],
  noam: () => [{ warmup: 2, dModel: 4 }],
  "Optimizer.addParamGroup": () => [{ params: weights() }],
  "Module.load": () => [writeSafetensors({}), {}],
  "Module.loadStateDict": () => [new lg.ReLU().stateDict(), {}],
  backward: () => [square(lg.ones([2], { requiresGrad: true })), {}],
  batchOf: () => [images, [0], {}],
  batches: () => [images, { batchSize: 1, generator: generator() }],
  cifar10: () => ["nowhere", {}],
  cifar100: () => ["nowhere", {}],
  csvDataset: () => [new TextEncoder().encode("a,b\n1,x\n"), { label: "b" }],
  decodeImage: () => [
    Uint8Array.from(
      Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4AWP4DwABAQEAiuJTfQAAAABJRU5ErkJggg==",
        "base64",
      ),
    ),
    {},
  ],
  imageFolder: () => ["nowhere", {}],
  idxImages: () => [
    Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1),
    Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0),
    {},
  ],
  mnist: () => ["nowhere", {}],
  readIdx: () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0), {}],
  cifarDensenet: () => [{ depth: 10, growthRate: 1, generator: generator() }],
  cifarNet: () => [{ depth: 8, generator: generator(), width: 1 }],
  cifarResnext: () => [{ cardinality: 1, baseWidth: 1, depth: 11, ...empty() }],
  logToCsv: () => [new MemoryFile(), {}],
  logToReport: () => [join(mkdtempSync(join(tmpdir(), "livegrad-options-")), "report.html"), {}],
  trainingReportHtml: () => [[], { echartsSource: "" }],
  createModel: () => ["resnet18", empty()],
  fractalNet: () => [{ columns: 2, channels: [2], size: 4, generator: generator() }],
  drawnImages: () => [{ count: 1 }],
  clipGradients: () => [{ norm: 1 }],
  earlyStopping: () => [{}],
  evaluate: () => [classifier(), oneBatch, {}],
  fit: () => {
    const model = classifier();
    return [model, { train: oneBatch, steps: 1, optimizer: new lg.SGD(model.parameters(), { lr: 0.1 }) }];
  },
  findLearningRate: () => {
    const model = classifier();
    return [model, { train: oneBatch, steps: 2, optimizer: new lg.SGD(model.parameters(), { lr: 0.1 }) }];
  },
  degradation: () => [{ depths: [8, 14], width: 1, batch: 2, steps: 20, seeds: 1, images: 2, testImages: 2 }],
  degradationHtml: () => [madeUpResult({ plain: { 8: [0.3], 14: [0.5] } }), { echartsSource: "" }],
  flipCrop: () => [lg.batchOf(images, [0]).images, { generator: generator() }],
  grad: () => [square, {}],
  gradientFlow: () => [{ depths: [8], shortcuts: ["none"], norms: ["none"], width: 1, batch: 2, seeds: 1 }],
  gradients: () => {
    const x = lg.ones([2], { requiresGrad: true });
    return [square(x), [x], {}];
  },
  hessian: () => [square, {}],
  jacobian: () => [square, {}],
  randomSampler: () => [3, {}],
  randomSplit: () => [images, [1, 1], { generator: generator() }],
  reportHtml: () => [madeUpTrace(FOUR.slice(0, 1).map((net) => ({ ...net, depth: 8 }))), { echartsSource: "" }],
  run: () => [double, [lg.ones([2])], {}],
  summarize: () => [madeUpTrace(FOUR.slice(0, 1).map((net) => ({ ...net, depth: 8 }))), {}],
  summary: () => [new lg.Sequential(new lg.ReLU()), [2, 3], {}],
  traceEvery: () => [1, {}],
  ...Object.fromEntries(["randomCrop", "randomResizedCrop"].map((name) => [`transforms.${name}`, () => [2, {}]])),
  ...Object.fromEntries(
    ["colorJitter", "pcaLighting", "randomErasing", "randomHorizontalFlip", "toTensor"].map((name) => [
      `transforms.${name}`,
      () => [{}],
    ]),
  ),
  "transforms.normalize": () => [{ mean: [0], std: [1] }],
  trace: () => [new lg.Sequential(new lg.ReLU()), {}],
  weightedRandomSampler: () => [[1, 2], 2, {}],
  valueAndGrad: () => [square, { hasAux: false }],
  preactResnet: () => [{ depth: 8, ...empty() }],
  wrn: () => [{ depth: 10, widen: 1, ...empty() }],
};
