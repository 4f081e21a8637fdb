/** The objective: what is computed of a batch, its loss above all. */
import type { NdArray } from "ndarray";
import { Tensor } from "../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import type { AnyModule } from "../nn/module.js";
import { tensor } from "../ops/create.js";
import { crossEntropy } from "../ops/loss/cross-entropy.js";

/** What an objective gives.
 * @category Training */
export interface Outcome {
  /** The loss, one number: what is differentiated. */
  readonly loss: Tensor;
  /** What the model gave, for metrics: shape `[N, …]`, for classes the logits `[N, C]`. */
  readonly outputs: Tensor;
  /** What it should have given, for metrics: shape `[N, …]`, for classes their numbers `[N]`; null where there is nothing to compare with. */
  readonly targets: Tensor | null;
}

/** Computes loss and outputs of a batch; in training inside the tape, in evaluation without.
 * @typeParam Model the model's class
 * @typeParam Batch what the loader gives
 * @category Training */
export type Objective<Model extends AnyModule, Batch> = (model: Model, batch: Batch) => Outcome;

/** Compares outputs and targets: `crossEntropy`, `mseLoss`, or one's own.
 * @category Training */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

/** A batch of labelled images, as the loaders give it.
 * @category Training */
export interface LabelledBatch {
  /** Shape `[N, C, H, W]`. */
  readonly images: NdArray<Float32Array | Float64Array>;
  /** Class numbers, shape `[N]`. */
  readonly labels: NdArray<Int32Array>;
  /** Where in the data set each stands, shape `[N]`. */
  readonly indices?: Int32Array | undefined;
}

/** The objective of labelled images: the model's logits, and their loss. */
export function classification(op: string, loss: LossFunction = crossEntropy): Objective<AnyModule, unknown> {
  return (model, batch) => {
    const { images, labels } = labelled(op, batch);
    const device = deviceOf(model);
    const outputs: unknown = model.forward(tensor(images as NdArray<Float32Array>, { device }));
    if (!(outputs instanceof Tensor)) {
      throw new ValueError(
        op,
        `the model must give one tensor of logits, got ${describe(outputs)}; pass an objective that says which is the loss`,
      );
    }
    const targets = tensor(labels, { dtype: "int32", device });
    return { loss: loss(outputs, targets), outputs, targets };
  };
}

/** Throws unless an objective gave what it must. */
export function checkedOutcome(op: string, outcome: Outcome): Outcome {
  const { loss, outputs, targets } = (outcome ?? {}) as Partial<Outcome>;
  const isRight =
    loss instanceof Tensor && outputs instanceof Tensor && (targets === null || targets instanceof Tensor);
  if (!isRight)
    throw new ValueError(op, `the objective must return { loss, outputs, targets }, tensors, got ${describe(outcome)}`);
  if (loss.size === 1 && outputs.rank > 0) return outcome;
  const rule = loss.size === 1 ? "outputs must have the examples as their first axis" : "the loss must be one number";
  throw new ShapeError(op, `${rule}, got shape [${(loss.size === 1 ? outputs : loss).shape.join(", ")}]`);
}

function deviceOf(model: AnyModule) {
  return model.parameters()[0]?.device.name;
}

function labelled(op: string, batch: unknown): LabelledBatch {
  const { images, labels } = (batch ?? {}) as Partial<LabelledBatch>;
  if (images !== undefined && labels !== undefined) return batch as LabelledBatch;
  throw new ValueError(
    op,
    `a batch must be { images, labels }, got ${describe(batch)}; pass an objective for batches of another kind`,
  );
}
