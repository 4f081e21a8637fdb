/** Rows of the op table: running extremes, and logarithms of running sums of exponentials. */

import * as lg from "../../../src/index.js";
import { distinct, type OpRow, type Sample, uniform } from "../row.js";
import { list, running, runningRow } from "./accumulations.js";

type Along = { axis: number };

const infinity = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const shape = [2, 3, 4];

/** The place of the best up to here: the last of equal ones, and of NaN. */
function placeOf(values: readonly number[], sign: number): number {
  const gap = values.findLastIndex(Number.isNaN);
  if (gap >= 0) return gap;
  return values.reduce((best, v, i) => (sign * v >= sign * (values[best] as number) ? i : best), 0);
}

function extremeRow(op: string, call: typeof lg.cumMax, sign: number): OpRow {
  const values = (x: lg.Tensor, options: Along) => call(x, options).values;
  const best = (list: number[]) => list[placeOf(list, sign)] as number;
  const places = (x: lg.Tensor, options: Along) => call(x, options).indices;
  const placed: Sample[] = [
    running(places, (list) => placeOf(list, sign), 0, list(2, 2, 1, 3, 3, 2, 3)),
    running(places, (list) => placeOf(list, sign), 1, { shape: [2, 3], values: [1, nan, 5, nan, 0, nan] }),
    running(places, (list) => placeOf(list, sign), 0, distinct([300, 2])),
  ];
  return runningRow(
    op,
    values as typeof lg.cumSum,
    best,
    [running(values, best, 0, distinct([300, 2])), running(values, best, 1, distinct([2, 257]))],
    {
      specials: [
        ...(placed as Required<Sample>[]),
        running(values, best, 0, list(-infinity, -infinity, -1e30, 1e30, 2)),
        running(values, best, 0, list(infinity, infinity, 3, -infinity)),
      ],
      make: distinct,
    },
  );
}

/** By the definition, relative to the largest. */
function logSumOf(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(values.reduce((sum, v) => sum + Math.exp(v - largest), 0));
}

const logs = (input = uniform(shape), axis = 0) => running(lg.logCumSumExp, logSumOf, axis, input);

const logCumSumExpRow = runningRow(
  "logCumSumExp",
  lg.logCumSumExp,
  logSumOf,
  [
    logs(uniform([17])),
    logs(uniform([300, 2])),
    logs(uniform([2, 257]), 1),
    logs(list(-20, 0, 30, 29, -5, 31)),
    logs(list(8, 4, 2, 1, 0)),
  ],
  {
    specials: [
      logs(list(-infinity, -infinity, 2, -infinity)),
      logs(list(0.123, 1e4, -1e4)),
      logs(list(-1e30, 1e30, 3, 1e30)),
      logs(list(-3e38, 3e38)),
      logs(list(infinity, 1, infinity)),
    ],
  },
);

/** Running extremes and logarithms of running sums. */
export const runningRows: readonly OpRow[] = [
  extremeRow("cumMax", lg.cumMax, 1),
  extremeRow("cumMin", lg.cumMin, -1),
  logCumSumExpRow,
];
