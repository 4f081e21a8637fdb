/** unfold (im2col) lays windows out as columns, fold (col2im) adds them up again: each is the other's transpose. */

import { defineOp, type Op } from "../../autograd/define-op.js";
import { run } from "../../autograd/run.js";
import type { Tensor } from "../../autograd/tensor.js";
import { ShapeError } from "../../errors.js";
import * as kernels from "../../kernels/fold.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../../options.js";
import { at, formatShape, pair, type Shape, sizeOf } from "../../shape.js";
import { checkFloat } from "../arguments.js";
import type { Pair } from "./convolution.js";
import { checkPlanes } from "./pool-windows.js";

/** Options of `unfold`; a single number serves both axes.
 * @category Convolution */
export interface UnfoldOptions {
  /** Rows and columns of a window. */
  readonly kernelSize: number | readonly [number, number];
  /** From one element of a window to the next, at least 1. Default 1. */
  readonly dilation?: number | readonly [number, number] | undefined;
  /** Rows and columns of zeros on every side, at least 0. Default 0. */
  readonly padding?: number | readonly [number, number] | undefined;
  /** From one window to the next, at least 1. Default 1. */
  readonly stride?: number | readonly [number, number] | undefined;
}

const unfoldOptions: OptionKinds<UnfoldOptions> = {
  kernelSize: ownCheck,
  dilation: ownCheck,
  padding: ownCheck,
  stride: ownCheck,
};

/** Options of `fold`; a single number serves both axes.
 * @category Convolution */
export interface FoldOptions extends UnfoldOptions {
  /** Rows and columns of the output. */
  readonly outputSize: number | readonly [number, number];
}

const foldOptions: OptionKinds<FoldOptions> = { ...unfoldOptions, outputSize: ownCheck };

/** Every window of an image as a column (im2col): a convolution is then a matrix product with them.
 * @param x shape `[N, C, H, W]` or `[C, H, W]`
 * @returns shape `[N, C·KH·KW, L]` (or `[C·KH·KW, L]`), for L windows, row by row:
 * `⌊(H + 2·padding − dilation·(KH − 1) − 1) / stride⌋ + 1` of them in a column of the image
 * @throws ShapeError if the window is larger than the padded input; ValueError if an option is out of range
 * @category Convolution */
export function unfold(x: Tensor, options: UnfoldOptions): Tensor {
  const size = checkPlanes("unfold", x, 2);
  const blocks = blocksOf("unfold", [at(size, 0), at(size, 1)], checkedOptions("unfold", options, unfoldOptions));
  return unfoldOp(x, { ...blocks, lead: x.shape.slice(0, -2) });
}

/** Adds columns up at the places of their windows (col2im): the transpose of `unfold`, not its inverse, for a cell gets
 * the sum over all windows that hold it.
 * @param x shape `[N, C·KH·KW, L]` or `[C·KH·KW, L]`, where L is the number of windows of an image of outputSize
 * @returns shape `[N, C, OH, OW]` (or `[C, OH, OW]`) with `[OH, OW] = outputSize`
 * @throws ShapeError if L is another number or the rows are no multiple of the window's elements; ValueError if an option
 * is out of range
 * @category Convolution */
export function fold(x: Tensor, options: FoldOptions): Tensor {
  checkFloat("fold", x);
  if (x.rank !== 2 && x.rank !== 3) {
    throw new ShapeError("fold", `input must be [N, C·KH·KW, L] or [C·KH·KW, L], got ${formatShape(x.shape)}`);
  }
  const { outputSize, ...windows } = checkedOptions("fold", options, foldOptions);
  const blocks = blocksOf("fold", pair("fold", "outputSize", outputSize, 1), windows);
  const elements = blocks.kernel[0] * blocks.kernel[1];
  if (at(x.shape, -2) % elements !== 0) {
    throw new ShapeError(
      "fold",
      `a column must hold a multiple of the ${elements} elements of a window ${blocks.kernel.join("×")}, got ` +
        `${at(x.shape, -2)} (input ${formatShape(x.shape)})`,
      { actual: at(x.shape, -2) },
    );
  }
  const [rows, columns] = blocks.count;
  if (at(x.shape, -1) !== rows * columns) {
    throw new ShapeError(
      "fold",
      `an output ${blocks.size.join("×")} has ${rows}×${columns} = ${rows * columns} windows, got ${at(x.shape, -1)} ` +
        `(input ${formatShape(x.shape)})`,
      { expected: rows * columns, actual: at(x.shape, -1) },
    );
  }
  return foldOp(x, { ...blocks, lead: [...x.shape.slice(0, -2), at(x.shape, -2) / elements] });
}

/** How windows lie on a plane. */
interface Blocks {
  /** Rows and columns of the plane. */
  readonly size: Pair;
  /** Rows and columns of windows. */
  readonly count: Pair;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

interface Folding extends Blocks {
  /** `[N, C]` or `[C]`. */
  readonly lead: Shape;
}

/** `unfold` of planes whose windows are worked out; what reaches beyond the plane is 0. */
export const unfoldOp: Op<[x: Tensor], Folding> = defineOp({
  name: "unfold",
  forward: ([x], folding) => {
    const { lead, kernel, count } = folding;
    const [elements, windows] = [sizeOf(kernel), sizeOf(count)];
    const output = run(kernels.unfold, [x], {
      shape: [...lead.slice(0, -1), at(lead, -1) * elements, windows],
      threads: [windows, elements, sizeOf(lead)],
      constants: constantsOf(folding),
    });
    return { output };
  },
  backward: (gradOutput, _saved, { options }) => [foldOp(gradOutput, options)],
});

const foldOp: Op<[x: Tensor], Folding> = defineOp({
  name: "fold",
  forward: ([x], folding) => {
    const { lead, size, kernel, count } = folding;
    const output = run(kernels.fold, [x], {
      shape: [...lead, ...size],
      threads: [size[1], size[0], sizeOf(lead)],
      constants: { ...constantsOf(folding), kernelY: kernel[0], blocksY: count[0] },
    });
    return { output };
  },
  backward: (gradOutput, _saved, { options }) => [unfoldOp(gradOutput, options)],
});

function constantsOf({ size, count, kernel, stride, padding, dilation }: Blocks): Record<string, number> {
  return {
    ...{ height: size[0], width: size[1], blocksX: count[1], kernelX: kernel[1] },
    ...{ strideY: stride[0], strideX: stride[1], paddingY: padding[0], paddingX: padding[1] },
    ...{ dilationY: dilation[0], dilationX: dilation[1] },
  };
}

function blocksOf(op: string, size: Pair, options: UnfoldOptions): Blocks {
  const { kernelSize, dilation: gap = 1, padding: pad = 0, stride: step = 1 } = options;
  const kernel = pair(op, "kernelSize", kernelSize, 1);
  const dilation = pair(op, "dilation", gap, 1);
  const padding = pair(op, "padding", pad, 0);
  const stride = pair(op, "stride", step, 1);
  const countAlong = (axis: 0 | 1) =>
    Math.floor((size[axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  const count = [countAlong(0), countAlong(1)] as const;
  if (count[0] < 1 || count[1] < 1) {
    throw new ShapeError(
      op,
      `the window ${kernel.join("×")} (dilation ${dilation.join("×")}) is larger than the plane ${size.join("×")} with ` +
        `padding ${padding.join("×")}`,
    );
  }
  return { size, count, kernel, stride, padding, dilation };
}
