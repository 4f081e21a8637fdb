/** Recording one call of a function: its arguments as variables of their own, and what its result depends on. */

import { describe, GradientError, ValueError } from "../../errors.js";
import { checkedOptions, type Given, type OptionKind } from "../../options.js";
import { freeSince, pullBack } from "../backward.js";
import { engineOps } from "../engine.js";
import { isRecording, withRecording } from "../modes.js";
import { TapeNode, tapePosition } from "../tape.js";
import { Tensor } from "../tensor.js";
import type { Seeds } from "../walk.js";
import { checkDifferentiable, leavesOf, mapTensors } from "./tree.js";

/** The arguments of a transform that it differentiates by: one position, or several.
 * @category Function transforms */
export type ArgNums = number | readonly number[];

/** A call that was recorded. */
export interface Recorded {
  readonly result: unknown;
  /** The variables: one for each tensor in the arguments that are differentiated by. */
  readonly inputs: readonly Tensor[];
  /** Where its part of the tape begins. */
  readonly since: number;
  /** Whether somebody outside may differentiate the result too, by the arguments or by what the function captured. */
  isOpen: boolean;
  /** Whether a backward rule in there may capture, too: then the gradients themselves tell whether it is open. */
  readonly isOpaque: boolean;
}

/** Calls `fn` with the tensors of some arguments replaced by variables, recording, whatever the mode around is. */
export function record(
  op: string,
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
  argNums: readonly number[],
): Recorded {
  const isRecordedOutside = isRecording();
  const since = tapePosition();
  const inputs: Tensor[] = [];
  const inner = [...args];
  for (const i of argNums) {
    inner[i] = mapTensors(args[i], (x) => {
      const input = variable(x);
      inputs.push(input);
      return input;
    });
  }
  const result = withRecording(true, () => fn(...(inner as never[])), op);
  const outputs = leavesOf(result).map(({ tensor }) => tensor);
  const { outside, opaque } = dependenciesOf(outputs, since);
  return { result, inputs, since, isOpen: isRecordedOutside && outside, isOpaque: isRecordedOutside && opaque };
}

/** A tensor of the same numbers to differentiate by: whatever else happens to `x` is not part of its gradient. Where `x`
 * requires a gradient of its own, it gets this one's too. */
export function variable(x: Tensor): Tensor {
  const made = x.view(x.shape);
  const inputs = isRecording() && x.requiresGrad ? [x] : [];
  made.node = new TapeNode({
    op: "argument",
    inputs,
    saved: [],
    outputShape: x.shape,
    needsGrad: inputs.map(() => true),
    backward: (gradOutput) => [gradOutput],
  });
  return made;
}

/** Whether tensors depend on what requires a gradient and was there before the tape stood at `since` (`outside`), and on a
 * node whose backward rule may do so unseen (`opaque`).
 * @param except nodes that are not looked behind */
export function dependenciesOf(
  outputs: readonly Tensor[],
  since: number,
  except?: ReadonlySet<TapeNode | null>,
): { outside: boolean; opaque: boolean } {
  const seen = new Set<TapeNode>();
  const isOutside = ({ node, requiresGrad }: Tensor): boolean => {
    if (node === null) return requiresGrad;
    if (node.index < since) return true;
    if (except === undefined || !except.has(node)) seen.add(node);
    return false;
  };
  let outside = outputs.some(isOutside);
  for (const node of seen) {
    // `seen` grows meanwhile
    if (node.inputs.some((input) => input !== null && isOutside(input))) outside = true;
  }
  return { outside, opaque: [...seen].some(({ isOpaque }) => isOpaque) };
}

