/** Wrong expectations, planted into right cases: every device must fail each of them. */
import type { DeviceName } from "../../src/index.js";
import { type OpCase, runOpCase, type TensorData } from "./ops-cases.js";

/** Where a case says what it expects. */
interface Place {
  readonly what: string;
  readonly expected: TensorData;
  /** The case with another expectation there. */
  with(expected: TensorData): OpCase;
}

/** Every expectation of a case. */
function placesOf(opCase: OpCase): Place[] {
  const { output, grads, secondOrder, extra = {} } = opCase;
  const places: Place[] = [{ what: "output", expected: output, with: (t) => ({ ...opCase, output: t }) }];
  for (const [i, expected] of grads.entries()) {
    if (expected !== null)
      places.push({ what: `gradient ${i}`, expected, with: (t) => ({ ...opCase, grads: grads.with(i, t) }) });
  }
  for (const [name, expected] of Object.entries(extra))
    places.push({ what: name, expected, with: (t) => ({ ...opCase, extra: { ...extra, [name]: t } }) });
  if (secondOrder === undefined) return places;
  for (const [i, expected] of secondOrder.grads.entries()) {
    if (expected === null) continue;
    const changed = (t: TensorData) => ({ ...secondOrder, grads: secondOrder.grads.with(i, t) });
    places.push({ what: `second order ${i}`, expected, with: (t) => ({ ...opCase, secondOrder: changed(t) }) });
  }
  const { gradOutputGrad } = secondOrder;
  if (gradOutputGrad !== null) {
    const changed = (t: TensorData) => ({ ...secondOrder, gradOutputGrad: t });
    places.push({
      what: "second order gradOutput",
      expected: gradOutputGrad,
      with: (t) => ({ ...opCase, secondOrder: changed(t) }),
    });
  }
  return places;
}

/** The entry that is changed: the largest, against which the tolerance is measured. */
function largest({ data }: TensorData): number {
  const sizes = data.map((value) => (Number.isFinite(Number(value)) ? Math.abs(Number(value)) : -1));
  return sizes.indexOf(Math.max(...sizes));
}

/** The expectation with another number in its largest entry. */
function changed(t: TensorData, to: (value: number) => number | string): TensorData {
  const at = largest(t);
  return { ...t, data: t.data.with(at, to(Number(t.data[at]))) };
}

/** The mistakes; each returns null where it would change nothing. */
const mistakes: Readonly<Record<string, (t: TensorData) => TensorData | null>> = {
  "a thousandth more": (t) => changed(t, (value) => (value === 0 ? 1e-3 : 1.001 * value)),
  "the other sign": (t) => (Number(t.data[largest(t)]) === 0 ? null : changed(t, (value) => -value)),
  NaN: (t) => changed(t, () => "NaN"),
  Infinity: (t) => changed(t, () => "Infinity"),
  "another shape": (t) => ({ ...t, shape: [...t.shape, 1] }),
  "another dtype": (t) => ({ ...t, dtype: t.dtype === "float" ? "int" : "float" }),
};

/** Plants every mistake in every place of the cases.
 * @returns how many were planted, and a line for each that the device passed */
export async function plantAll(
  cases: readonly OpCase[],
  device: DeviceName,
): Promise<{ planted: number; missed: string[] }> {
  const missed: string[] = [];
  let planted = 0;
  for (const opCase of cases) {
    for (const place of placesOf(opCase)) {
      for (const [mistake, make] of Object.entries(mistakes)) {
        const wrong = place.expected.data.length === 0 ? null : make(place.expected);
        if (wrong === null) continue;
        planted++;
        const { comparisons } = await runOpCase(place.with(wrong), device);
        const caught = comparisons.some(({ what, passed }) => !passed && what.endsWith(place.what));
        if (!caught) missed.push(`${opCase.name}: ${place.what} with ${mistake} passed on ${device}`);
      }
    }
  }
  return { planted, missed };
}

const float = (...data: number[]): TensorData => ({ dtype: "float", shape: [data.length], data });

/** Right cases of a few ops, one of them so ill-conditioned that rounding its inputs to float32 moves its result. */
export const rightCases: readonly OpCase[] = [
  {
    name: "relu",
    op: "relu",
    args: [{ tensor: float(1, -1) }],
    options: {},
    output: float(1, 0),
    gradOutput: float(0.5, 3),
    grads: [float(0.5, 0)],
  },
  {
    name: "mul",
    op: "mul",
    args: [{ tensor: float(3, 4) }, { tensor: float(5, -7) }],
    options: {},
    output: float(15, -28),
    gradOutput: float(2, 1),
    grads: [float(10, -7), float(6, 4)],
    secondOrder: {
      // S = Σ g (d₁ b + d₂ a)
      directions: [float(1, 0.5), float(-2, 3)],
      grads: [float(-4, 3), float(2, 0.5)],
      gradOutputGrad: float(-1, 8.5),
    },
  },
  {
    name: "sub of neighbours",
    op: "sub",
    args: [{ tensor: float(1.00000001, 2) }, { tensor: float(1, 1.99999997) }],
    options: {},
    output: float(1.00000001 - 1, 2 - 1.99999997),
    gradOutput: float(2, 3),
    grads: [float(2, 3), float(-2, -3)],
  },
  {
    name: "argMax",
    op: "argMax",
    args: [{ tensor: float(3, 4, 1) }],
    options: { axis: 0, keepDims: true },
    output: { dtype: "int", shape: [1], data: [1] },
    gradOutput: float(0),
    grads: [null],
  },
];
