/** Evaluates samples of the op table: outputs, gradients, and derivatives by finite differences. */
import {
  type DeviceName,
  deviceNamed,
  generator,
  gradients,
  mul,
  sum,
  type Tensor,
  tensor,
  withDevice,
} from "../../src/index.js";
import type { Sample, SampleInput } from "./row.js";

/** What a sample came to on a device. */
export interface Evaluation {
  readonly output: number[];
  readonly shape: readonly number[];
  /** Whether the op was recorded, so that there are gradients. */
  readonly recorded: boolean;
  readonly gradients: readonly number[][];
  readonly gradientShapes: readonly (readonly number[])[];
}

/** Numbers for `count` elements, from a seed. */
export function direction(seed: number, count: number): number[] {
  const random = generator(seed);
  return Array.from({ length: count }, () => Math.fround(random.uniform(-1, 1)));
}

/** The inputs as leaves on the current device. */
function leavesOf(inputs: readonly SampleInput[]): Tensor[] {
  return inputs.map(({ shape, values }) => tensor(Float64Array.from(values), { shape, requiresGrad: true }));
}

/** Output and gradients on a device that can be read at once; `gradOutput` by default from a seed. */
export function evaluate(sample: Sample, device: DeviceName, gradOutput?: readonly number[]): Evaluation {
  const computed = compute(sample, device, gradOutput);
  return evaluationOf(
    computed,
    tensorsOf(computed).map((t) => t.dataSync()),
  );
}

/** The same on any device: everything is read asynchronously. */
export async function evaluateLater(
  sample: Sample,
  device: DeviceName,
  gradOutput?: readonly number[],
): Promise<Evaluation> {
  const computed = compute(sample, device, gradOutput);
  const read: ArrayLike<number>[] = [];
  for (const t of tensorsOf(computed)) read.push(await t.data());
  return evaluationOf(computed, read);
}

/** What a sample came to, before it is read. */
interface Computed {
  readonly leaves: readonly Tensor[];
  readonly output: Tensor;
  /** One for each leaf, null for zeros; none where the op was not recorded. */
  readonly gradients: readonly (Tensor | null)[];
}

function compute(sample: Sample, device: DeviceName, gradOutput?: readonly number[]): Computed {
  return withDevice(device, () => {
    const leaves = leavesOf(sample.inputs);
    const output = sample.call(...leaves);
    const found = output.requiresGrad
      ? gradients(output, leaves, { gradOutput: like(output, gradOutput ?? direction(1, output.size)) })
      : [];
    return { leaves, output, gradients: found };
  });
}

function tensorsOf({ output, gradients }: Computed): Tensor[] {
  return [output, ...gradients.filter((g) => g !== null)];
}

/** @param read the numbers of `tensorsOf(computed)`, in its order */
function evaluationOf(
  { leaves, output, gradients }: Computed,
  [values, ...rest]: readonly ArrayLike<number>[],
): Evaluation {
  let next = 0;
  return {
    output: Array.from(values ?? []),
    shape: output.shape,
    recorded: output.requiresGrad,
    gradients: gradients.map((g, i) =>
      g === null ? zerosLike(leaves[i] as Tensor) : Array.from(rest[next++] as ArrayLike<number>),
    ),
    gradientShapes: gradients.map((g, i) => (g ?? (leaves[i] as Tensor)).shape),
  };
}

/** The gradients' inner product with a direction, once by the vjp and once by central differences. */
export function firstOrder(sample: Sample, seed: number): { vjp: number; numeric: number; scale: number } {
  return withDevice("reference", () => {
    const outputSize = sample.call(...leavesOf(sample.inputs)).size;
    const g = direction(seed, outputSize);
    const directions = sample.inputs.map(({ values }, i) => direction(seed + 100 + i, values.length));
    const { gradients: found } = evaluate(sample, "reference", g);
    const value = (inputs: readonly SampleInput[]) => dot(g, Array.from(sample.call(...leavesOf(inputs)).dataSync()));
    return {
      vjp: found.reduce((total, gradient, i) => total + dot(gradient, directions[i] as number[]), 0),
      numeric: central((h) => value(moved(sample.inputs, directions, h))),
      scale: found.reduce((total, gradient, i) => total + absoluteDot(gradient, directions[i] as number[]), 0),
    };
  });
}

