/** The gradient of a convolution to its weight. */
import type { Windows } from "../../../kernels/conv2d.js";
import type { Launch } from "../../device.js";
import type { Task } from "../pool.js";
import { type Call, grainOf, type Plan } from "./plan.js";

type Sizes = Record<
  Exclude<Windows, "rowStride" | "stepY" | "stepC"> | "rowDilation" | "images" | "outHeight" | "stepRow",
  number
>;

/** Columns that kernels read at once. */
const quad = 4;

/** Terms of a unit whose windows are packed: they fit the scratch with room to spare. */
const unitTerms = 36;

/** Chooses how the windows are read: where they are if a quad is always four neighbours, or packed; 3×3 windows of stride 1
 * in planes of even sizes, by fewer products. */
export const conv2dWeightGrad: Plan = (launch, call) => {
  const { threads, constants } = launch;
  const [terms, outChannels, chunks] = threads;
  const sizes = constants as Sizes;
  if (suitsWinograd(sizes)) return winogradWeightGrad(launch, call);
  const { groupSize, strideX, outWidth, images, outHeight } = sizes;
  const isDirect = outWidth % quad === 0 && (strideX === 1 || (strideX === 2 && groupSize === 1));
  setWords(launch, call, { temporary: 0, table: call.temporary(terms), unit: unitTerms });
  const units = chunks * (outChannels / groupSize) * Math.ceil(isDirect ? groupSize / quad : terms / unitTerms);
  return {
    name: isDirect ? "weightGradDirect" : "weightGradPacked",
    units,
    grain: grainOf(units, terms * outChannels * chunks * images * outHeight * outWidth),
    first: { name: "conv2dPack", units: 1, grain: 1 },
  };
};

interface Room {
  readonly temporary: number;
  readonly table: number;
  /** Terms or channels of a unit. */
  readonly unit: number;
}

function setWords(
  { threads, constants }: Launch,
  { words, out, inputs }: Call,
  { temporary, table, unit }: Room,
): void {
  const [terms, outChannels, chunks] = threads;
  const { channels, groupSize, kernelY, kernelX, strideX, dilationX, image, plane, ...rest } = constants as Sizes;
  const { rowDilation, images, outHeight, outWidth, stepRow } = rest;
  const [gradOutput, x] = inputs as readonly [number, number];
  const groups = outChannels / groupSize;
  words.set([out, gradOutput, x, temporary, table, groupSize, terms, groups, chunks, outHeight * outWidth, outWidth]);
  words.set([stepRow + outWidth * strideX, strideX, image, channels * plane, unit, 0, kernelX, kernelY, plane], 11);
  words.set([rowDilation, dilationX, images, outChannels], 20);
}

/** Of Winograd's algorithm: rows of places in a tile, channels of a unit, input and output channels of the panels, and floats
 * that a row of places becomes for a panel of each. */
const winograd = { rows: 4, unit: 64, columns: 8, lanes: 4, joined: 96 } as const;

/** A row of a wider plane has more tiles than are summed at a time. */
const widest = 512;

/** Tiles of a chunk from which Winograd's algorithm wins. */
const fewestTiles = 16;

/** Whether Winograd's algorithm applies and wins. For a tile it multiplies 16 times instead of 36, with as many channels as
 * fill the panels; to transform a channel costs about as much as four products. */
function suitsWinograd(sizes: Sizes): boolean {
  const { channels, groupSize, kernelY, kernelX, strideX, dilationX, rowDilation, stepRow, images } = sizes;
  const { outHeight, outWidth } = sizes;
  const isSquare =
    kernelY === 3 && kernelX === 3 && strideX === 1 && dilationX === 1 && rowDilation === stepRow + outWidth;
  const isEven = outHeight % 2 === 0 && outWidth % 2 === 0 && outWidth <= widest;
  if (!isSquare || !isEven || images * outHeight * outWidth < 4 * fewestTiles) return false;
  const columns = winograd.columns * Math.ceil(channels / winograd.columns);
  const rows = winograd.lanes * Math.ceil(groupSize / winograd.lanes);
  return 16 * (columns * rows + 4 * (columns + rows)) < 36 * channels * groupSize;
}

function winogradWeightGrad(launch: Launch, call: Call): Task {
  const [terms, outChannels, chunks] = launch.threads;
  const { channels, groupSize, images, outHeight, outWidth } = launch.constants as Sizes;
  const { rows, unit, columns, lanes, joined } = winograd;
  const places = chunks * (outChannels / groupSize);
  const joins = places * Math.ceil(groupSize / lanes);
  const temporary = call.temporary(joins * Math.ceil(channels / columns) * rows * joined);
  setWords(launch, call, { temporary, table: 0, unit });
  const units = rows * places * Math.ceil(groupSize / unit) * Math.ceil(channels / unit);
  return {
    name: "winogradWeightGradJoin",
    units: joins,
    grain: grainOf(joins, terms * outChannels * chunks),
    first: {
      name: "winogradWeightGrad",
      units,
      grain: grainOf(units, terms * outChannels * chunks * images * outHeight * outWidth),
    },
  };
}
