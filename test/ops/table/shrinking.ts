/** Rows of the op table: activations that cut, gate or learn their slope, and what replaces numbers. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { elementAt, fill, type Grid } from "../models.js";
import { type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions, sampleOf } from "./elementwise.js";
import { functionRow, special } from "./functions.js";

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;
const ends = [nan, infinity, minusInfinity];

const hard = (width: number) => (x: number) => (Math.abs(x) <= width ? 0 : x);
const soft = (width: number) => (x: number) => (Math.abs(x) <= width ? 0 : x - width * Math.sign(x));

function shrinkRow(op: string, call: typeof lg.hardshrink, f: (width: number) => (x: number) => number): OpRow {
  return {
    op,
    samples: [
      sampleOf("λ = ½", (x) => call(x), f(0.5), { kinks: [-0.5, 0.5] }),
      sampleOf("λ = 1", (x) => call(x, { lambd: 1 }), f(1), { kinks: [-1, 1] }),
      sampleOf("λ = 0", (x) => call(x, { lambd: 0 }), f(0), { kinks: [0] }),
    ],
    specials: [special("the ends", (x) => call(x), ends, ends), special("at ±λ", (x) => call(x), [0.5, -0.5], [0, 0])],
    errors: [
      refusesIntegers((x) => call(x)),
      refusesPlainOptions((options) => call(lg.ones([2]), options)),
      {
        title: "refuses λ = −1",
        run: () => call(lg.ones([2]), { lambd: -1 }),
        type: lg.ValueError,
        says: ["lambd", "-1"],
      },
    ],
  };
}

const cut = (x: Tensor) => lg.threshold(x, { threshold: 0.5, value: -3 });

const thresholdRow: OpRow = {
  op: "threshold",
  samples: [sampleOf("−3 up to ½", cut, (x) => (x <= 0.5 ? -3 : x), { kinks: [0.5] })],
  specials: [special("the ends, and at it", cut, [...ends, 0.5], [nan, infinity, -3, -3])],
  errors: [
    refusesIntegers(cut),
    refusesPlainOptions((options) => lg.threshold(lg.ones([2]), options as lg.ThresholdOptions)),
    {
      title: "asks for a value",
      run: () => lg.threshold(lg.ones([2]), { threshold: 1 } as lg.ThresholdOptions),
      type: lg.ValueError,
      says: ["value"],
    },
  ],
};

function prelus(shape: readonly number[], slopes: number): Sample {
  return {
    title: `[${shape}] with ${slopes} slopes`,
    inputs: [uniform(shape, { kinks: [0] }), uniform([slopes], { low: 0.1, high: 0.9 })],
    call: (x, weight) => lg.prelu(x as Tensor, weight as Tensor),
    expected: (x, weight) =>
      fill(shape, (place) => {
        const value = elementAt(x as Grid, place);
        const slope = (weight as Grid).values[slopes === 1 ? 0 : (place[1] as number)] as number;
        return value > 0 ? value : slope * value;
      }),
  };
}

const preluRow: OpRow = {
  op: "prelu",
  samples: [prelus([4], 1), prelus([3, 4], 4), prelus([2, 3, 2, 2], 3), prelus([2, 3, 2], 1)],
  specials: [
    {
      title: "the ends",
      inputs: [
        { shape: [3], values: ends },
        { shape: [1], values: [0.5] },
      ],
      call: (x, weight) => lg.prelu(x as Tensor, weight as Tensor),
      expected: () => ends,
    },
  ],
  errors: [
    refusesIntegers((x) => lg.prelu(x, lg.ones([1]))),
    {
      title: "refuses 2 slopes for 3 channels",
      run: () => lg.prelu(lg.ones([2, 3]), lg.ones([2])),
      type: lg.ShapeError,
      says: ["3 channels", "[2, 3]", "[2]"],
    },
  ],
};

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));

function glus(shape: readonly number[], axis: number | undefined): Sample {
  const along = ((axis ?? -1) + shape.length) % shape.length;
  const half = (shape[along] as number) / 2;
  return {
    title: `axis ${axis} of [${shape}]`,
    inputs: [uniform(shape)],
    call: (x) => lg.glu(x as Tensor, axis === undefined ? {} : { axis }),
    expected: (x) =>
      fill(shape.with(along, half), (place) => {
        const gate = place.map((c, i) => (i === along ? c + half : c));
        return elementAt(x as Grid, place) * sigma(elementAt(x as Grid, gate));
      }),
  };
}

const gluRow: OpRow = {
  op: "glu",
  samples: [glus([3, 4], undefined), glus([4, 3], 0), glus([2, 4, 3], -2)],
  errors: [
    refusesIntegers((x) => lg.glu(x)),
    refusesPlainOptions((options) => lg.glu(lg.ones([2]), options)),
    {
      title: "refuses an odd axis",
      run: () => lg.glu(lg.ones([2, 3])),
      type: lg.ShapeError,
      says: ["even", "3", "[2, 3]"],
    },
  ],
};

function softmins(axis: number): Sample {
  return {
    title: `axis ${axis}`,
    inputs: [uniform([3, 4])],
    call: (x) => lg.softmin(x as Tensor, { axis }),
    expected: (x) =>
      fill([3, 4], (place) => {
        const along = (axis + 2) % 2;
        const row = Array.from({ length: along === 0 ? 3 : 4 }, (_, k) => elementAt(x as Grid, place.with(along, k)));
        return Math.exp(-elementAt(x as Grid, place)) / row.reduce((sum, v) => sum + Math.exp(-v), 0);
      }),
  };
}

const softminRow: OpRow = {
  op: "softmin",
  samples: [softmins(-1), softmins(0)],
  errors: [
    refusesIntegers((x) => lg.softmin(x)),
    refusesPlainOptions((options) => lg.softmin(lg.ones([2]), options)),
    {
      title: "refuses axis 2 of rank 2",
      run: () => lg.softmin(lg.ones([2, 2]), { axis: 2 }),
      type: lg.ShapeError,
      says: ["got 2"],
    },
  ],
};

const replaced = { nan: 7, posinf: 8, neginf: -9 };

const nanToNumRow: OpRow = {
  op: "nanToNum",
  samples: [
    sampleOf(
      "finite numbers",
      (x) => lg.nanToNum(x),
      (x) => x,
      {},
    ),
  ],
  specials: [
    special("chosen numbers", (x) => lg.nanToNum(x, replaced), [...ends, 2], [7, 8, -9, 2]),
    special("NaN is 0, and 0 stays", (x) => lg.nanToNum(x), [nan, 0], [0, 0]),
  ],
  errors: [
    refusesIntegers((x) => lg.nanToNum(x)),
    refusesPlainOptions((options) => lg.nanToNum(lg.ones([2]), options)),
  ],
};

function clamps(
  title: string,
  bounds: readonly SampleInput[],
  call: Sample["call"],
  f: (values: number[]) => number,
): Sample {
  const x = uniform([3, 4]);
  return {
    title,
    inputs: [x, ...bounds],
    call,
    expected: (...given) =>
      fill([3, 4], (place) =>
        f(
          given.map(
            ({ shape, values }) =>
              (shape.length === 1 ? values[place[1] as number] : elementAt({ shape, values }, place)) as number,
          ),
        ),
      ),
  };
}

/** Bounds that no number of a sample comes near. */
const [below, above] = [
  { shape: [4], values: [-1.03, -0.52, -3, 0.11].map(Math.fround) },
  { shape: [4], values: [1.02, 0.13, 0.57, 3].map(Math.fround) },
];

