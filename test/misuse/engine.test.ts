/** Fuzzing: whatever the functions of autograd, device, nn, optim, profile and testing are given, they answer or throw a typed
 * error. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ndarray from "ndarray";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as data from "../../src/data/index.js";
import * as lg from "../../src/index.js";
import { init } from "../../src/nn/index.js";
import * as ops from "../../src/ops/index.js";
import * as testing from "../../src/testing/index.js";
import { initialisations, layers, optimizers, others, schedules } from "../options/right-arguments.js";
import { MemoryFile } from "../train/logs/memory-file.js";
import { madeUpRun } from "../train/made-up-run.js";
import { type Call, outcome, refusals } from "./odd.js";

const leaf = () => lg.tensor([1, 2], { requiresGrad: true });
const square = (x: lg.Tensor) => lg.sum(lg.mul(x, x));
const net = () => new lg.Sequential(new lg.Linear(2, 2, { generator: lg.generator(0) }), new lg.ReLU());
const spec = { shape: [2], values: [1, 2] };

function double(this: lg.KernelThis, x: lg.Flat): number {
  return 2 * (x[this.thread.x] as number);
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-misuse-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A path as it is given, in a folder that goes when the tests end. */
const inFolder = (path: unknown) => (typeof path === "string" ? join(folder, path) : path) as never;
const summaryWriter = () => new lg.SummaryWriter(new MemoryFile());

/** A net whose every parameter has a gradient. */
function trained(): lg.Sequential {
  const made = net();
  lg.sum(made.forward(lg.ones([1, 2]))).backward();
  return made;
}

/** Calls what a transform made of its first arguments, with the last one. */
function applied(transform: (...args: never[]) => unknown) {
  return (...args: readonly never[]) => (transform(...args.slice(0, -1)) as (x: unknown) => unknown)(args.at(-1));
}

