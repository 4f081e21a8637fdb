/** What every op declares at its kinks and ties, as data: the derivative of the output's sum by each input, PyTorch's. */

import type { Shape, Tensor } from "../../src/index.js";
import * as livegrad from "../../src/index.js";
import type { Sample, SampleInput } from "./row.js";

/** An op at a point where it has no derivative, and what stands for it there. */
export interface KinkCase extends Sample {
  readonly op: string;
  /** Ones. */
  readonly gradOutput: readonly number[];
  /** One for each input. */
  readonly gradients: readonly (readonly number[])[];
}

/** A case of one number an output; by name, so that the table can be read beside any framework's. */
function kink(
  op: string,
  title: string,
  inputs: readonly (readonly number[] | SampleInput)[],
  gradients: readonly (readonly number[])[],
  { options, outputs = gradients[0]?.length ?? 1 }: { options?: object; outputs?: number } = {},
): KinkCase {
  const call = (...leaves: Tensor[]) => {
    const ops = livegrad as unknown as Record<string, (...args: unknown[]) => Tensor>;
    return (ops[op] as (...args: unknown[]) => Tensor)(...leaves, ...(options === undefined ? [] : [options]));
  };
  const samples = inputs.map((x) => ("shape" in x ? x : { shape: [x.length], values: x }));
  return { op, title, inputs: samples, call, gradOutput: new Array<number>(outputs).fill(1), gradients };
}

/** A matrix or an image of given numbers. */
function shaped(shape: Shape, values: readonly number[]): SampleInput {
  return { shape, values };
}

/** What meets in two places: 2 with 2, 2 and 1; 5 with 7. */
function tied(
  options: livegrad.ScatterReduceOptions,
  gradients: readonly [x: readonly number[], source: readonly number[]],
  source: readonly number[] = [2, 2, 1, 7],
): KinkCase {
  return {
    op: "scatterReduce",
    title: `ties among ${source} share evenly: ${Object.values(options).join(", ")}`,
    inputs: [shaped([2], [2, 5]), shaped([4], source)],
    call: (...[x, source]) => {
      const index = livegrad.tensor([0, 0, 0, 1], { dtype: "int32" });
      return livegrad.scatterReduce(x as Tensor, index, source as Tensor, options);
    },
    gradOutput: [1, 1],
    gradients,
  };
}

/** Running extremes of numbers that tie: the last one has the gradient. */
function runningKink(op: "cumMax" | "cumMin", values: readonly number[], gradient: readonly number[]): KinkCase {
  const extreme = op === "cumMax" ? livegrad.cumMax : livegrad.cumMin;
  const call = (x?: Tensor) => extreme(x as Tensor, { axis: 0 }).values;
  const gradOutput = new Array<number>(values.length).fill(1);
  return {
    op,
    title: "the last of a tie",
    inputs: [shaped([values.length], values)],
    call,
    gradOutput,
    gradients: [gradient],
  };
}

const seluSlope = 1.0507009873554805 * 1.6732632423543772; // scale · alpha

const infinity = Number.POSITIVE_INFINITY;

