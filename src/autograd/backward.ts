/** The backward pass: walks the tape in falling index order, without recursion. */
import { refuseOthersTensor } from "../copies.js";
import { refuseAsync } from "../device/synchronous.js";
import { DTypeError, describe, GradientError, ShapeError, ValueError } from "../errors.js";
import { checkedOptions, flag, type OptionKinds } from "../options.js";
import { formatShape, sameShape } from "../shape.js";
import { isCut, onward } from "./cut.js";
import { engineOps } from "./engine.js";
import { enterOp, leaveOp } from "./launches.js";
import { isDetectingAnomalies, withRecording } from "./modes.js";
import { asPass, gradientListener, type PassListener, unheard } from "./passes.js";
import { allOrNothing } from "./rollback.js";
import { scoped } from "./scope.js";
import { freedError, type GradientHook, type RecordedOperation, type TapeNode } from "./tape.js";
import { Tensor } from "./tensor.js";
import { tensorKind } from "./tensor-kinds.js";

/** Options of `backward` and `gradients`.
 * @category Automatic differentiation */
export interface BackwardOptions {
  /** The vector of the vector-Jacobian product, in the output's shape; ones for an output of one element. */
  readonly gradOutput?: Tensor | undefined;
  /** Keeps the tape for another backward. Default: `createGraph`. */
  readonly retainGraph?: boolean | undefined;
  /** Records the backward pass itself, so that its results can be differentiated again. Default false. */
  readonly createGraph?: boolean | undefined;
}

const backwardOptions: OptionKinds<BackwardOptions> = { gradOutput: tensorKind, retainGraph: flag, createGraph: flag };

/** Computes the gradient of `output` with respect to every leaf that requires one, and adds it to the leaf's `.grad`.
 * @param output one element, or any shape together with `gradOutput`
 * @throws GradientError if nothing was recorded or the tape was freed; ShapeError if `gradOutput` does not fit. Whatever is thrown,
 * by a hook or a rule, too: then every `.grad` is what it was before.
 * @category Automatic differentiation */
export function backward(output: Tensor, options: BackwardOptions = {}): void {
  const given = checkedOptions("backward", options, backwardOptions);
  const run = (pass: Pass) =>
    asPass("backward", (heard) => {
      const leaves = new Map<Tensor, Tensor>();
      const seeds: Seeds = [[output, startGradient("backward", output, given.gradOutput)]];
      propagate(seeds, given, pass, (leaf, gradient) => accumulate(leaves, leaf, gradient));
      for (const [leaf, raw] of leaves) leaves.set(leaf, runHooks(leaf.hooks, raw, pass));
      for (const [leaf, gradient] of leaves) {
        leaf.addGradient(gradient, given.createGraph === true);
        heard?.leaves.set(leaf, gradient);
      }
    });
  allOrNothing(() => inScope(given, run));
}

/** The gradients of `output` with respect to `inputs` (leaves or not), without touching any `.grad`.
 * @returns one per input, in its shape; null where `output` does not depend on it
 * @throws GradientError if nothing was recorded or the tape was freed; ShapeError if `gradOutput` does not fit
 * @category Automatic differentiation */
export function gradients(output: Tensor, inputs: readonly Tensor[], options: BackwardOptions = {}): (Tensor | null)[] {
  const given = checkedOptions("gradients", options, backwardOptions);
  if (!Array.isArray(inputs) || !inputs.every((x) => x instanceof Tensor)) {
    if (Array.isArray(inputs))
      for (const x of inputs) if (!(x instanceof Tensor)) refuseOthersTensor("gradients", "an input", x);
    throw new ValueError("gradients", `its inputs must be a list of tensors, got ${describe(inputs)}`);
  }
  return inScope(given, (pass) =>
    asPass("gradients", (heard) => {
      const seeds: Seeds = [[output, startGradient("gradients", output, given.gradOutput)]];
      const found = collect(seeds, inputs, given, pass);
      inputs.forEach((x, i) => {
        const gradient = found[i];
        if (x.isLeaf && gradient != null) heard?.leaves.set(x, gradient);
      });
      return found;
    }),
  );
}

/** Tensors that gradients start from, each with its gradient. */
export type Seeds = readonly (readonly [output: Tensor, gradOutput: Tensor])[];

/** How far `pullBack` goes, and what it leaves behind. */
export interface PullBackOptions {
  /** Index of the first node of the part of the tape that it walks. What is older belongs to whoever recorded it: it is
   * neither walked nor freed, and its hooks wait for the gradient to be complete. */
  readonly since: number;
  readonly createGraph: boolean;
  readonly retainGraph: boolean;
  /** Whether it is a part of the pass that is under way, rather than one of its own. Default false. */
  readonly isPartOfPass?: boolean;
}

