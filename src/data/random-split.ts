/** Splitting a data set at random, as training, validation and test parts. */
import { describe, ValueError } from "../errors.js";
import { checkedRandom, generatorKind, type OptionKinds, ownCheck } from "../options.js";
import type { Generator } from "../random.js";
import type { ImageDataset } from "./dataset.js";
import { checkItems, type Dataset, isList, type Part } from "./items.js";
import { partOf } from "./parts.js";

/**
 * Options of {@link randomSplit}.
 * @category Data
 */
export interface RandomSplitOptions {
  /** Where the order comes from. */
  readonly generator: Generator;
  /** The class of each item, such as `dataset.labels`: every part then has each class in the proportion of the whole, but for
   * single items. */
  readonly stratify?: ArrayLike<number> | undefined;
}

const randomSplitOptions: OptionKinds<RandomSplitOptions> = { generator: generatorKind, stratify: ownCheck };

/**
 * Splits a data set into parts that have no item in common.
 * @param lengths how many items each part has, which sum to all of them; or fractions that sum to 1, rounded down, what is left
 *   going to the first parts, one each
 * @returns the parts, each a {@link subset}
 * @throws ValueError if `lengths` do neither, or `stratify` is not one class number for each item
 * @example
 * ```ts
 * const [train, validation] = randomSplit(images, [0.9, 0.1], { generator: generator(0), stratify: images.labels });
 * ```
 * @category Data
 */
export function randomSplit<D extends Dataset<unknown> | ImageDataset, const Lengths extends readonly number[]>(
  dataset: D,
  lengths: Lengths,
  options: RandomSplitOptions,
): { readonly [Place in keyof Lengths]: Part<D> } {
  const { generator, stratify } = checkedRandom(OP, options, randomSplitOptions);
  checkItems(OP, dataset);
  const counts = countsOf(lengths, dataset.length);
  const order =
    stratify === undefined ? generator.permutation(dataset.length) : stratified(stratify, dataset.length, generator);
  let start = 0;
  const parts = counts.map((count) => {
    start += count;
    return partOf(OP, dataset, order.slice(start - count, start));
  });
  return parts as unknown as { readonly [Place in keyof Lengths]: Part<D> };
}

const OP = "randomSplit";

/** Sums of fractions are no nearer to 1: `[0.7, 0.2, 0.1]` comes to 0.9999999999999999. */
const ROUNDING = 1e-9;

function countsOf(lengths: readonly number[], total: number): number[] {
  const isAny = Array.isArray(lengths) && lengths.length > 0;
  if (!isAny || !lengths.every((length) => Number.isFinite(length) && length >= 0)) {
    throw new ValueError(OP, `lengths must be a list of numbers of 0 or more, got ${describe(lengths)}`);
  }
  const sum = lengths.reduce((all, length) => all + length, 0);
  if (sum === total && lengths.every(Number.isInteger)) return [...lengths];
  if (Math.abs(sum - 1) > ROUNDING) {
    const rule = `lengths must be integers that sum to the ${total} items, or fractions that sum to 1`;
    throw new ValueError(OP, `${rule}, got ${describe(lengths)}, whose sum is ${sum}`, {
      expected: total,
      actual: sum,
    });
  }
  const counts = lengths.map((fraction) => Math.floor(fraction * total));
  const left = total - counts.reduce((all, count) => all + count, 0);
  return counts.map((count, part) => count + (part < left ? 1 : 0));
}

/**
 * An order of which every stretch has each class in its proportion: the k-th of n items of a class, in random order, comes at a
 * random place between k/n and (k + 1)/n of the whole.
 */
function stratified(labels: unknown, total: number, generator: Generator): Int32Array {
  if (!isList(labels) || labels.length !== total) {
    throw new ValueError(
      OP,
      `stratify must be a list of ${total} class numbers, one for each item, got ${describe(labels)}`,
    );
  }
  const classes = new Map<unknown, number[]>();
  for (const index of generator.permutation(total)) {
    const label = labels[index];
    if (!Number.isInteger(label)) throw new ValueError(OP, `stratify must hold integers, got ${describe(label)}`);
    const members = classes.get(label);
    if (members === undefined) classes.set(label, [index]);
    else members.push(index);
  }
  const places = new Float64Array(total);
  for (const members of classes.values()) {
    for (const [k, index] of members.entries()) places[index] = (k + generator.uniform()) / members.length;
  }
  const order = Int32Array.from({ length: total }, (_, index) => index);
  return order.sort((left, right) => (places[left] as number) - (places[right] as number) || left - right);
}
