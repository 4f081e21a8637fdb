/** Arguments for the fuzz test: for each parameter of an op, what it should be, and what people pass instead. */
import fc from "fast-check";
import {
  type DeviceName,
  describe,
  generator,
  type Shape,
  type Tensor,
  tensor,
  withDevice,
} from "../../../src/index.js";

/** The sizes that the tensors of one call share, by letter, so that they fit each other more often than not, and which
 * of its layouts the call uses. */
export interface Sizes {
  readonly size: (letter: string) => number;
  readonly layout: number;
}

/** How one value of an op call is drawn. */
export type Argument = fc.Arbitrary<Drawn>;

/** A value: how to write it in a failure, and how to make it once the sizes of the call are known. */
export interface Drawn {
  text(sizes: Sizes): string;
  make(sizes: Sizes): unknown;
  /** Whether no op may accept it in this place, since it would silently count for something. */
  readonly wrong: boolean;
}

/** A shape in letters (`NCHW`; a digit stands for itself), or worked out from them. */
export type Layout = string | ((size: Sizes["size"]) => Shape);

/** Sizes from 1 to 4 for every letter. */
export const sizes: fc.Arbitrary<Sizes> = fc
  .record({ list: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 26, maxLength: 26 }), layout: fc.nat(11) })
  .map(({ list, layout }) => ({ size: (letter) => list[letter.charCodeAt(0) - 65] as number, layout }));

const drawn = (text: string, make: () => unknown): Drawn => ({ text: () => text, make, wrong: false });
const plain = (value: unknown): Drawn => drawn(describe(value), () => value);
const wrong = (value: unknown): Drawn => ({ ...plain(value), wrong: true });

/** Mostly the one, one time in `weight` the other. */
function mostly(right: Argument, wrong: Argument, weight: number): Argument {
  return fc.oneof({ weight: weight - 1, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 3e38, -1e-38, 1];

/** What is no tensor at all; nothing and numbers can stand for one in some places. */
const noTensor: Argument = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, 3).map(plain),
  fc.constantFrom<unknown>("x", [1, 2], {}, true, 1n, Object.create(null)).map(wrong),
);

/** What is no number, or one of little use; nothing and a list are right for some axes. */
const noNumber: Argument = fc.oneof(
  fc.constantFrom<unknown>(Number.POSITIVE_INFINITY, null, [], 0.5, -1, 0, 1e9, -1e9, 2 ** 53).map(plain),
  fc.constantFrom<unknown>(Number.NaN, "1", {}, true, 1n, Symbol("1"), Object.create(null)).map(wrong),
);

type Kind = "float" | "int32" | "bool";

/** One value mostly, one time in 15 one of the others. */
function rarely<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 14, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

/** A tensor, mostly of its dtype and on the reference device; now and then another one, or full of NaN and Infinity. */
function tensorOf(kind: Kind, numbers: fc.Arbitrary<number>, shapes: fc.Arbitrary<(sizes: Sizes) => Shape>): Argument {
  const parts = fc.record({
    shapeOf: shapes,
    dtype: rarely<Kind>(kind, "float", "int32", "bool"),
    device: rarely<DeviceName>("reference", "cpu"),
    strange: kind === "float" ? rarely(false, true) : fc.constant(false),
    cycle: fc.array(numbers, { minLength: 1, maxLength: 8 }),
  });
  const right = parts.map(({ shapeOf, dtype, device, strange, cycle }): Drawn => {
    const shown = `${strange ? "of NaN, Infinity, …" : `of ${cycle.join(" ")}`} on ${device}`;
    return {
      wrong: false,
      text: (of) => `${dtype} [${shapeOf(of).join(", ")}] ${shown}`,
      make: (of) => {
        const shape = shapeOf(of);
        const length = shape.reduce((product, n) => product * n, 1);
        const from = strange ? odd : cycle;
        const values = Array.from({ length }, (_, i) => from[i % from.length] as number);
        return withDevice(device, () => made(values, shape, dtype));
      },
    };
  });
  return mostly(right, noTensor, 25);
}

