/** Runs one launch on the reference device and on simd with one thread and with two, and compares. */
import { expect } from "vitest";
import type { KernelFunction, Launch } from "../../../src/device/device.js";
import { ReferenceDevice } from "../../../src/device/reference.js";
import { SimdDevice } from "../../../src/device/simd/device.js";
import { generator } from "../../../src/index.js";

const reference = new ReferenceDevice();
const alone = deviceWith(1);
const together = deviceWith(2);

/** A device of its own with so many threads. */
export function deviceWith(threads: number): SimdDevice {
  const device = new SimdDevice();
  device.threads = threads;
  return device;
}

/** How far a result may be from the reference's. */
interface Tolerance {
  /** In units of the last place of float32. Default 1. */
  readonly ulps?: number;
  /** Beside that. Default 0. */
  readonly absolute?: number;
}

/** Runs a launch everywhere: the SIMD kernel, not the portable one, must have run, with the same bits on one thread and on
 * two, and with the numbers of the portable kernel in float64, rounded.
 * @returns the numbers */
export function checkLaunch(
  launch: Launch,
  inputs: readonly Float32Array[],
  { ulps = 1, absolute = 0 }: Tolerance = {},
): Float32Array {
  const expected = Float32Array.from(runOn(reference, launch, inputs));
  const [got, shared] = [alone, together].map((device) => {
    const before = runsOf(device, launch.kernel);
    const result = Float32Array.from(runOn(device, launch, inputs));
    expect(runsOf(device, launch.kernel), `SIMD runs of ${launch.kernel.name}`).toBe(before + 1);
    return result;
  }) as [Float32Array, Float32Array];
  expect(Buffer.from(got.buffer).equals(Buffer.from(shared.buffer)), "one thread gives the bits of two").toBe(true);
  const worst = got.findIndex((value, i) => !isClose(value, expected[i] as number, ulps, absolute));
  if (worst >= 0) {
    expect.fail(
      `${launch.kernel.name} ${JSON.stringify({ ...launch, kernel: undefined })}: element ${worst} is ${got[worst]}, ` +
        `expected ${expected[worst]} (first inputs ${inputs.map((x) => x[worst])})`,
    );
  }
  return got;
}

function isClose(got: number, expected: number, ulps: number, absolute: number): boolean {
  if (Object.is(got, expected) || got === expected) return true;
  if (!Number.isFinite(got) || !Number.isFinite(expected)) return Number.isNaN(got) && Number.isNaN(expected);
  const ulp = 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(expected))) - 23);
  return Math.abs(got - expected) <= ulps * ulp + absolute;
}

function runOn(device: ReferenceDevice | SimdDevice, launch: Launch, inputs: readonly Float32Array[]) {
  const buffers = inputs.map((values) => device.upload(values));
  const output = device.run(launch, buffers);
  const numbers = Float32Array.from(device.readSync(output));
  for (const buffer of [...buffers, output]) device.free(buffer);
  return numbers;
}

/** How often the SIMD kernel that stands for a portable one was run. */
function runsOf(device: SimdDevice, { name }: KernelFunction): number {
  const [entry] = device.kernels().filter((kernel) => kernel.name === name && kernel.isPortable === false);
  return entry?.runs ?? 0;
}

/** Numbers from −`size` to `size`. */
export function numbers(count: number, seed: number, size = 4): Float32Array {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => size * (2 * random.uniform() - 1));
}

/** Integers from 0 to `below` − 1. */
export function indices(count: number, seed: number, below: number): Float32Array {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => random.integer(0, below));
}

/** What breaks formulas: no numbers, infinities, zeros, the smallest and the largest numbers, bounds of exponentials. */
export const specials: Float32Array = Float32Array.from(
  [0, 1e-45, 1e-40, 1.1754944e-38, 1e-20, 1e-7, 2 ** -12, 0.25, 0.5, 1, 1.5, 2.5, 3, 6, 20, 88.7, 88.8, 103.9, 104.5]
    .concat([8193, 1e6, 1048577, 2 ** 24, 1e10, 1e20, 3e38, Number.POSITIVE_INFINITY])
    .flatMap((x) => [x, -x])
    .concat([Number.NaN]),
);

/** Sizes that end within a vector, at its end, and in the middle of a unit of 8,192 elements. */
export const oddSizes: readonly number[] = [1, 2, 3, 4, 5, 7, 63, 8192, 8193, 20_011, 100_003];
