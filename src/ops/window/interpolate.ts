/** Resizing images, sequences and volumes: a linear map along each axis, by PyTorch's rules for the source index. */

import type { Tensor } from "../../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { checkedOptions, flag, type OptionKinds, ownCheck } from "../../options.js";
import { at, checkSize, formatShape, perAxis } from "../../shape.js";
import { checkFloat, checkPlaces } from "../arguments.js";
import { averageTo } from "./avg-pool2d.js";
import { type MatrixRow, mapAxis } from "./map-axis.js";

/** How `interpolate` finds a value between the input's.
 * @category Interpolation */
export type InterpolationMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** Options of `interpolate`: either `size` or `scaleFactor`.
 * @category Interpolation */
export interface InterpolateOptions {
  /** Sizes of the output along the axes after the channels, or one for all. */
  readonly size?: number | readonly number[] | null | undefined;
  /** Output size over input size, above 0, one for all axes or one each; the output's size is rounded down. */
  readonly scaleFactor?: number | readonly number[] | null | undefined;
  /** `linear` is for `[N, C, L]`, `bilinear` and `bicubic` for `[N, C, H, W]`, `trilinear` for `[N, C, D, H, W]`, the
   * others for all three. Default `nearest`. */
  readonly mode?: InterpolationMode | undefined;
  /** Whether the centres of the first and last cells of input and output coincide, instead of their outer edges; for the
   * linear and cubic modes. Default false. */
  readonly alignCorners?: boolean | undefined;
  /** Whether distances are measured by the ratio of the sizes instead of by `scaleFactor`, which differ where the output
   * size had to be rounded. Default false. */
  readonly recomputeScaleFactor?: boolean | undefined;
}

const interpolateOptions: OptionKinds<InterpolateOptions> = {
  size: ownCheck,
  scaleFactor: ownCheck,
  mode: ownCheck,
  alignCorners: flag,
  recomputeScaleFactor: flag,
};

/** Resizes the axes after the channels, each on its own. With s the input cells per output cell (`1 / scaleFactor`, or
 * the ratio of the sizes), output cell i reads the input at
 * - `nearest`: cell `⌊i·s⌋`; `nearest-exact`: cell `⌊(i + ½)·s⌋`
 * - `linear`, `bilinear`, `trilinear`: the line between the two cells around `(i + ½)·s − ½`
 * - `bicubic`: the cubic convolution of the four cells around there (Keys 1981, a = −¾); cells outside repeat the edge
 * - `area`: the mean of the cells `⌊i·s⌋` to `⌈(i + 1)·s⌉ − 1`, as `adaptiveAvgPool2d`
 *
 * An output of the input's size is a copy in all modes but `bicubic`, and `nearest` repeats every cell once for an output
 * of twice its size, even if a `scaleFactor` that is not 1 or 2 was rounded to that: PyTorch does so for small images, and
 * in the gradient for all.
 *
 * With `alignCorners` the place is `i·(size − 1) / (output size − 1)`. The definitions are PyTorch's.
 * @param x shape `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`
 * @returns the shape with the last axes resized
 * @throws ShapeError if the rank does not fit the mode; ValueError unless exactly one of size and scaleFactor is given
 * and the options are in range
 * @category Interpolation */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const { mode = "nearest", alignCorners = false } = checkedOptions("interpolate", options, interpolateOptions);
  checkMode(x, mode, alignCorners);
  const axes = sourceAxes(x, options);
  checkSize("interpolate", [...x.shape.slice(0, 2), ...axes.map(({ out }) => out)]);
  if (mode === "area")
    return averageTo(
      x,
      axes.map(({ out }) => out),
    );
  return axes.reduce((y, axis, i) => mapAxis(y, i - axes.length, rowsOf(axis, mode, alignCorners)), x);
}

const ranks: Readonly<Record<InterpolationMode, readonly number[]>> = {
  nearest: [3, 4, 5],
  "nearest-exact": [3, 4, 5],
  area: [3, 4, 5],
  linear: [3],
  bilinear: [4],
  bicubic: [4],
  trilinear: [5],
};

function checkMode(x: Tensor, mode: InterpolationMode, alignCorners: boolean): void {
  checkFloat("interpolate", x);
  if (!Object.hasOwn(ranks, mode)) {
    throw new ValueError("interpolate", `mode must be one of ${Object.keys(ranks).join(", ")}, got ${String(mode)}`, {
      actual: mode,
    });
  }
  if (!ranks[mode].includes(x.rank)) {
    throw new ShapeError(
      "interpolate",
      `mode ${mode} needs a tensor of rank ${ranks[mode].join(" or ")} ([N, C, ...sizes]), got ${formatShape(x.shape)}`,
      { expected: ranks[mode], actual: x.rank },
    );
  }
  if (alignCorners && ranks[mode].length !== 1) {
    throw new ValueError("interpolate", `alignCorners is for the linear and cubic modes, got mode ${mode}`);
  }
}

