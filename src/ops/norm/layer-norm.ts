/** Layer normalisation. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds, ownCheck } from "../../options.js";
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from "../../shape.js";
import { checkFloat, checkOptional } from "../arguments.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { checkEps, standardizeParts } from "./standardize.js";

/** Options of `layerNorm`.
 * @category Normalisation */
export interface LayerNormOptions {
  /** The last sizes of the input, over which it is normalised; one number for the last axis alone. Default: the weight's
   * or the bias's shape. */
  readonly normalizedShape?: number | Shape | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

const layerNormOptions: OptionKinds<LayerNormOptions> = { normalizedShape: ownCheck, eps: number };

/** `y = (x − mean) / √(variance + eps) · weight + bias` over the last axes, example by example (Ba, Kiros & Hinton 2016);
 * the variance is the biased one. A NaN or an infinity makes its whole example NaN, and no other.
 * @param x shape `[..., ...normalizedShape]`
 * @param weight shape `normalizedShape`, or null for 1
 * @param bias shape `normalizedShape`, or null for 0
 * @throws ShapeError if the last sizes of x, the weight or the bias are others; ValueError if eps is not above 0 or there
 * is no normalizedShape
 * @category Normalisation */
export function layerNorm(
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: LayerNormOptions = {},
): Tensor {
  checkFloat("layerNorm", x);
  const { eps = 1e-5, normalizedShape = weight?.shape ?? bias?.shape } = checkedOptions(
    "layerNorm",
    options,
    layerNormOptions,
  );
  checkEps("layerNorm", eps);
  if (normalizedShape === undefined) {
    throw new ValueError("layerNorm", "it needs a weight or normalizedShape, got neither");
  }
  const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
  checkShape("layerNorm", shape);
  if (shape.length === 0 || !sameShape(x.shape.slice(-shape.length), shape)) {
    throw new ShapeError(
      "layerNorm",
      `the last sizes of the input must be normalizedShape ${formatShape(shape)}, got ${formatShape(x.shape)}`,
      { expected: shape, actual: x.shape },
    );
  }
  checkOptional("layerNorm", x, { weight, bias }, shape);
  const standardized = standardizeParts(x, x.size / sizeOf(shape), { eps });
  const scaled = weight === null ? standardized : mul(standardized, weight);
  return bias === null ? scaled : add(scaled, bias);
}