/** The gradients of several outputs together, through the tape from a node on: what transforms and checkpoints need.
 * @param inputs taken as independent of each other: what one was made of is not walked
 * @returns one per input, null where no output depends on it */
export function pullBack(seeds: Seeds, inputs: readonly Tensor[], options: PullBackOptions): (Tensor | null)[] {
  const { since, isPartOfPass = false } = options;
  const pull = () => inScope(options, (pass) => collect(seeds, inputs, options, { ...pass, since }));
  return isPartOfPass ? pull() : unheard(pull);
}

/** Frees the nodes from `since` on that `outputs` depend on. */
export function freeSince(outputs: readonly Tensor[], since: number): void {
  for (const node of reachable(outputs, since)) if (node.index >= since) node.free();
}

function collect(seeds: Seeds, inputs: readonly Tensor[], options: BackwardOptions, pass: Pass): (Tensor | null)[] {
  const wanted = new Set<TapeNode | Tensor>(inputs.map((x) => x.node ?? x));
  const found = new Map<TapeNode | Tensor, Tensor>();
  const freed: TapeNode[] = [];
  const atPlace = (place: TapeNode | Tensor, gradient: Tensor) => accumulate(found, place, gradient);
  propagate(seeds, options, { ...pass, wanted, freed }, atPlace, atPlace);
  return inputs.map((x) => {
    const gradient = found.get(x.node ?? x);
    if (gradient === undefined) {
      if (freed[0] !== undefined) throw freedError(freed[0].op);
      return null;
    }
    const seen = x.node === null && pass.since === undefined ? runHooks(x.hooks, gradient, pass) : gradient;
    if (options.createGraph === true) return seen;
    const own = seen.view(seen.shape); // disposing it disposes no other gradient, nor gradOutput
    pass.escape(own);
    return own;
  });
}

/** One backward pass: which gradients outlive it, and what it is asked for (everything, when `wanted` is absent). */
interface Pass {
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

/** Runs the pass so that its intermediate gradients are released at its end, unless they are part of a new graph. */
function inScope<T>({ createGraph = false }: BackwardOptions, run: (pass: Pass) => T): T {
  return withRecording(createGraph, () => {
    if (createGraph) return run({ escape: () => undefined });
    const escaped = new Set<Tensor>();
    return scoped(
      () => run({ escape: (t) => escaped.add(t) }),
      () => escaped,
    );
  });
}

function propagate(
  seeds: Seeds,
  { createGraph = false, retainGraph = createGraph }: BackwardOptions,
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

function startGradient(op: string, output: Tensor, gradOutput: Tensor | undefined): Tensor {
  if (!(output instanceof Tensor)) {
    refuseOthersTensor(op, "its output", output);
    throw new ValueError(op, `its output must be a tensor, got ${describe(output)}`);
  }
  if (!output.requiresGrad) {
    throw new GradientError(
      op,
      "the output requires no gradient: no input of it has requiresGrad, or it was made inside noGrad",
    );
  }
  if (gradOutput !== undefined) {
    if (!sameShape(gradOutput.shape, output.shape)) {
      throw new ShapeError(
        op,
        `gradOutput has shape ${formatShape(gradOutput.shape)}, the output ${formatShape(output.shape)}`,
        { expected: output.shape, actual: gradOutput.shape },
      );
    }
    if (gradOutput.dtype !== output.dtype || gradOutput.device !== output.device) {
      const [got, wanted] = [gradOutput, output].map(({ dtype, device }) => `${dtype} on ${device.name}`);
      throw new DTypeError(op, `gradOutput must be ${wanted}, as the output is, got ${got}`);
    }
    return gradOutput;
  }
  if (output.size !== 1) {
    throw new GradientError(
      op,
      `an output of shape ${formatShape(output.shape)} has no single gradient; reduce it (sum, mean) or pass gradOutput`,
      { actual: output.shape },
    );
  }
  return engineOps().onesLike(output);
}

function accumulate<K>(sums: Map<K, Tensor>, key: K, gradient: Tensor): void {
  const before = sums.get(key);
  sums.set(key, before === undefined ? gradient : together(before, gradient));
}

/** The sum of two gradients, in which none comes where none comes in either. */
function together(a: Tensor, b: Tensor): Tensor {
  const sum = engineOps().add(a, b);
  return isCut(a) ? onward(b, sum) : sum;
}

/** @param op what the tensor was made by; undefined for a leaf */
function runHooks(hooks: ReadonlySet<GradientHook> | null, gradient: Tensor, pass: Pass, op = "hook"): Tensor {
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
