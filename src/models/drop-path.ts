/** Drop-path: which paths of a FractalNet take part in a pass (Larsson et al. 2017, section 3.1). */
import { describe, ValueError } from "../errors.js";
import type { Generator } from "../random.js";
import { at } from "../shape.js";

/** The columns that are alive at each join of each block, 0 being the deepest: `masks[block][join]`.
 * @category Models */
export type Masks = readonly (readonly (readonly number[])[])[];

/** What stays the same from pass to pass. */
interface DropPathOptions {
  /** Probability that an input of a join is dropped. */
  readonly p: number;
  /** Share of the passes that leave one column. */
  readonly globalShare: number;
  readonly generator: Generator;
  readonly columns: number;
}

/** What is asked of a pass. */
interface Pass {
  readonly column: number | null;
  readonly masks: Masks | null;
  readonly training: boolean;
}

/** The paths of the pass under way: those that were asked for, or drawn in training. */
export class DropPath {
  readonly #options: DropPathOptions;
  #column: number | null = null;
  #masks: Masks | null = null;
  #isLocal = false;

  /** @throws ValueError if a probability is out of range */
  constructor(options: DropPathOptions) {
    const { p, globalShare } = options;
    if (!(p >= 0 && p < 1)) {
      throw new ValueError("FractalNet", `dropPath must be a probability from 0 to below 1, got ${p}`);
    }
    if (!(globalShare >= 0 && globalShare <= 1)) {
      throw new ValueError("FractalNet", `globalShare must be from 0 to 1, got ${globalShare}`);
    }
    this.#options = options;
  }

  /** A pass begins. */
  begin({ column, masks, training }: Pass): void {
    const { p, globalShare, generator, columns } = this.#options;
    const isDrawn = training && p > 0 && column === null && masks === null;
    const isGlobal = isDrawn && generator.uniform() < globalShare;
    this.#column = isGlobal ? generator.integer(0, columns) : column;
    this.#masks = masks;
    this.#isLocal = isDrawn && !isGlobal;
  }

  /** The only column that runs; null for all. */
  get column(): number | null {
    return this.#column;
  }

  /** The inputs of a join that count, null for all; drawn in the order in which the joins run. At least one survives. */
  aliveAt(block: number, join: number): readonly number[] | null {
    if (this.#masks !== null) return at(at(this.#masks, block), join);
    if (!this.#isLocal) return null;
    const { p, generator, columns } = this.#options;
    const inputs = Array.from({ length: inputsOf(join, columns) }, (_, i) => i);
    const alive = inputs.filter(() => generator.uniform() >= p);
    return alive.length > 0 ? alive : [generator.integer(0, inputs.length)];
  }
}

/** Columns that end at a join, the first of a block being 0: join j comes at step 2(j + 1), where columns 0 … c end if 2^c divides
 * the step. */
function inputsOf(join: number, columns: number): number {
  let count = 1;
  for (let step = 2 * (join + 1); step % 2 === 0 && count < columns; step /= 2) count++;
  return count;
}

/** @throws ValueError unless it is null or one of the columns */
export function checkedColumn(column: number | null, columns: number): number | null {
  if (column === null || (Number.isInteger(column) && column >= 0 && column < columns)) return column;
  const rule = `column must be null or a column from 0, the deepest, to ${columns - 1}`;
  throw new ValueError("FractalNet", `${rule}, got ${describe(column)}`, { actual: column });
}

/** @throws ValueError unless they are null or give every join at least one of its inputs, each once */
export function checkedMasks(masks: Masks | null, blocks: number, columns: number): Masks | null {
  if (masks === null) return null;
  const joins = 2 ** columns / 4; // every second step of 2^(C − 1)
  const isList = (value: unknown, length: number) => Array.isArray(value) && value.length === length;
  if (!isList(masks, blocks) || !masks.every((ofBlock) => isList(ofBlock, Math.floor(joins)))) {
    const rule = `masks must list the columns alive at ${Math.floor(joins)} joins of ${blocks} blocks`;
    throw new ValueError("FractalNet", `${rule}, got ${describe(masks)}`, { actual: masks });
  }
  masks.forEach((ofBlock, b) => {
    ofBlock.forEach((alive, join) => {
      const last = inputsOf(join, columns) - 1;
      const isInput = (column: unknown) => Number.isInteger(column) && 0 <= Number(column) && Number(column) <= last;
      if (Array.isArray(alive) && alive.length > 0 && alive.every(isInput) && new Set(alive).size === alive.length)
        return;
      const rule = `masks[${b}][${join}] must list some of the columns 0 to ${last}, each once`;
      throw new ValueError("FractalNet", `${rule}, got ${describe(alive)}`, { actual: alive });
    });
  });
  return masks;
}

/** What each block of a net is made of.
 * @throws ValueError unless there is a rate for each of the channels, and the size is halved as often as there are blocks */
export function checkedDepths(
  channels: readonly number[],
  dropRates: readonly number[] | undefined,
  size: number,
): { readonly inChannels: number; readonly outChannels: number; readonly dropRate: number }[] {
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
  if (!Array.isArray(channels) || channels.length === 0 || !channels.every(isCount)) {
    throw new ValueError("FractalNet", `channels must list those of each block, got ${describe(channels)}`);
  }
  const blocks = channels.length;
  if (size % 2 ** blocks !== 0) {
    const rule = `size must be a multiple of ${2 ** blocks}, for each of ${blocks} blocks halves it`;
    throw new ValueError("FractalNet", `${rule}, got ${size}`, { actual: size });
  }
  const rates = dropRates ?? channels.map((_, b) => (blocks === 1 ? 0 : (0.4 * b) / (blocks - 1)));
  if (!Array.isArray(rates) || rates.length !== blocks) {
    throw new ValueError("FractalNet", `dropRates must list one for each of ${blocks} blocks, got ${describe(rates)}`);
  }
  return channels.map((outChannels, b) => ({
    inChannels: b === 0 ? 3 : at(channels, b - 1),
    outChannels,
    dropRate: at(rates, b),
  }));
}
