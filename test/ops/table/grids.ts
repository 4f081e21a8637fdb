/** Rows of the op table: vectors that become diagonals and grids. */
import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, uniform } from "../row.js";
import { refusesPlainOptions } from "./elementwise.js";

function embedded(shape: Shape, out: Shape, options: lg.DiagEmbedOptions = {}): Sample {
  const { offset = 0, axis1 = -2, axis2 = -1 } = options;
  const [down, across] = [axis1, axis2].map((axis) => (axis + out.length) % out.length) as [number, number];
  return {
    title: `[${shape}] with ${lg.describe(options)}`,
    inputs: [uniform(shape)],
    call: (x) => lg.diagEmbed(x as Tensor, options),
    expected: (x) =>
      fill(out, (place) => {
        const [row, column] = [place[down] as number, place[across] as number];
        const others = place.filter((_, i) => i !== down && i !== across);
        return column - row === offset ? elementAt(x as Grid, [...others, Math.min(row, column)]) : 0;
      }),
  };
}

const diagEmbedRow: OpRow = {
  op: "diagEmbed",
  samples: [
    embedded([3], [3, 3]),
    embedded([2, 3], [2, 4, 4], { offset: 1 }),
    embedded([2], [4, 4], { offset: -2 }),
    embedded([2, 3], [3, 2, 3], { axis1: 0, axis2: 2 }),
    embedded([4, 2], [3, 3, 4], { axis1: 1, axis2: 0, offset: 1 }),
    embedded([2, 1], [2, 1, 1]),
  ],
  errors: [
    refusesPlainOptions((options) => lg.diagEmbed(lg.ones([2]), options)),
    { title: "refuses a scalar", run: () => lg.diagEmbed(lg.ones([])), type: lg.ShapeError, says: ["axis"] },
    {
      title: "refuses one axis twice",
      run: () => lg.diagEmbed(lg.ones([2]), { axis1: 1 }),
      type: lg.ShapeError,
      says: ["axes 1 and -1"],
    },
    {
      title: "refuses half an offset",
      run: () => lg.diagEmbed(lg.ones([2]), { offset: 0.5 }),
      type: lg.ShapeError,
      says: ["offset 0.5"],
    },
    {
      title: "refuses an axis that is not there",
      run: () => lg.diagEmbed(lg.ones([2]), { axis1: 2 }),
      type: lg.ShapeError,
      says: ["got 2"],
    },
  ],
};

/** Coordinate k of each point. */
function gridOf(sizes: readonly number[], k: number, indexing?: "xy" | "ij"): Sample {
  const swapped = (list: readonly number[]) =>
    indexing === "xy" && list.length > 1 ? [list[1], list[0], ...list.slice(2)].map(Number) : [...list];
  return {
    title: `vector ${k} of ${sizes.length}, ${indexing}`,
    inputs: sizes.map((n) => uniform([n])),
    call: (...vectors) => lg.meshgrid(vectors, indexing === undefined ? {} : { indexing })[k] as Tensor,
    expected: (...vectors) =>
      fill(swapped(sizes), (place) => elementAt(vectors[k] as Grid, [swapped(place)[k] as number])),
  };
}

const meshgridRow: OpRow = {
  op: "meshgrid",
  samples: [
    gridOf([2, 3], 0),
    gridOf([2, 3], 1, "ij"),
    gridOf([2, 3], 0, "xy"),
    gridOf([2, 3, 4], 1, "xy"),
    gridOf([2, 3, 4], 2, "xy"),
    gridOf([3], 0, "xy"),
    {
      title: "a scalar as a vector of one",
      inputs: [uniform([]), uniform([2])],
      call: (a, b) => lg.meshgrid([a as Tensor, b as Tensor])[0] as Tensor,
      expected: (a) => fill([1, 2], () => (a as Grid).values[0] as number),
    },
  ],
  errors: [
    refusesPlainOptions((options) => lg.meshgrid([lg.ones([2])], options)),
    { title: "refuses nothing", run: () => lg.meshgrid([]), type: lg.ValueError, says: ["at least one"] },
    { title: "refuses a matrix", run: () => lg.meshgrid([lg.ones([2, 3])]), type: lg.ShapeError, says: ["[2, 3]"] },
    {
      title: "refuses another order",
      run: () => lg.meshgrid([lg.ones([2])], { indexing: "ji" as "ij" }),
      type: lg.ValueError,
      says: ["indexing", "ji"],
    },
  ],
};

/** Diagonals and grids. */
export const gridRows: readonly OpRow[] = [diagEmbedRow, meshgridRow];
