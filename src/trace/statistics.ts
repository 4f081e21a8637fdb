/** The numbers a trace takes of a tensor, on the host where its memory is, else by kernels on the device. */
import { noGrad } from "../autograd/modes.js";
import { keep } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { add, sub } from "../ops/elementwise/arithmetic.js";
import { cast, lessEqual } from "../ops/elementwise/compare.js";
import { max, mean, scaledNorm, std } from "../ops/reduce/reduce.js";

/** A number that is known now (host memory) or can be read later (a GPU). */
export type Later = number | Unread;

/** A number on a GPU: read once, however often it is asked for, and its tensor released then. */
class Unread {
  readonly #tensor: Tensor;
  #number: Promise<number> | null = null;

  constructor(tensor: Tensor) {
    this.#tensor = keep(tensor);
  }

  read(): Promise<number> {
    this.#number ??= this.#tensor.item().finally(() => this.#tensor.dispose());
    return this.#number;
  }
}

/** Waits for a number. */
export async function settle(value: Later): Promise<number> {
  return typeof value === "number" ? value : value.read();
}

/** Waits for numbers. */
export function settleAll(values: readonly Later[]): Promise<number[]> {
  return Promise.all(values.map(settle));
}

/** L2 norm. On the host in float64 and rescaled where the squares leave it; by kernels scaled by the largest entry: neither
 * underflows nor overflows. */
export function norm(x: Tensor): Later {
  if (!x.device.hostMemory) return onDevice(() => scaledNorm(x));
  return deviation(x.device.readSync(x.buffer), null);
}

/** ‖Σ xᵢ‖ of tensors of one shape. */
export function normOfSum(tensors: readonly [Tensor, ...Tensor[]]): Later {
  const [first, ...rest] = tensors;
  if (rest.length === 0) return norm(first);
  if (!first.device.hostMemory) return onDevice(() => scaledNorm(rest.reduce((a, b) => add(a, b), first)));
  const sum = Float64Array.from(first.device.readSync(first.buffer));
  for (const { device, buffer } of rest) {
    const values = device.readSync(buffer);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
  }
  return deviation(sum, null);
}

/** ‖a − b‖. */
export function distance(a: Tensor, b: Tensor): Later {
  if (!a.device.hostMemory) return onDevice(() => scaledNorm(sub(a, b)));
  return deviation(a.device.readSync(a.buffer), b.device.readSync(b.buffer));
}

/** Mean and biased standard deviation over all of `size` entries. */
export interface Moments {
  readonly size: number;
  readonly mean: Later;
  readonly std: Later;
}

export function moments(x: Tensor): Moments {
  const { size } = x;
  if (!x.device.hostMemory) {
    return { size, mean: onDevice(() => mean(x)), std: onDevice(() => std(x, { correction: 0 })) };
  }
  const values = x.device.readSync(x.buffer);
  let sum = 0;
  for (let i = 0; i < size; i++) sum += values[i] as number;
  const average = sum / size;
  return { size, mean: average, std: deviation(values, average) / Math.sqrt(size) };
}

/** The moments of all entries together. */
export async function pooled(parts: readonly Moments[]): Promise<{ mean: number; std: number }> {
  const [means, stds] = [await settleAll(parts.map((p) => p.mean)), await settleAll(parts.map((p) => p.std))];
  if (parts.length === 1) return { mean: means[0] as number, std: stds[0] as number };
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const average = (numbers: readonly number[]) =>
    parts.reduce((sum, { size }, i) => sum + (size / total) * (numbers[i] as number), 0);
  const mean = average(means);
  // The variance of the whole is the mean of the parts' variances and the variance of their means.
  return { mean, std: Math.sqrt(average(stds.map((s, i) => s * s + ((means[i] as number) - mean) ** 2))) };
}

/** Fraction of the units (all axes but the first) that no example of the batch activates. */
export function deadFraction(x: Tensor): Later {
  if (!x.device.hostMemory) {
    const largest = () => (x.rank === 0 ? x : max(x, { axis: 0 }));
    return onDevice(() => mean(cast(lessEqual(largest(), 0), x.dtype)));
  }
  const values = x.device.readSync(x.buffer);
  const units = x.size / (x.shape[0] ?? 1);
  let dead = 0;
  for (let unit = 0; unit < units; unit++) {
    let alive = false;
    for (let i = unit; i < values.length && !alive; i += units) alive = (values[i] as number) > 0;
    if (!alive) dead++;
  }
  return dead / units;
}

function onDevice(compute: () => Tensor): Later {
  return new Unread(noGrad(compute));
}

type Numbers = ArrayLike<number>;

/** √Σ (xᵢ − cᵢ)², with the entries of another tensor, one number, or 0 for c. */
function deviation(values: Numbers, centre: Numbers | number | null): number {
  const sum =
    typeof centre === "object" && centre !== null ? sumSquaresTo(values, centre) : sumSquares(values, centre ?? 0);
  if (sum > smallest && sum < Number.POSITIVE_INFINITY) return Math.sqrt(sum);
  const scale = largest(values, centre);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return Math.sqrt(sum);
  const scaled = Float64Array.from(values, (value, i) => (value - centreAt(centre, i)) / scale);
  return scale * Math.sqrt(sumSquares(scaled, 0));
}

/** Sums of squares below it may have lost terms to underflow, which happens to float64 numbers only. */
const smallest = 1e-280;

function sumSquares(values: Numbers, centre: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] as number) - centre;
    sum += d * d;
  }
  return sum;
}

function sumSquaresTo(values: Numbers, centre: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] as number) - (centre[i] as number);
    sum += d * d;
  }
  return sum;
}

function centreAt(centre: Numbers | number | null, i: number): number {
  return typeof centre === "number" ? centre : (centre?.[i] ?? 0);
}

function largest(values: Numbers, centre: Numbers | number | null): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, Math.abs((values[i] as number) - centreAt(centre, i)));
  }
  return most;
}
