/** The numbers of one backward pass, each beside the call or the parameter that it belongs to. */
import type { Tensor } from "../autograd/tensor.js";
import type { ForwardPass, LayerCall } from "./calls.js";
import type { NullReason, ParameterRecord } from "./records.js";
import { distance, type Later, norm, settle } from "./statistics.js";
import type { PathPart } from "./structure.js";

/** Where a gradient comes back to a call. */
export type Place = "output" | PathPart;

/** The gradients that a pass under way has brought to the calls. */
export class PassNumbers {
  readonly #norms = new Map<LayerCall, Map<Place, Later[]>>();
  readonly #forwards = new Set<ForwardPass>();

  /** A gradient has come back to a place of a call. */
  add(call: LayerCall, place: Place, gradient: Tensor): void {
    if (call.forward === null) return; // of a second run whose first nobody saw
    this.#forwards.add(call.forward);
    const places = this.#norms.get(call) ?? new Map<Place, Later[]>();
    this.#norms.set(call, places);
    places.set(place, [...(places.get(place) ?? []), norm(gradient)]);
  }

  /** The forward passes that it went back through, oldest first. */
  get forwards(): readonly ForwardPass[] {
    return [...this.#forwards].sort((a, b) => a.order - b.order);
  }

  /** Norms at a place of a call, one for each tensor there; null where no gradient came. */
  at(call: LayerCall, place: Place): readonly Later[] | null {
    return this.#norms.get(call)?.get(place) ?? null;
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