const functions: Readonly<Record<string, Omit<Call, "name">>> = {
  backward: { right: () => [square(leaf()), { retainGraph: false, createGraph: false }], run: lg.backward },
  gradients: {
    right: () => {
      const x = leaf();
      return [square(x), [x], { createGraph: false }];
    },
    run: lg.gradients,
  },
  checkpoint: { right: () => [square, leaf()], run: applied(lg.checkpoint) },
  customGradient: {
    right: () => [(x: lg.Tensor) => ({ value: x.detach(), backward: (g: lg.Tensor) => [g] }), leaf()],
    run: (fn, x) => (lg.customGradient(fn) as (x: never) => lg.Tensor)(x).backward({ gradOutput: lg.ones([2]) }),
  },
  grad: { right: () => [square, { argNums: 0 }, leaf()], run: applied(lg.grad) },
  valueAndGrad: {
    right: () => [square, { argNums: [0], hasAux: false }, leaf()],
    run: applied(lg.valueAndGrad as never),
  },
  hessian: { right: () => [square, { argNums: 0 }, leaf()], run: applied(lg.hessian) },
  jacobian: { right: () => [square, { argNums: 0 }, leaf()], run: applied(lg.jacobian) },
  hvp: { right: () => [square, [leaf()], [lg.ones([2])]], run: lg.hvp },
  jvp: { right: () => [square, [leaf()], [lg.ones([2])]], run: lg.jvp },
  vjp: { right: () => [square, leaf()], run: lg.vjp },
  stopGradient: { right: () => [{ x: [leaf()] }], run: lg.stopGradient },
  defineOp: {
    right: () => [
      {
        name: "own",
        forward: ([x]: [lg.Tensor]) => ({ output: lg.mul(x, 2), saved: { x } }),
        backward: (gradOutput: lg.Tensor) => [lg.mul(gradOutput, 2)],
        broadcasts: false,
      },
      leaf(),
    ],
    run: (definition, x) => lg.sum((lg.defineOp(definition) as (x: never) => lg.Tensor)(x)).backward(),
  },
  run: {
    right: () => [double, [lg.ones([2])], { shape: [2], threads: [2, 1, 1], constants: { n: 1 }, floats: { f: 0.5 } }],
    run: lg.run,
  },
  noGrad: { right: () => [() => 1], run: lg.noGrad },
  enableGrad: { right: () => [() => 1], run: lg.enableGrad },
  detectAnomaly: { right: () => [() => 1], run: lg.detectAnomaly },
  tidy: { right: () => [() => [lg.ones([1])]], run: lg.tidy },
  keep: { right: () => [lg.ones([1])], run: lg.keep },
  profile: { right: () => [() => 1], run: lg.profile },
  withDevice: { right: () => ["simd", () => 1], run: lg.withDevice },
  setDevice: { right: () => ["simd"], run: lg.setDevice },
  setThreads: { right: () => [1], run: lg.setThreads },
  deviceNamed: { right: () => ["simd"], run: lg.deviceNamed },
  generator: { right: () => [0], run: lg.generator },
  generatorFrom: { right: () => [lg.generator(0).state()], run: lg.generatorFrom },
  clipGradValue: { right: () => [trained().parameters(), 1], run: lg.clipGradValue },
  decayGroups: { right: () => [net(), 0.1], run: lg.decayGroups as never },
  updateBn: { right: () => [net(), [lg.ones([1, 2])]], run: lg.updateBn as never },
  "init.fans": { right: () => [[2, 3]], run: init.fans },
  cifarNet: {
    right: () => [{ depth: 8, generator: lg.generator(0), width: 1, shortcut: "A", norm: "batch" }],
    run: lg.cifarNet,
  },
  ...Object.fromEntries(
    Object.entries({
      cifarDensenet: lg.cifarDensenet,
      cifarResnext: lg.cifarResnext,
      fractalNet: lg.fractalNet,
      preactResnet: lg.preactResnet,
      wrn: lg.wrn,
      clipGradNorm: lg.clipGradNorm,
      cutmix: lg.cutmix,
      inverseSqrt: lg.inverseSqrt,
      mixup: lg.mixup,
      linearWarmup: lg.linearWarmup,
      linearWarmupCosine: lg.linearWarmupCosine,
      linearWarmupLinearDecay: lg.linearWarmupLinearDecay,
      noam: lg.noam,
    }).map(([name, run]) => [name, { right: others[name] as () => readonly unknown[], run: run as never }]),
  ),
  createModel: {
    right: () => ["lenet5", { generator: lg.generator(0), numClasses: 2, init: init.empty }],
    run: lg.createModel as never,
  },
  zooModel: { right: () => ["resnet50"], run: lg.zooModel as never },
  logToCsv: {
    right: () => ["log.csv", { each: "step" }],
    run: (path, options) => lg.logToCsv(inFolder(path), options),
  },
  logToJsonLines: { right: () => ["log.jsonl"], run: (path) => lg.logToJsonLines(inFolder(path)) },
  logToReport: {
    right: () => ["report.html", { image: () => 1, jsonLines: "log.jsonl" }],
    run: (path, options) => lg.logToReport(inFolder(path), options),
  },
  logToTensorBoard: { right: () => ["events"], run: (path) => lg.logToTensorBoard(inFolder(path)) },
  parseJsonLines: { right: () => ['{"kind":"checkpoint","step":1}\n'], run: lg.parseJsonLines as never },
  trainingReportHtml: {
    right: () => [new Set(madeUpRun()), { echartsSource: "", image: () => ndarray(new Uint8Array(4), [2, 2]) }],
    run: lg.trainingReportHtml as never,
  },
  openLogFile: { right: () => ["log"], run: (path) => lg.openLogFile(inFolder(path)).close() },
  SummaryWriter: {
    right: () => ["events", { purgeStep: 1, filenameSuffix: "" }],
    run: (target, options) => new lg.SummaryWriter(inFolder(target), options).close(),
  },
  Parameter: { right: () => [lg.ones([2])], run: (x) => new lg.Parameter(x) },
  gradcheck: { right: () => [square, [leaf()], { step: 1e-3, raiseException: false }], run: testing.gradcheck },
  gradgradcheck: { right: () => [square, [leaf()], { step: 1e-3, raiseException: false }], run: testing.gradgradcheck },
  compareTensors: {
    right: () => [lg.ones([2]), [1, 1], { relative: 1e-3, absolute: 1e-5 }],
    run: testing.compareTensors,
  },
  opProperties: { right: () => [lg.relu, { inputs: [{ low: 1, high: 2 }] }], run: testing.opProperties },
  axes: { right: () => [2], run: testing.axes },
  axisLists: { right: () => [2], run: testing.axisLists },
  broadcastable: { right: () => [{ minRank: 1, maxRank: 2 }], run: testing.broadcastable },
  shapes: { right: () => [{ minRank: 1, maxRank: 2, maxSize: 3 }], run: testing.shapes },
  convCases: { right: () => [2], run: testing.convCases },
  poolCases: { right: () => [2], run: testing.poolCases },
  brokenConvCases: { right: () => [2], run: testing.brokenConvCases },
  brokenPoolCases: { right: () => [2], run: testing.brokenPoolCases },
  formatSpec: { right: () => [spec], run: testing.formatSpec as never },
  tensorOf: { right: () => [spec], run: testing.tensorOf as never },
  tensorSpecs: { right: () => [{ low: -1, high: 1 }, [2]], run: testing.tensorSpecs as never },
  tensors: { right: () => [{ low: -1, high: 1 }, [2]], run: testing.tensors as never },
};

