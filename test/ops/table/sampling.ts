/** Rows of the op table: images read at the places of a grid. */

import type { GridSampleOptions, Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { coordinates, elementAt, fill, type Grid, sizeOf } from "../models.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { cubic, hat, type Weight } from "../window-models.js";
import { refusesIntegers, refusesPlainOptions } from "./elementwise.js";

type Numbers = readonly number[];

const box: Weight = (place, cell) => (Math.round(place) === cell ? 1 : 0);
const weights: Readonly<Record<string, Weight>> = { nearest: box, bilinear: hat, bicubic: cubic };

/** The cell that stands for one outside of n; undefined for a 0. */
function standIn(cell: number, n: number, { paddingMode = "zeros", alignCorners = false }: GridSampleOptions) {
  if (cell >= 0 && cell < n) return cell;
  if (paddingMode === "zeros") return undefined;
  if (paddingMode === "border") return Math.min(Math.max(cell, 0), n - 1);
  // 0 … n − 1 and back, the ends once (about the centres) or twice (about the outer edges).
  const back = Array.from({ length: n }, (_, i) => n - 1 - i);
  const period = [...Array(n).keys(), ...(alignCorners ? back.slice(1, -1) : back)];
  return period[((cell % period.length) + period.length) % period.length];
}

/** Every cell around a place, of the image carried on beyond its edges, times its weight. */
function gridModel(x: Grid, grid: Grid, options: GridSampleOptions): Grid {
  const { mode = "bilinear", alignCorners = false } = options;
  const weight = weights[mode] as Weight;
  const size = x.shape.slice(2);
  const reach = new Array<number>(size.length).fill(6);
  return fill([...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)], ([n = 0, c = 0, ...point]) => {
    const place = size.map((length, axis) => {
      const g = elementAt(grid, [n, ...point, size.length - 1 - axis]);
      return alignCorners ? ((g + 1) * (length - 1)) / 2 : ((g + 1) * length - 1) / 2;
    });
    let total = 0;
    for (let k = 0; k < sizeOf(reach); k++) {
      const cell = coordinates(k, reach).map((step, axis) => Math.floor(place[axis] as number) - 2 + step);
      const factor = cell.reduce((product, i, axis) => product * weight(place[axis] as number, i), 1);
      const there = cell.map((i, axis) => standIn(i, size[axis] as number, options));
      if (factor !== 0 && there.every((i) => i !== undefined))
        total += factor * elementAt(x, [n, c, ...(there as Numbers)]);
    }
    return total;
  });
}

/** Places inside and around an image, an eighth of a cell or more from every cell and from halfway between two. */
function placesFor(shape: Shape, size: Numbers, alignCorners = false): SampleInput {
  const eighths = uniform(shape).values.map((v, i) => {
    const n = size[size.length - 1 - (i % size.length)] as number;
    const place = (2 * Math.floor(((v + 2) / 4) * (4 * n + 12)) - 11) / 8;
    return Math.fround(alignCorners ? (2 * place) / Math.max(1, n - 1) - 1 : (2 * place + 1) / n - 1);
  });
  return { shape, values: eighths };
}

function gridSamples(x: Shape, grid: Shape, options: GridSampleOptions): Sample {
  const image = uniform(x);
  const places = placesFor(grid, x.slice(2), options.alignCorners);
  const title = `${JSON.stringify(options)} of [${x}]`;
  if (options.mode !== "nearest") {
    return {
      title,
      inputs: [image, places],
      call: (a, g) => lg.gridSample(a as Tensor, g as Tensor, options),
      expected: (a, g) => gridModel(a as Grid, g as Grid, options),
    };
  }
  const { shape, values } = places; // by which there is no derivative
  return {
    title,
    inputs: [image],
    call: (a) => lg.gridSample(a as Tensor, lg.tensor([...values], { shape }), options),
    expected: (a) => gridModel(a as Grid, places, options),
  };
}

const paddings = ["zeros", "border", "reflection"] as const;
const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];

/** What comes of places that are no numbers, read from a row of 1 and 5. */
function strange(options: GridSampleOptions, expected: Numbers): Required<Sample> {
  return {
    title: `NaN, −∞ and ∞, ${JSON.stringify(options)}`,
    inputs: [
      { shape: [1, 1, 1, 2], values: [1, 5] },
      { shape: [1, 1, 3, 2], values: [nan, 0, -infinity, 0, infinity, 0] },
    ],
    call: (x, grid) => lg.gridSample(x as Tensor, grid as Tensor, options),
    expected: () => expected,
  };
}

const modes = ["nearest", "bilinear", "bicubic"] as const;

function refusesShapes(title: string, x: Shape, grid: Shape): ErrorCase {
  const run = () => lg.gridSample(lg.ones(x), lg.ones(grid));
  return { title: `refuses ${title}`, run, type: lg.ShapeError, says: [`[${x.join(", ")}]`, `[${grid.join(", ")}]`] };
}

