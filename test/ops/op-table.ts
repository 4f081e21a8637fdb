/** The op table: one row for each exported op. */
import type { OpRow } from "./row.js";
import { accumulationRows } from "./table/accumulations.js";
import { activationRows } from "./table/activations.js";
import { apartRows } from "./table/apart.js";
import { arithmeticRows } from "./table/arithmetic.js";
import { attentionRow } from "./table/attention.js";
import { bagRows } from "./table/bags.js";
import { comparisonRows } from "./table/comparisons.js";
import { convolutionRows } from "./table/convolutions.js";
import { cuttingRows } from "./table/cutting.js";
import { distanceRows } from "./table/distances.js";
import { divisionRows } from "./table/division.js";
import { elementwiseRows } from "./table/elementwise.js";
import { exponentialRows } from "./table/exponentials.js";
import { foundRows } from "./table/found.js";
import { functionRows } from "./table/functions.js";
import { gridRows } from "./table/grids.js";
import { joiningRows } from "./table/joining.js";
import { labelLossRows } from "./table/label-losses.js";
import { layerRows } from "./table/layers.js";
import { linalgRows } from "./table/linalg.js";
import { localResponseNormRow } from "./table/local-response.js";
import { logicRows } from "./table/logic.js";
import { marginLossRows } from "./table/margin-losses.js";
import { matrixRows } from "./table/matrices.js";
import { movementRows } from "./table/movement.js";
import { normalisationRows } from "./table/normalisation.js";
import { orderingRows } from "./table/ordering.js";
import { orthogonalRows } from "./table/orthogonal.js";
import { pairLossRows } from "./table/pair-losses.js";
import { poolingRows } from "./table/pooling.js";
import { productRows } from "./table/products.js";
import { rearrangingRows } from "./table/rearranging.js";
import { reductionRows } from "./table/reductions.js";
import { resamplingRows } from "./table/resampling.js";
import { runningRows } from "./table/running.js";
import { samplingRows } from "./table/sampling.js";
import { selectionRows } from "./table/selection.js";
import { sequenceRows } from "./table/sequences.js";
import { shrinkingRows } from "./table/shrinking.js";
import { statisticsRows } from "./table/statistics.js";
import { triangleRows } from "./table/triangles.js";
import { unpoolingRows } from "./table/unpooling.js";
import { volumeRows } from "./table/volumes.js";
import { writingRows } from "./table/writing.js";
import { sliceWritingRows } from "./table/writing-slices.js";

/** All rows. */
export const opTable: readonly OpRow[] = [
  ...elementwiseRows,
  ...functionRows,
  ...exponentialRows,
  ...divisionRows,
  ...shrinkingRows,
  ...activationRows,
  ...arithmeticRows,
  ...comparisonRows,
  ...logicRows,
  ...reductionRows,
  ...distanceRows,
  ...productRows,
  ...gridRows,
  ...bagRows,
  ...marginLossRows,
  ...movementRows,
  ...joiningRows,
  ...layerRows,
  ...convolutionRows,
  ...poolingRows,
  ...volumeRows,
  ...resamplingRows,
  ...samplingRows,
  ...unpoolingRows,
  ...normalisationRows,
  localResponseNormRow,
  ...pairLossRows,
  ...labelLossRows,
  ...sequenceRows,
  ...accumulationRows,
  ...orderingRows,
  ...rearrangingRows,
  ...cuttingRows,
  ...apartRows,
  ...selectionRows,
  ...writingRows,
  ...foundRows,
  ...runningRows,
  ...statisticsRows,
  ...sliceWritingRows,
  ...linalgRows,
  ...matrixRows,
  ...triangleRows,
  ...orthogonalRows,
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
