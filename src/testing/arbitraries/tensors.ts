/** fast-check arbitraries of tensors, whose numbers come from a domain and shrink towards simple ones. */

import fc, { type Arbitrary } from "fast-check";
import type { DType } from "../../autograd/dtype.js";
import type { Tensor } from "../../autograd/tensor.js";
import type { DeviceName } from "../../device/device.js";
import { describe, ShapeError, ValueError } from "../../errors.js";
import { tensor } from "../../ops/create.js";
import { checkedOptions, flag, number, type OptionKinds, oneOf, ownCheck } from "../../options.js";
import { checkShape, formatShape, type Shape, sizeOf } from "../../shape.js";
import { shapes } from "./shapes.js";

/** A tensor before it is one: no device, and readable when a failing case is printed.
 * @category Testing */
export interface TensorSpec {
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** The numbers, row by row; float32 holds each exactly. */
  readonly values: readonly number[];
  /** `int32` or `bool`; absent for floats. */
  readonly dtype?: "int32" | "bool" | undefined;
}

/** Which numbers a tensor is made of.
 * @category Testing */
export interface Domain {
  /** Smallest number. Default −4. */
  readonly low?: number | undefined;
  /** Largest number. Default 4. */
  readonly high?: number | undefined;
  /** Numbers to keep away from. Default none. */
  readonly kinks?: readonly number[] | undefined;
  /** How far away from them. Default 1/8. */
  readonly margin?: number | undefined;
  /** `distinct`: no two alike. `ties`: of three values, so that many are alike. `extreme`: NaN, infinities, zeros of both
   * signs, huge and tiny numbers. Default: any of the range. */
  readonly pick?: "any" | "distinct" | "ties" | "extreme" | undefined;
  /** `int32` or `bool` for a tensor of them. Default: floats. */
  readonly dtype?: "int32" | "bool" | undefined;
}

const domainOptions: OptionKinds<Domain> = {
  low: number,
  high: number,
  kinks: ownCheck,
  margin: number,
  pick: oneOf("any", "distinct", "ties", "extreme"),
  dtype: oneOf("int32", "bool"),
};

/** Domains that have a name.
 * @category Testing */
export interface NamedDomains {
  /** Numbers from −4 to 4. */
  readonly real: Domain;
  /** From 1/8 to 4. */
  readonly positive: Domain;
  /** From 1/16 to 15/16. */
  readonly probability: Domain;
  /** No two alike. */
  readonly distinct: Domain;
  /** Of three values, so that many are alike. */
  readonly ties: Domain;
  /** NaN, infinities, zeros of both signs, huge and tiny numbers. */
  readonly extreme: Domain;
  /** Bools. */
  readonly bool: Domain;
}

/** Domains by name; any other is an object of bounds.
 * @category Testing */
export const domains: NamedDomains = {
  real: {},
  positive: { low: 0.125, high: 4 },
  probability: { low: 0.0625, high: 0.9375 },
  distinct: { pick: "distinct" },
  ties: { pick: "ties" },
  extreme: { pick: "extreme" },
  bool: { dtype: "bool" },
};

/** From the plainest to the strangest, as failing cases shrink in this order. All are float32 numbers. */
const extremes: readonly number[] = [
  0,
  1,
  -1,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 24,
  Math.fround(1e-30),
  -Math.fround(1e-30),
  Math.fround(1e30),
  -Math.fround(1e30),
  2 ** -126,
  Math.fround(3.4028234e38),
];

/** Specs of tensors: of one shape, or of an arbitrary's. They shrink towards small shapes, then towards plain numbers (0, 1, −1,
 * 2, …, halves, quarters).
 *
 * ```ts
 * fc.assert(fc.property(tensorSpecs({ low: 0.5, high: 2 }), (spec) => log(tensorOf(spec)).shape.length === spec.shape.length));
 * ```
 * @throws ValueError if the domain holds no number, or too few distinct ones
 * @category Testing */
