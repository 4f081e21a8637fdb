/** The initialisation that PyTorch gives its layers, and the checks they share. */
import { Tensor } from "../autograd/tensor.js";
import { refuseOthersTensor } from "../copies.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import { rand } from "../ops/create.js";
import type { Generator } from "../random.js";
import { at, formatShape, type Shape, sameShape } from "../shape.js";
import { fans, type Initializer } from "./init.js";
import { Parameter } from "./parameter.js";

/** Uniform in ±1/√fanIn. */
export function defaultWeight(shape: Shape, { generator }: { readonly generator: Generator }): Tensor {
  return uniform(shape, shape, generator);
}

/** One value for each of `count` outputs (by default those of the weight's first axis), uniform in ±1/√fanIn of a weight
 * of this shape. */
export function defaultBias(
  weightShape: Shape,
  { generator }: { readonly generator: Generator },
  count: number = at(weightShape, 0),
): Tensor {
  return uniform([count], weightShape, generator);
}

function uniform(shape: Shape, weightShape: Shape, generator: Generator): Tensor {
  const bound = 1 / Math.sqrt(fans(weightShape).fanIn);
  return rand(shape, { generator, low: -bound, high: bound });
}

/** The weight of a layer, drawn by `init`.
 * @throws ValueError if it gives no tensor, ShapeError if what it gives has another shape */
export function weightFrom(layer: string, init: Initializer, shape: Shape, generator: Generator): Parameter {
  const weight = init(shape, { generator });
  if (!(weight instanceof Tensor)) {
    refuseOthersTensor(layer, "what init gave", weight);
    const rule = "init must give a tensor, as init.kaimingNormal does";
    throw new ValueError(layer, `${rule}, got ${describe(weight)}`, { actual: weight });
  }
  if (!sameShape(weight.shape, shape)) {
    const [expected, actual] = [shape, weight.shape];
    const rule = `init must give a weight of shape ${formatShape(expected)}, got ${formatShape(actual)}`;
    throw new ShapeError(layer, rule, { expected, actual });
  }
  return new Parameter(weight);
}

/** Throws unless every count is an integer of at least 1. */
export function checkCounts(layer: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new ValueError(layer, `${name} must be an integer of at least 1, got ${describe(value)}`, {
        actual: value,
      });
    }
  }
}
