/** Evaluates samples of the op table: outputs and gradients. */
import {
  type DeviceName,
  deviceNamed,
  generator,
  gradients,
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

/** Numbers as a tensor of the shape and device of another. */
function like(x: Tensor, values: readonly number[]): Tensor {
  return tensor(Float64Array.from(values), { shape: x.shape, device: x.device.name });
}

/** What a sample should come to by its definition, in a shape unless any will do. */
export function expectedOf({ expected, inputs }: Sample): { values: readonly number[]; shape?: readonly number[] } {
  const output = expected?.(...inputs) ?? [];
  return "shape" in output ? output : { values: output };
}

/** Largest difference, relative to the largest finite entry that is expected (absolute below 1e-6). */
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
