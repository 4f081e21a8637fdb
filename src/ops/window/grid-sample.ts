/** Reading images and volumes at places between their cells. */

import { noGrad } from "../../autograd/modes.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds, oneOf } from "../../options.js";
import { at, checkSize, formatShape, type Shape, sizeOf, stridesOf } from "../../shape.js";
import { checkFloat, checkPlaces } from "../arguments.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { clamp } from "../elementwise/clamp.js";
import { cast, greaterEqual, lessEqual, where } from "../elementwise/compare.js";
import { logicalAnd } from "../elementwise/logic.js";
import { gatherOp } from "../indexing/gather-op.js";
import { reshapeTo, sum } from "../reduce/sum.js";
import { stack } from "../shape/join.js";
import { permute } from "../shape/reshape.js";
import { pad, partOf } from "../shape/slice.js";
import { edged, reflected, type Tap, tapsOf } from "./grid-taps.js";

/** Options of `gridSample`.
 * @category Interpolation */
export interface GridSampleOptions {
  /** `nearest` is the cell that is nearest (halfway the even one), `bilinear` the line between the two around a place along each
   * axis (of a volume, too), `bicubic` the cubic convolution of four (Keys 1981, a = −¾), of images. Default `bilinear`. */
  readonly mode?: "nearest" | "bilinear" | "bicubic" | undefined;
  /** What lies outside: 0 (`zeros`), the cell at the edge (`border`), or the image mirrored at its edges (`reflection`). Default
   * `zeros`. */
  readonly paddingMode?: "zeros" | "border" | "reflection" | undefined;
  /** Whether −1 and 1 are the centres of the first and the last cell, instead of their outer edges. Default false. */
  readonly alignCorners?: boolean | undefined;
}

const gridSampleOptions: OptionKinds<GridSampleOptions> = {
  mode: oneOf("nearest", "bilinear", "bicubic"),
  paddingMode: oneOf("zeros", "border", "reflection"),
  alignCorners: flag,
};

/** Values of an image (or a volume) at the places that a grid names, as `torch.nn.functional.grid_sample` (the sampler of spatial
 * transformers, Jaderberg et al. 2015, section 3.3): `out[n, c, y, x]` is what `x[n, c]` has at `grid[n, y, x] = (column, row)`,
 * each from −1 at one end to 1 at the other.
 *
 * Where a place is a cell the derivative by the grid is that towards the next cell; at and beyond the edges it is 0 with `border`
 * and `reflection` (as in PyTorch). The mode `nearest` has no derivative by the grid. A place of NaN gives NaN (PyTorch takes it
 * for −1); one of ±Infinity is outside: 0 with `zeros`, the edge with `border`, NaN with `reflection`.
 * @param x shape `[N, C, H, W]` or `[N, C, D, H, W]`
 * @param grid shape `[N, OH, OW, 2]` of (column, row), or `[N, OD, OH, OW, 3]` of (column, row, plane)
 * @returns shape `[N, C, OH, OW]` or `[N, C, OD, OH, OW]`
 * @throws ShapeError if the shapes do not fit, ValueError for `bicubic` of a volume or an option that is none; DeviceError on a
 * float32 device if an image has more than 2²⁴ cells, or as many are read of one
 * @category Interpolation */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const {
    mode = "bilinear",
    paddingMode = "zeros",
    alignCorners = false,
  } = checkedOptions(op, options, gridSampleOptions);
  checkFloat(op, x, grid);
  const size = checkedSizes(x, grid, mode);
  const [batch, channels, cells] = [at(x.shape, 0), at(x.shape, 1), sizeOf(size)];
  const out = grid.shape.slice(1, -1);
  const points = reshapeTo(grid, [batch, sizeOf(out), size.length]);
  const taps = tapsPerAxis[mode] ** size.length;
  checkPlaces(op, x.device, cells, "an image");
  checkPlaces(op, x.device, taps * sizeOf(out), "what is read of an image");
  checkSize(op, [batch, taps, ...out, channels]);
  const axes = size.map((n, axis) => {
    const place = placeOf(coordinate(points, size.length - 1 - axis), n, alignCorners);
    return tapsOf(mode, inside(place, n, { mode, paddingMode, alignCorners }));
  });
  const read = combined(axes);
  const values = reshapeTo(valuesOf(x, read, { paddingMode, alignCorners }), [batch, taps, sizeOf(out), channels]);
  const weights = read.map(({ weight }) => weight);
  const blended = sum(mul(values, reshapeTo(stack(weights, { axis: 1 }), [batch, taps, sizeOf(out), 1])), { axis: 1 });
  return reshapeTo(permute(blended, [0, 2, 1]), [batch, channels, ...out]);
}

const op = "gridSample";

type Sampling = { readonly [K in keyof GridSampleOptions]-?: Exclude<GridSampleOptions[K], undefined> };

/** What lies outside. */
type Outside = Pick<Sampling, "paddingMode" | "alignCorners">;

