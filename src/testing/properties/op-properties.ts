/** opProperties: the property tests of an op, from one call. */

import fc, { type Arbitrary } from "fast-check";
import type { DeviceName } from "../../device/device.js";
import { describe, ValueError } from "../../errors.js";
import { callback, checkedOptions, flag, number, type OptionKinds, oneOf, ownCheck, text } from "../../options.js";
import { at, broadcastShapes, type Shape, sameShape } from "../../shape.js";
import { broadcastable, type Domain, shapes, type TensorSpec } from "../arbitraries/index.js";
import { specsOf } from "../arbitraries/tensors.js";
import type { GradcheckOptions } from "../gradcheck/index.js";
import { formatCase, type OpCase, runCase, type TestedOp } from "./case.js";
import * as checks from "./checks.js";
import { PropertyError } from "./property-error.js";

/** What `opProperties` is told of an op.
 * @category Testing */
export interface OpPropertiesOptions {
  /** The op's name in messages. Default: that of the function, or `op`. */
  readonly name?: string | undefined;
  /** What it is called with: a domain for each of its tensors (all of one shape, or of shapes that broadcast where the op does);
   * or an arbitrary of lists of specs, or of whole cases with options. Default: one tensor of real numbers; an op of several must
   * say what they are. */
  readonly inputs?: readonly Domain[] | Arbitrary<readonly (TensorSpec | null)[] | OpCase> | undefined;
  /** Its options. Default: it is called without. */
  readonly options?: Arbitrary<object> | undefined;
  /** How often it can be differentiated; 0 where it has no derivative (comparisons, indices). Default 2. */
  readonly order?: 0 | 1 | 2 | undefined;
  /** Whether its inputs broadcast against each other. Default false. */
  readonly broadcasts?: boolean | undefined;
  /** What it does with inputs whose shapes differ (if it broadcasts: do not broadcast): it must refuse them with a typed error, or
   * they are `allowed` and it is up to `inputs` whether they are tried. Default `refused`, where `inputs` are domains. */
  readonly unequalShapes?: "refused" | "allowed" | undefined;
  /** The shape that it promises. Default: the broadcast shape if it broadcasts, else none. */
  readonly shape?: ((one: OpCase) => Shape) | undefined;
  /** Devices that must agree with the reference. Default: none. */
  readonly devices?: readonly DeviceName[] | undefined;
  /** Largest error of a device, relative to the largest entry. Default 1e-4. */
  readonly tolerance?: number | undefined;
  /** Options of the gradient checks. */
  readonly gradcheck?: Omit<GradcheckOptions, "raiseException"> | undefined;
  /** How many cases each property is tried on. Default 25. */
  readonly runs?: number | undefined;
  /** Where the cases come from. Default 0, so that tests repeat; `Date.now()` looks elsewhere every time. */
  readonly seed?: number | undefined;
  /** Leads straight to the smallest case of an earlier failure, together with its seed. */
  readonly path?: string | undefined;
}

const opPropertiesOptions: OptionKinds<OpPropertiesOptions> = {
  name: text,
  inputs: {
    means: "a list of domains or an arbitrary of inputs",
    fits: (value) => isArbitrary(value) || (Array.isArray(value) && value.length > 0 && value.every(isDomain)),
  },
  options: { means: "an arbitrary, such as fc.constant({ axis: 0 })", fits: isArbitrary },
  order: oneOf(0, 1, 2),
  broadcasts: flag,
  unequalShapes: oneOf("refused", "allowed"),
  shape: callback,
  devices: ownCheck,
  tolerance: number,
  gradcheck: ownCheck,
  runs: { means: "a positive integer", fits: (value) => Number.isSafeInteger(value) && (value as number) > 0 },
  seed: number,
  path: text,
};

/** One property of an op.
 * @category Testing */
export interface OpProperty {
  /** What holds, for the name of a test. */
  readonly name: string;
  /** Tries it on many cases.
   * @throws PropertyError with the smallest case where it does not hold */
  readonly check: () => Promise<void>;
}

