/** Runs a launch on the simd device, with one thread and two, and on the reference. */
import { expect } from "vitest";
import type { Launch } from "../../../src/device/device.js";
import { ReferenceDevice } from "../../../src/device/reference.js";
import { SimdDevice } from "../../../src/device/simd/device.js";

/** One with one thread, one with two. */
const devices = [1, 2].map((threads) => Object.assign(new SimdDevice(), { threads }));
const reference = new ReferenceDevice();

/** Numbers without a pattern, exact in float32, a few of them 0. */
export function numbers(length: number, seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >> 20) / 1024;
  });
}

/** The output of a launch on the simd device; checks that a SIMD kernel ran, and that two threads give the same bits. */
export function runSimd(launch: Launch, inputs: readonly Float32Array[]): Float32Array {
  const [one, two] = devices.map((simd) => {
    const runs = () => simd.kernels().find((k) => k.name === launch.kernel.name && !k.isPortable)?.runs ?? 0;
    const before = runs();
    const buffers = inputs.map((values) => simd.upload(values));
    const output = simd.run(launch, buffers);
    expect(runs() - before, `SIMD runs of ${launch.kernel.name}`).toBe(1);
    const values = simd.readSync(output).slice();
    for (const buffer of [output, ...buffers]) simd.free(buffer);
    return values;
  }) as [Float32Array, Float32Array];
  expect(new Uint32Array(two.buffer)).toEqual(new Uint32Array(one.buffer));
  return one;
}

/** Checks a kernel that is linear in each input: every cell within a few roundings of its terms. */
export function expectSums(launch: Launch, inputs: readonly Float32Array[]): void {
  const got = runSimd(launch, inputs);
  const expected = runReference(launch, inputs);
  const scale = runReference(
    launch,
    inputs.map((values) => values.map(Math.abs)),
  );
  const wrong = [...expected.keys()].filter((i) => {
    const [e, g] = [expected[i] as number, got[i] as number];
    return Number.isFinite(e) ? !(Math.abs(g - e) <= 4e-6 * (scale[i] as number)) : !Object.is(g, e);
  });
  const shown = wrong.slice(0, 5).map((i) => `cell ${i}: ${got[i]}, not ${expected[i]}`);
  expect(shown, `${wrong.length} of ${expected.length} cells, ${JSON.stringify(launch)}`).toEqual([]);
}

/** Checks a kernel that only moves numbers. */
export function expectSame(launch: Launch, inputs: readonly Float32Array[]): void {
  expect(runSimd(launch, inputs)).toEqual(Float32Array.from(runReference(launch, inputs)));
}

function runReference(launch: Launch, inputs: readonly Float32Array[]): Float64Array {
  return reference.readSync(
    reference.run(
      launch,
      inputs.map((values) => reference.upload(values)),
    ),
  );
}
