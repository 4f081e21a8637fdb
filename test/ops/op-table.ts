/** The op table: one row for each exported op. */
import type { OpRow } from "./row.js";
import { accumulationRows } from "./table/accumulations.js";
import { arithmeticRows } from "./table/arithmetic.js";
import { attentionRow } from "./table/attention.js";
import { comparisonRows } from "./table/comparisons.js";
import { cuttingRows } from "./table/cutting.js";
import { elementwiseRows } from "./table/elementwise.js";
import { joiningRows } from "./table/joining.js";
import { layerRows } from "./table/layers.js";
import { linalgRows } from "./table/linalg.js";
import { movementRows } from "./table/movement.js";
import { orderingRows } from "./table/ordering.js";
import { rearrangingRows } from "./table/rearranging.js";
import { reductionRows } from "./table/reductions.js";
import { selectionRows } from "./table/selection.js";
import { windowRows } from "./table/windows.js";

/** All rows. */
export const opTable: readonly OpRow[] = [
  ...elementwiseRows,
  ...arithmeticRows,
  ...comparisonRows,
  ...reductionRows,
  ...movementRows,
  ...joiningRows,
  ...layerRows,
  ...windowRows,
  ...accumulationRows,
  ...orderingRows,
  ...rearrangingRows,
  ...cuttingRows,
  ...selectionRows,
  ...linalgRows,
  attentionRow,
];

/** Exported functions that need no row, for they take no tensor: they make one. */
export const creators: readonly string[] = [
  "arange",
  "eye",
  "full",
  "linspace",
  "ones",
  "rand",
  "randint",
  "randn",
  "tensor",
  "zeros",
];
