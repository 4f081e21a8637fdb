/** Products of matrices and vectors that are added to a tensor: β · input + α · product. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkedOptions, number, type OptionKinds } from "../../options.js";
import { at, broadcastShapes, checkSize, formatShape, type Shape, sameShape } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { reshapeTo } from "../reduce/sum.js";
import { permute } from "../shape/reshape.js";
import { matmulOp } from "./matmul.js";

/** Options of `addmm` and its family.
 * @category Linear algebra */
export interface AddedProductOptions {
  /** What the input is multiplied by. With 0 the input is left out, its NaN and Infinity too, as in PyTorch. Default 1. */
  readonly beta?: number | undefined;
  /** What the product is multiplied by. Default 1. */
  readonly alpha?: number | undefined;
}

const addedProductOptions: OptionKinds<AddedProductOptions> = { beta: number, alpha: number };

/** β · input + α · a b of two matrices.
 * @param input of a shape that broadcasts to `[N, P]`
 * @param a shape `[N, M]`
 * @param b shape `[M, P]`
 * @returns shape `[N, P]`
 * @throws ShapeError if the shapes do not fit
 * @category Linear algebra */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options: AddedProductOptions = {}): Tensor {
  return added("addmm", "a [N, M] and b [M, P]", input, a, b, options, {
    fits: a?.rank === 2 && b?.rank === 2 && a.shape[1] === b.shape[0],
    shape: () => [at(a.shape, 0), at(b.shape, 1)],
    product: () => multiplied(a, b),
  });
}

/** β · input + α · a v of a matrix and a vector.
 * @param input of a shape that broadcasts to `[N]`
 * @param a shape `[N, M]`
 * @param v shape `[M]`
 * @returns shape `[N]`
 * @throws ShapeError if the shapes do not fit
 * @category Linear algebra */
export function addmv(input: Tensor, a: Tensor, v: Tensor, options: AddedProductOptions = {}): Tensor {
  return added("addmv", "a [N, M] and v [M]", input, a, v, options, {
    fits: a?.rank === 2 && v?.rank === 1 && a.shape[1] === v.size,
    shape: () => [at(a.shape, 0)],
    product: () => multiplied(a, reshapeTo(v, [v.size, 1])),
  });
}

/** β · input + α · a bᵀ of two vectors.
 * @param input of a shape that broadcasts to `[N, M]`
 * @param a shape `[N]`
 * @param b shape `[M]`
 * @returns shape `[N, M]`
 * @throws ShapeError if the shapes do not fit
 * @category Linear algebra */
export function addr(input: Tensor, a: Tensor, b: Tensor, options: AddedProductOptions = {}): Tensor {
  return added("addr", "the vectors a [N] and b [M]", input, a, b, options, {
    fits: a?.rank === 1 && b?.rank === 1,
    shape: () => [a.size, b.size],
    product: () => mul(reshapeTo(a, [a.size, 1]), b),
  });
}

/** β · inputᵢ + α · aᵢ bᵢ, for each i of a batch.
 * @param input of a shape that broadcasts to `[B, N, P]`
 * @param a shape `[B, N, M]`
 * @param b shape `[B, M, P]`
 * @returns shape `[B, N, P]`
 * @throws ShapeError if the shapes do not fit; the batches do not broadcast, as in PyTorch
 * @category Linear algebra */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options: AddedProductOptions = {}): Tensor {
  return added("baddbmm", "a [B, N, M] and b [B, M, P]", input, a, b, options, {
    fits: batchesFit(a, b),
    shape: () => [at(a.shape, 0), at(a.shape, 1), at(b.shape, 2)],
    product: () => multiplied(a, b),
  });
}

/** β · input + α · Σᵢ aᵢ bᵢ over a batch: one product of matrices of N × (B M) and (B M) × P numbers.
 * @param input of a shape that broadcasts to `[N, P]`
 * @param a shape `[B, N, M]`
 * @param b shape `[B, M, P]`
 * @returns shape `[N, P]`
 * @throws ShapeError if the shapes do not fit
 * @category Linear algebra */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options: AddedProductOptions = {}): Tensor {
  return added("addbmm", "a [B, N, M] and b [B, M, P]", input, a, b, options, {
    fits: batchesFit(a, b),
    shape: () => [at(a.shape, 1), at(b.shape, 2)],
    product: () => {
      const [batch = 1, rows = 1, inner = 1] = a.shape;
      return multiplied(
        reshapeTo(permute(a, [1, 0, 2]), [rows, batch * inner]),
        reshapeTo(b, [batch * inner, at(b.shape, 2)]),
      );
    },
  });
}

function batchesFit(a: Tensor, b: Tensor): boolean {
  return a?.rank === 3 && b?.rank === 3 && a.shape[0] === b.shape[0] && a.shape[2] === b.shape[1];
}

function multiplied(a: Tensor, b: Tensor): Tensor {
  return matmulOp(a, b, { transposeA: false, transposeB: false });
}

/** A product, known by whether its factors fit each other before it is computed. */
interface Product {
  readonly fits: boolean;
  readonly shape: () => Shape;
  readonly product: () => Tensor;
}

function added(
  op: string,
  factors: string,
  input: Tensor,
  a: Tensor,
  b: Tensor,
  options: AddedProductOptions,
  { fits, shape: shapeOf, product }: Product,
): Tensor {
  const { beta = 1, alpha = 1 } = checkedOptions(op, options, addedProductOptions);
  checkFloat(op, input, a, b);
  if (!fits) {
    throw new ShapeError(op, `it multiplies ${factors}, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`, {
      actual: [a.shape, b.shape],
    });
  }
  const shape = shapeOf();
  checkSize(op, shape);
  if (!sameShape(broadcastShapes(op, input.shape, shape), shape)) {
    throw new ShapeError(op, `input must broadcast to ${formatShape(shape)}, got ${formatShape(input.shape)}`, {
      expected: shape,
      actual: input.shape,
    });
  }
  const scaled = reshapeTo(alpha === 1 ? product() : mul(product(), alpha), shape);
  if (beta === 0) return scaled;
  return add(beta === 1 ? input : mul(input, beta), scaled);
}
