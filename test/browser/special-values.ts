/** Which special values (NaN, ±∞, zeros, huge numbers) a device treats otherwise than the definition says: the rows to which every
 * device is held in Node, and what comes of reducing such values together. */
import {
  all,
  any,
  argMax,
  argMin,
  argSort,
  type DeviceName,
  logSumExp,
  max,
  min,
  norm,
  prod,
  sum,
  type Tensor,
  tensor,
  withDevice,
} from "../../src/index.js";
import { broken } from "../ops/special-values/row.js";
import { specialValues as rows } from "../ops/special-values/table.js";

/** GPUs have no signed zeros to speak of, and functions of four digits. */
const leniency = { closeness: 1e-4, signedZeros: false } as const;

/** Cases of a row, with repetitions: kernels are compiled for a length, and so for all rows at once. */
const length = 64;

/** What is reduced. Denormals are left out: every GPU may flush them to zero. */
const lists: Readonly<Record<string, readonly number[]>> = {
  "all values": [Number.NaN, Infinity, -Infinity, 0, 1e38, -1e38, 100, -100, 2, -3],
  "the infinite": [Infinity, 0, 1e38, -1e38, 100, -100, 2, -3, -Infinity, 7],
  "the finite": [0.5, 4, 1e3, 0, 1e38, 100, -100, 2, -3],
};
const reductions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  ...{ max, min, sum, logSumExp, prod, norm, any, all, argMax, argMin },
  argSort: (x) => argSort(x),
};

/** One line a value that differs, such as `log(NaN) is 0, not NaN`. */
export async function specialValues(device: DeviceName): Promise<string[]> {
  const lines: string[] = [];
  for (const row of rows) lines.push(...(await told(row.op, () => broken(repeated(row), device, leniency))));
  for (const [op, reduce] of Object.entries(reductions)) {
    for (const [name, values] of Object.entries(lists)) {
      lines.push(...(await told(op, () => differences(`${op} of ${name}`, device, () => reduce(tensor([...values]))))));
    }
  }
  return [...new Set(lines)];
}

/** The same row with its cases over again. */
function repeated(row: (typeof rows)[number]): (typeof rows)[number] {
  const { cases } = row;
  if (cases.length > length) throw new Error(`${row.op} has ${cases.length} cases, more than ${length}`);
  return { ...row, cases: Array.from({ length }, (_, i) => [...(cases[i % cases.length] as (typeof cases)[number])]) };
}

/** The lines, or that it throws. */
async function told(op: string, lines: () => Promise<string[]>): Promise<string[]> {
  try {
    return await lines();
  } catch (error) {
    return [`${op}: throws ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function differences(what: string, device: DeviceName, compute: () => Tensor): Promise<string[]> {
  const got = Array.from(await withDevice(device, compute).data());
  const wanted = Array.from(await withDevice("reference", compute).data(), Math.fround);
  return wanted.flatMap((value, i) =>
    isClose(got[i] as number, value) ? [] : [`${what} is ${got.join()}, not ${wanted.join()}`],
  );
}

function isClose(got: number, wanted: number): boolean {
  if (Object.is(got, wanted) || got === wanted) return true;
  return Number.isFinite(wanted) && Math.abs(got - wanted) <= leniency.closeness * Math.abs(wanted);
}
