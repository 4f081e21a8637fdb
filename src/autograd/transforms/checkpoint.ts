/** checkpoint: a function that remembers its arguments alone and is run again when its gradient is wanted. */
import { GradientError } from "../../errors.js";
import { formatShape } from "../../shape.js";
import { pullBack } from "../backward.js";
import { isFloat } from "../dtype.js";
import { isRecording, withRecording } from "../modes.js";
import { scalarLike } from "../scalar.js";
import { scoped } from "../scope.js";
import { runSegment } from "../segments.js";
import { ownByTape, type RecordedOperation, TapeNode, tapePosition } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { currentPass, type Seeds } from "../walk.js";
import { type Before, type Outside, replayed, watched } from "../watch.js";
import { checkTransform, variable } from "./record.js";
import { leavesOf, mapTensors, rebuild } from "./tree.js";

type Fn = (...args: never[]) => unknown;

/** The same function with the same numbers and gradients, which keeps nothing but its arguments for the backward pass and
 * is run once more there (Chen et al. 2016): memory for time.
 *
 * ```ts
 * const block = checkpoint((x: Tensor) => layers.forward(x));
 * const y = block(block(x)); // between forward and backward, the tape holds two activations
 * ```
 *
 * Gradients reach the tensors in the arguments (trees are fine) and every tensor that `fn` captures, a module's weights
 * say, and can be differentiated again. The second run sees the world of the first: generators draw the same numbers again
 * and then stand where they stood, tensors that it changes in place (running statistics) are changed once. Plain variables
 * of yours are not set back: `model.eval()` between forward and backward makes the second run another one.
 *
 * As at the end of `tidy`, what `fn` makes and does not return is disposed.
 * @param fn must not be async, and must do the same whenever it is given the same
 * @throws GradientError in the backward pass if an argument, or a captured tensor that requires a gradient, has been changed
 * since; in the forward pass if `fn` itself does so
 * @category Function transforms */
export function checkpoint<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
): (...args: Args) => Result {
  checkTransform("checkpoint", fn);
  return (...args) => {
    const run = (given: Args) => withRecording(false, () => fn(...given), "checkpoint");
    if (!isRecording()) return run(args);
    // Detached, so that what asks for requiresGrad (a module's hooks) hears that nothing is recorded in this run.
    const detached = <T>(tree: T) => mapTensors(tree, (t) => t.detach()) as T;
    const given = tensorsOf(args);
    const token = {};
    const firstRun = () => {
      const { result, outside } = watched(() => detached(runSegment(token, false, () => run(detached(args)))));
      const captured = [...outside.tensors.keys()].filter((t) => t.requiresGrad);
      const inputs = [...given, ...captured];
      return { result, segment: { token, fn, args, given, inputs, outside: withoutInputs(outside, new Set(inputs)) } };
    };
    const { result, segment } = scoped(firstRun, (done) => tensorsOf(done.result));
    const outputs = tensorsOf(result).filter(({ dtype }) => isFloat(dtype));
    if (segment.inputs.some((t) => t.requiresGrad) && outputs.length > 0) attach(segment, outputs as Outputs);
    else forget(segment.outside);
    return result;
  };
}

/** One call, as the backward pass repeats it. */
interface Segment {
  /** Tells it from every other. */
  readonly token: object;
  readonly fn: Fn;
  readonly args: readonly unknown[];
  /** The tensors in the arguments. */
  readonly given: readonly Tensor[];
  /** Those, and then what it touched that requires a gradient: arguments once more, for `fn` may have captured those too. */
  readonly inputs: readonly Tensor[];
  /** The rest of what it touched. */
  readonly outside: Outside;
}

/** Those that have a gradient. */
type Outputs = [Tensor, ...Tensor[]];

