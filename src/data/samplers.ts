/** Samplers: which items of a data set an epoch visits, and in which order. */
import { describe, ValueError } from "../errors.js";
import { checkedOptions, count, flag, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { isList } from "./items.js";

/**
 * Chooses the items of an epoch. It keeps nothing from epoch to epoch: what it draws depends on the generator alone, so
 * that a loader whose position was saved finds the same order again.
 * @category Data
 */
export interface Sampler {
  /** How many items an epoch has. */
  readonly length: number;
  /** The items of the next epoch, by their index in the data set. */
  draw(generator: Generator): ArrayLike<number>;
}

/**
 * Options of {@link randomSampler}.
 * @category Data
 */
export interface RandomSamplerOptions {
  /** Draws each item anew from all of them, so that some come more than once; false by default. */
  readonly replacement?: boolean | undefined;
  /** How many items to draw, 1 or more; as many as there are by default. */
  readonly numSamples?: number | undefined;
}

const randomSamplerOptions: OptionKinds<RandomSamplerOptions> = { replacement: flag, numSamples: count };

/**
 * Options of {@link weightedRandomSampler}.
 * @category Data
 */
export interface WeightedRandomSamplerOptions {
  /** Draws each item anew from all of them; true by default. Without it no item comes twice. */
  readonly replacement?: boolean | undefined;
}

const weightedRandomSamplerOptions: OptionKinds<WeightedRandomSamplerOptions> = { replacement: flag };

/**
 * All items in the data set's order.
 * @param length how many there are
 * @throws ValueError if `length` is not an integer of 0 or more
 * @category Data
 */
export function sequentialSampler(length: number): Sampler {
  checkLength("sequentialSampler", length);
  return { length, draw: () => Int32Array.from({ length }, (_, index) => index) };
}

/**
 * Items in random order, each order equally likely. Where more are asked for than there are, and none is drawn anew, one
 * random order follows the other.
 * @param length how many items the data set has
 * @throws ValueError if `length` is not an integer of 0 or more, or an option is out of range
 * @category Data
 */
export function randomSampler(length: number, options: RandomSamplerOptions = {}): Sampler {
  checkLength("randomSampler", length);
  const given = checkedOptions("randomSampler", options, randomSamplerOptions);
  const { replacement = false, numSamples = length } = given;
  if (length === 0 && numSamples > 0)
    throw new ValueError("randomSampler", `there are no items to draw ${numSamples} of`);
  if (replacement) {
    const draw = (generator: Generator) => Int32Array.from({ length: numSamples }, () => generator.integer(0, length));
    return { length: numSamples, draw };
  }
  const draw = (generator: Generator): Int32Array => {
    if (numSamples === length) return generator.permutation(length);
    const drawn = new Int32Array(numSamples);
    for (let start = 0; start < numSamples; start += length) {
      drawn.set(generator.permutation(length).subarray(0, numSamples - start), start);
    }
    return drawn;
  };
  return { length: numSamples, draw };
}

/**
 * Items with probabilities in proportion to their weights.
 * @param weights one for each item, finite and not negative; they need not sum to 1. An item of weight 0 is never drawn
 * @param numSamples how many items to draw, 1 or more
 * @throws ValueError if a weight is negative or not finite, all are 0, or, without replacement, fewer than `numSamples` are
 *   above 0
 * @category Data
 */
export function weightedRandomSampler(
  weights: ArrayLike<number>,
  numSamples: number,
  options: WeightedRandomSamplerOptions = {},
): Sampler {
  const op = "weightedRandomSampler";
  const { replacement = true } = checkedOptions(op, options, weightedRandomSamplerOptions);
  const own = checkedWeights(op, weights);
  if (!count.fits(numSamples))
    throw new ValueError(op, `numSamples must be ${count.means}, got ${describe(numSamples)}`);
  const positive = own.filter((weight) => weight > 0).length;
  if (positive === 0)
    throw new ValueError(op, `one weight at least must be above 0, got ${describe([...own.slice(0, 20)])}`);
  if (!replacement && positive < numSamples) {
    const rule = `without replacement, ${numSamples} items cannot be drawn of ${positive} whose weight is above 0`;
    throw new ValueError(op, `${rule}; lower numSamples or pass replacement: true`, {
      expected: positive,
      actual: numSamples,
    });
  }
  return { length: numSamples, draw: replacement ? drawnAnew(own, numSamples) : drawnOnce(own, numSamples) };
}

/**
 * As many items of every class as of every other, on average, however many of it there are: items are drawn anew, with the
 * weight 1 / (items of their class).
 * @param labels the class of each item, integers of 0 or more
 * @param numSamples how many items to draw; as many as there are by default
 * @throws ValueError if there are no labels, or one is not an integer of 0 or more
 * @category Data
 */
export function balancedSampler(labels: ArrayLike<number>, numSamples?: number): Sampler {
  const op = "balancedSampler";
  if (!isList(labels) || labels.length === 0) {
    throw new ValueError(op, `labels must be a list of one class number or more, got ${describe(labels)}`);
  }
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) {
    if (!(Number.isSafeInteger(label) && label >= 0)) {
      throw new ValueError(op, `labels must be integers of 0 or more, got ${describe(label)}`, { actual: label });
    }
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const drawn = numSamples ?? labels.length;
  if (!count.fits(drawn)) throw new ValueError(op, `numSamples must be ${count.means}, got ${describe(drawn)}`);
  const weights = Float64Array.from(Array.from(labels), (label) => 1 / (counts.get(label) as number));
  return { length: drawn, draw: drawnAnew(weights, drawn) };
}

type Draw = Sampler["draw"];

/** By the place of a uniform number among the weights' sums. */
function drawnAnew(weights: Float64Array, numSamples: number): Draw {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (const [index, weight] of weights.entries()) {
    total += weight;
    sums[index] = total;
  }
  return (generator) => Int32Array.from({ length: numSamples }, () => firstAbove(sums, generator.uniform(0, total)));
}

/** The `numSamples` items of smallest −log(u) / weight (Efraimidis and Spirakis 2006), in that order. */
function drawnOnce(weights: Float64Array, numSamples: number): Draw {
  const candidates = Array.from(weights.keys()).filter((index) => (weights[index] as number) > 0);
  return (generator) => {
    const keys = new Map(
      candidates.map((index) => [index, -Math.log1p(-generator.uniform()) / (weights[index] as number)]),
    );
    const key = (index: number): number => keys.get(index) as number;
    return [...candidates].sort((left, right) => key(left) - key(right) || left - right).slice(0, numSamples);
  };
}

/** The first place whose sum is above `value`. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkedWeights(op: string, weights: unknown): Float64Array {
  if (!isList(weights)) throw new ValueError(op, `weights must be a list of numbers, got ${describe(weights)}`);
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index];
    if (Number.isFinite(weight) && (weight as number) >= 0) continue;
    throw new ValueError(op, `weights must be finite and not negative, got ${describe(weight)} at place ${index}`, {
      expected: ">= 0",
      actual: weight,
    });
  }
  return Float64Array.from(weights as ArrayLike<number>);
}

function checkLength(op: string, length: unknown): void {
  if (Number.isSafeInteger(length) && (length as number) >= 0 && (length as number) < 2 ** 28) return;
  throw new ValueError(op, `length must be an integer of 0 to ${2 ** 28 - 1}, got ${describe(length)}`, {
    actual: length,
  });
}