/** Turns an op, or any function of tensors, into property tests, for any test runner:
 *
 * ```ts
 * describe("cube", () => {
 *   for (const { name, check } of opProperties(cube)) it(name, check);
 * });
 * ```
 *
 * They hold of every right op: gradients in the inputs' shapes, linear in gradOutput, equal to central differences, and so
 * their own derivatives (`gradcheck`, `gradgradcheck`, away from declared kinks and as far as rounding lets be seen); the same
 * numbers twice; kernels that read inside of their inputs only; inputs of shapes that do not fit refused; the promised shape; a
 * broadcast that is a repetition; the same on every device. Where one fails, the case is shrunk to the smallest that
 * fails.
 * @throws ValueError if an option is unknown or of the wrong kind, or `inputs` is missing of an op that takes several tensors
 * @category Testing */
export function opProperties(op: TestedOp, given: OpPropertiesOptions = {}): readonly OpProperty[] {
  if (typeof op !== "function") throw new ValueError("opProperties", `the op must be a function, got ${typeof op}`);
  const options = checkedOptions("opProperties", given, opPropertiesOptions);
  if (options.inputs === undefined) checkTakesOne(op, options);
  const name = options.name ?? (op.name === "" ? "op" : op.name);
  const { order = 2, devices = [], tolerance = 1e-4, gradcheck = {}, shape = promise(options) } = options;
  const property = (
    title: string,
    holds: (one: OpCase) => void | Promise<void>,
    cases: Arbitrary<OpCase> = casesOf(options),
  ): OpProperty => ({ name: title, check: () => explore(name, title, cases, holds, options) });
  const misfits = misfitsOf(options);
  const differences = (nth: 1 | 2) => (one: OpCase) => {
    fc.pre(!checks.agreesWithDifferences(op, one, nth, gradcheck).sawNothing);
  };
  return [
    ...(shape ? [property("has the promised shape", (one) => checks.hasShape(name, op, one, shape(one)))] : []),
    property("gives the same numbers twice", (one) => checks.repeats(name, op, one)),
    property("reads inside of its inputs only", (one) => checks.readsInside(name, op, one)),
    ...(misfits
      ? [
          property(
            `refuses inputs of ${options.broadcasts ? "shapes that do not broadcast" : "unequal shapes"}`,
            (one) => checks.refusesShapes(name, op, one),
            misfits,
          ),
        ]
      : []),
    ...(options.broadcasts
      ? [property("broadcasts as if inputs were repeated", (one) => checks.broadcasts(name, op, one))]
      : []),
    ...(order === 0 ? [property("has no derivative", (one) => checks.hasNoDerivative(name, op, one))] : []),
    ...(order > 0
      ? [
          property("has gradients in its inputs' shapes", (one) => checks.hasGradients(name, op, one)),
          property("has a backward that is linear in gradOutput", (one) => checks.isLinear(name, op, one)),
          property("has the gradient of central differences", differences(1)),
        ]
      : []),
    ...(order > 1 ? [property("has the second derivative of central differences", differences(2))] : []),
    ...devices.map((device) =>
      property(`computes on ${device} what the reference does`, (one) =>
        checks.agreesOn(name, op, one, device, tolerance),
      ),
    ),
  ];
}

function promise({ broadcasts = false }: OpPropertiesOptions): ((one: OpCase) => Shape) | undefined {
  if (!broadcasts) return undefined;
  return ({ inputs }) =>
    broadcastShapes("opProperties", ...inputs.flatMap((spec) => (spec === null ? [] : [spec.shape])));
}

function casesOf({ inputs = [{}], options, broadcasts = false }: OpPropertiesOptions): Arbitrary<OpCase> {
  const calls = isList(inputs) ? callsOf(inputs, broadcasts) : inputs;
  return withOptions(
    calls.map((call) => checkedCase(Array.isArray(call) ? { inputs: call } : call)),
    options,
  );
}

