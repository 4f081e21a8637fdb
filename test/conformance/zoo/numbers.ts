/** Finds what a zoo file tells with numbers: logits and norms in evaluation; loss, gradients and statistics in training. */

import { leavesOf } from "../../../src/autograd/transforms/tree.js";
import {
  type AnyModule,
  BatchNorm2d,
  crossEntropy,
  noGrad,
  type Tensor,
  tensor,
  type ZooNet,
} from "../../../src/index.js";
import { formulaInput, loadFormula } from "./formula.js";
import { stagesOf } from "./static.js";
import type { EvalNumbers, Logits, Run, RunningStats, TrainNumbers } from "./zoo-file.js";

/** A forward pass in evaluation. */
export async function evalNumbers(model: ZooNet, run: Run): Promise<EvalNumbers> {
  loadFormula(model, run);
  model.eval();
  const norms = new Map<string, Promise<number>>();
  const stop = watchStages(model, (stage, output) => norms.set(stage, normOf(output)));
  const { logits } = outputsOf(noGrad(() => model.forward(inputOf(run))));
  stop();
  return { logits: await logitsOf(logits), stageNorms: await settled(norms) };
}

/** A forward and a backward pass in training.
 * @param lossWeights of the logits and of the auxiliary ones
 * @param moved 0 for the input as it is; else a seed by which each of its numbers is moved by a rounding, or not */
export async function trainNumbers(
  model: ZooNet,
  run: Run,
  lossWeights: Readonly<Record<string, number>> = { logits: 1 },
  moved = 0,
): Promise<TrainNumbers> {
  loadFormula(model, run);
  trainWithoutDropout(model);
  const outputs = new Map<string, Tensor>();
  const keepGrad = (x: Tensor) => (x.requiresGrad ? x.retainGrad() : x);
  const stop = watchStages(model, (stage, output) => outputs.set(stage, keepGrad(output)));
  const { ran, stop: stopListing } = listNorms(model);
  const x = inputOf(run, moved);
  x.requiresGrad = true;
  const { logits, auxiliary } = outputsOf(model.forward(x));
  stop();
  stopListing();
  const labels = tensor([...(run.labels ?? [])], { dtype: "int32" });
  const parts = Object.entries({ logits, ...auxiliary }).map(
    ([part, output]) => [part, crossEntropy(output, labels)] as const,
  );
  const weighted = parts.map(([part, value]) => value.mul(lossWeights[part] ?? Number.NaN));
  const loss = weighted.reduce((sum, value) => sum.add(value));
  loss.backward();
  const weights = model.namedParameters().filter(([, { rank }]) => rank >= 2);
  return {
    loss: await loss.item(),
    lossWeights,
    lossParts: await settled(new Map(parts.map(([part, value]) => [part, value.item()]))),
    logits: await logitsOf(logits),
    aux: await settled(new Map(Object.entries(auxiliary).map(([part, output]) => [part, logitsOf(output)]))),
    inputGradNorm: (await gradNorm(x)) ?? Number.NaN,
    weightGradNorms: await settled(new Map(weights.map(([key, weight]) => [key, gradNorm(weight)]))),
    stageGradNorms: await settled(new Map([...outputs].map(([stage, output]) => [stage, gradNorm(output)]))),
    runningStats: await statisticsOf(model, ran),
  };
}

/** Modules that draw in training; in evaluation they hand their input on. */
const drawing = /^(Dropout2?d?|StochasticDepth)$/;

function trainWithoutDropout(model: AnyModule): void {
  model.train();
  for (const [, module] of model.namedModules()) if (drawing.test(module.constructor.name)) module.eval();
}

function inputOf(run: Run, moved = 0): Tensor {
  return formulaInput(run, [run.batch, 3, ...run.size], moved);
}

/** Auxiliary classifiers that the files call otherwise than their module. */
const namesInFiles: Readonly<Record<string, string>> = { AuxLogits: "aux" };

function outputsOf(output: ReturnType<ZooNet["forward"]>): {
  readonly logits: Tensor;
  readonly auxiliary: Readonly<Record<string, Tensor>>;
} {
  if (!("logits" in output)) return { logits: output, auxiliary: {} };
  const auxiliary = Object.entries(output.auxiliary).map(([part, logits]) => [namesInFiles[part] ?? part, logits]);
  return { logits: output.logits, auxiliary: Object.fromEntries(auxiliary) };
}

/** Hands on the output of each stage whenever it has run. @returns what ends that */
function watchStages(model: AnyModule, see: (stage: string, output: Tensor) => void): () => void {
  const stops = stagesOf(model).map(([name, stage]) =>
    stage.registerForwardHook((_, __, output) => {
      const [first] = leavesOf(output);
      if (first !== undefined) see(name, first.tensor);
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

/** Lists the batch norms that run. */
function listNorms(model: AnyModule): { readonly ran: ReadonlySet<BatchNorm2d>; stop(): void } {
  const ran = new Set<BatchNorm2d>();
  const norms = model.namedModules().flatMap(([, module]) => (module instanceof BatchNorm2d ? [module] : []));
  const stops = norms.map((norm) =>
    norm.registerForwardHook(() => {
      ran.add(norm);
    }),
  );
  return {
    ran,
    stop() {
      for (const stop of stops) stop();
    },
  };
}

async function settled<T>(promises: ReadonlyMap<string, Promise<T>>): Promise<Record<string, T>> {
  const entries = [...promises].map(async ([name, promise]) => [name, await promise] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** L2, in float64. */
async function normOf(x: Tensor): Promise<number> {
  let squares = 0;
  for (const value of await x.data()) squares += value * value;
  return Math.sqrt(squares);
}

async function gradNorm({ grad }: Tensor): Promise<number | null> {
  return grad === null ? null : normOf(grad);
}

async function logitsOf(logits: Tensor): Promise<Logits> {
  const [images = 0, classes = 0] = logits.shape;
  const values = await logits.data();
  const first = Array.from({ length: images }, (_, i) => Array.from(values.subarray(i * classes, (i + 1) * classes)));
  return {
    first,
    norm: first.map((row) => Math.hypot(...row)),
    argmax: first.map((row) => row.indexOf(Math.max(...row))),
  };
}

/** Of the first and the last, in the model's order of modules, of the batch norms that ran: an auxiliary classifier's, which runs
 * in the middle, may stand last. */
async function statisticsOf(model: AnyModule, ran: ReadonlySet<BatchNorm2d>): Promise<RunningStats[]> {
  const norms = model
    .namedModules()
    .flatMap(([path, module]) => (module instanceof BatchNorm2d && ran.has(module) ? [[path, module] as const] : []));
  const statistics: RunningStats[] = [];
  for (const [path, norm] of [norms.at(0), norms.at(-1)].filter((one) => one !== undefined)) {
    if (norm.runningMean === null || norm.runningVar === null) continue;
    const [, eps, momentum] = /eps: (\S+), momentum: (\S+)\)/.exec(String(norm)) ?? [];
    statistics.push({
      ...{ name: path, momentum: Number(momentum), eps: Number(eps) },
      meanNorm: await normOf(norm.runningMean),
      varNorm: await normOf(norm.runningVar),
    });
  }
  return statistics;
}
