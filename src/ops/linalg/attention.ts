/** Scaled dot-product attention. */

import { isFloat } from "../../autograd/dtype.js";
import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { tensorOrNull } from "../../autograd/tensor-kinds.js";
import { DTypeError, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, generatorKind, number, type OptionKinds } from "../../options.js";
import type { Generator } from "../../random.js";
import { at, broadcastShapes, checkSize, formatShape, sameShape, sizeOf } from "../../shape.js";
import { checkFloat, checkTensors } from "../arguments.js";
import { ones, rand } from "../create.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { equal, greaterEqual, notEqual, where } from "../elementwise/compare.js";
import { any } from "../reduce/logical.js";
import { max } from "../reduce/reduce.js";
import { softmax } from "../reduce/softmax.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";
import { transpose } from "../shape/reshape.js";
import { tril } from "../shape/triangle.js";
import { matmul } from "./matmul.js";

/** Options of `scaledDotProductAttention`.
 * @category Linear algebra */
export interface AttentionOptions {
  /** Broadcasts to `[...B, L, S]`: bool, true where a query may look at a key; or float, added to the scores. Default: none. */
  readonly attnMask?: Tensor | null | undefined;
  /** Query i looks at the keys 0 to i only; not together with `attnMask`. Default false. */
  readonly isCausal?: boolean | undefined;
  /** What the scores are multiplied by. Default 1/√E. */
  readonly scale?: number | undefined;
  /** Share of the attention weights that are set to 0, the others growing by 1 / (1 − p); from 0 to 1. Default 0. */
  readonly dropoutP?: number | undefined;
  /** Where dropout draws from; needed with `dropoutP`. */
  readonly generator?: Generator | undefined;
  /** Whether `key` and `value` may have fewer heads (axis −3) than `query`, each of which serves as many neighbouring heads of it.
   * Default false. */
  readonly enableGqa?: boolean | undefined;
}

const attentionOptions: OptionKinds<AttentionOptions> = {
  attnMask: tensorOrNull,
  isCausal: flag,
  scale: number,
  dropoutP: number,
  generator: generatorKind,
  enableGqa: flag,
};

/** softmax(scale · Q Kᵀ + mask) V (Vaswani et al. 2017, equation 1), as `torch.nn.functional.scaled_dot_product_attention`
 * defines it. A query that may look at no key gives zeros, and no gradient. What a key and its value hold that `attnMask` hides
 * from every query counts for nothing, NaN included (in PyTorch it does); NaN where some query may look reaches the others, too.
 * @param query shape `[...B, L, E]`
 * @param key shape `[...B, S, E]`; leading axes broadcast
 * @param value shape `[...B, S, V]`
 * @returns shape `[...B, L, V]`
 * @throws ShapeError if the shapes do not fit; DTypeError for a mask of integers; ValueError if an option is out of range, both
 * `attnMask` and `isCausal` are given, or dropout has no generator
 * @category Linear algebra */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const {
    attnMask = null,
    isCausal = false,
    dropoutP = 0,
    generator,
    enableGqa = false,
  } = checkedOptions(name, options, attentionOptions);
  checkFloat(name, query, key, value);
  if (enableGqa) {
    const [keys, values] = [key, value].map((x) => headsFor(query, x)) as [Tensor, Tensor];
    return scaledDotProductAttention(query, keys, values, { ...options, enableGqa: false });
  }
  checkShapes(query, key, value);
  const { scale = 1 / Math.sqrt(at(query.shape, -1)) } = options;
  checkNumbers(scale, dropoutP, generator);
  if (isCausal && attnMask !== null) {
    throw new ValueError(name, "attnMask and isCausal exclude each other; put the triangle into the mask: tril(mask)");
  }
  const [keys, values] = attnMask === null ? [key, value] : [seen(key, attnMask), seen(value, attnMask)];
  const scores = matmul(mul(query, scale), transpose(keys));
  let weights: Tensor;
  if (attnMask !== null) weights = maskedSoftmax(masked(scores, attnMask));
  else if (isCausal) weights = softmax(where(causal(scores), scores, Number.NEGATIVE_INFINITY));
  else weights = softmax(scores);
  if (dropoutP > 0 && generator !== undefined) weights = dropped(weights, dropoutP, generator);
  return matmul(weights, values);
}

const name = "scaledDotProductAttention";

