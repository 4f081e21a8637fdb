/** The layer normalisation layer. */

import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { ones, zeros } from "../ops/create.js";
import { layerNorm } from "../ops/norm/layer-norm.js";
import { checkedOptions, flag, number, type OptionKinds } from "../options.js";
import { checkShape, formatShape, type Shape } from "../shape.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `LayerNorm`.
 * @category Layers */
export interface LayerNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Whether weight and bias are learned. Default true. */
  readonly elementwiseAffine?: boolean | undefined;
  /** Whether a bias is learned beside the weight. Default true. */
  readonly bias?: boolean | undefined;
}

const layerNormLayerOptions: OptionKinds<LayerNormLayerOptions> = { eps: number, elementwiseAffine: flag, bias: flag };

/** Normalises each example over its last axes; see `layerNorm`.
 * @category Layers */
export class LayerNorm extends Module {
  /** The last sizes of the input, over which it is normalised. */
  readonly normalizedShape: Shape;
  /** Shape `normalizedShape`, initially 1; or null. */
  readonly weight: Parameter | null;
  /** Shape `normalizedShape`, initially 0; or null. */
  readonly bias: Parameter | null;
  readonly #eps: number;

  constructor(normalizedShape: number | Shape, options: LayerNormLayerOptions = {}) {
    super();
    const {
      eps = 1e-5,
      elementwiseAffine = true,
      bias = true,
    } = checkedOptions("LayerNorm", options, layerNormLayerOptions);
    const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    checkShape("LayerNorm", shape);
    if (shape.length === 0) throw new ShapeError("LayerNorm", "normalizedShape must have at least one size, got []");
    this.normalizedShape = [...shape];
    this.#eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape)) : null;
  }

  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { normalizedShape: this.normalizedShape, eps: this.#eps });
  }

  protected override describe(): string {
    return `${formatShape(this.normalizedShape)}, eps: ${this.#eps}`;
  }
}
