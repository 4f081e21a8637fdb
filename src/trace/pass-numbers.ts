/** The numbers of one backward pass, each beside the call, the split or the parameter that it belongs to. */
import type { Tensor } from "../autograd/tensor.js";
import type { Call, ForwardPass, PlannedPart, PlannedSplit } from "./call.js";
import type { NullReason, ParameterRecord } from "./records.js";
import { distance, type Later, norm, normOfSum, settle } from "./statistics.js";

/** What came back to a split. */
export interface SplitNumbers {
  /** Norm of the whole; null if none came. */
  whole: Later | null;
  /** Norms of the parts that came; the null one came back from outside of the pass. */
  readonly parts: Map<PlannedPart | null, Later>;
}

/** The gradients that a pass under way has brought to the calls. */
export class PassNumbers {
  readonly #norms = new Map<Call, Later[]>();
  readonly #forwards = new Set<ForwardPass>();
  /** Gradients that have come back through the ways of a split, until all have. */
  readonly #coming = new Map<PlannedSplit, Map<PlannedPart | null, [Tensor, ...Tensor[]]>>();
  readonly #splits = new Map<PlannedSplit, SplitNumbers>();
  /** Norms by gradient: two calls may end at one place. */
  readonly #known = new WeakMap<Tensor, Later>();

  /** A gradient has come back to a tensor of a call's output. */
  add(call: Call, gradient: Tensor): void {
    if (call.forward === null || call.traces.layer === null) return; // nobody saw the first run of it, or it is no layer
    this.#forwards.add(call.forward);
    const norms = this.#norms.get(call) ?? [];
    norms.push(this.#normOf(gradient));
    this.#norms.set(call, norms);
  }

  /** A gradient has come back through a way of a split. */
  comeBack(split: PlannedSplit, part: PlannedPart | null, gradient: Tensor): void {
    const parts = this.#coming.get(split) ?? new Map<PlannedPart | null, [Tensor, ...Tensor[]]>();
    this.#coming.set(split, parts);
    const before = parts.get(part);
    if (before === undefined) parts.set(part, [gradient]);
    else before.push(gradient);
  }

  /** The gradient of what was split is complete. */
  arrive(split: PlannedSplit, gradient: Tensor): void {
    const parts = [...(this.#coming.get(split) ?? [])];
    this.#coming.delete(split);
    const norms = parts.map(([part, gradients]) => [part, normOfSum(gradients)] as const);
    this.#splits.set(split, { whole: this.#normOf(gradient), parts: new Map(norms) });
  }

  /** The forward passes that it went back through, oldest first. */
  get forwards(): readonly ForwardPass[] {
    return [...this.#forwards].sort((a, b) => a.order - b.order);
  }

  /** Norms at a call's output, one for each tensor there; null where no gradient came. */
  at(call: Call): readonly Later[] | null {
    return this.#norms.get(call) ?? null;
  }

  /** What came back to a split. */
  of(split: PlannedSplit): SplitNumbers {
    return this.#splits.get(split) ?? { whole: null, parts: new Map() };
  }

  #normOf(gradient: Tensor): Later {
    const known = this.#known.get(gradient) ?? norm(gradient);
    this.#known.set(gradient, known);
    return known;
  }
}

/** A parameter at the end of a pass, and how far the step after it moved it. */
export class ParameterNumbers {
  readonly parameter: Tensor;
  readonly names: readonly string[];
  readonly gradient: Later | null;
  readonly norm: Later;
  readonly isFrozen: boolean;
  #moved: Later | null = null;

  constructor(parameter: Tensor, names: readonly string[], gradient: Tensor | undefined) {
    this.parameter = parameter;
    this.names = names;
    this.gradient = gradient === undefined ? null : norm(gradient);
    this.norm = norm(parameter);
    this.isFrozen = !parameter.requiresGrad;
  }

  get moved(): Later | null {
    return this.#moved;
  }

  /** It is about to take over other numbers. */
  moveTo(next: Tensor): void {
    this.#moved = distance(next, this.parameter);
  }

  async record(): Promise<ParameterRecord> {
    const size = await settle(this.norm);
    const gradNorm = this.gradient === null ? null : await settle(this.gradient);
    const moved = this.#moved === null ? null : await settle(this.#moved);
    const update = updateRatio(moved, size, this.isFrozen);
    return {
      names: this.names,
      gradNorm,
      norm: size,
      updateRatio: typeof update === "number" ? update : null,
      reasons: {
        ...(gradNorm === null && { gradNorm: this.isFrozen ? "frozen" : "no-gradient" }),
        ...(typeof update === "string" && { updateRatio: update }),
      },
    };
  }
}

/** How far weights of a size were moved, relative to it, or why that is not known. */
export function updateRatio(moved: number | null, size: number, isFrozen: boolean): number | NullReason {
  if (moved === null) return isFrozen ? "frozen" : "no-step";
  return size > 0 ? moved / size : "zero-weights";
}
