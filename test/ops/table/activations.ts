/** Rows of the op table: the activations made of straight lines or exponentials, and dropout. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { type OpRow, type SampleInput, uniform } from "../row.js";
import { refusesIntegers, refusesPlainOptions, sampleOf, unary } from "./elementwise.js";

const cut = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
const softplus = (x: number): number => Math.log1p(Math.exp(x));
const bend = { low: -5, high: 5, kinks: [-3, 3] };

/** x · mask of the generator's numbers. */
function dropped({ values }: SampleInput, seed: number, p: number): number[] {
  const random = lg.generator(seed);
  return values.map((v) => (random.uniform() < p ? 0 : v / (1 - p)));
}

const dropoutRow: OpRow = {
  op: "dropout",
  samples: [
    {
      title: "a half",
      inputs: [uniform([4, 5])],
      call: (x) => lg.dropout(x as Tensor, { generator: lg.generator(5) }),
      expected: (x) => dropped(x as SampleInput, 5, 0.5),
    },
    {
      title: "a fifth",
      inputs: [uniform([4, 5])],
      call: (x) => lg.dropout(lg.square(x as Tensor), { p: 0.2, generator: lg.generator(6) }),
      expected: (x) => dropped({ shape: [4, 5], values: (x as SampleInput).values.map((v) => v * v) }, 6, 0.2),
    },
    {
      title: "all",
      inputs: [uniform([3])],
      call: (x) => lg.dropout(x as Tensor, { p: 1, generator: lg.generator(7) }),
      expected: () => [0, 0, 0],
    },
    {
      title: "nothing in evaluation",
      inputs: [uniform([3])],
      call: (x) => lg.dropout(lg.square(x as Tensor), { training: false }),
      expected: (x) => (x as SampleInput).values.map((v) => v * v),
    },
  ],
  errors: [
    refusesIntegers((x) => lg.dropout(x, { generator: lg.generator(1) })),
    refusesPlainOptions((options) => lg.dropout(lg.ones([2]), options)),
    {
      title: "refuses p above 1",
      run: () => lg.dropout(lg.ones([2]), { p: 1.5, training: false }),
      type: lg.ValueError,
      says: ["p must be", "1.5"],
    },
    {
      title: "refuses p below 0",
      run: () => lg.dropout(lg.ones([2]), { p: -0.5, training: false }),
      type: lg.ValueError,
      says: ["p must be", "-0.5"],
    },
    {
      title: "refuses p that is NaN",
      run: () => lg.dropout(lg.ones([2]), { p: Number.NaN, generator: lg.generator(1) }),
      type: lg.ValueError,
      says: ["p must be", "NaN"],
    },
    { title: "asks for a generator", run: () => lg.dropout(lg.ones([2])), type: lg.ValueError, says: ["generator"] },
  ],
};

export const activationRows: readonly OpRow[] = [
  unary("relu6", lg.relu6, (x) => cut(x, 0, 6), { low: -3, high: 9, kinks: [0, 6] }),
  unary("hardSigmoid", lg.hardSigmoid, (x) => cut(x / 6 + 0.5, 0, 1), bend),
  unary("hardSwish", lg.hardSwish, (x) => x * cut(x / 6 + 0.5, 0, 1), bend),
  unary("mish", lg.mish, (x) => x * Math.tanh(softplus(x)), { low: -6, high: 6 }),
  unary("softsign", lg.softsign, (x) => x / (1 + Math.abs(x)), { kinks: [0] }),
  unary("selu", lg.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1)), {
    kinks: [0],
  }),
  {
    op: "hardTanh",
    samples: [
      sampleOf(
        "to ±1",
        (x) => lg.hardTanh(x),
        (x) => cut(x, -1, 1),
        { kinks: [-1, 1] },
      ),
      sampleOf(
        "to other bounds",
        (x) => lg.hardTanh(x, { minVal: -0.5, maxVal: 1.5 }),
        (x) => cut(x, -0.5, 1.5),
        {
          kinks: [-0.5, 1.5],
        },
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.hardTanh(x)),
      refusesPlainOptions((options) => lg.hardTanh(lg.ones([2]), options)),
      {
        title: "refuses bounds that meet",
        run: () => lg.hardTanh(lg.ones([2]), { minVal: 1 }),
        type: lg.ValueError,
        says: ["minVal", "1 and 1"],
      },
    ],
  },
  {
    op: "celu",
    samples: [
      sampleOf(
        "alpha 1",
        (x) => lg.celu(x),
        (x) => (x > 0 ? x : Math.expm1(x)),
        { kinks: [0] },
      ),
      sampleOf(
        "alpha 0.5",
        (x) => lg.celu(x, { alpha: 0.5 }),
        (x) => (x > 0 ? x : 0.5 * Math.expm1(x / 0.5)),
        { kinks: [0] },
      ),
    ],
    errors: [
      refusesIntegers((x) => lg.celu(x)),
      refusesPlainOptions((options) => lg.celu(lg.ones([2]), options)),
      {
        title: "refuses alpha 0",
        run: () => lg.celu(lg.ones([2]), { alpha: 0 }),
        type: lg.ValueError,
        says: ["alpha", "0"],
      },
    ],
  },
  dropoutRow,
];