const clampByTensors: readonly Sample[] = [
  clamps(
    "two tensors as bounds",
    [below, above],
    (x, min, max) => lg.clamp(x as Tensor, { min: min as Tensor, max: max as Tensor }),
    ([x = 0, min = 0, max = 0]) => Math.min(Math.max(x, min), max),
  ),
  clamps(
    "a tensor and a number",
    [below],
    (x, min) => lg.clamp(x as Tensor, { min: min as Tensor, max: 1.5 }),
    ([x = 0, min = 0]) => Math.min(Math.max(x, min), 1.5),
  ),
];

const clampRow: OpRow = {
  op: "clamp",
  samples: [
    sampleOf(
      "two bounds",
      (x) => lg.clamp(x, { min: -1, max: 1 }),
      (x) => Math.min(1, Math.max(-1, x)),
      { kinks: [-1, 1] },
    ),
    sampleOf(
      "one bound",
      (x) => lg.clamp(x, { max: 0.5 }),
      (x) => Math.min(0.5, x),
      { kinks: [0.5] },
    ),
    ...clampByTensors,
  ],
  errors: [
    refusesIntegers((x) => lg.clamp(x, { min: 0 })),
    {
      title: "refuses min > max",
      run: () => lg.clamp(lg.ones([2]), { min: 2, max: 1 }),
      type: lg.ValueError,
      says: ["2", "1"],
    },
    { title: "asks for a bound", run: () => lg.clamp(lg.ones([2]), {}), type: lg.ValueError, says: ["at least one"] },
  ],
};

/** Activations that cut or gate, and what replaces numbers. */
export const shrinkingRows: readonly OpRow[] = [
  shrinkRow("hardshrink", lg.hardshrink, hard),
  shrinkRow("softshrink", lg.softshrink, soft),
  functionRow(
    "tanhshrink",
    lg.tanhshrink,
    (x) => x - Math.tanh(x),
    { low: -4, high: 4 },
    { ends, sides: [30, -30, 1.25] },
  ),
  thresholdRow,
  preluRow,
  gluRow,
  softminRow,
  nanToNumRow,
  clampRow,
];
