/** How fast a device is: a matrix product, timed with the reading of its result. */
import { matmul } from "../kernels/matmul.js";
import type { Device, Launch } from "./device.js";

/** The measured figure of a device.
 * @category Devices */
export interface Measurement {
  /** Median time of one product, in seconds. */
  readonly seconds: number;
  /** Billions of floating-point operations a second, a multiply-add counted as two. */
  readonly gflops: number;
}

/** How a device is measured: products of `size` × `size` matrices, `repetitions` of them after the one that compiles. */
export interface Effort {
  readonly size: number;
  readonly repetitions: number;
}

/** Enough for a figure to print; the reference device gets smaller matrices. */
function thorough(device: Device): Effort {
  return { size: device.name === "reference" ? 48 : 192, repetitions: 5 };
}

function launchOf(size: number): Launch {
  return {
    kernel: matmul,
    threads: [size, size, 1],
    constants: {
      whole: size / 16,
      block: 16,
      rest: 0,
      batchA: 0,
      rowA: size,
      colA: 1,
      batchB: 0,
      rowB: size,
      colB: 1,
    },
  };
}

/** Times a product on a device that can be read at once.
 * @param enough stops early at a time, in seconds, that decides already */
export function measure(device: Device, { size, repetitions }: Effort, enough = 0): Measurement {
  const launch = launchOf(size);
  const matrix = device.upload(matrixOf(size));
  const times: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const start = performance.now();
    const product = device.run(launch, [matrix, matrix]);
    device.readSync(product);
    const elapsed = performance.now() - start;
    device.free(product);
    if (i > 0) times.push(elapsed); // the first compiles
    if (i > 0 && enough > 0 && elapsed > enough * 1000) break;
  }
  device.free(matrix);
  return figure(size, times);
}

/** Times a product on any device, thoroughly. */
export async function measureLater(device: Device): Promise<Measurement> {
  const { size, repetitions } = thorough(device);
  const launch = launchOf(size);
  const matrix = device.upload(matrixOf(size));
  const times: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const start = performance.now();
    const product = device.run(launch, [matrix, matrix]);
    await device.read(product);
    if (i > 0) times.push(performance.now() - start);
    device.free(product);
  }
  device.free(matrix);
  return figure(size, times);
}

function matrixOf(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => ((i * 7919) % 97) / 97 - 0.5);
}

function figure(size: number, milliseconds: readonly number[]): Measurement {
  const median = [...milliseconds].sort((a, b) => a - b)[Math.floor(milliseconds.length / 2)] ?? Number.NaN;
  return { seconds: median / 1000, gflops: (2 * size ** 3) / (median * 1e6) };
}
