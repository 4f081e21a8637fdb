/** The records a trace produces. */
import type { Shape } from "../shape.js";

/** Why a number is missing where the layer (or parameter) could have one:
 *
 * | word | what it says |
 * |---|---|
 * | `did-not-run` | none of the forward passes that this backward went back through called it, after the trace was attached |
 * | `not-recorded` | it ran inside `noGrad` |
 * | `requires-none` | its output (for a path: its input) requires no gradient: everything before it is frozen, data, or detached |
 * | `no-tensor` | its output holds no float tensor |
 * | `no-gradient` | this backward pass did not reach it (or, from `gradients`, was not asked for it) |
 * | `frozen` | its weights require no gradient |
 * | `no-step` | no optimiser step changed the weights after this backward pass and before the next one |
 * | `zero-weights` | the weights are all 0: nothing to divide by |
 * @category Tracing */
export type NullReason =
  | "did-not-run"
  | "not-recorded"
  | "requires-none"
  | "no-tensor"
  | "no-gradient"
  | "frozen"
  | "no-step"
  | "zero-weights";

/** How ∂L/∂h comes back to a tensor h from which several ways lead to an addition or a concatenation.
 *
 * The parts sum to the whole as tensors, not as norms.
 * @category Tracing */
export interface Split {
  /** The layer whose output h is, by its name in the record; `input` for an input of the model; `null` where h is neither. */
  readonly from: string | null;
  /** What joins the ways again, in the order of the tape: kinds of join, each once. */
  readonly joins: readonly JoinKind[];
  /** ‖∂L/∂h‖. */
  readonly gradNorm: number | null;
  /** Why it is missing; `null` where it is not. */
  readonly reason: NullReason | null;
  /** What came back through each way, in the order in which they leave h; two at least. */
  readonly parts: readonly SplitPart[];
}

/** How ways come together: `add` is an addition or subtraction of tensors of one shape, scaled or not (a mean), `concat` a
 * concatenation or a stack.
 * @category Tracing */
export type JoinKind = "add" | "concat";

/** The part of ∂L/∂h that came through one way.
 * @category Tracing */
export interface SplitPart {
  /** The first module on the way, as seen from the call that has the split: `conv1`, `downsample.0`, `branch1.0.conv`;
   * `identity` where the way enters no module before the last join that it reaches; `outside` where it leads out of the
   * model's calls. */
  readonly name: string;
  /** Weighted layers on the longest such way from h to the last join; `null` where it leads elsewhere. */
  readonly depth: number | null;
  /** Norm of the part. */
  readonly gradNorm: number | null;
  /** Why it is missing; `null` where it is not. */
  readonly reason: NullReason | null;
}

/** The numbers of one call of one layer, as one backward pass left them.
 *
 * Norms are L2 norms over the whole batch, computed without underflow. A number that is missing is `null`, with its
 * reason in `reasons`; without one the layer never has such a number (no weight, no residual addition, no ReLU).
 * @category Tracing */
export interface LayerRecord {
  /** Position in the record, from 0: the calls in the order in which they returned (nearest the input first), then the
   * layers that did not run. */
  readonly index: number;
  /** Path of the module, as in `stateDict()` keys: `layer1.0`; its second call in the record is `layer1.0#2`. */
  readonly name: string;
  /** The forward pass that called it, counted from 0 in this record; `null` if it did not run. */
  readonly forward: number | null;
  /** Weighted layers on the longest way from the model's input to this output, its own included; `null` where the tape does
   * not tell: it did not run, was not recorded, or something before it was not. */
  readonly depth: number | null;
  /** Whether every way from the model's (first) output back to its input passes this output; `null` if it is not on the
   * tape. */
  readonly isBottleneck: boolean | null;
  /** Shape of the (first) output; `null` if it did not run or holds no float tensor. */
  readonly outputShape: Shape | null;
  /** The call around it that has a split, by its name in this record; `null` if none has. */
  readonly within: string | null;
  /** Where, inside of this call, ways that part at one tensor come together again: at an addition or a concatenation. */
  readonly splits: readonly Split[];
  /** ‖∂L/∂h‖ of the output `h` of this call. */
  readonly activationGradNorm: number | null;
  /** ‖∂L/∂W‖ over all parameters of the layer, whatever their calls: the same at each of them. */
  readonly weightGradNorm: number | null;
  /** At a residual addition: the norm of the part of ∂L/∂(block input) that came through the identity. */
  readonly identityGradNorm: number | null;
  /** At a residual addition: the norm of the part of ∂L/∂(block input) that came through the branch. */
  readonly branchGradNorm: number | null;
  /** Mean of the output of this call over all its entries. */
  readonly activationMean: number | null;
  /** Standard deviation (biased) of the output of this call over all its entries. */
  readonly activationStd: number | null;
  /** Fraction, 0 to 1, of output units that are zero for the whole batch; `null` where no ReLU ends the layer. */
  readonly deadFraction: number | null;
  /** ‖W‖ over all parameters of the layer, frozen ones included, at this backward pass. */
  readonly weightNorm: number | null;
  /** ‖ΔW‖ / ‖W‖ of the first optimiser step after this backward pass and before the next; `null` before one. */
  readonly updateRatio: number | null;
  /** Why each number that this layer could have is missing. */
  readonly reasons: Readonly<Partial<Record<LayerQuantity, NullReason>>>;
}

/** The numbers of a layer by name.
 * @category Tracing */
export type LayerQuantity = Exclude<
  keyof LayerRecord,
  "index" | "name" | "forward" | "depth" | "isBottleneck" | "outputShape" | "within" | "splits" | "reasons"
>;

const quantities: Readonly<Record<LayerQuantity, true>> = {
  activationGradNorm: true,
  weightGradNorm: true,
  identityGradNorm: true,
  branchGradNorm: true,
  activationMean: true,
  activationStd: true,
  deadFraction: true,
  weightNorm: true,
  updateRatio: true,
};

/** All of them, in the order of files and tables. */
export const LAYER_QUANTITIES: readonly LayerQuantity[] = Object.keys(quantities) as LayerQuantity[];

/** What one backward pass left of a parameter.
 * @category Tracing */
export interface ParameterRecord {
  /** Its names in `stateDict()`: several where modules share it. */
  readonly names: readonly string[];
  /** ‖∂L/∂W‖ of this pass alone, whatever earlier ones left in `.grad`. */
  readonly gradNorm: number | null;
  /** ‖W‖ at this pass. */
  readonly norm: number;
  /** ‖ΔW‖ / ‖W‖ of the first optimiser step after this pass and before the next; `null` before one. */
  readonly updateRatio: number | null;
  /** Why each number is missing. */
  readonly reasons: Readonly<Partial<Record<"gradNorm" | "updateRatio", NullReason>>>;
}

/** What one backward pass left in a trace.
 * @category Tracing */
export interface PassRecord {
  /** Backward passes that the trace had recorded before this one. */
  readonly pass: number;
  /** The function that made it. `gradients` gives norms of the weights it was asked for alone. */
  readonly source: "backward" | "gradients";
  /** The calls of the layers in the forward passes that this backward went back through, in the order in which they
   * returned, then the layers that did not run. */
  readonly layers: readonly LayerRecord[];
  /** The parameters of these layers, in the order of `stateDict()`. */
  readonly parameters: readonly ParameterRecord[];
  /** `gradNorm` of each parameter by each of its names. */
  readonly parameterGradNorms: Readonly<Record<string, number | null>>;
}
