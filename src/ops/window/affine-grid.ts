/** The grid of an affine map, for `gridSample`. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds } from "../../options.js";
import { at, checkShape, coordinatesOf, formatShape, type Shape, sameShape, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import { matmul } from "../linalg/matmul.js";
import { reshapeTo } from "../reduce/sum.js";
import { permute } from "../shape/reshape.js";
import { hostTensor } from "./map-axis.js";

/** Options of `affineGrid`.
 * @category Interpolation */
export interface AffineGridOptions {
  /** Whether −1 and 1 are the centres of the first and the last cell, instead of their outer edges; as `gridSample` is told. Default
   * false. */
  readonly alignCorners?: boolean | undefined;
}

const affineGridOptions: OptionKinds<AffineGridOptions> = { alignCorners: flag };

/** The places that an affine map sends the cells of an image (or a volume) to, as `torch.nn.functional.affine_grid` (Jaderberg et al.
 * 2015, eq. 1): `grid[n, y, x] = theta[n] (column, row, 1)ᵀ`, with the column and row of a cell from −1 to 1.
 * @param theta shape `[N, 2, 3]`, or `[N, 3, 4]` for volumes
 * @param size the shape of the image that `gridSample` is to give, `[N, C, H, W]` or `[N, C, D, H, W]`
 * @returns shape `[N, H, W, 2]` or `[N, D, H, W, 3]`
 * @throws ShapeError if the shapes do not fit
 * @category Interpolation */
export function affineGrid(theta: Tensor, size: Shape, options: AffineGridOptions = {}): Tensor {
  const { alignCorners = false } = checkedOptions(op, options, affineGridOptions);
  checkFloat(op, theta);
  checkShape(op, size);
  const [batch = 0, , ...out] = size;
  const axes = out.length;
  if ((axes !== 2 && axes !== 3) || !sameShape(theta.shape, [batch, axes, axes + 1])) {
    throw new ShapeError(
      op,
      `theta must be [N, 2, 3] for a size [N, C, H, W], or [N, 3, 4] for [N, C, D, H, W], got ${formatShape(theta.shape)} ` +
        `and ${formatShape(size)}`,
      { actual: [theta.shape, size] },
    );
  }
  const cells = reshapeTo(hostTensor(theta, homogeneous(out, alignCorners)), [sizeOf(out), axes + 1]);
  return reshapeTo(matmul(cells, permute(theta, [0, 2, 1])), [batch, ...out, axes]);
}

const op = "affineGrid";

/** (column, row, …, 1) of every cell. */
function homogeneous(out: Shape, alignCorners: boolean): number[] {
  return Array.from({ length: sizeOf(out) }, (_, i) => {
    const places = coordinatesOf(i, out).map((k, axis) => placeOf(k, at(out, axis), alignCorners));
    return [...places.reverse(), 1];
  }).flat();
}

/** The centre of cell k of n; a single cell is in the middle. */
function placeOf(k: number, n: number, alignCorners: boolean): number {
  if (!alignCorners) return (2 * k + 1) / n - 1;
  return n === 1 ? 0 : (2 * k) / (n - 1) - 1;
}