/** The same for the gradient itself: F(x, g) = Σᵢ ⟨uᵢ, ∂ᵢ(x, g)⟩ with fixed u; its derivative by x and g, from the
 * recorded backward pass and from central differences of the unrecorded one. */
export function secondOrder(sample: Sample, seed: number): { vjp: number; numeric: number; scale: number } {
  return withDevice("reference", () => {
    const u = sample.inputs.map(({ values }, i) => direction(seed + 200 + i, values.length));
    const first = sample.call(...leavesOf(sample.inputs));
    const gradOutput: SampleInput = { shape: first.shape, values: direction(seed, first.size) };
    const all = [...sample.inputs, gradOutput];
    const directions = all.map(({ values }, i) => direction(seed + 300 + i, values.length));
    const found = recordedSecondOrder(sample, all, u);
    const value = (inputs: readonly SampleInput[]) => {
      const moved = { ...sample, inputs: inputs.slice(0, -1) };
      const evaluation = evaluate(moved, "reference", inputs.at(-1)?.values);
      return evaluation.gradients.reduce((total, gradient, i) => total + dot(gradient, u[i] as number[]), 0);
    };
    return {
      vjp: found.reduce((total, gradient, i) => total + dot(gradient, directions[i] as number[]), 0),
      numeric: central((h) => value(moved(all, directions, h))),
      scale: found.reduce((total, gradient, i) => total + absoluteDot(gradient, directions[i] as number[]), 0),
    };
  });
}

function recordedSecondOrder(sample: Sample, all: readonly SampleInput[], u: readonly number[][]): number[][] {
  const leaves = leavesOf(all);
  const [inputs, gradOutput] = [leaves.slice(0, -1), leaves.at(-1) as Tensor];
  const output = sample.call(...inputs);
  const first = gradients(output, inputs, { gradOutput, createGraph: true });
  const terms = first.flatMap((gradient, i) =>
    gradient === null ? [] : [sum(mul(gradient, like(gradient, u[i] as number[])))],
  );
  if (terms.length === 0) return leaves.map(zerosLike);
  const total = terms.reduce((a, b) => a.add(b));
  if (!total.requiresGrad) return leaves.map(zerosLike);
  return gradients(total, leaves).map((g, i) =>
    g === null ? zerosLike(leaves[i] as Tensor) : Array.from(g.dataSync()),
  );
}

/** Numbers as a tensor of the shape and device of another. */
function like(x: Tensor, values: readonly number[]): Tensor {
  return tensor(Float64Array.from(values), { shape: x.shape, device: x.device.name });
}

/** Largest difference, relative to the largest finite expected entry (absolute below 1e-6). */
export function relativeError(got: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(1e-6, ...expected.filter(Number.isFinite).map(Math.abs));
  return expected.reduce((worst, value, i) => {
    const same = Object.is(value, got[i]) || (Number.isNaN(value) && Number.isNaN(got[i]));
    const difference = same ? 0 : Math.abs((got[i] as number) - value);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference / largest);
  }, 0);
}

/** What really runs a device's kernels. */
export function provenanceOf(device: DeviceName): string {
  return deviceNamed(device).provenance;
}

function zerosLike(x: Tensor): number[] {
  return new Array<number>(x.size).fill(0);
}

function moved(inputs: readonly SampleInput[], directions: readonly number[][], h: number): SampleInput[] {
  return inputs.map(({ shape, values }, i) => ({
    shape,
    values: values.map((value, k) => value + h * (directions[i]?.[k] ?? 0)),
  }));
}

const step = 2e-5;

function central(f: (h: number) => number): number {
  return (f(step) - f(-step)) / (2 * step);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * (b[i] as number), 0);
}

function absoluteDot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + Math.abs(value * (b[i] as number)), 0);
}
