/** The backward pass, as it is asked for: of one output into `.grad`, for chosen inputs, or of a part of the tape. */
import { refuseOthersTensor } from "../copies.js";
import { DTypeError, describe, GradientError, ShapeError, ValueError } from "../errors.js";
import { checkedOptions, flag, type OptionKinds } from "../options.js";
import { formatShape, sameShape } from "../shape.js";
import { engineOps } from "./engine.js";
import { withRecording } from "./modes.js";
import { asPass, unheard } from "./passes.js";
import { allOrNothing } from "./rollback.js";
import { scoped } from "./scope.js";
import { freedError, type TapeNode } from "./tape.js";
import { Tensor } from "./tensor.js";
import { tensorKind } from "./tensor-kinds.js";
import { accumulate, type Pass, propagate, reachable, runHooks, type Seeds } from "./walk.js";

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
