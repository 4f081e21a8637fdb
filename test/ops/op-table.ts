/** The op table: one row for each exported op that has a derivative. */
import type { OpRow } from "./row.js";
import { arithmeticRows } from "./table/arithmetic.js";
import { elementwiseRows } from "./table/elementwise.js";
import { joiningRows } from "./table/joining.js";
import { layerRows } from "./table/layers.js";
import { movementRows } from "./table/movement.js";
import { reductionRows } from "./table/reductions.js";
import { windowRows } from "./table/windows.js";

/** All rows. */
export const opTable: readonly OpRow[] = [
  ...elementwiseRows,
  ...arithmeticRows,
  ...reductionRows,
  ...movementRows,
  ...joiningRows,
  ...layerRows,
  ...windowRows,
];

/** Exported functions that need no row: they make tensors, or their results have no derivative. */
export const withoutDerivative: readonly string[] = [
  "arange",
  "cast",
  "equal",
  "eye",
  "full",
  "greater",
  "greaterEqual",
  "less",
  "lessEqual",
  "linspace",
  "notEqual",
  "ones",
  "rand",
  "randint",
  "randn",
  "tensor",
  "zeros",
];
