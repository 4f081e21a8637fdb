/** The coordinates of a grid. */

import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, type OptionKinds, oneOf } from "../../options.js";
import { checkSize, formatShape } from "../../shape.js";
import { checkTensorList } from "../arguments.js";
import { broadcastTo, reshapeTo } from "../reduce/sum.js";

/** Options of `meshgrid`.
 * @category Shape */
export interface MeshgridOptions {
  /** Which axis the first vector runs along: `ij`, the first, or `xy`, the second (and the second vector along the first), as
   * a plot has them. Default `ij`. */
  readonly indexing?: "ij" | "xy" | undefined;
}

const meshgridOptions: OptionKinds<MeshgridOptions> = { indexing: oneOf("ij", "xy") };

/** The coordinates of all points of a grid: vector k repeated along all axes but its own, as `torch.meshgrid`.
 * @param tensors vectors of any dtypes; a scalar counts as a vector of one
 * @returns as many tensors, of shape `[...sizes]`, the first two swapped with `indexing: "xy"`
 * @throws ValueError unless there is at least one; ShapeError if one is no vector
 * @category Shape */
export function meshgrid(tensors: readonly Tensor[], options: MeshgridOptions = {}): Tensor[] {
  const { indexing = "ij" } = checkedOptions("meshgrid", options, meshgridOptions);
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ValueError("meshgrid", "vectors come in an array of at least one: meshgrid([x, y])");
  }
  checkTensorList("meshgrid", tensors);
  for (const { shape } of tensors as readonly Tensor[]) {
    if (shape.length > 1) throw new ShapeError("meshgrid", `it takes vectors, got shape ${formatShape(shape)}`);
  }
  const vectors = tensors as readonly Tensor[];
  const places = vectors.map((_, k) => (indexing === "xy" && vectors.length > 1 && k < 2 ? 1 - k : k));
  const shape = new Array<number>(vectors.length);
  for (const [k, { size }] of vectors.entries()) shape[places[k] as number] = size;
  checkSize("meshgrid", shape);
  return vectors.map((x, k) => {
    const sizes = shape.map((_, i) => (i === places[k] ? x.size : 1));
    return broadcastTo(reshapeTo(x, sizes), shape);
  });
}