/** The gradients by the variables; zeros where no seed depends on one. Recorded if anybody could differentiate them. */
export function pull(recorded: Recorded, seeds: Seeds, retainGraph: boolean): Tensor[] {
  const { inputs, since } = recorded;
  const vectors = seeds.map(([, gradOutput]) => gradOutput);
  const createGraph = mayBeDifferentiated(recorded, vectors);
  const found = pullBack(seeds, inputs, { since, createGraph, retainGraph: retainGraph || createGraph });
  const gradients = found.map((gradient, i) => gradient ?? engineOps().zerosLike(inputs[i] as Tensor));
  return createGraph ? closed(recorded, vectors, gradients) : gradients;
}

type Vectors = readonly (Tensor | null)[];

/** Whether anybody could differentiate the products of the call's derivatives with vectors. */
export function mayBeDifferentiated({ isOpen, isOpaque }: Recorded, vectors: Vectors): boolean {
  return isRecording() && (isOpen || isOpaque || vectors.some((v) => v?.requiresGrad));
}

/** Recorded products, made plain where opaque rules were the only reason to record them and none has captured anything. */
export function closed(recorded: Recorded, vectors: Vectors, products: readonly Tensor[]): Tensor[] {
  if (recorded.isOpen || vectors.some((v) => v?.requiresGrad)) return [...products];
  return products.map((product) => {
    if (!dependenciesOf([product], recorded.since).outside) return product.detach();
    recorded.isOpen = true;
    return product;
  });
}

/** A result as it is handed out: a plain tensor, unless somebody outside may differentiate it. */
export function handedOut({ isOpen }: Recorded, tree: unknown): unknown {
  return isOpen ? tree : mapTensors(tree, (t) => t.detach());
}

/** Lets go of the tape of a call, where nobody outside needs it. */
export function settle({ result, inputs, since, isOpen }: Recorded): void {
  if (isOpen) return;
  freeSince(
    leavesOf(result).map(({ tensor }) => tensor),
    since,
  );
  for (const input of inputs) input.dispose();
}

/** Checks `fn`, `argNums` and the arguments. @returns the positions as a list */
export function checkCall(op: string, args: readonly unknown[], argNums: ArgNums): readonly number[] {
  const positions = typeof argNums === "number" ? [argNums] : argNums;
  for (const i of positions) {
    if (!Number.isInteger(i) || i < 0 || i >= args.length) {
      const range = `from 0 to ${args.length - 1} for ${args.length} arguments`;
      throw new ValueError(op, `argNums must be ${range}, got ${describe(i)}`, { actual: i });
    }
    checkDifferentiable(op, `argument ${i}`, args[i]);
    if (leavesOf(args[i]).length === 0) {
      throw new GradientError(op, `argument ${i} has no tensor to differentiate by, got ${describe(args[i])}`);
    }
  }
  return positions;
}

/** Throws unless what a transform is given is a function. */
export function checkTransform(op: string, fn: unknown): void {
  if (typeof fn !== "function") throw new ValueError(op, `its first argument must be a function, got ${describe(fn)}`);
}

/** The options of a transform, which takes the function alone: the function's arguments in their place are a usual slip.
 * @throws ValueError unless they are options that it has, and `argNums` a position or a list of different ones */
export function transformOptions<T extends { readonly argNums?: ArgNums | undefined }>(
  op: string,
  options: T,
  kinds: { readonly [K in keyof T]-?: OptionKind },
): Given<T> {
  if (typeof options !== "object" || options === null || Array.isArray(options) || options instanceof Tensor) {
    const names = Object.keys(kinds).join(", ");
    const rule = `its options are { ${names} }, got ${describe(options)}; arguments go to the function that it returns`;
    throw new ValueError(op, rule, { actual: options });
  }
  const given = checkedOptions(op, options, kinds);
  const argNums: ArgNums | undefined = given.argNums;
  if (argNums === undefined || typeof argNums === "number") return given;
  if (!Array.isArray(argNums) || argNums.length === 0 || new Set(argNums).size !== argNums.length) {
    throw new ValueError(op, `argNums must be a position or a list of different ones, got ${describe(argNums)}`);
  }
  return given;
}
