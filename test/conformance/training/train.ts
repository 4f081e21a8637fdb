/** Runs a `training-train-1` file: whole trainings, from weights and images that are computed from names to an evaluation at the end. */
import * as livegrad from "../../../src/index.js";
import {
  clipGradNorm,
  crossEntropy,
  type DeviceName,
  noGrad,
  type Optimizer,
  type Schedule,
  type Tensor,
  withDevice,
} from "../../../src/index.js";
import type { Comparison, Outcome } from "../outcome.js";
import { atLeastOne, compareLists, isExact, outcomeOf, type Tolerance } from "./numbers.js";
import { type Definition, dataOf, modelOf, type Task } from "./train-formula.js";

/** How it is trained. */
export interface Training extends Task {
  readonly optimizer: Definition;
  readonly schedule?: Definition;
  /** Images of a batch. */
  readonly batch: number;
  /** Batches of a step. Default 1. */
  readonly accumulate?: number;
  /** What the norm of a step's gradients is clipped to. */
  readonly clipNorm?: number;
}

/** A step. */
interface Step {
  readonly loss: number;
  readonly accuracy: number;
  readonly lr: number;
  /** Of all gradients together, before they are clipped. */
  readonly gradNorm: number;
  /** The same after it, where they are. */
  readonly clippedNorm?: number;
}

type Norms = Readonly<Record<string, number>>;

/** What a training came to. */
export interface Trained {
  readonly steps: readonly Step[];
  readonly firstGradNorms: Norms;
  /** Of parameters and buffers. */
  readonly finalNorms: Norms;
  readonly evalLoss: number;
  readonly evalAccuracy: number;
  readonly evalLogitsOfFirst: readonly number[];
}

/** The file. */
interface TrainFile {
  readonly format: "training-train-1";
  readonly cases: readonly (Training & Trained & { readonly name: string })[];
}

/** Runs every case of the file. */
export async function runTrainFile({ cases }: TrainFile, device: DeviceName): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of cases) {
    const run = async () => compareTrained(await train(one, one.steps.length, device), one, toleranceOn(device));
    outcomes.push(await outcomeOf(one.name, "train", run));
  }
  return outcomes;
}

/** How far a training may stray on a device. */
export function toleranceOn(device: DeviceName): Tolerance {
  return atLeastOne(isExact(device) ? 1e-9 : 1e-3);
}

/** Trains and evaluates. */
export function train(training: Training, stepCount: number, device: DeviceName): Promise<Trained> {
  return withDevice(device, async () => {
    const { accumulate = 1, batch, clipNorm, images: count } = training;
    const model = modelOf(training);
    const data = dataOf(training);
    const parameters: readonly Tensor[] = model.parameters();
    const { kind, ...options } = training.optimizer;
    const optimizer = made<Optimizer>(kind, parameters, options);
    const schedule = training.schedule === undefined ? null : scheduleOf(optimizer, training.schedule);
    const steps: Step[] = [];
    let firstGradNorms: Norms = {};

    for (let step = 0; step < stepCount; step++) {
      optimizer.zeroGrad();
      let [loss, correct] = [0, 0];
      for (let part = 0; part < accumulate; part++) {
        const first = (step * accumulate + part) * batch;
        const { images, labels, classes } = data(Array.from({ length: batch }, (_, j) => (first + j) % count));
        const logits = model.forward(images);
        const share = crossEntropy(logits, labels).div(accumulate);
        share.backward();
        loss += await share.item();
        correct += await hits(logits, classes);
      }
      const gradients = model.namedParameters().map(([name, { grad }]) => [name, grad as Tensor] as const);
      const norms = await normsOf(gradients);
      if (step === 0) firstGradNorms = norms;
      steps.push({
        loss,
        accuracy: correct / (batch * accumulate),
        lr: optimizer.lr,
        ...(clipNorm === undefined
          ? { gradNorm: norm(Object.values(norms)) }
          : {
              gradNorm: await clipGradNorm(parameters, clipNorm).item(),
              clippedNorm: norm(Object.values(await normsOf(gradients))),
            }),
      });
      optimizer.step();
      schedule?.step();
    }

    const finalNorms = await normsOf(Object.entries(model.stateDict()));
    model.eval();
    const { images, labels, classes } = data(Array.from({ length: count }, (_, i) => i));
    const logits = noGrad(() => model.forward(images));
    return {
      steps,
      firstGradNorms,
      finalNorms,
      evalLoss: await crossEntropy(logits, labels).item(),
      evalAccuracy: (await hits(logits, classes)) / count,
      evalLogitsOfFirst: Array.from((await logits.data()).slice(0, training.classes)),
    };
  });
}

/** Compares everything that a training is known to come to. */
export function compareTrained(got: Trained, expected: Trained, tolerance: Tolerance): Comparison[] {
  const compare = (what: string, one: readonly number[], other: readonly number[]) =>
    compareLists(what, one, other, tolerance);
  return [
    compare("number of steps", [got.steps.length], [expected.steps.length]),
    ...expected.steps.flatMap((step, i) =>
      Object.entries(step).map(([name, value]) =>
        compare(`${name} of step ${i}`, [got.steps[i]?.[name as keyof Step] ?? Number.NaN], [value]),
      ),
    ),
    ...compareNorms("first gradient", got.firstGradNorms, expected.firstGradNorms, tolerance),
    ...compareNorms("at the end", got.finalNorms, expected.finalNorms, tolerance),
    compare("loss of the evaluation", [got.evalLoss], [expected.evalLoss]),
    compare("accuracy of the evaluation", [got.evalAccuracy], [expected.evalAccuracy]),
    compare("first logits", got.evalLogitsOfFirst, expected.evalLogitsOfFirst),
  ];
}

function compareNorms(what: string, got: Norms, expected: Norms, tolerance: Tolerance): Comparison[] {
  const names = Object.keys(got).sort().join();
  const wanted = Object.keys(expected).sort().join();
  return [
    { what: `names, ${what}`, passed: names === wanted, detail: `expected ${wanted}, got ${names}` },
    ...Object.entries(expected).map(([name, value]) =>
      compareLists(`${name}, ${what}`, [got[name] ?? Number.NaN], [value], tolerance),
    ),
  ];
}

/** Makes an instance of a class of the package. */
function made<T>(kind: string, first: unknown, options: object): T {
  const Class = (livegrad as unknown as Record<string, new (first: unknown, options: object) => T>)[kind];
  if (Class === undefined) throw new Error(`there is no ${kind}`);
  return new Class(first, options);
}

function scheduleOf(optimizer: Optimizer, { kind, ...options }: Definition): Schedule {
  return made<Schedule>(kind, optimizer, options);
}

/** How many of the logits are largest at their class. */
async function hits(logits: Tensor, classes: readonly number[]): Promise<number> {
  const predicted = await logits.argMax({ axis: 1 }).data();
  return classes.filter((label, i) => predicted[i] === label).length;
}

/** The norms of tensors, computed in float64. */
async function normsOf(tensors: Iterable<readonly [name: string, tensor: Tensor]>): Promise<Norms> {
  const norms: Record<string, number> = {};
  for (const [name, one] of tensors) norms[name] = norm(await one.data());
  return norms;
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values, (value) => value ** 2).reduce((sum, square) => sum + square, 0));
}
