/** The convolution of padded planes. */
import type { Windows } from "../../../kernels/conv2d.js";
import type { Launch } from "../../device.js";
import type { Task } from "../pool.js";
import { packedSize, packedTogether } from "./panels.js";
import { type Call, grainOf, type Plan } from "./plan.js";

type Sizes = Record<Windows, number>;

/** Columns of a quad, which kernels read at once, and of a tile. */
const quad = 4;
const tile = 8;

/** Pixels of a unit; fewer where there would be few units. */
const unitPixels = 256;
const fewUnits = 16;

/** Planes with fewer pixels than that are put one after the other where their tiles would be half empty. */
const fewPixels = 32;

/** Output channels up to which it is faster to look every window up again for each tile than to pack it once. */
const fewRows = 16;

/** Where the four columns of a quad are further apart, what is read for its missing ones could be outside of the heap. */
const largestStride = 4;

/** Output columns and rows of four tiles side by side, of Winograd's algorithm. */
const winogradQuad = [2, 8] as const;

/** Channels, of the input and of the output, from which it wins, and those that fit the scratch. */
const winogradChannels = { fewest: 8, most: 1024 } as const;

/** `conv2d` for a kernel three wide: where it is three high and of stride 1 in planes of even sizes, by fewer products. */
export const conv2dWidth3: Plan = (launch, call) => {
  const { threads, constants } = launch;
  const [pixels, outChannels, images] = threads;
  const { channels, groupSize, kernelY, outWidth, strideX, dilationX, image, plane, rowStride, stepY } =
    constants as Sizes;
  const isSquare = kernelY === 3 && strideX === 1 && dilationX === 1 && rowStride === stepY + 3;
  const isEven = outWidth % 2 === 0 && outWidth >= winogradQuad[1] && pixels % (winogradQuad[0] * outWidth) === 0;
  const { fewest, most } = winogradChannels;
  const isDeep = channels >= fewest && groupSize >= fewest && channels <= most;
  if (!isSquare || !isEven || !isDeep) return conv2d(launch, call);
  const groups = outChannels / groupSize;
  const terms = 9 * channels;
  const tiles = Math.ceil(groupSize / quad);
  const size = 16 * tiles * quad * channels;
  const quads = (pixels / outWidth / winogradQuad[0]) * Math.ceil(outWidth / winogradQuad[1]);
  const planes = images * groups;
  const unitQuads = Math.min(unitPixels / 16, 2 * Math.ceil((quads * planes) / fewUnits / 2));
  const units = planes * Math.ceil(quads / unitQuads);
  const { words } = call;
  const [x, weight] = call.inputs as readonly [number, number];
  words.set([
    call.out,
    x,
    weight,
    call.temporary(groups * size),
    0,
    groupSize,
    terms,
    groups,
    images,
    pixels,
    outWidth,
  ]);
  words.set([rowStride, strideX, image, channels * plane, unitQuads, size, 3, 3, plane], 11);
  return {
    name: "winograd",
    units,
    grain: grainOf(units, pixels * outChannels * images * terms),
    first: { name: "winogradPack", units: groups * tiles, grain: grainOf(groups * tiles, groups * size) },
  };
};

/** Chooses how the windows are read: from the planes themselves, or packed. */
export const conv2d: Plan = ({ threads: [pixels, outChannels, images], constants }: Launch, call: Call): Task => {
  const { words } = call;
  const sizes = constants as Sizes;
  const { channels, groupSize, kernelY, kernelX, strideX, dilationX, image, plane, rowStride } = sizes;
  const groups = outChannels / groupSize;
  const terms = channels * kernelY * kernelX;
  // Planes whose output rows follow each other without a gap are one long row.
  const width = strideX === 1 && rowStride === sizes.outWidth ? pixels : sizes.outWidth;
  const hasQuads = width >= quad;
  const isSingle = groupSize === 1 && hasQuads && strideX <= largestStride;
  const isDirect = strideX === 1 && hasQuads && groupSize <= fewRows;
  const isLoose = !isSingle && !isDirect && pixels < fewPixels && pixels % tile !== 0;
  const [cells, most, step] = isSingle
    ? [pixels / width, Math.ceil((16 * unitPixels) / width), 1]
    : isDirect
      ? [(pixels / width) * Math.ceil(width / quad), unitPixels / quad, tile / quad]
      : [isLoose ? images * pixels : pixels, unitPixels, tile];
  const planes = isLoose ? groups : images * groups;
  const unitCells = Math.max(1, Math.min(most, Math.ceil((cells * planes) / fewUnits / step) * step));
  const units = planes * Math.ceil(cells / unitCells);
  const size = isSingle ? 0 : packedSize(groupSize, terms);
  const [x, weight] = call.inputs as readonly [number, number];
  const table = call.temporary(terms + groups * size);
  words.set([
    call.out,
    x,
    weight,
    table + 4 * terms,
    table,
    groupSize,
    terms,
    groups,
    images,
    pixels,
    width,
    rowStride,
  ]);
  words.set([strideX, image, channels * plane, unitCells, size, kernelX, kernelY, plane], 12);
  words.set([sizes.stepY + kernelX * dilationX, dilationX, isLoose ? images : 0], 20);
  const packUnits = isSingle ? 1 : 1 + groups * Math.ceil(groupSize / packedTogether);
  return {
    name: isSingle ? "conv2dSingle" : isDirect ? "conv2dDirect" : "conv2dPacked",
    units,
    grain: grainOf(units, pixels * outChannels * images * terms),
    first: { name: "conv2dPack", units: packUnits, grain: grainOf(packUnits, groups * size) },
  };
};
