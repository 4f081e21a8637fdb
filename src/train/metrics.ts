/** Metrics: numbers that say how good outputs are, summed up batch by batch. */
import { describe, ShapeError, ValueError } from "../errors.js";
import type { Shape } from "../shape.js";
import type { Json, MetricValue } from "./events.js";

/** Outputs and targets of a batch, on the host.
 * @category Training */
export interface Evaluated {
  /** What the model gave, row-major. */
  readonly outputs: ArrayLike<number>;
  /** Its shape, `[N, …]`. */
  readonly shape: Shape;
  /** What it should have given, row-major; class numbers of shape `[N]`, where it is classes. */
  readonly targets: ArrayLike<number>;
}

/** A number, or several, that sum up over batches. What has been summed up is plain JSON, so that a run can stop between two batches.
 * @typeParam Total what is summed up
 * @category Training */
export interface Metric<Total extends Json = Json> {
  /** What it is called in events, logs and files. */
  readonly name: string;
  /** The sum of no batches. */
  readonly zero: Total;
  /** The sum with one batch more; `total` stays as it is. */
  add(total: Total, batch: Evaluated): Total;
  /** The value of a sum. */
  value(total: Total): MetricValue;
}

/** The share, 0 to 1, of examples whose class is the most likely one by the model; of equal logits the first counts. Its name is
 * `accuracy`. For logits `[N, C]`.
 * @category Training */
export function accuracy(): Metric<readonly [right: number, all: number]> {
  return { ...topKAccuracy(1), name: "accuracy" };
}

/** The share, 0 to 1, of examples whose class is among the `k` most likely ones by the model; of equal logits the first count. Its
 * name is `top5` for k = 5. For logits `[N, C]`.
 * @throws ValueError unless k is an integer of at least 1; what it sums up, ShapeError for other outputs
 * @category Training */
export function topKAccuracy(k: number): Metric<readonly [right: number, all: number]> {
  if (!(Number.isSafeInteger(k) && k >= 1))
    throw new ValueError("topKAccuracy", `k must be an integer of at least 1, got ${describe(k)}`);
  return {
    name: `top${k}`,
    zero: [0, 0],
    add([right, all], batch) {
      let hits = 0;
      for (const rank of ranks(`top${k}`, batch)) if (rank < k) hits++;
      return [right + hits, all + batch.targets.length];
    },
    value: ([right, all]) => right / all,
  };
}

/** How often examples of each class (rows) were taken for each class (columns): a matrix `[C, C]`. Its name is `confusion`.
 * For logits `[N, C]`.
 * @category Training */
export function confusionMatrix(): Metric<readonly (readonly number[])[]> {
  return {
    name: "confusion",
    zero: [],
    add(total, batch) {
      const classes = classesOf("confusion", batch);
      const sum = Array.from({ length: classes }, (_, i) =>
        Array.from({ length: classes }, (_, j) => total[i]?.[j] ?? 0),
      );
      predictedClasses(batch).forEach((predicted, i) => {
        const row = sum[batch.targets[i] as number] as number[];
        row[predicted] = (row[predicted] as number) + 1;
      });
      return sum;
    },
    value: (total) => total,
  };
}

/** For each class the share, 0 to 1, of its examples that were taken for it; NaN where it has none. Its name is `classAccuracy`.
 * For logits `[N, C]`.
 * @category Training */
export function perClassAccuracy(): Metric<readonly (readonly number[])[]> {
  return {
    ...confusionMatrix(),
    name: "classAccuracy",
    value: (total) => total.map((row, i) => (row[i] as number) / row.reduce((sum, count) => sum + count, 0)),
  };
}

/** The most likely class of each example. */
export function predictedClasses({ outputs, shape }: Evaluated): Int32Array {
  const [count = 0, classes = 0] = shape;
  return Int32Array.from({ length: count }, (_, i) => {
    let best = 0;
    for (let j = 1; j < classes; j++)
      if (Number(outputs[i * classes + j]) > Number(outputs[i * classes + best])) best = j;
    return best;
  });
}

