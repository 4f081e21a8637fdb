/** What a gradient check differentiates: a function of float64 arrays, evaluated with its regions and pulled back. */
import { gradients } from "../../autograd/backward.js";
import { isFloat } from "../../autograd/dtype.js";
import { enableGrad } from "../../autograd/modes.js";
import { listenToRegions } from "../../autograd/regions.js";
import type { TapeNode } from "../../autograd/tape.js";
import { Tensor } from "../../autograd/tensor.js";
import { withDevice } from "../../device/select.js";
import { DeviceError, describe, ValueError } from "../../errors.js";
import { tensor } from "../../ops/create.js";
import { to } from "../../ops/shape/identity.js";
import type { Shape } from "../../shape.js";
import type { CheckName } from "./result.js";

/** A function of tensors, as it is checked; what is no float tensor among its results has no derivative and is left out.
 * @category Testing */
// biome-ignore lint/suspicious/noExplicitAny: parameters are bivariant, so that functions of two or three tensors fit
export type CheckedFunction = (...inputs: any[]) => Tensor | readonly Tensor[];

/** Inputs of a checked function; null stands for an optional one that is left out.
 * @category Testing */
export type CheckedInputs = Tensor | readonly (Tensor | null)[];

/** An argument whose derivative is checked. */
export interface Argument {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float64Array;
}

/** A function of the arguments. */
export interface Subject {
  readonly check: CheckName;
  readonly arguments: readonly Argument[];
  /** The float results, recorded, from one leaf for each argument. */
  readonly compute: (leaves: readonly Tensor[]) => readonly Tensor[];
  readonly movedFrom: readonly string[];
}

/** The pieces on which an op's elements lie. */
export interface Region {
  readonly op: string;
  readonly values: ArrayLike<number>;
}

/** A subject at a point. */
export interface Evaluation {
  readonly leaves: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly values: readonly Float64Array[];
  readonly regions: readonly Region[];
}

/** `fn` as a function of its float inputs, or of those that require a gradient if some do. */
export function subjectOf(check: CheckName, fn: CheckedFunction, given: CheckedInputs): Subject {
  if (typeof fn !== "function") throw new ValueError(check, `the first argument must be a function, got ${typeof fn}`);
  const inputs = given instanceof Tensor ? [given] : given;
  if (!Array.isArray(inputs) || inputs.some((x) => x !== null && !(x instanceof Tensor))) {
    const rule = "inputs must be a tensor or an array of tensors (null for one that is left out)";
    throw new ValueError(check, `${rule}, got ${describe(given)}`);
  }
  const list = inputs as readonly (Tensor | null)[];
  const marked = list.some((x) => x?.requiresGrad);
  const chosen = list.flatMap((x, i) => (x !== null && isFloat(x.dtype) && (x.requiresGrad || !marked) ? [i] : []));
  if (chosen.length === 0)
    throw new ValueError(check, "no input is a float tensor, so there is nothing to differentiate");
  const constants = list.map((x) => (x === null ? null : to(x.detach(), "reference")));
  return {
    check,
    arguments: chosen.map((i) => {
      const x = constants[i] as Tensor;
      return { name: String(i), shape: x.shape, values: Float64Array.from(x.dataSync()) };
    }),
    compute: (leaves) => {
      const args = [...constants];
      chosen.forEach((place, k) => {
        args[place] = leaves[k] as Tensor;
      });
      return floatResults(check, fn(...args));
    },
    movedFrom: [...new Set(list.flatMap((x) => (x === null || x.device.name === "reference" ? [] : [x.device.name])))],
  };
}

function floatResults(check: CheckName, result: unknown): Tensor[] {
  const results: readonly unknown[] = Array.isArray(result) ? result : [result];
  for (const item of results) {
    if (!(item instanceof Tensor)) {
      throw new ValueError(check, `fn must return a tensor or an array of tensors, got ${describeResult(item)}`);
    }
    if (item.device.name !== "reference") {
      throw new DeviceError(
        check,
        `it checks in float64 on the reference device, but fn returned a tensor on ${item.device.name}`,
      );
    }
  }
  return (results as readonly Tensor[]).filter(({ dtype }) => isFloat(dtype));
}

function describeResult(item: unknown): string {
  if (item instanceof Promise) return "a promise; fn must not be async";
  return item === null ? "null" : typeof item;
}

/** Evaluates a subject at a point, on the reference device, recorded. */
export function evaluate(subject: Subject, point: readonly Float64Array[]): Evaluation {
  const regions: Region[] = [];
  return withDevice("reference", () =>
    enableGrad(() => {
      const leaves = subject.arguments.map(({ shape }, i) => {
        return tensor(point[i] as Float64Array, { shape, device: "reference", requiresGrad: true });
      });
      const outputs = listenToRegions(
        (op, list) => {
          for (const region of list) regions.push({ op, values: region.dataSync() });
        },
        () => subject.compute(leaves),
      );
      return { leaves, outputs, values: outputs.map((y) => y.dataSync() as Float64Array), regions };
    }),
  );
}

/** Jᵀg: the gradient of Σ ⟨g, output⟩ by each argument, from the backward rules. */
export function pullBack({ leaves, outputs }: Evaluation, gradOutputs: readonly Float64Array[]): Float64Array[] {
  const totals = leaves.map((leaf) => new Float64Array(leaf.size));
  outputs.forEach((output, k) => {
    if (!output.requiresGrad) return;
    const gradOutput = tensor(gradOutputs[k] as Float64Array, { shape: output.shape, device: "reference" });
    const found = withDevice("reference", () => gradients(output, leaves, { gradOutput, retainGraph: true }));
    found.forEach((gradient, i) => {
      const total = totals[i] as Float64Array;
      gradient?.dataSync().forEach((value, j) => {
        total[j] = (total[j] as number) + value;
      });
    });
  });
  return totals;
}

/** Names of the recorded ops that lead to these tensors, each once, in the order of recording. */
export function recordedOps(outputs: readonly Tensor[]): string[] {
  const nodes = new Set<TapeNode>(outputs.flatMap(({ node }) => node ?? []));
  for (const node of nodes) {
    for (const input of node.inputs) if (input?.node) nodes.add(input.node);
  }
  return [...new Set([...nodes].sort((a, b) => a.index - b.index).map(({ op }) => op))];
}
