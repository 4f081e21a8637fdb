/** What a signature is, and the shapes that several ops promise, written anew from the documentation. */
import type { Shape, Tensor } from "../../../src/index.js";
import { type Argument, float } from "./arguments.js";

/** One op: how its arguments are drawn, and the shape of its result (or of each of its tensors). */
export interface Signature {
  readonly args: readonly Argument[];
  readonly shape: (args: readonly unknown[]) => Shape | readonly Shape[];
}

/** Signatures by the names of their ops. */
export type Signatures = Readonly<Record<string, Signature>>;

/** The same signature for each of several ops, whose names stand in one string. */
export function each(names: string, signature: Signature): Signatures {
  return Object.fromEntries(names.split(" ").map((name) => [name, signature]));
}

/** Whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "isTensor" in value;
}

/** Sizes of an argument; a number is a scalar. */
export function dims(x: unknown): number[] {
  return isTensor(x) ? [...x.shape] : [];
}

/** Product of sizes. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, n) => total * n, 1);
}

/** The place of an axis that may count from the end. */
export function place(axis: unknown, rank: number): number {
  return ((axis as number) + rank) % rank;
}

/** The entry of an options object. */
export function entry(given: unknown, name: string): unknown {
  return (given as Record<string, unknown> | undefined)?.[name];
}

/** An entry that is a number; where it is left out, the other value. */
export function numberIn(given: unknown, name: string, otherwise: number): number {
  return (entry(given, name) as number | undefined) ?? otherwise;
}

/** An entry that is one number for all axes or a list of one each. */
export function perAxisIn(
  given: unknown,
  name: string,
  otherwise: number | readonly number[],
  axes: number,
): readonly number[] {
  const value = (entry(given, name) as number | readonly number[] | undefined) ?? otherwise;
  return typeof value === "number" ? new Array<number>(axes).fill(value) : value;
}

/** Sizes aligned at the last axis, of which each is 1 or the largest. */
export function broadcast(...operands: readonly unknown[]): number[] {
  return aligned(operands.map(dims));
}

/** The same of shapes. */
export function aligned(shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => Math.max(...shapes.map((s) => s[i - rank + s.length] ?? 1)));
}

/** The axes that an option names, counted from 0; all of them where it is left out. */
function axesIn(given: unknown, rank: number): number[] {
  const value = entry(given, "axis") as number | readonly number[] | null | undefined;
  if (value === undefined || value === null) return Array.from({ length: rank }, (_, i) => i);
  return [value].flat().map((axis) => place(axis, rank));
}

/** Without the reduced axes, or with size 1 there. */
export function reduced(x: unknown, given: unknown): number[] {
  const axes = axesIn(given, dims(x).length);
  const kept = dims(x).map((n, i) => (axes.includes(i) ? 1 : n));
  return entry(given, "keepDims") === true ? kept : kept.filter((_, i) => !axes.includes(i));
}

/** An op of one float tensor whose result has its shape. */
export function sameShape(...options: readonly Argument[]): Signature {
  return { args: [float(), ...options], shape: ([x]) => dims(x) };
}

/** A loss: a scalar, or what it is of with reduction none. */
export function loss(each: (args: readonly unknown[]) => Shape, ...args: readonly Argument[]): Signature {
  return { args, shape: (given) => (entry(given.at(-1), "reduction") === "none" ? each(given) : []) };
}
