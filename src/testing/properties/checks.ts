/** What holds of every op, whatever it computes: one function a property, which throws where it does not hold. */
import type { DeviceName } from "../../device/device.js";
import { guardingReads, OutsideReadError } from "../../device/guarded-reads.js";
import { GradientError, LivegradError, ShapeError, ValueError } from "../../errors.js";
import { broadcastTo } from "../../ops/reduce/sum.js";
import { broadcastShapes, coordinatesOf, formatShape, type Shape, sameShape } from "../../shape.js";
import type { TensorSpec } from "../arbitraries/index.js";
import { type GradcheckOptions, gradcheck, gradgradcheck } from "../gradcheck/index.js";
import { bind, type CaseOutcome, direction, type OpCase, runCase, type TestedOp, tensorsOf } from "./case.js";

/** The output has the shape that was promised. */
export function hasShape(name: string, op: TestedOp, one: OpCase, promised: Shape): void {
  const { shape } = runCase(op, one, "reference");
  if (sameShape(shape, promised)) return;
  throw new ShapeError(name, `the output has shape ${formatShape(shape)}, promised was ${formatShape(promised)}`, {
    expected: promised,
    actual: shape,
  });
}

/** Two calls give the same numbers, to the last digit. */
export async function repeats(name: string, op: TestedOp, one: OpCase): Promise<void> {
  const fail = failure(GradientError, name, "two calls with the same inputs differ");
  const [first, second] = [runCase(op, one, "reference"), runCase(op, one, "reference")];
  await compare(second, first, one, (a, b) => Object.is(a, b), fail);
}

/** There is a gradient for every float input that asks for one, in its shape. (The engine itself refuses other shapes.) */
export function hasGradients(name: string, op: TestedOp, one: OpCase): void {
  const outcome = runCase(op, one, "reference");
  if (!outcome.recorded) throw new GradientError(name, "its output requires no gradient; pass order: 0 if it has none");
  const floats = floatInputs(one);
  for (const [i, shape] of outcome.gradientShapes.entries()) {
    const expected = floats[i]?.shape ?? [];
    if (shape !== null && !sameShape(shape, expected)) {
      throw new GradientError(
        name,
        `the gradient of input ${i} has shape ${formatShape(shape)}, it has ${formatShape(expected)}`,
      );
    }
  }
}

/** Jᵀ(2g − 3h) = 2 Jᵀg − 3 Jᵀh. */
export async function isLinear(name: string, op: TestedOp, one: OpCase): Promise<void> {
  const { output } = runCase(op, one, "reference");
  const size = (await output).length;
  const [g, h] = [direction(3, size), direction(4, size)];
  const both = g.map((value, i) => 2 * value - 3 * (h[i] as number));
  const [left, right, combined] = [g, h, both].map((gradOutput) => runCase(op, one, "reference", gradOutput));
  for (const [i, gradient] of (combined?.gradients ?? []).entries()) {
    const [a, b, c] = await Promise.all([left?.gradients[i], right?.gradients[i], gradient]);
    if (a == null || b == null || c == null) continue;
    const expected = Array.from(a, (value, k) => 2 * value - 3 * (b[k] as number));
    const shape = floatInputs(one)[i]?.shape ?? [];
    assertClose(
      c,
      expected,
      shape,
      (p, q, largest) => Math.abs(p - q) <= 1e-9 * largest,
      (place) => new GradientError(name, `its backward is not linear in gradOutput: input ${i} ${place}`),
    );
  }
}

/** Whether a gradient check saw nothing, for it met nothing but kinks, a derivative that rounding hides, or no
 * differences that settle. */
export function agreesWithDifferences(
  op: TestedOp,
  one: OpCase,
  order: 1 | 2,
  options: GradcheckOptions,
): { readonly sawNothing: boolean } {
  const check = order === 1 ? gradcheck : gradgradcheck;
  const inputs = tensorsOf(one);
  const { failure: reason } = check(bind(op, one), inputs, { ...options, raiseException: false });
  if (reason === "on a kink" || reason === "lost in rounding" || reason === "undecided") return { sawNothing: true };
  if (reason !== null) check(bind(op, one), inputs, options); // throws, the whole story in its message
  return { sawNothing: false };
}

/** Neither it nor its gradient reads outside of a buffer. */
export function readsInside(_name: string, op: TestedOp, one: OpCase): void {
  guardingReads(() => runCase(op, one, "reference"));
}