function made(values: readonly number[], shape: Shape, dtype: Kind): Tensor {
  if (dtype === "float") return tensor(values, { shape, requiresGrad: true });
  const whole = values.map((n) => (dtype === "bool" ? Number(n > 0) : Math.round(n)));
  return tensor(dtype === "bool" ? whole : whole.map((n) => (Number.isFinite(n) && Math.abs(n) < 100 ? n : 0)), {
    shape,
    dtype,
  });
}

function shapeFor(layout: Layout, size: Sizes["size"]): Shape {
  if (typeof layout === "function") return layout(size);
  return [...layout].map((letter) => (/\d/.test(letter) ? Number(letter) : size(letter)));
}

/** The layout that the call uses; one time in 10 any shape. */
function shapesOf(layouts: readonly Layout[]): fc.Arbitrary<(sizes: Sizes) => Shape> {
  const any = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: layouts.length === 0 ? 3 : 5 });
  const right = ({ size, layout }: Sizes) => shapeFor(layouts[layout % layouts.length] as Layout, size);
  return fc.oneof(
    { weight: layouts.length === 0 ? 0 : 9, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: any.map((shape) => () => shape) },
  );
}

/** A layout without some of its leading axes and with size 1 at some of the others. */
function broadcastable(letters: string): fc.Arbitrary<(sizes: Sizes) => Shape> {
  return fc.record({ from: fc.nat(letters.length), ones: fc.array(fc.boolean(), { maxLength: 4 }) }).map(
    ({ from, ones }) =>
      ({ size }: Sizes) =>
        shapeFor(letters.slice(from), size).map((n, i) => (ones[i] === true ? 1 : n)),
  );
}

const halves = fc.integer({ min: -2, max: 4 }).map((n) => n / 2);

/** A float tensor in the layout that the call uses; of any shape where there are none. */
export function float(...layouts: readonly Layout[]): Argument {
  return tensorOf("float", halves, shapesOf(layouts));
}

/** A float tensor of numbers from 0 to 1. */
export function share(...layouts: readonly Layout[]): Argument {
  return tensorOf("float", fc.constantFrom(0, 0.25, 0.5, 1), shapesOf(layouts));
}

/** A float tensor of 1 and −1. */
export function signs(...layouts: readonly Layout[]): Argument {
  return tensorOf("float", fc.oneof({ weight: 30, arbitrary: fc.constantFrom(1, -1) }, halves), shapesOf(layouts));
}

/** A float tensor that broadcasts to a layout. */
export function towards(letters: string): Argument {
  return tensorOf("float", halves, broadcastable(letters));
}

/** An int32 tensor of small indices, now and then a negative or a larger one. */
export function int(...layouts: readonly Layout[]): Argument {
  const index = fc.oneof(
    { weight: 60, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: -2, max: 4 }) },
  );
  return tensorOf("int32", index, shapesOf(layouts));
}

/** A bool tensor. */
export function bool(...layouts: readonly Layout[]): Argument {
  return tensorOf("bool", fc.constantFrom(0, 1), shapesOf(layouts));
}

/** A bool tensor that broadcasts to a layout. */
export function boolTowards(letters: string): Argument {
  return tensorOf("bool", fc.constantFrom(0, 1), broadcastable(letters));
}

/** A float or bool tensor, or one of integers. */
export const anyTensor: Argument = fc.oneof(float(), int(), bool());

/** A tensor or a number, as operands of arithmetic are. */
export const operand: Argument = fc.oneof(
  { weight: 4, arbitrary: towards("ABC") },
  { weight: 1, arbitrary: fc.constantFrom(2, -0.5, Number.NaN).map(plain) },
);

/** Nothing at all, or the argument. */
export function optional(argument: Argument, nothing: unknown = undefined): Argument {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(plain(nothing)) }, { weight: 3, arbitrary: argument });
}

/** A small integer; sometimes something else. */
export function whole(min: number, max: number): Argument {
  return mostly(fc.integer({ min, max }).map(plain), noNumber, 15);
}

/** A number of a range; sometimes something else. */
export function real(min: number, max: number): Argument {
  const right = fc.integer({ min: 0, max: 8 }).map((eighths) => plain(min + ((max - min) * eighths) / 8));
  return mostly(right, noNumber, 15);
}