/** Methods, by their class, of an object that is made for every call. */
const methods: Readonly<Record<string, Omit<Call, "name">>> = {
  "Tensor.registerHook": {
    right: () => [(g: lg.Tensor) => g],
    run: (hook) => {
      const x = leaf();
      x.registerHook(hook);
      square(x).backward();
    },
  },
  "Tensor.assign": { right: () => [lg.ones([2])], run: (x) => lg.ones([2]).assign(x) },
  "Tensor.requiresGrad": {
    right: () => [true],
    run: (value) => {
      lg.ones([2]).requiresGrad = value;
    },
  },
  "Module.forward": { right: () => [lg.ones([1, 2])], run: (x) => net().forward(x) },
  "Module.registerForwardPreHook": {
    right: () => [() => undefined],
    run: (hook) => {
      const made = net();
      made.registerForwardPreHook(hook);
      made.forward(lg.ones([1, 2]));
    },
  },
  "Module.registerForwardHook": {
    right: () => [() => undefined],
    run: (hook) => {
      const made = net();
      made.registerForwardHook(hook);
      made.forward(lg.ones([1, 2]));
    },
  },
  "Module.registerBackwardHook": {
    right: () => [() => undefined],
    run: (hook) => {
      const made = net();
      made.registerBackwardHook(hook);
      lg.sum(made.forward(lg.ones([1, 2]))).backward();
    },
  },
  "Module.train": { right: () => [true], run: (mode) => net().train(mode) },
  "Module.loadStateDict": {
    right: () => [net().stateDict(), { strict: true }],
    run: (state, options) => net().loadStateDict(state, options),
  },
  "Sequential.constructor": {
    right: () => [new lg.ReLU(), new lg.Tanh()],
    run: (...parts) => new lg.Sequential(...parts),
  },
  "SGD.loadStateDict": {
    right: () => [new lg.SGD(trained().parameters(), { lr: 0.1 }).stateDict()],
    run: (state) => new lg.SGD(trained().parameters(), { lr: 0.1 }).loadStateDict(state),
  },
  "Adam.loadStateDict": {
    right: () => [new lg.Adam(trained().parameters()).stateDict()],
    run: (state) => new lg.Adam(trained().parameters()).loadStateDict(state),
  },
  "SGD.addParamGroup": {
    right: () => [{ params: [leaf()], lr: 0.01 }],
    run: (group) => new lg.SGD(net().parameters(), { lr: 0.1 }).addParamGroup(group),
  },
  "SGD.lr": {
    right: () => [0.1],
    run: (lr) => {
      new lg.SGD(net().parameters(), { lr: 0.1 }).lr = lr;
    },
  },
  "SummaryWriter.addScalar": {
    right: () => ["loss", 1, 0, 0],
    run: (...args) => summaryWriter().addScalar(...(args as unknown as [string, number, number])),
  },
  "SummaryWriter.addHistogram": {
    right: () => ["weight", [1, 2], 0, 0],
    run: (...args) => summaryWriter().addHistogram(...(args as unknown as [string, number[], number])),
  },
  "SummaryWriter.addImage": {
    right: () => ["image", ndarray(new Uint8Array(4), [2, 2]), 0, 0],
    run: (...args) => summaryWriter().addImage(...(args as unknown as [string, lg.ImageArray, number])),
  },
  "SummaryWriter.addText": {
    right: () => ["note", "words", 0, 0],
    run: (...args) => summaryWriter().addText(...(args as unknown as [string, string, number])),
  },
  "Generator.uniform": {
    right: () => [0, 1],
    run: (...args) => (lg.generator(0).uniform as (...a: never[]) => number)(...args),
  },
  "Generator.setState": {
    right: () => [lg.generator(0).state()],
    run: (state) => lg.generator(1).setState(state),
  },
};