/** How many classes come before the right one, for each example. */
function ranks(op: string, batch: Evaluated): Int32Array {
  const { outputs, targets } = batch;
  const classes = classesOf(op, batch);
  return Int32Array.from({ length: targets.length }, (_, i) => {
    const target = targets[i] as number;
    const own = outputs[i * classes + target] as number;
    if (Number.isNaN(own)) return classes; // nobody's guess
    let before = 0;
    for (let j = 0; j < classes; j++) {
      const other = outputs[i * classes + j] as number;
      if (other > own || (other === own && j < target)) before++;
    }
    return before;
  });
}

/** Whether a batch is one of classes: logits `[N, C]` and N class numbers. */
export function isClassification({ shape, targets }: Evaluated): boolean {
  return shape.length === 2 && targets.length === shape[0];
}

function classesOf(op: string, batch: Evaluated): number {
  const [, classes = 0] = batch.shape;
  if (!isClassification(batch)) {
    const got = `outputs [${batch.shape.join(", ")}] and ${batch.targets.length} targets`;
    throw new ShapeError(op, `it takes logits [N, C] and N class numbers, got ${got}`);
  }
  for (let i = 0; i < batch.targets.length; i++) {
    const label = batch.targets[i] as number;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new ValueError(op, `a label must be a class number from 0 to ${classes - 1}, got ${label}`);
  }
  return classes;
}

/** What several metrics have summed up, and the loss. */
export interface Totals {
  /** The sum of the losses, each times its examples. */
  readonly loss: number;
  readonly examples: number;
  /** By name. */
  readonly metrics: Readonly<Record<string, Json>>;
}

/** The sum of nothing. */
export function noTotals(metrics: readonly Metric[]): Totals {
  return { loss: 0, examples: 0, metrics: Object.fromEntries(metrics.map(({ name, zero }) => [name, zero])) };
}

/** A batch on the host: its loss, how many examples it has, and what metrics look at; null where it has no targets. */
export interface BatchResult {
  readonly loss: number;
  readonly examples: number;
  readonly evaluated: Evaluated | null;
}

/** The sums with one batch more.
 * @throws ValueError if there are metrics, and no targets */
export function addBatch(
  op: string,
  totals: Totals,
  { loss, examples, evaluated }: BatchResult,
  metrics: readonly Metric[],
): Totals {
  if (evaluated === null && metrics.length > 0) {
    const names = metrics.map(({ name }) => name).join(", ");
    throw new ValueError(op, `the objective gives no targets, and metrics (${names}) compare with them`);
  }
  const sums = metrics.map((metric) => [
    metric.name,
    metric.add(totals.metrics[metric.name] ?? metric.zero, evaluated as Evaluated),
  ]);
  return {
    loss: totals.loss + loss * examples,
    examples: totals.examples + examples,
    metrics: Object.fromEntries(sums),
  };
}

/** The values of sums, the mean loss first. */
export function valuesOf(totals: Totals, metrics: readonly Metric[]): Readonly<Record<string, MetricValue>> {
  const values = metrics.map((metric) => [metric.name, metric.value(totals.metrics[metric.name] ?? metric.zero)]);
  return { loss: totals.loss / totals.examples, ...Object.fromEntries(values) };
}

/** Throws unless these are metrics with names of their own. */
export function checkMetrics(op: string, metrics: readonly Metric[]): void {
  const isMetric = (metric: Partial<Metric> | null): boolean =>
    typeof metric?.name === "string" &&
    typeof metric.add === "function" &&
    typeof metric.value === "function" &&
    "zero" in metric;
  if (!(Array.isArray(metrics) && metrics.every(isMetric))) {
    throw new ValueError(op, `metrics must be a list of metrics, such as [accuracy()], got ${describe(metrics)}`);
  }
  const names = ["loss", ...metrics.map(({ name }) => name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ValueError(op, `two metrics are called ${twice}; give one another name`);
}
