/** The seeded generator: every random number of livegrad comes from one that somebody made with an explicit seed. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { describe, ValueError } from "./errors.js";

/**
 * Where the stream of a generator stands, as plain JSON: {@link Generator.state} gives it, {@link generatorFrom} and
 * {@link Generator.setState} take it.
 * @category Random
 */
export interface GeneratorState {
  /** How the numbers are made; a state of another algorithm is refused. */
  readonly algorithm: "xoroshiro128+";
  /** The 128 bits of its state as four signed 32-bit integers, not all of them 0. */
  readonly words: readonly number[];
  /** The second number of the pair that `normal` makes, where it has not been asked for yet; else null. */
  readonly spare: number | null;
}

/**
 * A stream of random numbers that its seed determines. Every call but `state` moves the stream on.
 * @category Random
 */
export interface Generator {
  /**
   * A number of the uniform distribution on `[low, high)`, made of 53 random bits.
   * @param low lower bound, included; 0 by default
   * @param high upper bound, excluded; 1 by default
   * @throws ValueError unless `low < high` and `high - low` is finite
   */
  uniform(low?: number, high?: number): number;
  /**
   * A number of the normal distribution (Marsaglia's polar method, 1964; numbers are made in pairs).
   * @param mean 0 by default
   * @param std standard deviation, not negative; 1 by default
   * @throws ValueError if `mean` or `std` is not finite or `std` is negative
   */
  normal(mean?: number, std?: number): number;
  /**
   * An integer of `[low, high)`, each equally likely.
   * @param low lower bound, included
   * @param high upper bound, excluded
   * @throws ValueError unless both are safe integers, `low < high` and `high - low` is a safe integer
   */
  integer(low: number, high: number): number;
  /**
   * The numbers `0 … n - 1` in random order, each order equally likely (Fisher and Yates).
   * @param n how many, `0 … 2²⁸`: more than 1 GiB is not made at once
   * @throws ValueError if `n` is not an integer of that range
   */
  permutation(n: number): Int32Array;
  /**
   * A child with a stream of its own. What the child draws later does not move this generator, and the other way round.
   */
  split(): Generator;
  /** Where the stream stands, to be saved; the generator goes on from there as if it had not been asked. */
  state(): GeneratorState;
  /**
   * Sets the stream to where it, or another one, stood: from there it draws the very same numbers.
   * @throws ValueError if `state` is not what `state()` gives
   */
  setState(state: GeneratorState): void;
}

const ALGORITHM = "xoroshiro128+";
const WORD = 2 ** 32;
const GOLDEN = 0x9e3779b9;
/** 1 GiB of int32. */
const MAX_PERMUTATION = 2 ** 28;

/**
 * A generator (xoroshiro128+, Blackman and Vigna 2018) whose stream is determined by `seed`. All 53 bits and the sign
 * of the seed count, and neighbouring seeds give unrelated streams. The same seed gives the same numbers on every
 * machine; those of `normal` rest on `Math.log`, whose last digit JavaScript leaves to the engine.
 * @param seed any safe integer
 * @throws ValueError if `seed` is not a safe integer
 * @example
 * ```ts
 * const random = generator(0);
 * const weight = random.normal(0, 0.1);
 * const order = random.permutation(50_000);
 * ```
 * @category Random
 */
export function generator(seed: number): Generator {
  if (!Number.isSafeInteger(seed)) {
    throw new ValueError("generator", `seed must be a safe integer, got ${describe(seed)}; pass an integer such as 0`, {
      expected: "a safe integer",
      actual: seed,
    });
  }
  return seeded(Math.floor(seed / WORD) | 0, seed | 0);
}

/**
 * A generator that goes on where another one stood, in this program or in an earlier one.
 * @param state what {@link Generator.state} gave, also by way of JSON
 * @throws ValueError if it is nothing of the kind
 * @example
 * ```ts
 * const random = generator(0);
 * const saved = JSON.stringify(random.state());
 * const again = generatorFrom(JSON.parse(saved)); // draws what `random` is going to draw
 * ```
 * @category Random
 */
export function generatorFrom(state: GeneratorState): Generator {
  return new SeededGenerator(checkedState("generatorFrom", state));
}

/** Where the stream of a generator stood. */
export interface StoredGenerator {
  /** Sets the stream back to there. */
  restore(): void;
  /** Where it stands now. */
  now(): StoredGenerator;
}

/** Called before the stream of a generator is drawn from, read or set; `stored` says where it stands. */
export type DrawListener = (generator: Generator, stored: () => StoredGenerator) => void;

const listeners = new Set<DrawListener>();