export function tensorSpecs(domain: Domain = {}, shape: Shape | Arbitrary<Shape> = shapes()): Arbitrary<TensorSpec> {
  const one = isShape(shape) ? fc.constant(shape) : shape;
  if (!(one instanceof fc.Arbitrary)) {
    throw new ValueError(
      "tensorSpecs",
      `its second argument is a shape or an arbitrary of shapes, got ${describe(one)}`,
    );
  }
  return specsOf(
    [domain],
    one.map((shape) => [shape]),
  ).map(([spec]) => spec as TensorSpec);
}

/** The same as tensors on the current device; a failing one is printed with its numbers.
 * @category Testing */
export function tensors(domain: Domain = {}, shape: Shape | Arbitrary<Shape> = shapes()): Arbitrary<Tensor> {
  return tensorSpecs(domain, shape).map((spec) => {
    const made = tensorOf(spec);
    return Object.defineProperty(made, fc.toStringMethod, { value: () => formatSpec(spec) });
  });
}

/** Where the tensor of a spec is made, and whether it requires a gradient.
 * @category Testing */
export interface SpecOptions {
  /** Default: the current device. */
  readonly device?: DeviceName | undefined;
  /** Whether it requires a gradient; integers and bools never do. Default false. */
  readonly requiresGrad?: boolean | undefined;
}

const specOptions: OptionKinds<SpecOptions> = { device: ownCheck, requiresGrad: flag };

/** The tensor that a spec describes.
 * @category Testing */
export function tensorOf(spec: TensorSpec, options: SpecOptions = {}): Tensor {
  const { shape, values, dtype } = checkedSpec("tensorOf", spec);
  const kind: { dtype?: DType } = dtype === undefined ? {} : { dtype };
  const given = checkedOptions("tensorOf", options, specOptions);
  const requiresGrad = dtype === undefined && given.requiresGrad === true;
  return tensor(Float64Array.from(values), { ...given, ...kind, shape, requiresGrad });
}

/** A spec as code: `tensor([[1, 2], [3, 4]])`.
 * @category Testing */
export function formatSpec(spec: TensorSpec): string {
  const { shape, values, dtype } = checkedSpec("formatSpec", spec);
  const suffix = dtype === undefined ? "" : `, { dtype: "${dtype}" }`;
  let level = values.map((value) => (Object.is(value, -0) ? "-0" : String(value)));
  for (const size of shape.toReversed()) {
    const count = level.length / size;
    level = Array.from({ length: count }, (_, i) => `[${level.slice(i * size, (i + 1) * size).join(", ")}]`);
  }
  return `tensor(${level.join(", ")}${suffix})`;
}

function checkedSpec(op: string, spec: TensorSpec): TensorSpec {
  const isSpec = typeof spec === "object" && spec !== null && Array.isArray(spec.shape) && Array.isArray(spec.values);
  if (!isSpec) throw new ValueError(op, `it takes a spec { shape, values }, got ${describe(spec)}`, { actual: spec });
  checkShape(op, spec.shape);
  if (spec.values.length === sizeOf(spec.shape) && spec.values.every((value) => typeof value === "number")) return spec;
  const rule = `shape ${formatShape(spec.shape)} takes ${sizeOf(spec.shape)} numbers`;
  throw new ShapeError(op, `${rule}, got ${describe(spec.values)}`, { actual: spec.values });
}

