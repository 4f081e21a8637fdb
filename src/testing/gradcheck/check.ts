/** Checks a subject: analytic against numeric derivatives, argument by argument. */
import { type Generator, generator } from "../../random.js";
import { coordinatesOf, sameShape } from "../../shape.js";
import { type Measured, type MeasuringPlan, Probe, type PulledBack } from "./probe.js";
import type { DerivativeComparison, GradcheckFailure, SkippedDerivative } from "./result.js";
import { type Evaluation, pullBack, type Subject } from "./subject.js";

/** How to check, every option given. */
export interface CheckPlan extends MeasuringPlan {
  readonly mode: "directions" | "entries";
  readonly directions: number;
  readonly seed: number;
}

/** What a check found. */
export interface Findings {
  readonly checked: number;
  /** How many of those agree no further than rounding lets be seen. */
  readonly blurred: number;
  readonly skipped: readonly SkippedDerivative[];
  readonly worst: DerivativeComparison | null;
  /** Why it did not pass; null if it did. */
  readonly failure: Failure | null;
}

/** Why a check did not pass. */
export interface Failure {
  readonly kind: GradcheckFailure;
  /** What happened, after the op and the place. */
  readonly text: string;
  readonly argument?: string | undefined;
  /** Of a second derivative, where fn has several arguments: the one whose gradient was differentiated. */
  readonly gradientOf?: string | undefined;
  readonly comparison?: DerivativeComparison | undefined;
}

/** Where rounding lets no more be seen, agreement to this much of a derivative is a check; less is none. */
const leastSeen = 1e-3;

/** One check under way. */
export class Check {
  readonly #subject: Subject;
  readonly #base: Evaluation;
  readonly #plan: CheckPlan;
  readonly #probe: Probe;
  readonly #random: Generator;
  readonly #skipped: SkippedDerivative[] = [];
  #checked = 0;
  #blurred = 0;
  #worst: DerivativeComparison | null = null;

  constructor(subject: Subject, base: Evaluation, plan: CheckPlan) {
    this.#subject = subject;
    this.#base = base;
    this.#plan = plan;
    this.#probe = new Probe(subject, base, plan);
    this.#random = generator(plan.seed);
  }

  /** Runs it. */
  run(): Findings {
    const failure = this.#run();
    const worst = failure?.comparison ?? this.#worst;
    return { checked: this.#checked, blurred: this.#blurred, skipped: this.#skipped, worst, failure };
  }

  #run(): Failure | null {
    const { mode, directions } = this.#plan;
    for (let i = 0; i < (mode === "entries" ? 1 : directions); i++) {
      const pulled = this.#pull(mode === "directions" && i < directions - 1);
      if ("kind" in pulled) return pulled;
      for (let argument = 0; argument < this.#subject.arguments.length; argument++) {
        const before = this.#checked;
        const failure = mode === "entries" ? this.#scan(argument, pulled) : this.#direction(argument, pulled);
        if (failure !== null) return failure;
        if (this.#checked === before) {
          return { kind: "on a kink", argument: this.#name(argument), text: "every entry of it stands on a kink" };
        }
      }
    }
    return null;
  }

  /** The gradient by the rules for random gradOutputs, twice the same and finite, or what is wrong with it. Where there are more
   * of them to come, that of a single number is 1, so that a failure shows the derivative itself. */
  #pull(isPlain: boolean): PulledBack | Failure {
    const random = this.#random.split();
    const isNumber = this.#base.values.length === 1 && this.#base.values[0]?.length === 1;
    const gradOutputs = this.#base.values.map((values) =>
      values.map(() => (isPlain && isNumber ? 1 : awayFrom0(random))),
    );
    const gradients = pullBack(this.#base, gradOutputs);
    const again = pullBack(this.#base, gradOutputs);
    for (const [i, gradient] of gradients.entries()) {
      const argument = this.#name(i);
      const other = gradient.findIndex((value, k) => !Object.is(value, again[i]?.[k]));
      if (other >= 0) {
        const text = `two backward passes give ${gradient[other]} and ${again[i]?.[other]} at ${this.#place(i, other)}`;
        return { kind: "not deterministic", argument, text };
      }
      const bad = gradient.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) {
        const at = `${this.#place(i, bad)}, where the argument is ${this.#probe.values(i)[bad]}`;
        return { kind: "unchecked", argument, text: `the gradient is ${gradient[bad]} at ${at}` };
      }
    }
    return { gradOutputs, gradients };
  }

