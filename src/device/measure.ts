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

/** Products that are timed, after the one that compiles. */
const repetitions = 5;

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

/** Times a product. */
export async function measure(device: Device): Promise<Measurement> {
  const size = device.name === "reference" ? 48 : 192; // the reference device is slow
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