/** Calls `listener` before every use of any generator's stream. @returns a function that ends it */
export function listenToDraws(listener: DrawListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

class SeededGenerator implements Generator {
  #source: RandomGenerator;
  /** The second number of the pair that the polar method makes, until somebody asks for it. */
  #spare: number | undefined;

  constructor({ words, spare }: Pick<GeneratorState, "words" | "spare">) {
    this.#source = xoroshiro128plusFromState(words);
    this.#spare = spare ?? undefined;
  }

  uniform(low = 0, high = 1): number {
    const width = Number.isFinite(low) && Number.isFinite(high) ? high - low : Number.NaN;
    if (!(width > 0 && Number.isFinite(width))) {
      throw new ValueError("uniform", `low must be below high, both finite, got ${describe([low, high])}`, {
        expected: "low < high",
        actual: [low, high],
      });
    }
    // The sum may round up to `high`, which the range excludes: then draw again.
    for (;;) {
      const value = low + width * uniformFloat64(this.#stream());
      if (value < high) return value;
    }
  }

  normal(mean = 0, std = 1): number {
    if (!(Number.isFinite(mean) && Number.isFinite(std) && std >= 0)) {
      throw new ValueError(
        "normal",
        `mean must be finite and std finite and not negative, got ${describe([mean, std])}`,
        {
          expected: "std >= 0",
          actual: [mean, std],
        },
      );
    }
    return mean + std * this.#standardNormal();
  }

  integer(low: number, high: number): number {
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high && Number.isSafeInteger(high - low))) {
      throw new ValueError("integer", `low must be below high, both safe integers, got ${describe([low, high])}`, {
        expected: "low < high",
        actual: [low, high],
      });
    }
    return uniformInt(this.#stream(), low, high - 1);
  }

  permutation(n: number): Int32Array {
    if (!(Number.isInteger(n) && n >= 0 && n <= MAX_PERMUTATION)) {
      throw new ValueError(
        "permutation",
        `n must be an integer of 0 to ${MAX_PERMUTATION} (1 GiB of memory), got ${describe(n)}`,
        {
          expected: `0 … ${MAX_PERMUTATION}`,
          actual: n,
        },
      );
    }
    const order = new Int32Array(n);
    for (let index = 0; index < n; index++) order[index] = index;
    for (let last = n - 1; last > 0; last--) {
      const chosen = uniformInt(this.#stream(), 0, last);
      const moved = order[last] as number;
      order[last] = order[chosen] as number;
      order[chosen] = moved;
    }
    return order;
  }

  // Not by jump(): a child that jumps in turn would land on its parent's stream.
  split(): Generator {
    const source = this.#stream();
    return seeded(source.next(), source.next());
  }

  state(): GeneratorState {
    const words = this.#stream().getState();
    return { algorithm: ALGORITHM, words, spare: this.#spare ?? null };
  }

  setState(state: GeneratorState): void {
    const { words, spare } = checkedState("setState", state);
    this.#stream(); // tells those who listen
    this.#source = xoroshiro128plusFromState(words);
    this.#spare = spare ?? undefined;
  }

  /** The source, to be drawn from. */
  #stream(): RandomGenerator {
    if (listeners.size > 0) for (const listener of listeners) listener(this, () => this.#stored());
    return this.#source;
  }

  #stored(): StoredGenerator {
    const [source, spare] = [this.#source.clone(), this.#spare];
    return {
      restore: () => {
        this.#source = source.clone();
        this.#spare = spare;
      },
      now: () => this.#stored(),
    };
  }

  #standardNormal(): number {
    const stream = this.#stream();
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * uniformFloat64(stream) - 1;
      const y = 2 * uniformFloat64(stream) - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spare = y * factor;
        return x * factor;
      }
    }
  }
}

function seeded(high: number, low: number): Generator {
  return new SeededGenerator({ words: spread(high, low), spare: null });
}

/** @throws ValueError unless it is the state of a generator */
function checkedState(op: string, state: unknown): GeneratorState {
  const { algorithm, words, spare } = (typeof state === "object" && state !== null ? state : {}) as Partial<
    Record<keyof GeneratorState, unknown>
  >;
  const refuse = (rule: string, actual: unknown): never => {
    const remedy = "pass what state() of a generator gave";
    throw new ValueError(op, `${rule}, got ${describe(actual)}; ${remedy}`, { actual });
  };
  if (algorithm !== ALGORITHM) return refuse(`the state must be one of ${ALGORITHM}`, algorithm ?? state);
  if (
    !(
      Array.isArray(words) &&
      words.length === 4 &&
      words.every((word) => Number.isInteger(word) && word === (word | 0))
    )
  ) {
    return refuse("words of the state must be four signed 32-bit integers", words);
  }
  if (words.every((word) => word === 0)) return refuse("words of the state must not all be 0", words);
  if (!(spare === null || Number.isFinite(spare)))
    return refuse("spare of the state must be a finite number or null", spare);
  return { algorithm, words: [...words], spare: spare as number | null };
}

/**
 * The 128 bits of state for a seed of 64. pure-rand's own seeding reads 32 bits and gives the seed's complement back as
 * the first number. Here word k is mix(low ^ mix(high + k·φ)); mix is a bijection with mix(0) = 0, so at most one word
 * is 0, and the state is never the forbidden all-zero one.
 */
function spread(high: number, low: number): readonly number[] {
  return [0, 1, 2, 3].map((k) => mix(low ^ mix((high + Math.imul(k, GOLDEN)) | 0)));
}

/** The finaliser of MurmurHash3 (Appleby 2011): a bijection of 32-bit integers that scatters their bits. */
function mix(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