/** The inputs are not put back for the second run: that they are unchanged is checked. */
function withoutInputs(outside: Outside, inputs: ReadonlySet<Tensor>): Outside {
  const rest = new Map<Tensor, Before>();
  for (const [tensor, before] of outside.tensors) {
    if (!inputs.has(tensor)) {
      rest.set(tensor, before);
      continue;
    }
    if (before.version !== tensor.version) {
      forget(outside);
      throw new GradientError(
        "checkpoint",
        `the function changed a tensor of shape ${formatShape(tensor.shape)} in place that it is differentiated by`,
      );
    }
    before.numbers.dispose();
  }
  return { tensors: rest, generators: outside.generators };
}

/** Lets go of numbers that will not be put back. */
function forget({ tensors }: Outside): void {
  for (const { numbers } of tensors.values()) numbers.dispose();
}

/** Puts a call on the tape. */
function attach(segment: Segment, outputs: Outputs): void {
  const { inputs } = segment;
  const remembered = [...segment.outside.tensors.values()].map(({ numbers }) => numbers);
  remembered.forEach(ownByTape);
  const node = (backward: RecordedOperation["backward"], { shape }: Tensor) =>
    new TapeNode({
      op: "checkpoint",
      inputs,
      saved: [...inputs, ...remembered],
      outputShape: shape,
      needsGrad: inputs.map((t) => t.requiresGrad),
      backward,
    });
  const [first, ...others] = outputs;
  if (others.length === 0) first.node = node((gradOutput) => pullThrough(segment, [gradOutput]), first);
  else attachSeveral(segment, outputs, node);
}

/** Several outputs share a node that runs the function again once for all of them. It comes after theirs in every backward
 * pass: they leave their gradients for it and send it a 0. */
function attachSeveral(
  segment: Segment,
  outputs: Outputs,
  node: (backward: RecordedOperation["backward"], output: Tensor) => TapeNode,
): void {
  const left = new WeakMap<object, (Tensor | null)[]>(); // by pass: one may fail half-way, or run inside of another
  const leftNow = () => left.get(currentPass()) ?? outputs.map(() => null);
  const [first] = outputs;
  const joint = scalarLike(first, 0);
  joint.node = node(() => pullThrough(segment, leftNow()), joint);
  joint.dispose(); // only its place on the tape is needed
  outputs.forEach((output, i) => {
    const leave = (gradOutput: Tensor) => {
      left.set(currentPass(), leftNow().with(i, gradOutput));
      return [scalarLike(gradOutput, 0)];
    };
    output.node = new TapeNode({
      op: "checkpoint",
      inputs: [joint],
      saved: [],
      outputShape: output.shape,
      needsGrad: [true],
      backward: leave,
    });
  });
}

/** Runs the function again, recorded this time, and pulls the gradients of its outputs back through it.
 * @returns one per input of the segment: the given ones, then the captured ones */
function pullThrough(
  { token, fn, args, given, inputs, outside }: Segment,
  gradOutputs: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const createGraph = isRecording();
  const again = () =>
    replayed(outside, () => {
      const since = tapePosition();
      const variables = given.map((x) => (x.requiresGrad ? variable(x) : x));
      const call = () => fn(...(rebuild(args, variables) as never[]));
      const result = runSegment(token, true, () => withRecording(true, call, "checkpoint"));
      const outputs = tensorsOf(result).filter(({ dtype }) => isFloat(dtype));
      if (outputs.length !== gradOutputs.length) {
        throw new GradientError(
          "checkpoint",
          `the function returned ${gradOutputs.length} tensors and, run again, ${outputs.length}; it must do the same each time`,
        );
      }
      const seeds = outputs.flatMap((output, i): Seeds[number][] => {
        const gradOutput = gradOutputs[i];
        return gradOutput == null ? [] : [[output, gradOutput]];
      });
      const captured = inputs.slice(given.length);
      return pullBack(seeds, [...variables, ...captured], {
        since,
        createGraph,
        retainGraph: createGraph,
        isPartOfPass: true,
      });
    });
  if (createGraph) return again();
  return scoped(again, (gradients) => gradients);
}

function tensorsOf(tree: unknown): Tensor[] {
  return leavesOf(tree).map(({ tensor }) => tensor);
}