/** The kinks of every op that has some. */
export const kinkCases: readonly KinkCase[] = [
  kink(
    "det",
    "the cofactors of a singular matrix",
    [shaped([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])],
    [[-3, 6, -3, 6, -12, 6, -3, 6, -3]],
    {
      outputs: 1,
    },
  ),
  kink(
    "det",
    "those of a matrix of rank 1",
    [shaped([3, 3], [1, 2, 3, 2, 4, 6, 3, 6, 9])],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0]],
    {
      outputs: 1,
    },
  ),
  kink("det", "those of zeros", [shaped([2, 2], [0, 0, 0, 0])], [[0, 0, 0, 0]], { outputs: 1 }),
  kink(
    "eigvalsh",
    "the trace of a matrix with equal eigenvalues",
    [shaped([3, 3], [2, 0, 0, 0, 2, 0, 0, 0, 1])],
    [[1, 0, 0, 0, 1, 0, 0, 0, 1]],
    {
      outputs: 3,
    },
  ),
  kink("det", "1 where there is but one number", [shaped([2, 1, 1], [0, 3])], [[1, 1]]),
  kink("relu", "relu′(0) = 0", [[-1, 0, -0, 2]], [[0, 0, 0, 1]]),
  kink("relu6", "relu6′(0) = relu6′(6) = 0", [[-1, 0, 3, 6, 7]], [[0, 0, 1, 0, 0]]),
  kink("leakyRelu", "leakyRelu′(0) is the slope", [[-1, 0, 1]], [[0.25, 0.25, 1]], {
    options: { negativeSlope: 0.25 },
  }),
  kink("elu", "elu′(0) = alpha", [[0, 1]], [[0.5, 1]], { options: { alpha: 0.5 } }),
  kink("selu", "selu′(0) is the slope from below", [[0]], [[seluSlope]]),
  kink("hardSigmoid", "hardSigmoid′(±3) = 0", [[-3, 0, 3]], [[0, 1 / 6, 0]]),
  kink("abs", "abs′(0) = 0", [[-3, 0, 3]], [[-1, 0, 1]]),
  kink("sign", "sign is flat", [[-2, 0, 2]], [[0, 0, 0]]),
  kink("sqrt", "sqrt′(0) = ∞", [[0, 4]], [[Number.POSITIVE_INFINITY, 0.25]]),
  kink("clamp", "clamp′ = 1 at its bounds", [[-2, -1, 0, 1, 2]], [[0, 1, 1, 1, 0]], { options: { min: -1, max: 1 } }),
  kink("hardshrink", "flat up to ±λ", [[-2, -1, 0, 1, 2]], [[1, 0, 0, 0, 1]], { options: { lambd: 1 } }),
  kink("softshrink", "flat up to ±λ", [[-2, -1, 0, 1, 2]], [[1, 0, 0, 0, 1]], { options: { lambd: 1 } }),
  kink("threshold", "flat up to it", [[0, 1, 2]], [[0, 0, 1]], { options: { threshold: 1, value: 9 } }),
  kink("prelu", "prelu′(0) is the slope", [[-2, 0, 3], [0.25]], [[0.25, 0.25, 1], [-2]], { outputs: 3 }),
  kink("trunc", "trunc is flat", [[-1.5, 0, 2]], [[0, 0, 0]]),
  kink("frac", "frac′ is 1 at integers, too", [[-1, 0, 0.5]], [[1, 1, 1]]),
  kink(
    "fmod",
    "multiples: the quotient is exact",
    [
      [6, -6, 1],
      [3, 3, 3],
    ],
    [
      [1, 1, 1],
      [-2, 2, -0],
    ],
  ),
  kink(
    "remainder",
    "multiples: the quotient is exact",
    [
      [6, -6, -1],
      [3, 3, 3],
    ],
    [
      [1, 1, 1],
      [-2, 2, 1],
    ],
  ),
  kink(
    "floorDivide",
    "floorDivide is flat",
    [
      [6, 1],
      [3, 3],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ),
  kink(
    "hypot",
    "0 at the origin",
    [
      [0, 3],
      [0, 4],
    ],
    [
      [0, 0.6],
      [0, 0.8],
    ],
  ),
  kink("lerp", "equal ends", [[2], [2], [0.25]], [[0.75], [0.25], [0]]),
  kink("nanToNum", "flat where there is no number", [[Number.NaN, infinity, -infinity, 2]], [[0, 0, 0, 1]]),
  kink(
    "xlogy",
    "x = 0",
    [
      [0, 0, -0],
      [2, 0, -1],
    ],
    [
      [Math.LN2, 0, 0],
      [0, 0, 0],
    ],
  ),
  kink(
    "logaddexp",
    "infinities",
    [
      [infinity, -infinity, infinity],
      [infinity, -infinity, 1],
    ],
    [
      [0.5, 0.5, 1],
      [0.5, 0.5, 0],
    ],
  ),
  kink("logit", "0 where eps cuts", [[0.1, 0.5, 0.9]], [[0, 4, 0]], { options: { eps: 0.25 } }),
  kink(
    "cdist",
    "rows that are the same",
    [shaped([1, 2], [1, 2]), shaped([1, 2], [1, 2])],
    [
      [0, 0],
      [0, 0],
    ],
    { outputs: 1 },
  ),
  kink(
    "cdist",
    "ties of p = ∞ share evenly",
    [shaped([1, 2], [1, -1]), shaped([1, 2], [0, 0])],
    [
      [0.5, -0.5],
      [-0.5, 0.5],
    ],
    { options: { p: infinity }, outputs: 1 },
  ),
  kink("adaptiveMaxPool1d", "the first of a tie", [shaped([1, 3], [1, 1, 1])], [[1, 0, 0]], {
    options: { outputSize: 1 },
    outputs: 1,
  }),
  kink("tripletMarginLoss", "the slope where the negative is exactly far enough", [[0], [1], [2]], [[0], [1], [-1]], {
    options: { margin: 1, eps: 0 },
    outputs: 1,
  }),
  kink("gaussianNllLoss", "below eps the derivative at eps", [[0], [1], [0.125]], [[-2], [2], [-1]], {
    options: { eps: 0.5 },
  }),
  kink("normalize", "a vector of zeros", [shaped([1, 2], [0, 0])], [[4, 4]], { options: { eps: 0.25 } }),
  kink("erfinv", "∞ at ±1", [[-1, 1]], [[infinity, infinity]]),
  kink(
    "maximum",
    "a tie is halved",
    [
      [1, 2, 3],
      [2, 2, 2],
    ],
    [
      [0, 0.5, 1],
      [1, 0.5, 0],
    ],
  ),
  kink(
    "minimum",
    "a tie is halved",
    [
      [1, 2, 3],
      [2, 2, 2],
    ],
    [
      [1, 0.5, 0],
      [0, 0.5, 1],
    ],
  ),
  kink(
    "pow",
    "0⁰ and 0² by the base and by the exponent",
    [
      [0, 2, 0],
      [0, 0, 2],
    ],
    [
      [0, 0, 0],
      [0, Math.LN2, 0],
    ],
  ),
  kink("max", "ties share evenly", [[3, 1, 3, 3, 0, 3]], [[0.25, 0, 0.25, 0.25, 0, 0.25]], { outputs: 1 }),
  kink("max", "ties share evenly along an axis", [shaped([2, 2], [2, 2, 5, 7])], [[0.5, 0.5, 0, 1]], {
    options: { axis: 1 },
    outputs: 2,
  }),
  kink("min", "ties share evenly", [[1, 1, 2]], [[0.5, 0.5, 0]], { outputs: 1 }),
  tied({ reduce: "amax" }, [
    [1 / 3, 0],
    [1 / 3, 1 / 3, 0, 1],
  ]),
  tied({ reduce: "amax", includeSelf: false }, [
    [0, 0],
    [0.5, 0.5, 0, 1],
  ]),
  tied({ reduce: "amin" }, [
    [0, 1],
    [0, 0, 1, 0],
  ]),
  tied(
    { reduce: "amin" },
    [
      [0, 0],
      [0.5, 0.5, 0, 1],
    ],
    [Number.NaN, Number.NaN, 1, Number.NaN],
  ),
  runningKink("cumMax", [2, 2, 1, 2], [1, 2, 0, 1]),
  runningKink("cumMin", [2, 2, 3, 2], [1, 2, 0, 1]),
  kink("median", "ties share evenly among all", [[2, 1, 2, 3, 2, 5]], [[1 / 3, 0, 1 / 3, 0, 1 / 3, 0]], { outputs: 1 }),
  kink("median", "NaN shares evenly among all", [[2, Number.NaN, 2, Number.NaN]], [[0, 0.5, 0, 0.5]], { outputs: 1 }),
  kink("median", "the middle one of a tie along an axis", [shaped([1, 4], [2, 2, 1, 2])], [[1, 0, 0, 0]], {
    options: { axis: 1 },
    outputs: 1,
  }),
  kink("nanMean", "NaN has no gradient", [[1, Number.NaN, 3]], [[0.5, 0, 0.5]], { outputs: 1 }),
  kink("nanMean", "nor where all is NaN", [[Number.NaN, Number.NaN]], [[0, 0]], { outputs: 1 }),
  kink("nanSum", "NaN has no gradient", [[1, Number.NaN, 3]], [[1, 0, 1]], { outputs: 1 }),
  kink("logCumSumExp", "0 up to where all are −∞", [[-infinity, -infinity, 2, -infinity]], [[0, 0, 2, 0]], {
    options: { axis: 0 },
  }),
  kink("prod", "one factor 0", [[0, 1, 2]], [[2, 0, 0]], { outputs: 1 }),
  kink("prod", "two factors 0", [[0, 0, 2]], [[0, 0, 0]], { outputs: 1 }),
  kink("norm", "the 2-norm of zeros", [[0, 0, 0]], [[0, 0, 0]], { options: { p: 2 }, outputs: 1 }),
  kink("norm", "the 1-norm at a zero", [[0, -1, 2]], [[0, -1, 1]], { options: { p: 1 }, outputs: 1 }),
  kink("maxPool2d", "the first of a tie", [shaped([1, 1, 2, 2], [1, 1, 1, 1])], [[1, 0, 0, 0]], {
    options: { kernelSize: 2 },
    outputs: 1,
  }),
  kink(
    "maxPool3d",
    "the first of a tie, across planes and within one",
    [shaped([1, 2, 2, 2], [0, 1, 1, 0, 1, 1, 1, 1])],
    [[0, 1, 0, 0, 0, 0, 0, 0]],
    { options: { kernelSize: 2 }, outputs: 1 },
  ),
  kink("adaptiveMaxPool2d", "the first of a tie", [shaped([1, 1, 2, 2], [1, 1, 1, 1])], [[1, 0, 0, 0]], {
    options: { outputSize: 1 },
    outputs: 1,
  }),
  kink(
    "gridSample",
    "on a cell, the slope towards the next; behind the last that is 0",
    [shaped([1, 1, 1, 2], [1, 5]), shaped([1, 1, 2, 2], [-1, 0, 1, 0])],
    [
      [1, 1],
      [2, 0, -2.5, 0],
    ],
    { options: { alignCorners: true }, outputs: 2 },
  ),
  kink(
    "gridSample",
    "flat at and beyond the edge",
    [shaped([1, 1, 1, 2], [1, 5]), shaped([1, 1, 3, 2], [-1, 0, 1, 0, 2, 0])],
    [
      [1, 2],
      [0, 0, 0, 0, 0, 0],
    ],
    { options: { alignCorners: true, paddingMode: "border" }, outputs: 3 },
  ),
  kink(
    "gridSample",
    "flat where it is mirrored, falling behind",
    [shaped([1, 1, 1, 2], [1, 5]), shaped([1, 1, 2, 2], [1, 0, 2, 0])],
    [
      [0.5, 1.5],
      [0, 0, -2, 0],
    ],
    { options: { alignCorners: true, paddingMode: "reflection" }, outputs: 2 },
  ),
  {
    op: "maxUnpool2d",
    title: "the last of two for one cell",
    inputs: [shaped([1, 1, 3], [7, 8, 9])],
    call: (x) => {
      const indices = livegrad.tensor([2, 2, 0], { shape: [1, 1, 3], dtype: "int32" });
      return livegrad.maxUnpool2d(x as Tensor, indices, { kernelSize: 1 });
    },
    gradOutput: [1, 1, 1],
    gradients: [[0, 1, 1]],
  },
  kink(
    "l1Loss",
    "no difference",
    [
      [1, 2],
      [1, 3],
    ],
    [
      [0, -1],
      [0, 1],
    ],
    { options: { reduction: "sum" }, outputs: 1 },
  ),
];
