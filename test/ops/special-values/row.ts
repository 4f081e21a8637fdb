/** What a row of special values is: what comes of NaN, infinities and zeros by the definition, with the derivatives there. */
import { type DeviceName, gradients, type Tensor, tensor, withDevice } from "../../../src/index.js";

/** A value, or null where nothing is promised. */
export type Promised = number | null;

/** The inputs, the value, and the derivative by each input. */
export type SpecialCase = readonly Promised[];

/** The special values of one op. */
export interface SpecialRow {
  readonly op: string;
  /** What tells it from another row of the op. */
  readonly title?: string;
  readonly call: (...inputs: Tensor[]) => Tensor;
  /** How many inputs a case begins with. */
  readonly inputs: 1 | 2;
  /** Whether a value of −0 counts as 0. Default false. */
  readonly ignoresZeroSigns?: boolean;
  readonly cases: readonly SpecialCase[];
}

export const nan: number = Number.NaN;
export const inf: number = Number.POSITIVE_INFINITY;
const points = [nan, -inf, -0, 0, inf];

/** An op of one tensor: its values and its derivatives at NaN, −∞, −0, 0 and ∞, and further cases. */
export function unary(
  op: string,
  call: (x: Tensor) => Tensor,
  values: readonly Promised[],
  slopes: readonly Promised[],
  further: readonly SpecialCase[] = [],
): SpecialRow {
  const cases = points.map((x, i): SpecialCase => [x, values[i] as Promised, slopes[i] as Promised]);
  return { op, call: (x) => call(x as Tensor), inputs: 1, cases: [...cases, ...further] };
}

/** An op of two tensors: the two numbers, the value, and the derivatives by either. */
export function binary(
  op: string,
  call: (a: Tensor, b: Tensor) => Tensor,
  cases: readonly SpecialCase[],
  title?: string,
): SpecialRow {
  return {
    op,
    call: (a, b) => call(a as Tensor, b as Tensor),
    inputs: 2,
    cases,
    ...(title !== undefined && { title }),
  };
}

/** What is not as promised: one line each, such as `log(NaN) is 0, not NaN`.
 * @param closeness the largest relative error
 * @param signedZeros whether the value −0 is not 0; of derivatives it always is */
export async function broken(
  row: SpecialRow,
  device: DeviceName,
  { closeness = 1e-6, signedZeros = true }: { closeness?: number; signedZeros?: boolean } = {},
): Promise<string[]> {
  const given = Array.from({ length: row.inputs }, (_, i) => row.cases.map((numbers) => numbers[i] as number));
  const computed = withDevice(device, () => {
    const leaves = given.map((values) => tensor(values, { requiresGrad: true }));
    const output = row.call(...leaves);
    return [output, ...(output.requiresGrad ? gradients(output.sum(), leaves) : [])];
  });
  const got: (ArrayLike<number> | undefined)[] = [];
  for (const t of computed) got.push((await t?.data()) as ArrayLike<number> | undefined);
  return row.cases
    .flatMap((numbers) => numbers.slice(row.inputs).map((promised, i) => ({ numbers, promised, i })))
    .flatMap(({ numbers, promised, i }) => {
      const value = Number(got[i]?.[row.cases.indexOf(numbers)] ?? 0);
      if (
        promised === null ||
        isSame(value, promised, closeness, signedZeros && i === 0 && row.ignoresZeroSigns !== true)
      )
        return [];
      const what = i === 0 ? row.op : `the derivative ${row.inputs === 1 ? "" : `by input ${i - 1} `}of ${row.op}`;
      return [`${what}(${numbers.slice(0, row.inputs).map(show).join(", ")}) is ${show(value)}, not ${show(promised)}`];
    });
}

function isSame(got: number, promised: number, closeness: number, signedZeros: boolean): boolean {
  if (Object.is(got, promised)) return true;
  if (promised === 0) return got === 0 && !signedZeros;
  return Math.abs(got - promised) <= closeness * Math.abs(promised) && Number.isFinite(promised);
}

function show(x: Promised): string {
  return Object.is(x, -0) ? "−0" : String(x);
}
