/** The walk of a backward pass: from the outputs to the leaves in falling index order, without recursion. */
import { refuseAsync } from "../device/synchronous.js";
import { describe, GradientError } from "../errors.js";
import { formatShape, sameShape } from "../shape.js";
import { onward } from "./cut.js";
import { engineOps } from "./engine.js";
import { enterOp, leaveOp } from "./launches.js";
import { isDetectingAnomalies } from "./modes.js";
import { gradientListener, type PassListener } from "./passes.js";
import type { GradientHook, RecordedOperation, TapeNode } from "./tape.js";
import { Tensor } from "./tensor.js";

/** Tensors that gradients start from, each with its gradient. */
export type Seeds = readonly (readonly [output: Tensor, gradOutput: Tensor])[];

/** One backward pass: which gradients outlive it, and what it is asked for (everything, when `wanted` is absent). */
export interface Pass {
  readonly escape: (tensor: Tensor) => void;
  readonly wanted?: ReadonlySet<TapeNode | Tensor> | undefined;
  /** Collects the nodes that were freed before: whether they led to what is wanted is not known any more. */
  readonly freed?: TapeNode[] | undefined;
  /** See `PullBackOptions`; everything is walked when it is absent. */
  readonly since?: number | undefined;
}

let running: object = {}; // none yet

/** What tells one run of the tape from every other, for rules that wait for several gradients. */
export function currentPass(): object {
  return running;
}

/** What is to be done once the tape has been walked. */
let ending: (() => void)[] = [];

/** Calls `fn` when the pass under way has reached all that it will reach, before its gradients are released. */
export function whenPassEnds(fn: () => void): void {
  ending.push(fn);
}

/** What a walk leaves behind; see `BackwardOptions`. */
export interface Kept {
  readonly createGraph?: boolean | undefined;
  readonly retainGraph?: boolean | undefined;
}

/** Takes gradients from the outputs to all that they depend on, and frees what it has walked.
 * @param atLeaf told of each part of a leaf's gradient
 * @param atNode told of the whole gradient of what a node made */
export function propagate(
  seeds: Seeds,
  { createGraph = false, retainGraph = createGraph }: Kept,
  pass: Pass,
  atLeaf: (leaf: Tensor, gradient: Tensor) => void,
  atNode: (node: TapeNode, gradient: Tensor) => void = () => undefined,
): void {
  const { since = Number.NEGATIVE_INFINITY } = pass;
  const pending = new Map<TapeNode, Tensor>();
  for (const [output, start] of seeds) {
    if (output.node === null) atLeaf(output, start);
    else accumulate(pending, output.node, start);
  }
  const order = reachable(
    seeds.map(([output]) => output),
    since,
  );
  const needed = pass.wanted === undefined ? null : leadingTo(pass.wanted, order);
  const listener = gradientListener();
  const walk: Walk = { pending, needed, since, atLeaf, listener };
  const [around, endingAround] = [running, ending];
  running = pass;
  ending = [];
  try {
    for (const node of order) {
      const isOwn = node.index >= since;
      if (isOwn && node.isFreed) pass.freed?.push(node);
      const raw = pending.get(node);
      pending.delete(node);
      if (raw !== undefined) {
        if (isOwn) listener?.arrived(node, raw);
        const gradient = isOwn ? runHooks(node.hooks, raw, pass, node.op) : raw;
        atNode(node, gradient);
        const isEnd = pass.since !== undefined && pass.wanted?.has(node);
        if (!isEnd && (needed === null || leadsTo(needed, node))) {
          const entered = enterOp(node.op, true);
          try {
            pushBack(node, gradient, walk);
          } finally {
            leaveOp(entered);
          }
        }
      }
      if (isOwn && !retainGraph) node.free();
    }
    for (const fn of ending) fn();
  } finally {
    running = around;
    ending = endingAround;
  }
}

/** Nodes that `outputs` depend on, latest first; what was recorded before `since` is not followed any further. */
export function reachable(outputs: readonly Tensor[], since: number): TapeNode[] {
  const seen = new Set<TapeNode>();
  for (const { node } of outputs) if (node !== null) seen.add(node);
  for (const node of seen) {
    if (node.index < since) continue;
    for (const input of node.inputs) if (input?.node) seen.add(input.node); // a Set visits what is added while it is walked
  }
  return [...seen].sort((a, b) => b.index - a.index);
}

/** What is wanted and, of nodes listed latest first, those through which a gradient reaches it. */
function leadingTo(wanted: ReadonlySet<TapeNode | Tensor>, order: readonly TapeNode[]): Set<TapeNode | Tensor> {
  const needed = new Set<TapeNode | Tensor>(wanted);
  for (const node of order.toReversed()) if (leadsTo(needed, node)) needed.add(node);
  return needed;
}

function leadsTo(needed: ReadonlySet<TapeNode | Tensor>, node: TapeNode): boolean {
  return node.inputs.some((input) => input !== null && needed.has(input.node ?? input));
}

/** Where a walk of the tape takes gradients. */
interface Walk {
  /** Gradients that are not complete yet. */
  readonly pending: Map<TapeNode, Tensor>;
  /** What leads to what is wanted; null for everything. */
  readonly needed: ReadonlySet<TapeNode | Tensor> | null;
  /** Index of the first node that is its own. */
  readonly since: number;
  readonly atLeaf: (leaf: Tensor, gradient: Tensor) => void;
  readonly listener: PassListener | null;
}

