/** Rows of the op table: arithmetic of two tensors, with broadcasting, and the choice between two. */

import type { Shape, Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel } from "../models.js";
import { distinct, type ErrorCase, type OpRow, type Sample, type SampleInput, uniform } from "../row.js";
import { refusesIntegers } from "./elementwise.js";

type Binary = (a: Tensor, b: Tensor) => Tensor;

const shapes: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[4], [2, 3, 1]],
  [[], [2, 3]],
  [
    [2, 1, 3, 1, 2],
    [3, 1, 4, 1],
  ],
];

function samplesOf(
  call: Binary,
  f: (p: number, q: number) => number,
  make: (shape: Shape, side: 0 | 1) => SampleInput = (shape) => uniform(shape),
): Sample[] {
  return shapes.map(([a, b]) => ({
    title: `[${a.join(", ")}] and [${b.join(", ")}]`,
    inputs: [make(a, 0), make(b, 1)],
    call,
    expected: (x, y) => broadcastModel(x, y, f).values,
  }));
}

function refusesShapes(call: Binary): ErrorCase {
  return {
    title: "refuses shapes that do not broadcast",
    run: () => call(lg.ones([2, 3]), lg.ones([4, 3])),
    type: lg.ShapeError,
    says: ["[2, 3]", "[4, 3]"],
  };
}

function errorsOf(call: Binary): ErrorCase[] {
  return [
    refusesShapes(call),
    refusesIntegers((x) => call(x, x)),
    {
      title: "refuses tensors of two devices",
      run: () => call(lg.ones([2], { device: "cpu" }), lg.ones([2], { device: "reference" })),
      type: lg.DeviceError,
      says: ["cpu", "reference"],
    },
  ];
}

/** Two inputs whose elements are never nearer than 0.05, whichever meet. */
function apart(shape: Shape, side: 0 | 1): SampleInput {
  const grid = distinct(shape);
  return { shape, values: grid.values.map((v) => Math.fround(Math.round(v / 0.15) * 0.15 + (side === 0 ? 0 : 0.07))) };
}

/** Every number with every other. */
function pairs(title: string, call: Binary, f: (p: number, q: number) => number, [a, b]: [number[], number[]]) {
  const inputs = [
    { shape: [a.length, 1], values: a },
    { shape: [b.length], values: b },
  ] as const;
  const model = broadcastModel(inputs[0], inputs[1], f);
  return { title, inputs, call: call as Sample["call"], expected: () => model.values };
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const special = [nan, 1, -2, 0, infinity, -infinity];

const evenMask = (shape: Shape) => () =>
  lg.cast(lg.tensor(Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => i % 2)).reshape(shape), "bool");

export const arithmeticRows: readonly OpRow[] = [
  { op: "add", samples: samplesOf(lg.add, (p, q) => p + q), errors: errorsOf(lg.add) },
  { op: "sub", samples: samplesOf(lg.sub, (p, q) => p - q), errors: errorsOf(lg.sub) },
  { op: "mul", samples: samplesOf(lg.mul, (p, q) => p * q), errors: errorsOf(lg.mul) },
  {
    op: "div",
    samples: samplesOf(
      lg.div,
      (p, q) => p / q,
      (shape, side) => uniform(shape, side === 1 ? { low: 0.5, high: 2 } : {}),
    ),
    errors: errorsOf(lg.div),
  },
  {
    op: "pow",
    samples: [
      ...samplesOf(
        lg.pow,
        (p, q) => p ** q,
        (shape, side) => uniform(shape, side === 0 ? { low: 0.5, high: 2 } : {}),
      ),
      {
        title: "a cube of any sign",
        inputs: [uniform([6], { kinks: [0] })],
        call: (x) => lg.pow(x, 3),
        expected: (x) => x.values.map((v) => v ** 3),
      },
      {
        title: "a square root",
        inputs: [uniform([6], { low: 0.4 })],
        call: (x) => lg.pow(x, 0.5),
        expected: (x) => x.values.map(Math.sqrt),
      },
      {
        title: "a number to a tensor",
        inputs: [uniform([6])],
        call: (x) => lg.pow(lg.tensor(2), x),
        expected: (x) => x.values.map((v) => 2 ** v),
      },
    ],
    specials: [
      pairs("whole powers of any number", lg.pow, (p, q) => p ** q, [
        [-2, -1, 0, 3],
        [-3, -2, -1, 0, 1, 2, 4, 5],
      ]),
      pairs("fractions of a negative number are NaN", lg.pow, () => nan, [
        [-2, -0.5],
        [0.5, -1.5],
      ]),
      pairs("NaN, but for an exponent of 0", lg.pow, (p, q) => p ** q, [
        [nan, 2],
        [nan, 0, 2],
      ]),
      pairs("an even power has no sign", lg.pow, () => infinity, [[-0, 0], [-2]]),
    ],
    errors: errorsOf(lg.pow),
  },
  {
    op: "maximum",
    samples: samplesOf(lg.maximum, Math.max, apart),
    specials: [pairs("NaN if either is", lg.maximum, Math.max, [special, special])],
    errors: errorsOf(lg.maximum),
  },
  {
    op: "minimum",
    samples: samplesOf(lg.minimum, Math.min, apart),
    specials: [pairs("NaN if either is", lg.minimum, Math.min, [special, special])],
    errors: errorsOf(lg.minimum),
  },
  {
    op: "where",
    samples: [
      {
        title: "one shape",
        inputs: [uniform([2, 3]), uniform([2, 3])],
        call: (a, b) => lg.where(evenMask([2, 3])(), a, b),
        expected: (a, b) => a.values.map((v, i) => (i % 2 === 1 ? v : (b.values[i] as number))),
      },
      {
        title: "three shapes",
        inputs: [uniform([2, 1, 3]), uniform([4, 1])],
        call: (a, b) => lg.where(evenMask([3])(), a, b),
      },
    ],
    errors: [
      {
        title: "asks for a bool condition",
        run: () => lg.where(lg.ones([2]), lg.ones([2]), lg.ones([2])),
        type: lg.DTypeError,
        says: ["bool", "float"],
      },
      {
        title: "asks for one dtype",
        run: () => lg.where(evenMask([2])(), lg.ones([2]), lg.ones([2], { dtype: "int32" })),
        type: lg.DTypeError,
        says: ["int32"],
      },
      {
        title: "refuses shapes that do not broadcast",
        run: () => lg.where(evenMask([2])(), lg.ones([3]), lg.ones([3])),
        type: lg.ShapeError,
        says: ["[2]", "[3]"],
      },
    ],
  },
];
