/** The places of the elements of each row in order, unrecorded: what sorting and adding up by index are built on. */
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { mergeRuns, placeInRow } from "../../kernels/order.js";
import { rowSize } from "../../shape.js";
import { checkPlaces } from "../arguments.js";
import { rowsOf } from "../rows.js";

/** Along an axis: which element comes first, second, …; a stable merge sort, NaN the largest.
 * @param op in whose name an axis is refused that the device cannot count along
 * @returns int32, shape of `x` */
export function placesInOrder(op: string, x: Tensor, axis: number, descending: boolean): Tensor {
  const { threads, constants } = rowsOf(x.shape, axis);
  const size = rowSize(x.shape, axis);
  checkPlaces(op, x.device, size, `axis ${axis}`);
  let places = run(placeInRow, [x], { threads, constants, dtype: "int32" });
  for (let length = 1; length < size; length *= 2) {
    places = run(mergeRuns, [x, places], {
      threads,
      constants: { ...constants, run: length, steps: Math.log2(length) + 1, descending: descending ? 1 : 0 },
      dtype: "int32",
    });
  }
  return places;
}