/** Specs of several tensors, one for each domain, whose shapes are drawn together. */
export function specsOf(
  domains: readonly Domain[],
  together: Arbitrary<readonly Shape[]>,
): Arbitrary<readonly TensorSpec[]> {
  const list = domains.map((domain) => checkedOptions("tensorSpecs", domain, domainOptions));
  const specs = (each: readonly Shape[], fillings: readonly Filling[]): readonly TensorSpec[] =>
    list.map(({ dtype }, i) => {
      const shape = each[i] ?? [];
      const values = fillings[i]?.(sizeOf(shape)) ?? [];
      return dtype === undefined ? { shape, values } : { shape, values, dtype };
    });
  if (list.some(({ pick }) => pick === "distinct")) {
    return together.chain((each) => {
      const fillings = list.map((domain, i) => fillingOf(domain, sizeOf(each[i] ?? [])));
      return fc.tuple(...fillings).map((drawn) => specs(each, drawn));
    });
  }
  // Drawn apart, so that shapes and numbers shrink in turns.
  return fc
    .tuple(together, ...list.map((domain) => fillingOf(domain, 1)))
    .map(([each, ...drawn]) => specs(each, drawn));
}

/** As many numbers as a shape asks for. */
type Filling = (size: number) => readonly number[];

function fillingOf(domain: Domain, size: number): Arbitrary<Filling> {
  if (domain.dtype === "bool") return repeating([0, 1]);
  if (domain.pick === "extreme") return repeating(extremes);
  const grid = gridOf(domain, domain.pick === "distinct" ? size : 1);
  if (domain.pick === "ties") return repeating(grid.slice(0, 3));
  if (domain.pick !== "distinct") return repeating(grid);
  if (grid.length < size) {
    throw new ValueError("tensorSpecs", `the domain holds ${grid.length} distinct numbers, the shape asks for ${size}`);
  }
  return fc
    .uniqueArray(fc.nat(grid.length - 1), { minLength: size, maxLength: size })
    .map((places) => () => places.map((i) => grid[i] as number));
}

/** A list that is repeated as often as needed: mostly long, but a short one is what a failing case shrinks to, so that the number
 * that matters fills the tensor and the shape can shrink around it. */
function repeating(numbers: readonly number[]): Arbitrary<Filling> {
  // Each sign shrinks on its own, or else 1 would stand between −2 and −1.
  const sides = [numbers.filter((value) => !(value < 0)), numbers.filter((value) => value < 0)];
  const ofSide = sides
    .filter(({ length }) => length > 0)
    .map((side) => fc.nat(side.length - 1).map((i) => side[i] as number));
  return fc
    .array(fc.oneof({ withCrossShrink: true }, ...ofSide), { minLength: 1, maxLength: 256, size: "max" })
    .map((list) => (size) => Array.from({ length: size }, (_, i) => list[i % list.length] as number));
}

/** The numbers of a domain on a grid of some hundred points, the plain ones first: whole numbers by size, then halves, quarters. */
function gridOf({ low = -4, high = 4, kinks = [], margin = 0.125, dtype }: Domain, atLeast: number): number[] {
  if (!(low <= high) || !Number.isFinite(high - low)) {
    throw new ValueError("tensorSpecs", `low must not be above high, both finite, got ${low} and ${high}`);
  }
  const points = Math.max(128, 4 * atLeast);
  const unit = dtype === "int32" || low === high ? 1 : 2 ** Math.floor(Math.log2((high - low) / points));
  const grid: number[] = low === high ? [Math.fround(low)] : [];
  for (let k = Math.ceil(low / unit); low < high && k * unit <= high; k++) grid.push(k * unit);
  const allowed = grid.filter((value) => kinks.every((kink) => Math.abs(value - kink) >= margin));
  if (allowed.length === 0) {
    throw new ValueError(
      "tensorSpecs",
      `no number from ${low} to ${high} keeps ${margin} away from ${kinks.join(", ")}`,
    );
  }
  return allowed.sort((a, b) => fineness(a) - fineness(b) || Math.abs(a) - Math.abs(b) || b - a).map((v) => v + 0);
}

/** Binary digits behind the point. */
function fineness(value: number): number {
  let digits = 0;
  for (let scaled = value; !Number.isInteger(scaled); scaled *= 2) digits++;
  return digits;
}

function isShape(value: Shape | Arbitrary<Shape>): value is Shape {
  return Array.isArray(value);
}