/** A list of small integers; sometimes something else. */
export function wholes(min: number, max: number, lengths: { readonly from: number; readonly to: number }): Argument {
  const right = fc.array(fc.integer({ min, max }), { minLength: lengths.from, maxLength: lengths.to }).map(plain);
  const entry = fc.constantFrom<unknown>(Number.NaN, 0.5, -1, 0, 1e9, "2", null, undefined, [1], 1n, Symbol("1"));
  return mostly(right, fc.oneof(fc.array(entry, { maxLength: 3 }).map(plain), noNumber), 10);
}

/** The sizes of a layout as a list, as an option wants them. */
export function listed(layout: Layout): Argument {
  const right: Drawn = {
    wrong: false,
    text: ({ size }) => describe(shapeFor(layout, size)),
    make: ({ size }) => [...shapeFor(layout, size)],
  };
  return mostly(fc.constant(right), wholes(1, 4, { from: 0, to: 3 }), 10);
}

/** One number for both axes of an image, or one for each. */
export function pair(min: number, max: number): Argument {
  return perAxis(min, max, 2);
}

/** One number for all axes, or one for each. */
export function perAxis(min: number, max: number, axes: number): Argument {
  return fc.oneof(whole(min, max), wholes(min, max, { from: axes, to: axes }));
}

/** One axis; mostly of those that any tensor of axes has. */
export const axis: Argument = fc.oneof({ weight: 3, arbitrary: whole(-1, 0) }, { weight: 1, arbitrary: whole(-3, 2) });

/** One axis, several, or null for all. */
export const axes: Argument = fc.oneof(axis, wholes(-2, 1, { from: 0, to: 3 }), fc.constant(plain(null)));

/** One of the given values; sometimes another. */
export function oneOf(...values: readonly unknown[]): Argument {
  const other = fc.constantFrom<unknown>("nonsense", -7, null, Number.NaN, "toString", {}, 1n, Symbol("1")).map(wrong);
  return mostly(fc.constantFrom(...values).map(plain), other, 15);
}

/** One of the right values; sometimes one of the wrong ones. */
export function among(right: readonly unknown[], other: readonly unknown[]): Argument {
  return mostly(fc.constantFrom(...right).map(plain), fc.constantFrom(...other).map(wrong), 15);
}

/** A number to fill with, which may be NaN. */
export const filler: Argument = among([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY], ["1", {}, true, null]);

/** A flag; sometimes what would count as one. */
export const flag: Argument = mostly(
  fc.boolean().map(plain),
  fc.constantFrom<unknown>("no", 0, 1, null, {}, [], 1n).map(wrong),
  15,
);

/** A seeded generator; sometimes none. */
export const random: Argument = mostly(
  fc.constant(drawn("generator(1)", () => generator(1))),
  fc.oneof(fc.constant(plain(undefined)), fc.constantFrom<unknown>(7, null, {}, () => 0.5).map(wrong)),
  15,
);

/** An object of options, each there or not; sometimes something that is no object. */
export function options(entries: Readonly<Record<string, Argument>>, required: readonly string[] = []): Argument {
  const right = fc.record(entries, { requiredKeys: [...required] }).map((found): Drawn => {
    const list = Object.entries(found) as [string, Drawn][];
    return {
      wrong: list.some(([, value]) => value.wrong),
      text: (of) => `{ ${list.map(([key, value]) => `${key}: ${value.text(of)}`).join(", ")} }`,
      make: (of) => Object.fromEntries(list.map(([key, value]) => [key, value.make(of)])),
    };
  });
  const none = fc.oneof(
    fc.constant(plain(undefined)),
    fc.constantFrom<unknown>(1, "sum", [0], null, true, Symbol("1")).map(wrong),
  );
  return mostly(right, none, 25);
}

/** A list of one to three of these; sometimes of none, or no list. */
export function listOf(argument: Argument): Argument {
  const right = fc.array(argument, { minLength: 1, maxLength: 3 }).map(
    (list): Drawn => ({
      wrong: list.some((entry) => entry.wrong),
      text: (of) => `[${list.map(({ text }) => text(of)).join(", ")}]`,
      make: (of) => list.map(({ make }) => make(of)),
    }),
  );
  return mostly(right, fc.oneof(fc.constant(plain([])), noNumber, noTensor), 15);
}
