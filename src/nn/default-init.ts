/** The initialisation that PyTorch gives its layers, and the checks they share. */
import { Tensor } from "../autograd/tensor.js";
import { refuseOthersTensor } from "../copies.js";
import { CapacityError, describe, retold, ShapeError, ValueError } from "../errors.js";
import { rand } from "../ops/create.js";
import type { Generator } from "../random.js";
import { at, formatShape, type Shape, sameShape } from "../shape.js";
import { fans, type Initializer } from "./init.js";
import { Parameter } from "./parameter.js";

/** Uniform in ±1/√fanIn. */
export function defaultWeight(shape: Shape, { generator }: { readonly generator: Generator }): Tensor {
  return uniform(shape, shape, generator);
}

function uniform(shape: Shape, weightShape: Shape, generator: Generator): Tensor {
  const bound = 1 / Math.sqrt(fans(weightShape).fanIn);
  return rand(shape, { generator, low: -bound, high: bound });
}

/** The weight of a layer, drawn by `init`.
 * @throws ValueError if it gives no tensor, ShapeError if what it gives has another shape */
export function weightFrom(layer: string, init: Initializer, shape: Shape, generator: Generator): Parameter {
  return drawn(layer, "weight", init, shape, generator);
}

/** The bias of a layer: one number for each of `count` outputs (by default those of the weight's first axis), drawn by `init`,
 * or uniform in ±1/√fanIn of a weight of this shape.
 * @throws ValueError if it gives no tensor, ShapeError if what it gives has another shape */
export function biasFrom(
  layer: string,
  init: Initializer | undefined,
  weightShape: Shape,
  generator: Generator,
  count: number = at(weightShape, 0),
): Parameter {
  return drawn(layer, "bias", init ?? ((shape) => uniform(shape, weightShape, generator)), [count], generator);
}

/** What `draw` gives; where its device has no room for that, the error says of which layer it is a part.
 * @throws CapacityError */
function roomFor(layer: string, what: string, draw: () => Tensor): Tensor {
  try {
    return draw();
  } catch (error) {
    throw error instanceof CapacityError ? retold(error, layer, `its ${what}: `) : error;
  }
}

function drawn(
  layer: string,
  what: "weight" | "bias",
  init: Initializer,
  expected: Shape,
  generator: Generator,
): Parameter {
  const name = what === "weight" ? "init" : "biasInit";
  const tensor = roomFor(layer, what, () => init(expected, { generator }));
  if (!(tensor instanceof Tensor)) {
    refuseOthersTensor(layer, `what ${name} gave`, tensor);
    const rule = `${name} must give a tensor, as init.kaimingNormal does`;
    throw new ValueError(layer, `${rule}, got ${describe(tensor)}`, { actual: tensor });
  }
  if (!sameShape(tensor.shape, expected)) {
    const actual = tensor.shape;
    const rule = `${name} must give a ${what} of shape ${formatShape(expected)}, got ${formatShape(actual)}`;
    throw new ShapeError(layer, rule, { expected, actual });
  }
  return new Parameter(tensor);
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
