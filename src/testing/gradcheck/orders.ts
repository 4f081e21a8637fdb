/** The two checks themselves: of a function's gradient, and of the gradient's own. */
import { gradients } from "../../autograd/backward.js";
import type { Tensor } from "../../autograd/tensor.js";
import { zeros } from "../../ops/create.js";
import { add } from "../../ops/elementwise/arithmetic.js";
import { generator } from "../../random.js";
import { coordinatesOf } from "../../shape.js";
import { Check, type CheckPlan, type Failure, type Findings } from "./check.js";
import { describeComparison, describePlace, describeSkipped, type GradcheckResult } from "./result.js";
import { type Evaluation, evaluate, pullBack, recordedOps, type Subject } from "./subject.js";

/** Checks the derivative of a subject at its point. */
export function firstOrder(subject: Subject, plan: CheckPlan): GradcheckResult {
  const base = evaluate(subject, pointOf(subject));
  const failure = uncheckable(subject, base);
  const findings = failure === null ? new Check(subject, base, plan).run() : nothing(failure);
  return summary(subject, plan, recordedOps(base.outputs), findings);
}

/** Checks the derivative of the subject's gradient, by its arguments and by gradOutput. */
export function secondOrder(subject: Subject, plan: CheckPlan): GradcheckResult {
  const base = evaluate(subject, pointOf(subject));
  const ops = recordedOps(base.outputs);
  const failure = uncheckable(subject, base);
  if (failure !== null) return summary(subject, plan, ops, nothing(failure));
  const backward = backwardOf(subject, base, plan.seed);
  const gradient = evaluate(backward, pointOf(backward));
  if (gradient.outputs.length === 0) return firstOrder(subject, plan); // null everywhere is right where fn is flat
  const problem = recordedDiffers(base, backward, gradient) ?? uncheckable(backward, gradient);
  if (problem !== null) return summary(subject, plan, ops, nothing(problem));
  const findings = new Check(backward, gradient, plan).run();
  if (findings.failure?.kind !== "wrong" || gradient.outputs.length === 1) {
    return summary(subject, plan, ops, findings);
  }
  const traced = culprit(backward, findings.failure, plan) ?? findings.failure;
  return summary(subject, plan, ops, { ...findings, worst: traced.comparison ?? null, failure: traced });
}

/** A wrong derivative of several gradients at once, traced to the one it is in; null if none is wrong by itself. */
function culprit(backward: Subject, { argument }: Failure, plan: CheckPlan): Failure | null {
  const found = backward.arguments.flatMap(({ name }, k): Failure[] => {
    const one: Subject = { ...backward, compute: (leaves) => backward.compute(leaves).slice(k, k + 1) };
    const base = evaluate(one, pointOf(one));
    if (base.outputs.length === 0) return []; // a gradOutput, which has no gradient here
    const { failure } = new Check(one, base, plan).run();
    return failure?.kind === "wrong" ? [{ ...failure, gradientOf: name }] : [];
  });
  return found.find((failure) => failure.argument === argument) ?? found[0] ?? null;
}

/** (arguments, gradOutputs) ↦ gradients: the backward pass as a function; no results where every rule says null. */
function backwardOf(subject: Subject, base: Evaluation, seed: number): Subject {
  const random = generator(seed).split();
  const recorded = base.outputs.filter((output) => output.requiresGrad);
  const gradOutputs = recorded.map(({ shape, size }, k) => ({
    name: k === 0 ? "gradOutput" : `gradOutput ${k}`,
    shape,
    values: Float64Array.from({ length: size }, () => (size === 1 ? 1 : random.uniform(-1, 1))),
  }));
  const count = subject.arguments.length;
  return {
    ...subject,
    arguments: [...subject.arguments, ...gradOutputs],
    compute: (leaves) => {
      const inputs = leaves.slice(0, count);
      const outputs = subject.compute(inputs).filter((output) => output.requiresGrad);
      return gradientOf(outputs, inputs, leaves.slice(count));
    },
  };
}

function gradientOf(outputs: readonly Tensor[], inputs: readonly Tensor[], gradOutputs: readonly Tensor[]): Tensor[] {
  const totals: (Tensor | null)[] = inputs.map(() => null);
  outputs.forEach((output, k) => {
    const gradOutput = gradOutputs[k] as Tensor;
    gradients(output, inputs, { gradOutput, createGraph: true }).forEach((gradient, i) => {
      const total = totals[i] ?? null;
      totals[i] = total === null || gradient === null ? (total ?? gradient) : add(total, gradient);
    });
  });
  if (totals.every((total) => total === null)) return [];
  return totals.map((total, i) => total ?? zeros(inputs[i]?.shape ?? [], { device: "reference" }));
}