/** Shapes that do not fit each other are refused, by a typed error. */
export function refusesShapes(name: string, op: TestedOp, one: OpCase): void {
  let shape: Shape;
  try {
    ({ shape } = guardingReads(() => runCase(op, one, "reference")));
  } catch (error) {
    if (error instanceof LivegradError && !(error instanceof OutsideReadError)) return;
    throw error;
  }
  const given = one.inputs.map((spec) => formatShape(spec?.shape ?? [])).join(" and ");
  throw new ShapeError(
    name,
    `it takes inputs of shapes ${given} and returns shape ${formatShape(shape)}; it must refuse them (\`run\` does), or say ` +
      'what they mean: { broadcasts: true }, or { unequalShapes: "allowed" } with an arbitrary of its inputs',
    { actual: one.inputs.map((spec) => spec?.shape) },
  );
}

/** Nothing is recorded. */
export function hasNoDerivative(name: string, op: TestedOp, one: OpCase): void {
  if (!runCase(op, one, "reference").recorded) return;
  throw new GradientError(name, "its output requires a gradient, although order is 0");
}

/** A broadcast input counts as often as it is repeated: values and gradients are those of inputs that were repeated before. */
export async function broadcasts(name: string, op: TestedOp, one: OpCase): Promise<void> {
  const shape = broadcastShapes(name, ...one.inputs.flatMap((spec) => (spec === null ? [] : [spec.shape])));
  const repeated: TestedOp = (...args: unknown[]) => {
    const count = one.inputs.length;
    const wide = tensorsIn(args.slice(0, count)).map((x) => (x === null ? null : broadcastTo(x, shape)));
    return op(...wide, ...args.slice(count));
  };
  const fail = failure(GradientError, name, `broadcasting to ${formatShape(shape)} is not repeating`);
  const close = (p: number, q: number, largest: number) => Math.abs(p - q) <= 1e-9 * largest;
  await compare(runCase(op, one, "reference"), runCase(repeated, one, "reference"), one, close, fail);
}

/** A device computes what the reference does. */
export async function agreesOn(
  name: string,
  op: TestedOp,
  one: OpCase,
  device: DeviceName,
  tolerance: number,
): Promise<void> {
  const fail = failure(ValueError, name, `${device} computes something else than the reference`);
  const close = (p: number, q: number, largest: number) => Math.abs(p - q) <= tolerance * largest;
  await compare(runCase(op, one, device), runCase(op, one, "reference"), one, close, fail);
}

type Close = (received: number, expected: number, largest: number) => boolean;
type Fail = (where: string) => LivegradError;

async function compare(got: CaseOutcome, wanted: CaseOutcome, one: OpCase, close: Close, fail: Fail): Promise<void> {
  if (!sameShape(got.shape, wanted.shape)) {
    throw fail(`the output has shape ${formatShape(got.shape)} instead of ${formatShape(wanted.shape)}`);
  }
  assertClose(await got.output, await wanted.output, got.shape, close, (place) => fail(`the output ${place}`));
  for (const [i, gradient] of wanted.gradients.entries()) {
    const [p, q] = await Promise.all([got.gradients[i] ?? null, gradient]);
    const shape = floatInputs(one)[i]?.shape ?? [];
    if ((p === null) !== (q === null)) throw fail(`only one of them has a gradient for input ${i}`);
    if (p !== null && q !== null)
      assertClose(p, q, shape, close, (place) => fail(`the gradient of input ${i} ${place}`));
  }
}

/** Throws at the first element that is not close; NaN is close to NaN, and differences are measured against the largest. */
function assertClose(got: ArrayLike<number>, wanted: ArrayLike<number>, shape: Shape, close: Close, fail: Fail): void {
  const finite = Array.from(wanted).filter(Number.isFinite).map(Math.abs);
  const largest = finite.reduce((most, value) => Math.max(most, value), 1e-6);
  for (let i = 0; i < wanted.length; i++) {
    const [p, q] = [got[i] as number, wanted[i] as number];
    if (Object.is(p, q) || close(p, q, largest) || (Number.isNaN(p) && Number.isNaN(q))) continue;
    if (p === q && !Number.isFinite(p)) continue;
    throw fail(`is ${p} instead of ${q} at ${formatShape(coordinatesOf(i, shape))}`);
  }
}

function failure(Kind: new (op: string, message: string) => LivegradError, name: string, what: string): Fail {
  return (where) => new Kind(name, `${what}: ${where}`);
}

function floatInputs({ inputs }: OpCase): TensorSpec[] {
  return inputs.filter((spec) => spec !== null).filter((spec) => spec.dtype === undefined);
}

function tensorsIn(args: readonly unknown[]): (Parameters<typeof broadcastTo>[0] | null)[] {
  return args as (Parameters<typeof broadcastTo>[0] | null)[];
}
