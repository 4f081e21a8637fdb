/** Rows of the op table: logic of bools, and questions to numbers. */
import type { Tensor } from "../../../src/index.js";
import * as lg from "../../../src/index.js";
import { broadcastModel } from "../models.js";
import type { ErrorCase, OpRow, Sample, SampleInput } from "../row.js";

const left: SampleInput = { shape: [2, 2], values: [0, 0, 1, 1] };
const right: SampleInput = { shape: [2], values: [0, 1] };
const bool = (x: Tensor | undefined): Tensor => lg.cast(x as Tensor, "bool");

function refuses(title: string, run: () => unknown, actual: string): ErrorCase {
  return { title, run, type: lg.DTypeError, says: ["bool", actual] };
}

function logicRow(
  op: string,
  call: (a: Tensor, b: Tensor) => Tensor,
  holds: (a: boolean, b: boolean) => boolean,
): OpRow {
  const sample = (title: string, a: SampleInput, b: SampleInput): Sample => ({
    title,
    inputs: [a, b],
    call: (x, y) => call(bool(x), bool(y)),
    expected: (x, y) =>
      broadcastModel(x as SampleInput, y as SampleInput, (p, q) => Number(holds(p === 1, q === 1))).values,
  });
  const { shape, values } = left;
  return {
    op,
    order: 0,
    samples: [
      sample("every pair, broadcast", left, right),
      sample("every pair", left, { shape, values: [0, 1, 0, 1] }),
      sample("a scalar", { shape: [], values: [1] }, { shape, values }),
    ],
    errors: [
      refuses("refuses floats", () => call(bool(lg.ones([2])), lg.ones([2])), "float64"),
      refuses("refuses integers", () => call(lg.ones([2], { dtype: "int32" }), bool(lg.ones([2]))), "int32"),
      {
        title: "refuses shapes that do not broadcast",
        run: () => call(bool(lg.ones([2])), bool(lg.ones([3]))),
        type: lg.ShapeError,
        says: ["[2]", "[3]"],
      },
    ],
  };
}

const numbers: SampleInput = {
  shape: [2, 5],
  values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 3e38, -3e38, 1, -2.5, 1e-30],
};

function questionRow(op: string, call: (x: Tensor) => Tensor, f: (x: number) => boolean): OpRow {
  const expected = ({ values }: SampleInput): number[] => values.map((v) => Number(f(v)));
  return {
    op,
    order: 0,
    samples: [
      {
        title: "integers",
        inputs: [{ shape: [3], values: [1, 0, -2] }],
        call: (x) => call(lg.cast(x as Tensor, "int32")),
        expected: (x) => expected(x as SampleInput),
      },
    ],
    specials: [
      {
        title: "NaN, infinities and finite numbers",
        inputs: [numbers],
        call: (x) => call(x as Tensor),
        expected: (x) => expected(x as SampleInput),
      },
    ],
    errors: [],
  };
}

export const logicRows: readonly OpRow[] = [
  logicRow("logicalAnd", lg.logicalAnd, (a, b) => a && b),
  logicRow("logicalOr", lg.logicalOr, (a, b) => a || b),
  logicRow("logicalXor", lg.logicalXor, (a, b) => a !== b),
  {
    op: "logicalNot",
    order: 0,
    samples: [{ title: "both", inputs: [right], call: (x) => lg.logicalNot(bool(x)), expected: () => [1, 0] }],
    errors: [refuses("refuses floats", () => lg.logicalNot(lg.ones([2])), "float64")],
  },
  questionRow("isNaN", lg.isNaN, Number.isNaN),
  questionRow("isFinite", lg.isFinite, Number.isFinite),
  questionRow("isInf", lg.isInf, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
];