const gridSampleRow: OpRow = {
  op: "gridSample",
  samples: [
    ...paddings.flatMap((paddingMode) =>
      modes.flatMap((mode) =>
        [false, true].map((alignCorners) =>
          gridSamples([1, 2, 3, 4], [1, 2, 3, 2], { mode, paddingMode, alignCorners }),
        ),
      ),
    ),
    gridSamples([2, 1, 1, 3], [2, 1, 4, 2], { alignCorners: true, paddingMode: "reflection" }),
    gridSamples([2, 3, 2, 5], [2, 20, 1, 2], {}), // more indices than are looked through one by one
    gridSamples([2, 1, 2, 3, 2], [2, 1, 2, 2, 3], {}),
    gridSamples([1, 2, 3, 2, 2], [1, 2, 1, 2, 3], { mode: "nearest", paddingMode: "border", alignCorners: true }),
  ],
  specials: [
    ...modes.flatMap((mode) => [
      strange({ mode }, [nan, 0, 0]),
      strange({ mode, paddingMode: "border" }, [nan, 1, 5]),
      strange({ mode, paddingMode: "reflection" }, [nan, nan, nan]),
    ]),
    {
      title: "an infinite cell stays out of what does not read it",
      inputs: [
        { shape: [1, 1, 1, 3], values: [2, 4, infinity] },
        { shape: [1, 1, 2, 2], values: [-2 / 3, 0, -5, 0] },
      ],
      call: (x, grid) => lg.gridSample(x as Tensor, grid as Tensor),
      expected: () => [2, 0],
    },
  ],
  errors: [
    refusesIntegers((x) => lg.gridSample(x, x), [1, 1, 2, 2]),
    refusesPlainOptions((options) => lg.gridSample(lg.ones([1, 1, 2, 2]), lg.ones([1, 1, 1, 2]), options)),
    refusesShapes("a grid of another batch", [2, 1, 3, 3], [1, 1, 1, 2]),
    refusesShapes("a grid of three coordinates for an image", [1, 1, 3, 3], [1, 1, 1, 3]),
    refusesShapes("one image alone", [1, 3, 3], [1, 1, 2]),
    {
      title: "refuses bicubic of a volume",
      run: () => lg.gridSample(lg.ones([1, 1, 2, 2, 2]), lg.ones([1, 1, 1, 1, 3]), { mode: "bicubic" }),
      type: lg.ValueError,
      says: ["bicubic", "[1, 1, 2, 2, 2]"],
    },
    {
      title: "refuses another padding",
      run: () => lg.gridSample(lg.ones([1, 1, 2, 2]), lg.ones([1, 1, 1, 2]), { paddingMode: "wrap" as "zeros" }),
      type: lg.ValueError,
      says: ["paddingMode", '"wrap"'],
    },
  ],
};

function affine(theta: Shape, size: Shape, alignCorners: boolean): Sample {
  const axes = size.length - 2;
  return {
    title: `${alignCorners} of [${size}]`,
    inputs: [uniform(theta)],
    call: (t) => lg.affineGrid(t as Tensor, size, { alignCorners }),
    expected: (t) =>
      fill([size[0] as number, ...size.slice(2), axes], ([n = 0, ...rest]) => {
        const [k = 0, cell] = [rest.at(-1), rest.slice(0, -1)];
        const places = cell.map((c, axis) => {
          const length = size[axis + 2] as number;
          if (!alignCorners) return (2 * c + 1) / length - 1;
          return length === 1 ? 0 : -1 + (2 * c) / (length - 1);
        });
        return [...places.reverse(), 1].reduce((sum, p, i) => sum + p * elementAt(t as Grid, [n, k, i]), 0);
      }),
  };
}

const affineGridRow: OpRow = {
  op: "affineGrid",
  samples: [
    affine([2, 2, 3], [2, 5, 3, 4], false),
    affine([1, 2, 3], [1, 1, 1, 3], true),
    affine([2, 3, 4], [2, 1, 2, 3, 2], true),
    affine([1, 3, 4], [1, 1, 2, 1, 3], false),
  ],
  errors: [
    refusesIntegers((x) => lg.affineGrid(x, [1, 1, 1, 1]), [1, 2, 3]),
    refusesPlainOptions((options) => lg.affineGrid(lg.ones([1, 2, 3]), [1, 1, 2, 2], options)),
    {
      title: "refuses the theta of a volume for an image",
      run: () => lg.affineGrid(lg.ones([1, 3, 4]), [1, 1, 2, 2]),
      type: lg.ShapeError,
      says: ["[1, 3, 4]", "[1, 1, 2, 2]"],
    },
    {
      title: "refuses another batch",
      run: () => lg.affineGrid(lg.ones([1, 2, 3]), [2, 1, 2, 2]),
      type: lg.ShapeError,
      says: ["[1, 2, 3]", "[2, 1, 2, 2]"],
    },
    {
      title: "refuses no size",
      run: () => lg.affineGrid(lg.ones([1, 2, 3]), [1, 1, 0, 2]),
      type: lg.ShapeError,
      says: ["0"],
    },
  ],
};

/** Grids. */
export const samplingRows: readonly OpRow[] = [gridSampleRow, affineGridRow];