/** Each head of x repeated so that there are as many as in the query. */
function headsFor(query: Tensor, x: Tensor): Tensor {
  const [wanted, heads] = [Number(query.shape.at(-3)), Number(x.shape.at(-3))]; // NaN where there is no such axis
  if (wanted % heads !== 0) {
    throw new ShapeError(
      name,
      `with enableGqa the heads of query [...B, H, L, E] must be a multiple of those of key and value, got ` +
        `${formatShape(query.shape)} and ${formatShape(x.shape)}`,
      { expected: wanted, actual: heads },
    );
  }
  const [outer, matrix] = [x.shape.slice(0, -3), x.shape.slice(-2)];
  const groups = reshapeTo(x, [sizeOf(outer) * heads, 1, sizeOf(matrix)]);
  return reshapeTo(broadcastTo(groups, [sizeOf(outer) * heads, wanted / heads, sizeOf(matrix)]), [
    ...outer,
    wanted,
    ...matrix,
  ]);
}

function checkShapes(query: Tensor, key: Tensor, value: Tensor): void {
  const shapes = [query.shape, key.shape, value.shape];
  const fits =
    shapes.every((shape) => shape.length >= 2) &&
    at(query.shape, -1) === at(key.shape, -1) &&
    at(key.shape, -2) === at(value.shape, -2);
  if (!fits) {
    throw new ShapeError(
      name,
      `query [...B, L, E], key [...B, S, E] and value [...B, S, V] must agree, got ${shapes.map(formatShape).join(", ")}`,
      { actual: shapes },
    );
  }
  const batch = broadcastShapes(name, ...shapes.map((shape) => shape.slice(0, -2)));
  checkSize(name, [...batch, at(query.shape, -2), Math.max(at(key.shape, -2), at(value.shape, -1))]);
}

function checkNumbers(scale: number, dropoutP: number, generator: Generator | undefined): void {
  if (!Number.isFinite(scale)) throw new ValueError(name, `scale must be a finite number, got ${scale}`);
  if (!(dropoutP >= 0 && dropoutP <= 1)) {
    throw new ValueError(name, `dropoutP must be from 0 to 1, got ${dropoutP}`, { actual: dropoutP });
  }
  if (dropoutP > 0 && generator === undefined) {
    throw new ValueError(name, "dropout draws from an explicit generator; pass { generator: generator(seed) }");
  }
}

/** The scores with −∞ (or what the mask says) where a query may not look. */
function masked(scores: Tensor, mask: Tensor): Tensor {
  checkTensors(name, scores, mask);
  if (!sameShape(broadcastShapes(name, scores.shape, mask.shape), scores.shape)) {
    throw new ShapeError(
      name,
      `attnMask must broadcast to the scores [...B, L, S] ${formatShape(scores.shape)}, got ${formatShape(mask.shape)}`,
      { expected: scores.shape, actual: mask.shape },
    );
  }
  if (mask.dtype === "bool") return where(mask, scores, Number.NEGATIVE_INFINITY);
  if (isFloat(mask.dtype)) return add(scores, mask);
  throw new DTypeError(name, `attnMask must be bool or float, got ${mask.dtype}; cast(mask, "bool")`, {
    expected: "bool",
    actual: mask.dtype,
  });
}

/** The rows of keys or values [...B, S, E] that some query may look at, and zeros in place of the others: what stands there, NaN
 * too, reaches nothing and gets no gradient. Masks that are no such thing are refused later. */
function seen(x: Tensor, mask: Tensor): Tensor {
  if (mask.device !== x.device || (mask.dtype !== "bool" && !isFloat(mask.dtype)) || mask.rank === 0) return x;
  const rows = noGrad(() => {
    const looks = mask.dtype === "bool" ? mask : notEqual(mask, Number.NEGATIVE_INFINITY);
    const byAny = mask.rank < 2 ? looks : any(looks, { axis: -2 });
    return reshapeTo(byAny, [...byAny.shape, 1]);
  });
  const [lead, batch] = [rows.shape.slice(0, -2), x.shape.slice(0, -2)];
  // Where heads or examples that share keys differ in what they see, there is no one answer; nor is there for a mask of one column.
  const fits = at(rows.shape, -2) === at(x.shape, -2) && lead.length <= batch.length;
  const isShared = lead.every((n, i) => n === 1 || n === batch[i + batch.length - lead.length]);
  return fits && isShared ? where(rows, x, 0) : x;
}

/** The lower triangle [L, S]. */
function causal(scores: Tensor): Tensor {
  const shape = scores.shape.slice(-2);
  return noGrad(() => tril(ones(shape, { dtype: "bool", device: scores.device.name })));
}

/** Softmax along the last axis, and zeros where all of it is −∞. */
function maskedSoftmax(scores: Tensor): Tensor {
  const nothing = noGrad(() => equal(max(scores, { axis: -1, keepDims: true }), Number.NEGATIVE_INFINITY));
  return where(nothing, 0, softmax(where(nothing, 0, scores)));
}

function dropped(weights: Tensor, p: number, generator: Generator): Tensor {
  const draws = rand(weights.shape, { generator, device: weights.device.name });
  return where(greaterEqual(draws, p), mul(weights, p === 1 ? 0 : 1 / (1 - p)), 0);
}