  /** One random direction within one argument, around its kinks; where that fails, entry by entry. */
  #direction(argument: number, pulled: PulledBack): Failure | null {
    const random = this.#random.split();
    const direction = this.#probe.scales(argument).map((scale) => scale * awayFrom0(random));
    let measured = this.#probe.along(argument, direction, pulled);
    if (measured.difference.kind === "kink") {
      const kinks = this.#probe.kinks(argument);
      kinks.forEach((op, k) => {
        if (op !== null) this.#skip(argument, k, op);
      });
      if (!kinks.includes(null)) return null;
      measured = this.#probe.along(
        argument,
        direction.map((value, k) => (kinks[k] === null ? value : 0)),
        pulled,
      );
    }
    if (measured.difference.kind === "kink") {
      this.#skipped.push({ argument: this.#name(argument), index: null, op: measured.difference.op });
      return this.#scan(argument, pulled); // no direction leads around, single entries may
    }
    const verdict = this.#judge(argument, null, measured, pulled);
    if (verdict === null) return null;
    const before = this.#checked;
    const found = this.#scan(argument, pulled);
    if (found !== null) return found;
    if (verdict.kind === "wrong") return { ...verdict, kind: "undecided", text: entriesAgree };
    return this.#checked > before ? null : verdict;
  }

  /** Every entry of an argument; the worst failure, if there is one. */
  #scan(argument: number, pulled: PulledBack): Failure | null {
    const gradient = pulled.gradients[argument] as Float64Array;
    const thousandth = this.#probe.largest(argument, gradient) / 1000;
    let worst: Failure | null = null;
    for (let k = 0; k < gradient.length; k++) {
      const measured = this.#probe.byEntry(argument, k, pulled, thousandth);
      if (measured.difference.kind === "kink") this.#skip(argument, k, measured.difference.op);
      else worst = worse(worst, this.#judge(argument, k, measured, pulled));
    }
    return worst;
  }

  /** Counts a comparison; a failure if the two sides differ or the numeric one is not known well enough. */
  #judge(argument: number, entry: number | null, measured: Measured, pulled: PulledBack): Failure | null {
    const { difference } = measured;
    if (difference.kind === "kink") return null;
    const comparison = this.#compare(argument, entry, measured, difference.value);
    const place = { argument: comparison.argument, comparison };
    if (difference.kind === "unsettled") {
      if (Number.isNaN(difference.value)) return { kind: "unchecked", text: nowhereFinite, ...place };
      return { kind: "undecided", text: unsettled(difference), ...place };
    }
    if (difference.kind === "blurred") {
      if (!(difference.error <= leastSeen * Math.max(measured.size, Math.abs(difference.value)))) {
        return { kind: "lost in rounding", text: hidden(difference), ...place };
      }
      this.#blurred++;
    }
    this.#checked++;
    if (difference.kind === "settled" && Math.abs(measured.analytic - difference.value) > difference.tolerance) {
      return { kind: "wrong", text: entry === null ? "" : this.#hint(argument, entry, pulled), ...place };
    }
    const settled =
      difference.kind === "settled" && difference.isZero ? { ...comparison, relativeError: 0 } : comparison;
    if (settled.relativeError >= (this.#worst?.relativeError ?? 0)) this.#worst = settled;
    return null;
  }

  #compare(argument: number, entry: number | null, measured: Measured, value: number): DerivativeComparison {
    const scale = entry === null ? 1 : (this.#probe.scales(argument)[entry] as number);
    const size = Math.max(measured.magnitude, Math.abs(value));
    return {
      argument: this.#name(argument),
      index: entry === null ? null : this.#index(argument, entry),
      at: entry === null ? null : (this.#probe.values(argument)[entry] as number),
      analytic: measured.analytic / scale,
      numeric: value / scale,
      relativeError: size === 0 ? 0 : Math.abs(measured.analytic - value) / size,
    };
  }

  /** What else there is to say of a wrong entry. */
  #hint(argument: number, entry: number, pulled: PulledBack): string {
    const [left, right] = this.#probe.slopes(argument, entry, pulled);
    if (Math.abs(right - left) <= 1e-3 * Math.max(Math.abs(right), Math.abs(left))) return "";
    const [before, after] = [left, right].map((slope) => slope.toPrecision(4));
    return `\n  the slope is ${before} before it and ${after} after it: a kink that no op declares (see \`region\` of defineOp)?`;
  }

  #skip(argument: number, entry: number, op: string): void {
    const [name, index] = [this.#name(argument), this.#index(argument, entry)];
    const isKnown = this.#skipped.some((s) => s.argument === name && s.index !== null && sameShape(s.index, index));
    if (!isKnown) this.#skipped.push({ argument: name, index, op });
  }

  #name(argument: number): string {
    return this.#subject.arguments[argument]?.name ?? "";
  }

  #index(argument: number, entry: number): number[] {
    return coordinatesOf(entry, this.#subject.arguments[argument]?.shape ?? []);
  }

  #place(argument: number, entry: number): string {
    return `[${this.#index(argument, entry).join(", ")}]`;
  }
}

/** Of either sign, from ½ to 1 in size: no entry of a direction is so small that an error in it could hide. */
function awayFrom0(random: Generator): number {
  return (random.uniform() < 0.5 ? -1 : 1) * random.uniform(0.5, 1);
}

/** Wrong is worse than undecided, and a larger difference worse than a smaller one. */
function worse(a: Failure | null, b: Failure | null): Failure | null {
  if (a === null || b === null) return a ?? b;
  if (a.kind !== b.kind) return a.kind === "wrong" ? a : b;
  const [left, right] = [a, b].map(({ comparison }) =>
    Math.abs((comparison?.analytic ?? 0) - (comparison?.numeric ?? 0)),
  );
  return (right ?? 0) > (left ?? 0) ? b : a;
}

function hidden({ error }: { readonly error: number }): string {
  return (
    `it agrees with central differences to within their error of ${error.toPrecision(1)}, which shows nothing; its change is ` +
    "lost in rounding (move the inputs)"
  );
}

const nowhereFinite = "fn is not finite at any step away from it";
const entriesAgree = "central differences along a direction contradict it, although those by each entry agree";

function unsettled({ value, error }: { readonly value: number; readonly error: number }): string {
  const relative = (error / Math.abs(value)).toPrecision(1);
  return (
    `central differences settle no better than to a relative ${relative}; fn is not smooth here (a pole or a jump is nearer than ` +
    "the steps are long), or its change is lost in rounding (move the inputs, lower `step`, or raise `relative`; `absolute` " +
    "where the derivative is as good as 0)"
  );
}