/** What `inputs` has drawn, which may be anything where it is an arbitrary of somebody else's. */
function checkedCase(call: unknown): OpCase {
  const drawn: unknown = typeof call === "object" && call !== null && "inputs" in call ? call.inputs : null;
  const isDrawn =
    Array.isArray(drawn) && drawn.every((x) => x === null || (isDomain(x) && "shape" in x && "values" in x));
  if (isDrawn) return call as OpCase;
  throw new ValueError(
    "opProperties",
    `inputs must draw lists of specs { shape, values }, as tensorSpecs makes them, got ${describe(drawn ?? call)}`,
    { actual: call },
  );
}

function withOptions(cases: Arbitrary<OpCase>, options: Arbitrary<object> | undefined): Arbitrary<OpCase> {
  if (options === undefined) return cases;
  return fc.tuple(cases, options).map(([one, given]) => ({ ...one, options: { ...one.options, ...given } }));
}

function callsOf(list: readonly Domain[], broadcasts: boolean): Arbitrary<readonly TensorSpec[]> {
  const together = broadcasts
    ? broadcastable({ count: list.length })
    : shapes().map((shape): readonly Shape[] => list.map(() => shape));
  return specsOf(list, together);
}

/** Calls with shapes that do not fit each other; none for an op of one tensor, or where it is up to its caller. */
function misfitsOf({ inputs = [{}], options, broadcasts = false, unequalShapes }: OpPropertiesOptions) {
  if (!isList(inputs) || inputs.length < 2 || unequalShapes === "allowed") return null;
  const count = inputs.length;
  const some = fc.oneof(broadcastable({ count }), fc.tuple(...inputs.map(() => shapes())));
  const unfit = some.filter((each) =>
    broadcasts ? !doBroadcast(each) : !each.every((one) => sameShape(one, at(each, 0))),
  );
  return withOptions(
    specsOf(inputs, unfit).map((specs): OpCase => ({ inputs: specs })),
    options,
  );
}

function doBroadcast(each: readonly Shape[]): boolean {
  try {
    broadcastShapes("opProperties", ...each);
    return true;
  } catch {
    return false;
  }
}

async function explore(
  name: string,
  title: string,
  cases: Arbitrary<OpCase>,
  holds: (one: OpCase) => void | Promise<void>,
  { runs = 25, seed = 0, path }: OpPropertiesOptions,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (one) => holds(one));
  const details = await fc.check(property, {
    numRuns: runs,
    maxSkipsPerRun: 8,
    seed,
    ...(path !== undefined && { path }),
  });
  if (!details.failed) return;
  const smallest = details.counterexample?.[0] ?? null;
  throw new PropertyError(name, title, smallest && formatCase(name, smallest), {
    case: smallest,
    seed: details.seed,
    path: details.counterexamplePath,
    runs: details.numRuns,
    skips: details.numSkips,
    shrinks: details.numShrinks,
    cause: details.errorInstance,
  });
}

function isList(inputs: NonNullable<OpPropertiesOptions["inputs"]>): inputs is readonly Domain[] {
  return Array.isArray(inputs);
}

function isDomain(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isArbitrary(value: unknown): boolean {
  return typeof value === "object" && value !== null && "generate" in value && "shrink" in value;
}

/** An op of several tensors fails with one, and works with as many as it takes: then `inputs` was forgotten. */
function checkTakesOne(op: TestedOp, options: OpPropertiesOptions): void {
  const drawn = options.options === undefined ? undefined : fc.sample(options.options, { numRuns: 1, seed: 0 })[0];
  const works = (count: number): boolean => {
    const spec: TensorSpec = { shape: [2], values: [0.5, 0.75] };
    try {
      const one = { inputs: Array.from({ length: count }, () => spec), ...(drawn && { options: drawn }) };
      return runCase(op, one, "reference").shape !== null;
    } catch {
      return false;
    }
  };
  if (works(1)) return;
  const count = [2, 3, 4, 5].find(works);
  if (count === undefined) return;
  const list = Array.from({ length: count }, () => "domains.real").join(", ");
  throw new ValueError(
    "opProperties",
    `inputs is missing: the op takes ${count} tensors, so say what they are made of: { inputs: [${list}] }`,
    { expected: count },
  );
}
