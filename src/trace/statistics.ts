/** The numbers a trace takes of a tensor, on the host where its memory is, else by kernels on the device. */
import { noGrad } from "../autograd/modes.js";
import { keep } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { sub } from "../ops/elementwise/arithmetic.js";
import { cast, lessEqual } from "../ops/elementwise/compare.js";
import { max, mean, scaledNorm, std } from "../ops/reduce/reduce.js";
import { at } from "../shape.js";

/** A number that is known now (host memory) or can be read later (a GPU). */
export type Later = number | Tensor;

/** Waits for a number, and releases what held it. */
export async function settle(value: Later): Promise<number> {
  if (typeof value === "number") return value;
  const number = await value.item();
  value.dispose();
  return number;
}

/** L2 norm. In float64 on the host; by kernels it is scaled by the largest entry: neither underflows. */
export function norm(x: Tensor): Later {
  return x.device.hostMemory ? Math.sqrt(sumSquares(x.device.readSync(x.buffer), 0)) : keep(scaledNorm(x));
}

/** ‖a − b‖. */
export function distance(a: Tensor, b: Tensor): Later {
  if (!a.device.hostMemory) return noGrad(() => keep(scaledNorm(sub(a, b))));
  const [p, q] = [a.device.readSync(a.buffer), b.device.readSync(b.buffer)];
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += ((p[i] as number) - (q[i] as number)) ** 2;
  return Math.sqrt(sum);
}

/** Mean and biased standard deviation over all entries. */
export function moments(x: Tensor): { mean: Later; std: Later } {
  if (!x.device.hostMemory) {
    return noGrad(() => ({ mean: keep(mean(x)), std: keep(std(x, { correction: 0 })) }));
  }
  const values = x.device.readSync(x.buffer);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const average = sum / values.length;
  return { mean: average, std: Math.sqrt(sumSquares(values, average) / values.length) };
}

/** Fraction of the units (all axes but the first) that no example of the batch activates. */
export function deadFraction(x: Tensor): Later {
  if (!x.device.hostMemory) {
    return noGrad(() => keep(mean(cast(lessEqual(max(x, { axis: 0 }), 0), x.dtype))));
  }
  const values = x.device.readSync(x.buffer);
  const units = values.length / at(x.shape, 0);
  let dead = 0;
  for (let unit = 0; unit < units; unit++) {
    let alive = false;
    for (let i = unit; i < values.length && !alive; i += units) alive = (values[i] as number) > 0;
    if (!alive) dead++;
  }
  return dead / units;
}

function sumSquares(values: ArrayLike<number>, centre: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] as number) - centre;
    sum += d * d;
  }
  return sum;
}
