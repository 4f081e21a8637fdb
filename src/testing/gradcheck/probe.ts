/** Measures derivatives around a point: along directions and by entries, of one argument at a time. */
import { ValueError } from "../../errors.js";
import { sameShape } from "../../shape.js";
import { type Difference, derivativeAlong, type Tolerance } from "./differences.js";
import { kinkAmong } from "./line.js";
import { type Evaluation, evaluate, type Subject } from "./subject.js";

/** How derivatives are measured. */
export interface MeasuringPlan extends Tolerance {
  /** The first step, relative to the argument's entries. */
  readonly step: number;
}

/** The analytic side: gradients of Σ ⟨gradOutput, output⟩, one for each argument. */
export interface PulledBack {
  readonly gradOutputs: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
}

/** A derivative along one direction within one argument, both ways. */
export interface Measured {
  readonly analytic: number;
  /** Σ of the magnitudes of the terms of `analytic`. */
  readonly magnitude: number;
  /** The size that an error is seen against where rounding lets no more be seen. */
  readonly size: number;
  readonly difference: Difference;
}

/** Steps in units of the plan's: smaller and smaller against truncation and kinks, and a large one against rounding. */
const steps = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e2];

/** A subject around its point. */
export class Probe {
  readonly #subject: Subject;
  readonly #base: Evaluation;
  readonly #plan: MeasuringPlan;
  readonly #kinks = new Map<number, readonly (string | null)[]>();

  constructor(subject: Subject, base: Evaluation, plan: MeasuringPlan) {
    this.#subject = subject;
    this.#base = base;
    this.#plan = plan;
  }

  /** A direction along one entry. */
  unit(argument: number, entry: number, length: number): Float64Array {
    const direction = new Float64Array(this.values(argument).length);
    direction[entry] = length;
    return direction;
  }

  /** The argument's numbers. */
  values(argument: number): Float64Array {
    return this.#subject.arguments[argument]?.values ?? new Float64Array();
  }

  /** What counts as a step of 1 for each entry: its own size, but no less than a tenth of the argument's largest. */
  scales(argument: number): Float64Array {
    const values = this.values(argument);
    const largest = largestOf(values);
    return values.map((value) => (largest === 0 ? 1 : Math.max(Math.abs(value), largest / 10)));
  }

  /** The derivative along a direction; its error is judged against its magnitude, or `atLeast` this. */
  along(argument: number, direction: Float64Array, pulled: PulledBack, atLeast = 0): Measured {
    const [analytic, magnitude] = dot(pulled.gradients[argument] as Float64Array, direction);
    const line = {
      analytic,
      base: this.#base,
      at: (t: number) => this.#evaluateAt(argument, direction, t),
      gradOutputs: pulled.gradOutputs,
      magnitude: Math.max(magnitude, atLeast),
      steps: this.#steps(direction),
    };
    const size = Math.max(magnitude, 1000 * atLeast);
    return { analytic, magnitude, size, difference: derivativeAlong(line, this.#plan) };
  }

  /** The derivative by one entry, per unit of its scale. Where that does not agree with the rules, the step may have been too long
   * for this entry: what a step by its own size settles counts. */
  byEntry(argument: number, entry: number, pulled: PulledBack, atLeast: number): Measured {
    const scale = this.scales(argument)[entry] as number;
    const own = this.#ownSize(argument, entry);
    const measured = this.along(argument, this.unit(argument, entry, scale), pulled, atLeast);
    if (agrees(measured) || own === scale) return measured;
    const { difference } = this.along(argument, this.unit(argument, entry, own), pulled);
    const found = per(scale / own, difference);
    const isBetter = found.kind === "settled" || (found.kind === "blurred" && measured.difference.kind === "unsettled");
    return isBetter ? { ...measured, difference: found } : measured;
  }

  /** The largest derivative by an entry of an argument, per its own size. */
  largest(argument: number, gradient: Float64Array): number {
    return largestOf(gradient.map((value, entry) => value * this.#ownSize(argument, entry)));
  }

  /** An entry's size; that of 0 is its scale. */
  #ownSize(argument: number, entry: number): number {
    return Math.abs(this.values(argument)[entry] as number) || (this.scales(argument)[entry] as number);
  }

  /** Slopes by one entry to its left and to its right: different where there is a kink. */
  slopes(argument: number, entry: number, { gradOutputs }: PulledBack): [left: number, right: number] {
    const length = 1e-6 * (this.scales(argument)[entry] as number);
    const [left = 0, right = 0] = [-1, 1].map((side) => {
      const { values } = this.#evaluateAt(argument, this.unit(argument, entry, length), side);
      const changes = values.map((y, k) => y.map((value, i) => value - (this.#base.values[k]?.[i] as number)));
      return (
        changes.reduce((sum, change, k) => sum + dot(change, gradOutputs[k] as Float64Array)[0], 0) / (side * length)
      );
    });
    return [left, right];
  }

  /** Per entry, the op on whose kink it stands, or null: whether the smallest move changes a region. */
  kinks(argument: number): readonly (string | null)[] {
    const known = this.#kinks.get(argument);
    if (known !== undefined) return known;
    const found = Array.from(this.scales(argument), (scale, k) => {
      const direction = this.unit(argument, k, 1e-3 * this.#plan.step * scale);
      return kinkAmong(
        this.#base,
        [1, -1].map((side) => this.#evaluateAt(argument, direction, side)),
      );
    });
    this.#kinks.set(argument, found);
    return found;
  }

  #evaluateAt(argument: number, direction: Float64Array, t: number): Evaluation {
    const point = this.#subject.arguments.map(({ values }) => values);
    point[argument] = this.values(argument).map((value, k) => value + t * (direction[k] as number));
    const found = evaluate(this.#subject, point);
    const same = found.outputs.length === this.#base.outputs.length;
    if (same && found.outputs.every(({ shape }, k) => sameShape(shape, this.#base.outputs[k]?.shape ?? [])))
      return found;
    throw new ValueError(
      this.#subject.check,
      "the results of fn change their number or shapes with the inputs' values",
    );
  }

  /** For an argument of tiny numbers, a step of ordinary size comes last. */
  #steps(direction: Float64Array): number[] {
    const { step } = this.#plan;
    const largest = largestOf(direction);
    return [...steps.map((factor) => factor * step), ...(largest < 0.1 ? [step / largest] : [])];
  }
}

/** A difference in another unit. */
function per(unit: number, difference: Difference): Difference {
  switch (difference.kind) {
    case "settled":
      return { ...difference, value: unit * difference.value, tolerance: unit * difference.tolerance };
    case "kink":
      return difference;
    default:
      return { ...difference, value: unit * difference.value, error: unit * difference.error };
  }
}

function agrees({ analytic, difference }: Measured): boolean {
  return difference.kind === "settled" && Math.abs(analytic - difference.value) <= difference.tolerance;
}

/** The largest magnitude. */
function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function dot(a: Float64Array, b: Float64Array): [sum: number, magnitude: number] {
  let [sum, magnitude] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const term = (a[i] as number) * (b[i] as number);
    sum += term;
    magnitude += Math.abs(term);
  }
  return [sum, magnitude];
}
