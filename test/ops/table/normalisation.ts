/** Rows of the op table: layer, group and instance normalisation. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import type { Given } from "../../../src/options.js";
import { affineModel, standardizeModel } from "../norm-models.js";
import { type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

type Place = number[];

/** A sample of a normalisation with `parameters` (0 to 2) of shape `affine`, beside its model. */
function sampleOf(
  title: string,
  shape: Shape,
  affine: Shape,
  parameters: number,
  call: Sample["call"],
  model: { partOf: (place: Place) => number; parameterAt: (place: Place) => number; eps?: number },
): Sample {
  return {
    title,
    inputs: [uniform(shape), ...Array.from({ length: parameters }, () => uniform(affine))],
    call,
    expected: (x, weight, bias) =>
      affineModel(
        standardizeModel(x as SampleInput, model.partOf, model.eps ?? 1e-5),
        model.parameterAt,
        weight?.values,
        bias?.values,
      ),
  };
}

/** The place within the given sizes of the last axes. */
function inner(place: Place, sizes: Shape): number {
  return sizes.reduce((index, n, i) => index * n + (place.at(i - sizes.length) as number), 0);
}

function layerSample(
  title: string,
  shape: Shape,
  normalized: Shape,
  parameters: number,
  options: lg.LayerNormOptions,
): Sample {
  return sampleOf(
    title,
    shape,
    normalized,
    parameters,
    (x, weight, bias) => lg.layerNorm(x as Tensor, weight ?? null, bias ?? null, options),
    {
      partOf: (place) => place.slice(0, -normalized.length).reduce((key, c) => key * 100 + c, 1),
      parameterAt: (place) => inner(place, normalized),
      ...(options as Given<lg.LayerNormOptions>),
    },
  );
}

/** What every normalisation refuses: options that are none, parameters that do not fit, an eps of 0. */
function sharedErrors(
  norm: (x: Tensor, weight: Tensor | null, bias: Tensor | null, options: object) => Tensor,
  options: object,
): ErrorCase[] {
  const x = () => lg.ones([2, 3, 4]);
  return [
    refusesIntegers((integers) => norm(integers, null, null, options), [2, 3, 4]),
    ...[0, Number.POSITIVE_INFINITY].map((eps) => ({
      title: `refuses an eps of ${eps}`,
      run: () => norm(x(), null, null, { ...options, eps }),
      type: lg.ValueError,
      says: [`eps must be above 0, got ${eps}`],
    })),
    {
      title: "refuses another weight",
      run: () => norm(x(), lg.ones([2]), null, options),
      type: lg.ShapeError,
      says: ["weight", "[2]"],
    },
    {
      title: "refuses another bias",
      run: () => norm(x(), null, lg.ones([3, 1]), options),
      type: lg.ShapeError,
      says: ["bias", "[3, 1]"],
    },
    {
      title: "refuses a number in place of a bias",
      run: () => norm(x(), null, 2 as unknown as Tensor, options),
      type: lg.ValueError,
      says: ["bias", "got 2"],
    },
    {
      title: "refuses a number in place of options",
      run: () => norm(x(), null, null, 3 as unknown as object),
      type: lg.ValueError,
      says: ["options", "3"],
    },
  ];
}

const layerNormRow: OpRow = {
  op: "layerNorm",
  samples: [
    layerSample("over the last axis", [2, 3, 4], [4], 2, {}),
    layerSample("over two axes, without bias", [2, 3, 4], [3, 4], 1, { normalizedShape: [3, 4], eps: 0.1 }),
    layerSample("over everything, without weight", [2, 3], [2, 3], 0, { normalizedShape: [2, 3] }),
    layerSample("one number for the last axis", [5, 4], [4], 0, { normalizedShape: 4 }),
    layerSample("over the shape of the weight, without bias", [2, 3, 4], [3, 4], 1, {}),
    {
      title: "over the shape of the bias, without weight",
      inputs: [uniform([2, 3, 4]), uniform([3, 4])],
      call: (x, bias) => lg.layerNorm(x as Tensor, null, bias),
      expected: (x, bias) =>
        affineModel(
          standardizeModel(x as SampleInput, ([n = 0]) => n, 1e-5),
          (place) => inner(place, [3, 4]),
          undefined,
          bias?.values,
        ),
    },
  ],
  specials: [
    {
      title: "a constant becomes 0",
      inputs: [{ shape: [2, 3], values: [0, 0, 0, 5, 5, 5] }],
      call: (x) => lg.layerNorm(x as Tensor, null, null, { normalizedShape: 3 }),
      expected: () => [0, 0, 0, 0, 0, 0],
    },
  ],
  errors: [
    ...sharedErrors((x, w, b, options) => lg.layerNorm(x, w, b, options), { normalizedShape: [4] }),
    {
      title: "refuses other last sizes",
      run: () => lg.layerNorm(lg.ones([2, 3, 4]), null, null, { normalizedShape: [2, 4] }),
      type: lg.ShapeError,
      says: ["[2, 4]", "[2, 3, 4]"],
    },
    {
      title: "refuses more sizes than axes",
      run: () => lg.layerNorm(lg.ones([4]), null, null, { normalizedShape: [1, 4] }),
      type: lg.ShapeError,
      says: ["[1, 4]", "[4]"],
    },
    {
      title: "refuses no sizes",
      run: () => lg.layerNorm(lg.ones([4]), null, null, { normalizedShape: [] }),
      type: lg.ShapeError,
      says: ["normalizedShape []"],
    },
    {
      title: "refuses a scalar",
      run: () => lg.layerNorm(lg.tensor(1), null, null, { normalizedShape: [] }),
      type: lg.ShapeError,
      says: ["normalizedShape []", "got []"],
    },
    {
      title: "refuses sizes that are no list",
      run: () => lg.layerNorm(lg.ones([4]), null, null, { normalizedShape: "4" as unknown as number }),
      type: lg.ShapeError,
      says: ["a list", "4"],
    },
    {
      title: "asks for the sizes",
      run: () => lg.layerNorm(lg.ones([4])),
      type: lg.ValueError,
      says: ["normalizedShape", "neither"],
    },
  ],
};