/** Cells along an axis that one value is made of. */
const tapsPerAxis: Readonly<Record<Sampling["mode"], number>> = { nearest: 1, bilinear: 2, bicubic: 4 };

/** Sizes of the axes that the grid names places along. */
function checkedSizes(x: Tensor, grid: Tensor, mode: Sampling["mode"]): Shape {
  const axes = x.rank - 2;
  const fits = (axes === 2 || axes === 3) && grid.rank === x.rank && at(grid.shape, -1) === axes;
  if (!fits || at(grid.shape, 0) !== at(x.shape, 0)) {
    throw new ShapeError(
      op,
      `x must be [N, C, H, W] and grid [N, OH, OW, 2], or [N, C, D, H, W] and [N, OD, OH, OW, 3], got ` +
        `${formatShape(x.shape)} and ${formatShape(grid.shape)}`,
      { actual: [x.shape, grid.shape] },
    );
  }
  if (mode === "bicubic" && axes === 3) {
    throw new ValueError(op, `mode bicubic is for images [N, C, H, W], got a volume ${formatShape(x.shape)}`);
  }
  return x.shape.slice(2);
}

/** Coordinate k of each point, `[N, Q]`. */
function coordinate(points: Tensor, k: number): Tensor {
  return reshapeTo(partOf(points, 2, k, 1), points.shape.slice(0, 2));
}

/** Where a number from −1 to 1 lies on an axis of n cells, in cells from the centre of the first. */
function placeOf(x: Tensor, n: number, alignCorners: boolean): Tensor {
  return alignCorners ? mul(add(x, 1), (n - 1) / 2) : sub(mul(add(x, 1), n / 2), 0.5);
}

/** The place that stands for one outside the image. `bicubic` looks at each of its cells by itself. */
function inside(place: Tensor, n: number, { mode, paddingMode, alignCorners }: Sampling): Tensor {
  // Three cells away all that is read is outside, however far it is; so an infinite place has cells, too.
  const near = () => clamp(place, { min: -3, max: n + 2 });
  if (paddingMode === "zeros") return near();
  if (mode === "bicubic") return paddingMode === "border" ? near() : place;
  return edged(paddingMode === "border" ? place : reflected(place, n, alignCorners), n);
}

/** What is read of the cell that has these numbers along the axes, `[N, Q]` each. */
interface Read {
  readonly cell: readonly Tensor[];
  readonly weight: Tensor;
}

/** Every tap of an axis with every one of the others. */
function combined(axes: readonly (readonly Tap[])[]): Read[] {
  const [first = [], ...rest] = axes;
  return rest.reduce<Read[]>(
    (all, taps) =>
      all.flatMap(({ cell, weight }) =>
        taps.map((tap) => ({ cell: [...cell, tap.cell], weight: mul(weight, tap.weight) })),
      ),
    first.map((tap) => ({ cell: [tap.cell], weight: tap.weight })),
  );
}

/** The channels of all that is read, `[N, taps · Q, C]`. */
function valuesOf(x: Tensor, read: readonly Read[], outside: Outside): Tensor {
  const [batch, size] = [at(x.shape, 0), x.shape.slice(2)];
  const index = noGrad(() => {
    const flat = read.map(({ cell }) => flatIndex(cell, size, outside));
    const all = stack(flat, { axis: 1 });
    return cast(reshapeTo(all, [batch, all.size / batch]), "int32");
  });
  return gatherOp(cellsOf(x, outside.paddingMode), index, { axis: 1, shared: "inner" });
}

/** The index of a cell among all of the image; with `zeros` of one outside that of a cell of 0 behind the last. */
function flatIndex(cell: readonly Tensor[], size: Shape, { paddingMode, alignCorners }: Outside): Tensor {
  const strides = stridesOf(size);
  const there = cell.map((c, axis) => {
    if (paddingMode === "zeros") return c;
    const n = at(size, axis);
    return edged(paddingMode === "border" ? c : reflected(c, n, alignCorners), n);
  });
  const flat = there.map((c, axis) => mul(c, at(strides, axis))).reduce((a, b) => add(a, b));
  if (paddingMode !== "zeros") return flat;
  const isInside = cell
    .map((c, axis) => logicalAnd(greaterEqual(c, 0), lessEqual(c, at(size, axis) - 1)))
    .reduce((a, b) => logicalAnd(a, b));
  return where(isInside, flat, sizeOf(size));
}

/** The channels of each cell, `[N, cells, C]`; with `zeros`, those of a cell of 0 behind the last. */
function cellsOf(x: Tensor, paddingMode: Sampling["paddingMode"]): Tensor {
  const [batch, channels] = [at(x.shape, 0), at(x.shape, 1)];
  const cells = permute(reshapeTo(x, [batch, channels, sizeOf(x.shape.slice(2))]), [0, 2, 1]);
  return paddingMode === "zeros"
    ? pad(cells, [
        [0, 0],
        [0, 1],
      ])
    : cells;
}