/** Runs one node's backward rule and hands its gradients on to the inputs. */
function pushBack(node: TapeNode, gradOutput: Tensor, { pending, needed, since, atLeaf, listener }: Walk): void {
  const recorded = node.recorded;
  const needsGrad = needed === null ? recorded.needsGrad : askedOf(recorded, needed);
  if (!needsGrad.includes(true)) return;
  const results = recorded.backward(gradOutput, needsGrad);
  if (!Array.isArray(results)) {
    refuseAsync(recorded.op, results);
    throw new GradientError(recorded.op, "its backward must return an array, one gradient (or null) for each input");
  }
  if (results.length !== recorded.inputs.length) {
    throw new GradientError(
      recorded.op,
      `its backward returned ${results.length} gradients for ${recorded.inputs.length} inputs; return null where there is none`,
      { expected: recorded.inputs.length, actual: results.length },
    );
  }
  for (let i = 0; i < results.length; i++) {
    const input = recorded.inputs[i] as Tensor | null;
    const result: unknown = results[i];
    if (input === null || !needsGrad[i] || result == null) continue;
    if (!(result instanceof Tensor)) {
      throw new GradientError(
        recorded.op,
        `its backward must return tensors (or null), got ${describe(result)} for input ${i}`,
        { actual: result },
      );
    }
    const gradient = fit(recorded, input, result, i);
    if (isDetectingAnomalies()) checkFinite(node, gradient, i);
    if (input.node === null) {
      atLeaf(input, gradient);
      continue;
    }
    if (input.node.index >= since) listener?.cameBack(node, i, gradient);
    accumulate(pending, input.node, gradient);
  }
}

/** Which inputs of an operation require a gradient that leads to what is needed. */
function askedOf({ inputs, needsGrad }: RecordedOperation, needed: ReadonlySet<TapeNode | Tensor>): readonly boolean[] {
  return inputs.map((x, i) => needsGrad[i] === true && x !== null && needed.has(x.node ?? x));
}

/** Undoes a broadcast, and refuses any other difference of shape. */
function fit(recorded: RecordedOperation, input: Tensor, gradient: Tensor, i: number): Tensor {
  if (sameShape(gradient.shape, input.shape)) return gradient;
  const wasBroadcast = recorded.broadcasts && sameShape(gradient.shape, recorded.outputShape);
  if (wasBroadcast) return onward(gradient, engineOps().sumTo(gradient, input.shape));
  throw new GradientError(
    recorded.op,
    `its backward returned a gradient of shape ${formatShape(gradient.shape)} for input ${i} of shape ` +
      formatShape(input.shape),
    { expected: input.shape, actual: gradient.shape },
  );
}

/** Adds a gradient to what has come to the same place before. */
export function accumulate<K>(sums: Map<K, Tensor>, key: K, gradient: Tensor): void {
  const before = sums.get(key);
  sums.set(key, before === undefined ? gradient : together(before, gradient));
}

/** The sum of two gradients, in which none comes where none comes in either. */
function together(a: Tensor, b: Tensor): Tensor {
  const sum = engineOps().add(a, b);
  return a.isCut ? onward(b, sum) : sum;
}

/** The gradient as the hooks leave it.
 * @param op what the tensor was made by; undefined for a leaf */
export function runHooks(hooks: ReadonlySet<GradientHook> | null, gradient: Tensor, pass: Pass, op = "hook"): Tensor {
  let current = gradient;
  for (const hook of hooks ?? []) {
    pass.escape(current);
    const replaced: unknown = hook(current);
    if (replaced === undefined) continue;
    if (!(replaced instanceof Tensor)) {
      refuseAsync(op, replaced);
      throw new GradientError(op, `a gradient hook must return a tensor or nothing, got ${describe(replaced)}`, {
        actual: replaced,
      });
    }
    if (replaced.dtype !== gradient.dtype || replaced.device !== gradient.device) {
      const [got, given] = [replaced, gradient].map(({ dtype, device }) => `${dtype} on ${device.name}`);
      throw new GradientError(op, `a gradient hook returned ${got} for a gradient of ${given}`);
    }
    if (!sameShape(replaced.shape, gradient.shape)) {
      throw new GradientError(
        op,
        `a gradient hook returned shape ${formatShape(replaced.shape)} for a gradient of shape ${formatShape(gradient.shape)}`,
        { expected: gradient.shape, actual: replaced.shape },
      );
    }
    current = replaced;
  }
  return current;
}

function checkFinite(node: TapeNode, gradient: Tensor, i: number): void {
  const index = gradient.dataSync().findIndex((value: number) => !Number.isFinite(value));
  if (index < 0) return;
  const value = gradient.dataSync()[index];
  throw new GradientError(
    node.op,
    `its backward made the first ${value} of the gradient, for input ${i} at element ${index}\n` +
      `the op was called\n${node.calledAt ?? "    outside anomaly mode (run the forward pass inside detectAnomaly too)"}`,
    { actual: value },
  );
}