function pointOf(subject: Subject): Float64Array[] {
  return subject.arguments.map(({ values }) => values);
}

/** What stands in the way of a check at this point. */
function uncheckable(subject: Subject, base: Evaluation): Failure | null {
  const again = evaluate(subject, pointOf(subject));
  const place = base.values.findIndex((values, k) =>
    values.some((value, i) => !Object.is(value, again.values[k]?.[i])),
  );
  if (place >= 0 || again.values.length !== base.values.length) {
    return { kind: "not deterministic", text: "two calls of fn with the same inputs give different results" };
  }
  if (!base.outputs.some((output) => output.requiresGrad)) {
    const what = base.outputs.length === 0 ? "no result of fn is a float tensor" : "its results require no gradient";
    return { kind: "unchecked", text: `${what}; nothing was recorded between them and the inputs` };
  }
  for (const [k, values] of base.values.entries()) {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    const index = coordinatesOf(bad, base.outputs[k]?.shape ?? []).join(", ");
    return { kind: "unchecked", text: `result ${k} is ${values[bad]} at [${index}]` };
  }
  return null;
}

/** A rule may compute otherwise when nobody differentiates it again; it must not come to anything else. */
function recordedDiffers(base: Evaluation, backward: Subject, recorded: Evaluation): Failure | null {
  const count = recorded.outputs.length;
  let next = count;
  const weights = base.outputs.map((output) =>
    output.requiresGrad ? (backward.arguments[next++]?.values ?? output.dataSync()) : new Float64Array(output.size),
  );
  const plain = pullBack(base, weights as Float64Array[]);
  for (const [i, gradient] of plain.entries()) {
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const bad = gradient.findIndex((value, k) => !(Math.abs(value - (recorded.values[i]?.[k] ?? 0)) <= 1e-9 * largest));
    if (bad < 0) continue;
    const index = coordinatesOf(bad, backward.arguments[i]?.shape ?? []).join(", ");
    const text =
      `the backward pass gives ${recorded.values[i]?.[bad]} at [${index}] when it is recorded (createGraph) and ` +
      `${gradient[bad]} when it is not`;
    return { kind: "unchecked", argument: backward.arguments[i]?.name ?? "", text };
  }
  return null;
}

function nothing(failure: Failure): Findings {
  return { checked: 0, blurred: 0, skipped: [], worst: null, failure };
}

function summary(subject: Subject, plan: CheckPlan, ops: readonly string[], findings: Findings): GradcheckResult {
  const { checked, blurred, skipped, worst, failure } = findings;
  const op = ops.at(-1) ?? null;
  const what = `the ${subject.check === "gradcheck" ? "gradient" : "second derivative"} of ${op ?? "fn"}`;
  const message =
    failure === null
      ? `${what} agrees with central differences in ${checked} comparisons${describeBlurred(blurred)}${describeSkipped(skipped)}`
      : `${what} ${describeFailure(failure)}${describeSkipped(skipped)}` +
        `${ops.length > 1 ? `\n  recorded ops: ${ops.join(", ")}` : ""}`;
  const { seed } = plan;
  return {
    passed: failure === null,
    failure: failure?.kind ?? null,
    checked,
    blurred,
    skipped,
    worst,
    op,
    ops,
    movedFrom: subject.movedFrom,
    seed,
    message,
  };
}

function describeBlurred(blurred: number): string {
  return blurred === 0 ? "" : `, in ${blurred} of them only as far as their rounding lets it be seen`;
}

function describeFailure({ kind, text, argument, comparison, gradientOf }: Failure): string {
  const where = argument === undefined ? "" : describePlace(argument, comparison?.index ?? null);
  const place = where && ` for ${where}`;
  const numbers = comparison === undefined ? "" : describeComparison(comparison);
  if (gradientOf !== undefined) {
    const gradient = `the gradient of ${describePlace(gradientOf, null)}, differentiated by ${where}, is wrong`;
    return `is wrong: ${gradient}${numbers}${text}`;
  }
  if (kind === "wrong") return `is wrong${place}${numbers}${text}`;
  if (kind === "undecided") return `could not be checked${place}, undecided: ${text}${numbers}`;
  if (kind === "not deterministic")
    return `could not be checked${place}, for it is not deterministic: ${text}${numbers}`;
  return `could not be checked${place}: ${text}${numbers}`;
}