/** A constructor as a function, which tries what it makes of numbers, too. */
function made(name: string): Call["run"] {
  const Class = (lg as unknown as Record<string, new (...args: readonly never[]) => object>)[name] as new (
    ...args: readonly never[]
  ) => object;
  return (...args) => {
    const it = new Class(...args);
    if (it instanceof lg.Optimizer) it.step();
    return undefined;
  };
}

const constructors: Readonly<Record<string, Omit<Call, "name">>> = Object.fromEntries(
  Object.entries({ ...layers, ...optimizers, ...schedules }).map(([name, right]) => [name, { right, run: made(name) }]),
);
const initialisers: Readonly<Record<string, Omit<Call, "name">>> = Object.fromEntries(
  Object.entries(initialisations).map(([name, right]) => [
    name,
    { right, run: init[name.slice("init.".length) as "orthogonal"] as never },
  ]),
);

/** What takes nothing, and what other tests spoil. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...["currentDevice", "devices", "getThreads", "isRecording", "memory", "describe", "Module", "Optimizer", "Schedule"],
  ...["answerInWords", "divergencesOf", "figuresOf", "parseTrace", "renderSvg", "reportHtml", "summarize", "traceCsv"],
  ...["traceJson", "verdictOf", "trace", "summary"],
  ...Object.keys(data),
  ...["degradation", "gradientFlow", "placesOf", "logToTerminal"],
  ...["accuracy", "confusionMatrix", "perClassAccuracy", "topKAccuracy", "evaluate", "fit"],
  "findLearningRate",
  ...["averageWeights", "clipGradients", "earlyStopping", "parametersEvery", "traceEvery"],
  // Nets whose sizes are fixed take the options of those that are tried here, and are made at their full size.
  ...lg.zoo.map(({ name }) => name),
]);

describe("whatever they are given, the engine's functions", () => {
  const calls = { ...functions, ...methods, ...constructors, ...initialisers };

  it("are all tried", () => {
    const exported = Object.entries({ ...lg, ...testing }).flatMap(([name, value]) =>
      typeof value === "function" && !(name in ops) && !name.endsWith("Error") && !ELSEWHERE.has(name) ? [name] : [],
    );
    expect(exported.filter((name) => !(name in calls))).toEqual([]);
  });

  it.each(Object.entries(calls))("%s answers or throws an error that names it", async (name, call) => {
    expect(await outcome(() => call.run(...(call.right() as never[])))).toBeNull();
    const refused = await refusals({ ...call, name });
    const takesAnything = call.right().length === 0 || name === "stopGradient"; // it passes on what has no tensors
    if (!takesAnything) expect(refused).toBeGreaterThan(5);
  });
});