function groupSample(title: string, shape: Shape, numGroups: number, parameters: number, eps?: number): Sample {
  const channels = shape[1] as number;
  return sampleOf(
    title,
    shape,
    [channels],
    parameters,
    (x, weight, bias) =>
      lg.groupNorm(x as Tensor, weight ?? null, bias ?? null, { numGroups, ...(eps === undefined ? {} : { eps }) }),
    {
      partOf: ([n = 0, c = 0]) => n * 100 + Math.floor((c * numGroups) / channels),
      parameterAt: ([, c = 0]) => c,
      ...(eps === undefined ? {} : { eps }),
    },
  );
}

const groupNormRow: OpRow = {
  op: "groupNorm",
  samples: [
    groupSample("images", [2, 6, 2, 2], 3, 2),
    groupSample("features, without bias", [3, 4], 2, 1, 0.1),
    groupSample("all channels as one, without weight", [2, 3, 4], 1, 0),
    groupSample("volumes, a group for each channel", [1, 2, 2, 1, 3], 2, 2),
  ],
  errors: [
    ...sharedErrors((x, w, b, options) => lg.groupNorm(x, w, b, options as lg.GroupNormOptions), { numGroups: 3 }),
    ...[2, 0, -3, 1.5, undefined].map((numGroups) => ({
      title: `refuses numGroups ${numGroups} for 3 channels`,
      run: () => lg.groupNorm(lg.ones([2, 3, 4]), null, null, { numGroups: numGroups as number }),
      type: lg.ValueError,
      says: ["numGroups", "3 channels", `got ${numGroups}`],
    })),
    {
      title: "refuses a vector",
      run: () => lg.groupNorm(lg.ones([3]), null, null, { numGroups: 1 }),
      type: lg.ShapeError,
      says: ["[N, C, ...]", "[3]"],
    },
  ],
};

function instanceSample(title: string, shape: Shape, parameters: number, options?: lg.InstanceNormOptions): Sample {
  return sampleOf(
    title,
    shape,
    [shape[1] as number],
    parameters,
    (x, weight, bias) =>
      options === undefined
        ? lg.instanceNorm(x as Tensor)
        : lg.instanceNorm(x as Tensor, weight ?? null, bias ?? null, options),
    {
      partOf: ([n = 0, c = 0]) => n * 100 + c,
      parameterAt: ([, c = 0]) => c,
      ...(options as Given<lg.InstanceNormOptions>),
    },
  );
}

const statistics = () => ({ runningMean: lg.tensor([0.5, -1]), runningVar: lg.tensor([2, 0.25]) });

const instanceNormRow: OpRow = {
  op: "instanceNorm",
  samples: [
    instanceSample("images, alone", [2, 3, 2, 3], 0),
    instanceSample("sequences, with weight and bias", [2, 3, 5], 2, { eps: 0.1 }),
    instanceSample("volumes, without bias", [1, 2, 2, 2, 2], 1, {}),
    {
      title: "by running statistics",
      inputs: [uniform([2, 2, 3]), uniform([2]), uniform([2])],
      call: (x, w, b) =>
        lg.instanceNorm(x as Tensor, w as Tensor, b as Tensor, { useInputStats: false, eps: 0.5, ...statistics() }),
      expected: (x, w, b) =>
        x.values.map((value, i) => {
          const c = Math.floor(i / 3) % 2;
          const standardized = (value - ([0.5, -1][c] as number)) / Math.sqrt(([2, 0.25][c] as number) + 0.5);
          return standardized * (w.values[c] as number) + (b.values[c] as number);
        }),
    },
  ],
  errors: [
    ...sharedErrors((x, w, b, options) => lg.instanceNorm(x, w, b, options), {}),
    {
      title: "refuses features",
      run: () => lg.instanceNorm(lg.ones([2, 3])),
      type: lg.ShapeError,
      says: ["[N, C, ...sizes]", "[2, 3]"],
    },
    {
      title: "refuses one value a channel",
      run: () => lg.instanceNorm(lg.ones([2, 3, 1, 1])),
      type: lg.ValueError,
      says: ["[2, 3, 1, 1]"],
    },
    ...([[], ["runningMean"], ["runningVar"]] as const).map((names) => ({
      title: `asks for running statistics, given ${names[0] ?? "none"}`,
      run: () => {
        const given = Object.fromEntries(names.map((name) => [name, lg.ones([3])]));
        lg.instanceNorm(lg.ones([2, 3, 4]), null, null, { useInputStats: false, ...given });
      },
      type: lg.ValueError,
      says: ["needs runningMean and runningVar"],
    })),
    {
      title: "refuses other running statistics",
      run: () => lg.instanceNorm(lg.ones([2, 3, 4]), null, null, statistics()),
      type: lg.ShapeError,
      says: ["runningMean", "[3]", "[2]"],
    },
    {
      title: "refuses a momentum of 2",
      run: () => lg.instanceNorm(lg.ones([2, 3, 4]), null, null, { momentum: 2 }),
      type: lg.ValueError,
      says: ["momentum", "2"],
    },
  ],
};

export const normalisationRows: readonly OpRow[] = [layerNormRow, groupNormRow, instanceNormRow];
