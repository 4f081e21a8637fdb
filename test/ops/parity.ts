/** Measures how far a device is from the definition, row by row of the op table. Runs in Node and in browsers. */
import type { DeviceName } from "../../src/index.js";
import { kinkCases } from "./kink-cases.js";
import { evaluateLater, expectedOf, relativeError } from "./measure.js";
import { opTable } from "./op-table.js";
import type { OpRow, Sample } from "./row.js";

/** What a device's provenance says when its kernels ran where they should. */
export const kernelClass: Readonly<Record<DeviceName, string>> = {
  reference: "float64",
  simd: "WebAssembly SIMD",
  cpu: "CPUKernel",
  webasm: "WebAssemblyKernel",
  headlessgl: "HeadlessGLKernel",
  webgl: "WebGLKernel",
  webgl2: "WebGL2Kernel",
  webgpu: "WebGPUKernel",
};

/** Something that a device computes differently from the definition, or cannot compute. */
export interface Deviation {
  readonly op: string;
  /** The title of the sample. */
  readonly sample: string;
  /** What came instead. */
  readonly detail: string;
}

/** What one op came to on one device; survives structured cloning. */
export interface OpParity {
  readonly op: string;
  /** How many samples ran: ordinary ones, special values and kinks. */
  readonly samples: number;
  /** The largest relative error of outputs and gradients among the samples that are within the tolerance. */
  readonly worst: number;
  readonly deviations: readonly Deviation[];
}

/** Runs rows of the op table on a device, by default all: outputs and gradients against the reference's, special values and
 * kinks against their definition.
 * @param most how many ordinary samples, and special values, of an op are taken, where that is not all */
export async function measureParity(
  device: DeviceName,
  ops: readonly string[] = opTable.map(({ op }) => op),
  most: Readonly<Record<string, number>> = {},
): Promise<OpParity[]> {
  const results: OpParity[] = [];
  for (const row of opTable) {
    if (!ops.includes(row.op)) continue;
    const { samples, specials = [] } = row;
    const taken = { samples: spread(samples, most[row.op]), specials: spread(specials, most[row.op]) };
    results.push(await measureRow({ ...row, ...taken }, device));
  }
  return results;
}

/** At most so many of a list, the first among them, evenly spread. */
function spread<T>(list: readonly T[], most: number = list.length): readonly T[] {
  const count = Math.min(most, list.length);
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)] as T);
}

async function measureRow({ op, samples, specials = [], tolerance = 1e-4 }: OpRow, device: DeviceName) {
  const deviations: Deviation[] = [];
  let worst = 0;
  const check = async (sample: Sample, errors: () => Promise<Record<string, number>>) => {
    const problem = (detail: string) => deviations.push({ op, sample: sample.title, detail });
    try {
      for (const [what, error] of Object.entries(await errors())) {
        if (error < tolerance) worst = Math.max(worst, error);
        else problem(`${what}: relative error ${error.toExponential(1)}`);
      }
    } catch (error) {
      problem(`throws ${firstLine(error)}`);
    }
  };
  for (const sample of samples) await check(sample, () => errorsOf(sample, device));
  for (const sample of specials) {
    await check(sample, async () => {
      const { output } = await evaluateLater(sample, device);
      return { output: relativeError(output, expectedOf(sample).values) };
    });
  }
  for (const kink of kinksOf(op)) {
    await check(kink, async () => {
      const { gradients } = await evaluateLater(kink, device, kink.gradOutput);
      return Object.fromEntries(kink.gradients.map((g, i) => [`gradient ${i}`, relativeError(gradients[i] ?? [], g)]));
    });
  }
  return { op, samples: samplesOf({ op, samples, specials }), worst, deviations };
}

function kinksOf(op: string): typeof kinkCases {
  return kinkCases.filter((kink) => kink.op === op);
}

/** How many samples a row has: ordinary ones, special values and kinks. */
export function samplesOf({ op, samples, specials = [] }: Pick<OpRow, "op" | "samples" | "specials">): number {
  return samples.length + specials.length + kinksOf(op).length;
}

async function errorsOf(sample: Sample, device: DeviceName): Promise<Record<string, number>> {
  const expected = await evaluateLater(sample, "reference");
  const got = await evaluateLater(sample, device);
  const sameShape = got.shape.join() === expected.shape.join();
  const errors = { output: sameShape ? relativeError(got.output, expected.output) : Number.POSITIVE_INFINITY };
  const ofGradients = expected.gradients.map((gradient, i) => [
    `gradient ${i}`,
    relativeError(got.gradients[i] ?? [], gradient),
  ]);
  return { ...errors, ...Object.fromEntries(ofGradients) };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return (text.split("\n")[0] as string).slice(0, 200);
}