/** One axis: its sizes before and after, and the input cells per output cell. */
interface SourceAxis {
  readonly size: number;
  readonly out: number;
  readonly step: number;
}

function sourceAxes(x: Tensor, { size, scaleFactor, recomputeScaleFactor = false }: InterpolateOptions): SourceAxis[] {
  if ((size == null) === (scaleFactor == null)) {
    throw new ValueError("interpolate", `give either size or scaleFactor, got ${size == null ? "neither" : "both"}`);
  }
  const sizes = x.shape.slice(2);
  for (const n of sizes) checkPlaces("interpolate", x.device, n, "an axis");
  if (scaleFactor == null) {
    if (recomputeScaleFactor) throw new ValueError("interpolate", "recomputeScaleFactor needs a scaleFactor, got size");
    const wanted = perAxis("interpolate", "size", size as number | readonly number[], sizes.length, 1);
    return sizes.map((n, i) => ({ size: n, out: at(wanted, i), step: n / at(wanted, i) }));
  }
  const factors: readonly number[] = Array.isArray(scaleFactor) ? scaleFactor : sizes.map(() => scaleFactor as number);
  if (factors.length !== sizes.length || !factors.every((f) => Number.isFinite(f) && f > 0)) {
    throw new ValueError(
      "interpolate",
      `scaleFactor must be a number above 0, or ${sizes.length} of them, got ${describe(scaleFactor)}`,
      { actual: scaleFactor },
    );
  }
  return sizes.map((n, i) => {
    const out = Math.floor(n * at(factors, i));
    if (out < 1) {
      throw new ValueError("interpolate", `scaleFactor ${at(factors, i)} leaves nothing of the size ${n}; raise it`);
    }
    return { size: n, out, step: recomputeScaleFactor ? n / out : 1 / at(factors, i) };
  });
}

function rowsOf(axis: SourceAxis, mode: InterpolationMode, alignCorners: boolean): MatrixRow[] {
  return Array.from({ length: axis.out }, (_, i) => {
    if (mode === "nearest") return new Map([[nearestIndex(i, axis), 1]]);
    if (mode === "nearest-exact") return new Map([[nearestCell(i + 0.5, axis), 1]]);
    const place = alignCorners ? alignedPlace(i, axis) : (i + 0.5) * axis.step - 0.5;
    return mode === "bicubic" ? cubicRow(place, axis) : linearRow(i, place, axis);
  });
}

/** Cell ⌊i·step⌋; equal sizes are a copy and doubled ones repeat, whatever the scale factor. */
function nearestIndex(i: number, axis: SourceAxis): number {
  if (axis.out === axis.size) return i;
  return axis.out === 2 * axis.size ? Math.floor(i / 2) : nearestCell(i, axis);
}

/** Rounded to float32 before it is cut off, as PyTorch does: 49 · (1/49) is then 1, not 0. */
function nearestCell(place: number, { size, step }: SourceAxis): number {
  return Math.min(Math.floor(Math.fround(place * step)), size - 1);
}

function alignedPlace(i: number, { size, out }: SourceAxis): number {
  return out === 1 ? 0 : (i * (size - 1)) / (out - 1);
}

/** Weights 1 − λ and λ of the cells around a place. Equal sizes are a copy, whatever the scale factor. */
function linearRow(i: number, place: number, { size, out }: SourceAxis): MatrixRow {
  if (size === out) return new Map([[i, 1]]);
  const first = Math.floor(place);
  const lambda = place - first;
  return weightsFrom(first, [1 - lambda, lambda], size);
}

/** Cubic convolution with a = −3/4: (a + 2)|d|³ − (a + 3)|d|² + 1 up to distance 1, a|d|³ − 5a|d|² + 8a|d| − 4a up to 2. */
function cubicRow(place: number, { size }: SourceAxis): MatrixRow {
  const a = -0.75;
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  const first = Math.floor(place);
  const t = place - first;
  return weightsFrom(first - 1, [far(1 + t), near(t), near(1 - t), far(2 - t)], size);
}

/** The weights of neighbouring cells, where cells outside stand for the edge. */
function weightsFrom(first: number, weights: readonly number[], size: number): MatrixRow {
  const row = new Map<number, number>();
  for (const [i, weight] of weights.entries()) {
    const inside = Math.min(Math.max(first + i, 0), size - 1);
    row.set(inside, (row.get(inside) ?? 0) + weight);
  }
  return row;
}
