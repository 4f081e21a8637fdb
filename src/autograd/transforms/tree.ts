/** Trees: tensors nested in arrays and plain objects, as the arguments and results of functions. */
import { refuseOthersTensor } from "../../copies.js";
import { DTypeError, describe, GradientError, ShapeError, ValueError } from "../../errors.js";
import { formatShape, sameShape } from "../../shape.js";
import { isFloat } from "../dtype.js";
import { isPlainObject } from "../plain-object.js";
import { Tensor } from "../tensor.js";

/** What has the structure of `T` and a gradient in the place of every tensor; whatever else is in there stays the same.
 * @category Function transforms */
export type Gradient<T> = MapTensors<T, Tensor>;

/** A vector that goes in with a `T`: a tensor of the same shape for every tensor, or null for zeros.
 * @category Function transforms */
export type Tangent<T> = MapTensors<T, Tensor | null>;

/** `T` with an `Entry` in the place of every tensor.
 * @category Function transforms */
export type MapTensors<T, Entry> = T extends Tensor
  ? Entry
  : T extends (...args: never[]) => unknown
    ? T
    : T extends object
      ? { [K in keyof T]: MapTensors<T[K], Entry> }
      : T;

/** A tensor of a tree, and how to get to it: `.layers[0].weight`. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/** The tree with every tensor changed, in the order of `leavesOf`. */
export function mapTensors(tree: unknown, change: (tensor: Tensor, path: string) => unknown, path = ""): unknown {
  if (tree instanceof Tensor) return change(tree, path);
  const entries = childrenOf(tree, path).map(([key, child, to]) => [key, mapTensors(child, change, to)] as const);
  if (Array.isArray(tree)) return entries.map(([, child]) => child);
  return isPlainObject(tree) ? Object.fromEntries(entries) : tree;
}

/** The tensors of a tree from left to right. */
export function leavesOf(tree: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  mapTensors(tree, (tensor, path) => leaves.push({ path, tensor }));
  return leaves;
}

/** Trees like `trees` with other tensors, which are given from left to right. */
export function rebuild(trees: readonly unknown[], tensors: readonly unknown[]): unknown[] {
  let next = 0;
  return trees.map((tree) => mapTensors(tree, () => tensors[next++]));
}

/** Checks that there is nothing in a tree that cannot be differentiated by. */
export function checkDifferentiable(op: string, path: string, tree: unknown): void {
  if (tree instanceof Tensor) {
    if (isFloat(tree.dtype)) return;
    throw new DTypeError(
      op,
      `only float tensors have gradients, ${path} is ${tree.dtype}; let the function capture it, or leave it out of argNums`,
      { actual: tree.dtype },
    );
  }
  if (typeof tree === "object" && tree !== null && !Array.isArray(tree) && !isPlainObject(tree)) {
    refuseOthersTensor(op, path, tree);
    throw new ValueError(
      op,
      `tensors are found in arrays and plain objects only, ${path} is ${describe(tree)}; let the function capture it, ` +
        "or pass its tensors in an object",
    );
  }
  for (const [, child, to] of childrenOf(tree, path)) checkDifferentiable(op, to, child);
}

/** Checks that a function returned float tensors and nothing else. */
export function checkOutputs(op: string, result: unknown): void {
  const check = (tree: unknown, path: string): void => {
    if (tree instanceof Tensor) {
      if (isFloat(tree.dtype)) return;
      throw new DTypeError(op, `only float tensors have gradients, the function returned ${tree.dtype}${at(path)}`, {
        actual: tree.dtype,
      });
    }
    if (!Array.isArray(tree) && !isPlainObject(tree)) {
      throw new GradientError(op, `the function must return tensors, got ${describe(tree)}${at(path)}`);
    }
    for (const [, child, to] of childrenOf(tree, path)) check(child, to);
  };
  check(result, "");
  if (leavesOf(result).length === 0) throw new GradientError(op, "the function must return a tensor, got none");
}

/** The tensors of `other` in the places of the tensors of `tree`, null where there is null: shapes and structure agree.
 * @param name what `other` is called in errors; @param like what `tree` is called */
export function aligned(
  op: string,
  [name, other]: readonly [string, unknown],
  [like, tree]: readonly [string, unknown],
): (Tensor | null)[] {
  if (tree instanceof Tensor) {
    if (other === null || other === undefined) return [null];
    return [fitting(op, name, other, like, tree)];
  }
  const children = childrenOf(tree, like);
  if (children.length === 0) return [];
  const others = new Map(childrenOf(other, name).map((child) => [child[0], child]));
  const hasSameKeys = children.length === others.size && children.every(([key]) => others.has(key));
  if (!hasSameKeys || Array.isArray(tree) !== Array.isArray(other)) {
    throw new ValueError(op, `${name} must have the structure of ${like}: ${keysOf(tree)}, got ${keysOf(other)}`);
  }
  return children.flatMap(([key, child, to]) => {
    const [, otherChild, otherTo] = others.get(key) as Child;
    return aligned(op, [otherTo, otherChild], [to, child]);
  });
}

function fitting(op: string, name: string, other: unknown, like: string, tensor: Tensor): Tensor {
  if (!(other instanceof Tensor)) {
    throw new ValueError(op, `${name} must be a tensor of shape ${formatShape(tensor.shape)}, got ${describe(other)}`);
  }
  if (!sameShape(other.shape, tensor.shape)) {
    throw new ShapeError(op, `${name} has shape ${formatShape(other.shape)}, ${like} ${formatShape(tensor.shape)}`, {
      expected: tensor.shape,
      actual: other.shape,
    });
  }
  if (!isFloat(other.dtype)) {
    throw new DTypeError(op, `${name} must be ${tensor.dtype}, got ${other.dtype}`, { actual: other.dtype });
  }
  return other;
}

type Child = readonly [key: string, child: unknown, path: string];

/** The branches of an array or a plain object; nothing for any other value. */
function childrenOf(tree: unknown, path: string): Child[] {
  if (Array.isArray(tree)) return tree.map((child, i) => [String(i), child, `${path}[${i}]`]);
  if (!isPlainObject(tree)) return [];
  return Object.entries(tree).map(([key, child]) => [key, child, `${path}.${key}`]);
}

function keysOf(tree: unknown): string {
  if (Array.isArray(tree)) return `a list of ${tree.length}`;
  return isPlainObject(tree) ? `{ ${Object.keys(tree).join(", ")} }` : describe(tree);
}

function at(path: string): string {
  return path === "" ? "" : ` at ${path}`;
}
