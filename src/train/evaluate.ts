/** evaluate: the metrics of a model on data. */
import { noGrad } from "../autograd/modes.js";
import { tidy } from "../autograd/scope.js";
import { breathe } from "../device/event-loop.js";
import { describe, ValueError } from "../errors.js";
import { type AnyModule, Module } from "../nn/module.js";
import { callback, checkedOptions, type OptionKinds, ownCheck } from "../options.js";
import { type BatchSource, isSource, walk } from "./data-source.js";
import type { MetricValues, Predictions } from "./events.js";
import {
  addBatch,
  type BatchResult,
  checkMetrics,
  type Evaluated,
  isClassification,
  type Metric,
  noTotals,
  predictedClasses,
  valuesOf,
} from "./metrics.js";
import {
  checkedOutcome,
  classification,
  type LabelledBatch,
  type LossFunction,
  type Objective,
  type Outcome,
} from "./objective.js";

/** Options of `evaluate`.
 * @typeParam Model the model's class
 * @typeParam Batch what the loader gives
 * @category Training */
export interface EvaluateOptions<Model extends AnyModule = AnyModule, Batch = LabelledBatch> {
  /** What to measure beside the loss. Default: nothing. */
  readonly metrics?: readonly Metric[] | undefined;
  /** Compares logits and labels. Default: `crossEntropy`. */
  readonly loss?: LossFunction | undefined;
  /** What is computed of a batch, in place of the logits of its images and their loss. */
  readonly objective?: Objective<Model, Batch> | undefined;
}

const evaluateOptions: OptionKinds<EvaluateOptions> = { metrics: ownCheck, loss: callback, objective: callback };

/** What an evaluation found.
 * @category Training */
export interface Evaluation {
  /** The values of the metrics by name; `loss` is the mean over all examples. */
  readonly metrics: MetricValues;
  /** Examples that were evaluated. */
  readonly examples: number;
  /** Example by example; null where the targets are no classes. */
  readonly predictions: Predictions | null;
}

/** Measures a model on data: in evaluation mode, which is undone at the end module by module, and without a tape.
 *
 * ```ts
 * const { metrics } = await evaluate(model, new DataLoader(test, { batchSize: 250 }), { metrics: [accuracy()] });
 * console.log(metrics.loss, metrics.accuracy);
 * ```
 * @param source batches of one epoch: a loader, an array, or a function that gives one
 * @throws ValueError if there is no batch, or one is not what the objective takes
 * @category Training */
export async function evaluate<Model extends AnyModule, Batch = LabelledBatch>(
  model: Model,
  source: BatchSource<Batch>,
  options: EvaluateOptions<Model, Batch> = {},
): Promise<Evaluation> {
  checkModel("evaluate", model);
  const {
    metrics = [],
    loss,
    objective,
  } = checkedOptions("evaluate", options, evaluateOptions as OptionKinds<EvaluateOptions<Model, Batch>>);
  if (!isSource(source)) throw new ValueError("evaluate", `it takes a loader of batches, got ${describe(source)}`);
  checkMetrics("evaluate", metrics);
  return evaluated("evaluate", model, source, { metrics, objective: objectiveOf("evaluate", loss, objective) });
}

/** The objective that was asked for.
 * @throws ValueError if both were */
export function objectiveOf<Model extends AnyModule, Batch>(
  op: string,
  loss: LossFunction | undefined,
  objective: Objective<Model, Batch> | undefined,
): Objective<Model, Batch> {
  if (objective === undefined) return classification(op, loss);
  if (loss === undefined) return objective;
  throw new ValueError(op, "give a loss or an objective, not both: the objective computes the loss itself");
}

/** Throws unless it is a module. */
export function checkModel(op: string, model: unknown): void {
  if (!(model instanceof Module)) throw new ValueError(op, `it takes a module, got ${describe(model)}`);
}

/** Evaluates with options that were checked. */
export async function evaluated<Model extends AnyModule, Batch>(
  op: string,
  model: Model,
  source: BatchSource<Batch>,
  { metrics, objective }: { readonly metrics: readonly Metric[]; readonly objective: Objective<Model, Batch> },
): Promise<Evaluation> {
  const modes = model.namedModules().map(([, module]) => [module, module.training] as const);
  let totals = noTotals(metrics);
  const seen: (Predicted | null)[] = [];
  model.eval();
  try {
    const batches = walk(op, source, 0);
    for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
      const batch = next.value;
      const { reading } = noGrad(() => tidy(() => ({ reading: read(checkedOutcome(op, objective(model, batch))) })));
      const result = await reading;
      totals = addBatch(op, totals, result, metrics);
      seen.push(predictionsOf(result.evaluated, batch));
      await breathe();
    }
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
  if (totals.examples === 0)
    throw new ValueError(op, "there is no batch to evaluate; an iterator can be walked once, a loader often");
  return { metrics: valuesOf(totals, metrics), examples: totals.examples, predictions: joined(seen) };
}

/** Reads what was computed of a batch, as it is at the call: the tensors may be disposed at once. */
export async function read({ loss, outputs, targets }: Outcome): Promise<BatchResult> {
  const { shape } = outputs;
  const [value, numbers, wanted] = await Promise.all([loss.item(), outputs.data(), targets?.data() ?? null]);
  return {
    loss: value,
    examples: shape[0] ?? 1,
    evaluated:
      wanted === null ? null : { outputs: numbers as ArrayLike<number>, shape, targets: wanted as ArrayLike<number> },
  };
}

/** The predictions of one batch. */
interface Predicted extends Omit<Predictions, "indices"> {
  readonly indices: Int32Array | null;
}

function predictionsOf(evaluated: Evaluated | null, batch: unknown): Predicted | null {
  if (evaluated === null || !isClassification(evaluated)) return null;
  const { indices } = (batch ?? {}) as { readonly indices?: unknown };
  return {
    indices: indices instanceof Int32Array ? indices : null,
    labels: Int32Array.from(evaluated.targets),
    predicted: predictedClasses(evaluated),
  };
}

function joined(batches: readonly (Predicted | null)[]): Predictions | null {
  const all = batches.filter((batch) => batch !== null);
  if (all.length < batches.length) return null;
  const join = (parts: readonly Int32Array[]) => Int32Array.from(parts.flatMap((part) => [...part]));
  const indices = all.flatMap(({ indices }) => (indices === null ? [] : [indices]));
  return {
    indices: indices.length === all.length ? join(indices) : null,
    labels: join(all.map(({ labels }) => labels)),
    predicted: join(all.map(({ predicted }) => predicted)),
  };
}
