/** What an entry of the derivative sweep is, and the numbers that it sweeps over. */
import type { DeviceName, Tensor } from "../../../src/index.js";

/** One way to call an op that computes element by element, and its exact derivatives. */
export interface SweepEntry {
  readonly op: string;
  /** What tells it from another entry of the op. */
  readonly title?: string;
  /** The op of tensors of one shape; losses keep or sum what they compute. */
  readonly call: (...inputs: Tensor[]) => Tensor;
  /** By each input, in float64, of numbers that are float32 numbers. */
  readonly derivatives: readonly ((...inputs: number[]) => number)[];
  /** Where a derivative has a pole, a kink or an end: both sides of it are swept from afar to the next float32 number. */
  readonly poles?: readonly number[];
  /** Which inputs count; default all. */
  readonly within?: (...inputs: number[]) => boolean;
  /** The larger of two terms whose difference a derivative is, where that crosses 0: errors are measured by it. */
  readonly terms?: (...inputs: number[]) => number;
  /** Largest relative error where 1e-5 is out of reach, for the reason that stands beside it. */
  readonly tolerance?: Partial<Record<DeviceName, number>>;
}

/** An op of one tensor. */
export function unary(
  op: string,
  call: (x: Tensor) => Tensor,
  derivative: (x: number) => number,
  rest: Partial<SweepEntry> = {},
): SweepEntry {
  return { op, call: (x) => call(x as Tensor), derivatives: [derivative], ...rest };
}

/** An op of two tensors. */
export function binary(
  op: string,
  call: (a: Tensor, b: Tensor) => Tensor,
  derivatives: readonly [(a: number, b: number) => number, (a: number, b: number) => number],
  rest: Partial<SweepEntry> = {},
): SweepEntry {
  return { op, call: (a, b) => call(a as Tensor, b as Tensor), derivatives, ...rest };
}

const mantissas = [1, 2.7, 6.3];
const decades = Array.from({ length: 61 }, (_, i) => i - 30);

/** ±1e-30 … ±1e30, three numbers a decade, as float32 numbers. */
const wide: readonly number[] = decades
  .flatMap((decade) => mantissas.map((m) => m * 10 ** decade))
  .filter((x) => x <= 1e30)
  .flatMap((x) => [x, -x]);

/** ±1 … ±110 in steps of about a half: where exponentials leave float32's range. */
const middle: readonly number[] = Array.from({ length: 220 }, (_, i) => (i + 1) * 0.5003).flatMap((x) => [x, -x]);

/** Both sides of a pole, down to the next float32 number. */
function around(pole: number): number[] {
  const scale = Math.max(1, Math.abs(pole));
  return Array.from({ length: 24 }, (_, k) => 2 ** -k * scale).flatMap((step) => [pole - step, pole + step]);
}

/** The inputs of a sweep over one number. */
export function pointsOf({ poles = [], within = () => true }: SweepEntry): number[] {
  const all = [...wide, ...middle, ...poles.flatMap(around), ...poles].map(Math.fround);
  return [...new Set(all)].filter((x) => within(x));
}

const coarse = [1e-30, 1e-25, 1e-19, 1e-12, 1e-6, 0.01, 0.4, 0.9, 0.99999, 1, 1.0001, 1.5, 2, 3, 7.5, 40, 128.25]
  .concat([133, 1e3, 1e6, 1e9, 1e13, 1e19, 1e25, 1e30])
  .flatMap((x) => [x, -x]);

/** The inputs of a sweep over two numbers: every one with every other. */
export function pairsOf({ poles = [], within = () => true }: SweepEntry): [number, number][] {
  const all = [...coarse, ...poles].map(Math.fround);
  return all.flatMap((a) => all.map((b): [number, number] => [a, b])).filter(([a, b]) => within(a, b));
}
