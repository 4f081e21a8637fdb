/** The models that the gradient-flow experiment runs beside, or instead of, its CIFAR nets. */

import { shapesOnly } from "../autograd/shapes-only.js";
import type { Tensor } from "../autograd/tensor.js";
import { refuseOthersModule } from "../copies.js";
import type { ImageDataset } from "../data/dataset.js";
import { describe, LivegradError, ValueError } from "../errors.js";
import type { WithAuxiliary, ZooModel } from "../models/zoo-model.js";
import { type AnyModule, Module } from "../nn/module.js";
import { zeros } from "../ops/create.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { crossEntropy } from "../ops/loss/cross-entropy.js";
import { type Generator, generator } from "../random.js";
import { sizeOf } from "../shape.js";
import { productsOf } from "../summary/multiply-accumulates.js";
import { isModuleCall, type ModuleCall, type OpCall, recordCalls } from "../summary/record.js";
import { type InitName, initializerNamed } from "./plan.js";

/** Makes a model: it takes images `[N, C, H, W]` and returns logits `[N, classes]`.
 * @category Gradient flow */
export type ModelMaker = (generator: Generator) => AnyModule;

/** Models by name: what makes them, or what the zoo says of them (`zooModel("resnet34")`).
 * @category Gradient flow */
export type Models = Readonly<Record<string, ModelMaker | ZooModel>>;

/** A model as the experiment runs it. */
export interface ExperimentModel {
  readonly name: string;
  readonly make: ModelMaker;
  /** Weights of its auxiliary losses by the module's name. */
  readonly auxiliaryWeights: Readonly<Record<string, number>>;
}

/** What a model takes, as its shapes tell. */
export interface ModelCost {
  /** Numbers that the ops of a forward pass of the batch put out. */
  readonly outputs: number;
  /** Parameters. */
  readonly weights: number;
  /** Multiply-accumulates of convolutions and matrix products of an image. */
  readonly macs: number;
}

/** Models in the order of their names, those of the zoo once for each initialisation.
 * @param inits none for each model's own
 * @throws ValueError if one is neither a function nor a model of the zoo */
export function experimentModels(models: Models, inits: readonly InitName[], classes: number): ExperimentModel[] {
  if (typeof models !== "object" || models === null || Array.isArray(models)) {
    throw new ValueError("gradientFlow", `models must be an object of functions by name, got ${describe(models)}`);
  }
  const made = Object.entries(models).flatMap(([name, entry]): ExperimentModel[] => {
    if (typeof entry === "function") return [{ name, make: entry, auxiliaryWeights: {} }];
    if (typeof entry?.make !== "function") {
      const rule = `models.${name} must be a function of a generator, or a model of the zoo`;
      throw new ValueError("gradientFlow", `${rule}, got ${describe(entry)}`, { actual: entry });
    }
    const { auxiliaryWeights = {} } = entry;
    const own = { numClasses: classes };
    if (inits.length === 0) return [{ name, make: (generator) => entry.make({ ...own, generator }), auxiliaryWeights }];
    return inits.map((init) => ({
      name: `${name}, ${init}`,
      make: (generator) => entry.make({ ...own, generator, init: initializerNamed(init) }),
      auxiliaryWeights,
    }));
  });
  if (made.length > 0) return made;
  throw new ValueError("gradientFlow", "models must have one model or more, got none");
}

/** Runs a model for its shapes alone, without any number, so that what is wrong with it shows before any work.
 * @throws ValueError that names the model and the images if it does not take them, or does not return logits */
export function tryModel(
  model: ExperimentModel,
  batch: number,
  { channels, height, width, classNames }: Pick<ImageDataset, "channels" | "height" | "width" | "classNames">,
): ModelCost {
  const images = `[${[batch, channels, height, width].join(", ")}]`;
  try {
    return shapesOnly(() => {
      const net = makeModel(model, generator(0));
      const { calls, result } = recordCalls(() =>
        logitsOf(model, net.forward(zeros([batch, channels, height, width]))),
      );
      const [logits] = result;
      if (logits.shape.length !== 2 || logits.shape[0] !== batch || logits.shape[1] !== classNames.length) {
        const rule = `it must return logits [${batch}, ${classNames.length}]`;
        throw new ValueError("gradientFlow", `${rule}, got [${logits.shape.join(", ")}]`, { actual: logits.shape });
      }
      const ops = calls.flatMap(opsOf);
      return {
        outputs: ops.reduce((sum, { output }) => sum + sizeOf(output), 0),
        weights: net.parameters().reduce((sum, { size }) => sum + size, 0),
        macs: ops.reduce((sum, op) => sum + (productsOf(op)?.macs ?? 0), 0) / batch,
      };
    });
  } catch (cause) {
    const [why] = String(cause instanceof LivegradError ? cause.message : cause).split("\n");
    throw new ValueError("gradientFlow", `${model.name} does not run on images ${images}: ${why}`, { cause });
  }
}

function opsOf(step: ModuleCall | OpCall): OpCall[] {
  return isModuleCall(step) ? step.steps.flatMap(opsOf) : [step];
}

/** Makes a network of a model.
 * @throws ValueError if what makes it returns no module */
export function makeModel({ name, make }: ExperimentModel, generator: Generator): AnyModule {
  const net: unknown = make(generator);
  if (net instanceof Module) return net;
  refuseOthersModule("gradientFlow", `the model ${name}`, net);
  throw new ValueError(
    "gradientFlow",
    `${name} must be a function that returns a module, it returned ${describe(net)}`,
  );
}

/** A model by its name, with the weights of its auxiliary losses, if it has any. */
type Weighted = Pick<ZooModel, "name" | "auxiliaryWeights">;

/** The loss of a batch: the cross entropy, plus those of the auxiliary classifiers by their weights.
 * @param output what the model returned
 * @param labels shape `[N]`, int32 */
export function lossOf(model: Weighted, output: unknown, labels: Tensor): Tensor {
  const [logits, ...auxiliary] = logitsOf(model, output);
  return auxiliary.reduce<Tensor>(
    (sum, [weight, more]) => add(sum, mul(weight, crossEntropy(more, labels))),
    crossEntropy(logits, labels),
  );
}

type Logits = readonly [logits: Tensor, ...auxiliary: (readonly [weight: number, logits: Tensor])[]];

function logitsOf({ name, auxiliaryWeights = {} }: Weighted, output: unknown): Logits {
  if (isTensor(output)) return [output];
  const { logits, auxiliary } = (output ?? {}) as Partial<WithAuxiliary>;
  if (!isTensor(logits) || typeof auxiliary !== "object") {
    throw new ValueError("gradientFlow", `${name} must return logits, a tensor, got ${describe(output)}`);
  }
  const weighted = Object.entries(auxiliary).map(([head, more]) => {
    const weight = auxiliaryWeights[head];
    if (weight !== undefined) return [weight, more] as const;
    throw new ValueError(
      "gradientFlow",
      `${name} has an auxiliary classifier ${head} without a weight; return logits alone`,
    );
  });
  return [logits, ...weighted];
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "isTensor" in value;
}
