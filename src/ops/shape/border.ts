/** Padding with what the tensor itself holds: mirrored, repeated or carried on from the other end. */
import { Tensor } from "../../autograd/tensor.js";
import { ValueError } from "../../errors.js";
import { at, formatShape } from "../../shape.js";
import { gatherOp } from "../indexing/gather-op.js";

/** How `pad` fills the new cells other than with a constant.
 * @category Shape */
export type BorderMode = "reflect" | "replicate" | "circular";

/** For each mode, the place in an axis of n that fills place i beyond its ends, and the widest border there can be. */
const borders: Readonly<
  Record<BorderMode, { readonly place: (i: number, n: number) => number; readonly widest: (n: number) => number }>
> = {
  reflect: { place: (i, n) => (i < n ? Math.abs(i) : 2 * (n - 1) - i), widest: (n) => n - 1 },
  replicate: { place: (i, n) => Math.min(n - 1, Math.max(0, i)), widest: () => Number.POSITIVE_INFINITY },
  circular: { place: (i, n) => (i + n) % n, widest: (n) => n },
};

/** Pads axis by axis by picking places.
 * @throws ValueError if there is no such mode, or the tensor is too small for a width */
export function padBorder(x: Tensor, padding: readonly (readonly [number, number])[], mode: BorderMode): Tensor {
  if (!Object.hasOwn(borders, mode)) {
    throw new ValueError("pad", `mode must be constant, ${Object.keys(borders).join(", ")}, got ${String(mode)}`, {
      actual: mode,
    });
  }
  const { place, widest } = borders[mode];
  return padding.reduce((result, [before, after], axis) => {
    if (before + after === 0) return result;
    const n = at(x.shape, axis);
    if (Math.max(before, after) > widest(n)) {
      throw new ValueError(
        "pad",
        `mode ${mode} can add at most ${widest(n)} cells to each end of axis ${axis} of ${formatShape(x.shape)}, ` +
          `got [${before}, ${after}]`,
        { expected: widest(n), actual: Math.max(before, after) },
      );
    }
    const places = Array.from({ length: before + n + after }, (_, i) => place(i - before, n));
    const index = new Tensor(x.device, x.device.upload(places), [places.length], "int32");
    return gatherOp(result, index, { axis, shared: true });
  }, x);
}
