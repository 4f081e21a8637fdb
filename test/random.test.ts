/** Tests of the seeded generator. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { undone } from "../src/autograd/watch.js";
import { ValueError } from "../src/errors.js";
import { type Generator, type GeneratorState, generator, generatorFrom } from "../src/random.js";

const DRAWS = 20_000;

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const leftMean = meanOf(left);
  const rightMean = meanOf(right);
  const products = left.map((value, index) => (value - leftMean) * ((right[index] as number) - rightMean));
  const spread = (values: readonly number[], mean: number): number =>
    meanOf(values.map((value) => (value - mean) ** 2));
  return meanOf(products) / Math.sqrt(spread(left, leftMean) * spread(right, rightMean));
}

describe("generator", () => {
  it("gives the same stream for the same seed", () => {
    const stream = (random: Generator): number[] => [
      random.uniform(),
      random.normal(),
      random.integer(0, 100),
      ...random.permutation(5),
      random.split().uniform(),
    ];
    expect(stream(generator(42))).toEqual(stream(generator(42)));
  });

  it("keeps its stream from release to release", () => {
    const random = generator(0);
    expect([random.integer(0, 1000), random.integer(0, 1000), random.uniform()]).toEqual([
      929, 207, 0.9613681369873961,
    ]);
  });

  it("tells apart seeds that differ only in sign or above 32 bits", () => {
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 33, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => generator(seed).uniform())).size).toBe(seeds.length);
  });

  it("starts neighbouring seeds at unrelated places", () => {
    const firsts = Array.from({ length: DRAWS }, (_, seed) => generator(seed).uniform());
    expect(meanOf(firsts)).toBeCloseTo(0.5, 1.7);
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(0.03);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses the seed %s", (seed) => {
    expect(() => generator(seed)).toThrow(ValueError);
    expect(() => generator(seed)).toThrow(`generator: seed must be a safe integer, got ${seed}`);
  });
});

describe("generator.uniform", () => {
  it("stays in [low, high)", () => {
    const range = fc.tuple(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.integer(), range, (seed, [low, width]) => {
        fc.pre(low + width > low);
        const value = generator(seed).uniform(low, low + width);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThan(low + width);
      }),
    );
  });

  it("never rounds up to high", () => {
    const random = generator(3);
    const high = 1 + 2 ** -52;
    expect(draw(100, () => random.uniform(1, high)).every((value) => value === 1)).toBe(true);
  });

  it("has mean 1/2 and variance 1/12", () => {
    const random = generator(1);
    const values = draw(DRAWS, () => random.uniform());
    expect(Math.abs(meanOf(values) - 1 / 2)).toBeLessThan(0.01);
    expect(Math.abs(meanOf(values.map((value) => (value - 0.5) ** 2)) - 1 / 12)).toBeLessThan(0.003);
  });

  it("uses 53 bits", () => {
    const random = generator(2);
    expect(draw(100, () => random.uniform()).some((value) => (value * 2 ** 53) % 2 === 1)).toBe(true);
  });

  it.each([
    [1, 1],
    [2, 1],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
    [-1.7e308, 1.7e308],
  ])("refuses the range [%s, %s)", (low, high) => {
    expect(() => generator(0).uniform(low, high)).toThrow(/^uniform: low must be below high/);
  });
});

describe("generator.normal", () => {
  it("has the moments 0, 1, 0, 3 of the standard normal", () => {
    const random = generator(5);
    const values = draw(5 * DRAWS, () => random.normal());
    const moment = (power: number): number => meanOf(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  });

  it("draws the two numbers of a pair independently", () => {
    const random = generator(6);
    const values = draw(2 * DRAWS, () => random.normal());
    const first = values.filter((_, index) => index % 2 === 0);
    const second = values.filter((_, index) => index % 2 === 1);
    expect(Math.abs(correlation(first, second))).toBeLessThan(0.02);
  });

  it("scales by std and shifts by mean", () => {
    const standard = generator(7).normal();
    expect(generator(7).normal(10, 2)).toBe(10 + 2 * standard);
    expect(generator(7).normal(10, 0)).toBe(10);
  });

  it.each([
    [0, -1],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
  ])("refuses mean %s with std %s", (mean, std) => {
    expect(() => generator(0).normal(mean, std)).toThrow(/^normal: mean must be finite and std finite/);
  });
});

describe("generator.integer", () => {
  it("draws every integer of the range about equally often, and none outside", () => {
    const random = generator(8);
    const counts = new Map<number, number>();
    for (let step = 0; step < 7000; step++) {
      const value = random.integer(-3, 4);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((left, right) => left - right)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it("reaches the whole of a range wider than 32 bits", () => {
    const random = generator(9);
    const values = draw(200, () => random.integer(0, Number.MAX_SAFE_INTEGER));
    expect(values.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
    expect(Math.max(...values)).toBeGreaterThan(0.9 * Number.MAX_SAFE_INTEGER);
  });

  it.each([
    [0, 0],
    [3, 2],
    [0, 1.5],
    [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])("refuses the range [%s, %s)", (low, high) => {
    expect(() => generator(0).integer(low, high)).toThrow(/^integer: low must be below high/);
  });
});

describe("generator.permutation", () => {
  it("is a bijection", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(200), (seed, size) => {
        const order = generator(seed).permutation(size);
        expect([...order].sort((left, right) => left - right)).toEqual(Array.from({ length: size }, (_, i) => i));
      }),
    );
  });

  it("makes each of the six orders of three about equally often", () => {
    const random = generator(10);
    const counts = new Map<string, number>();
    for (let step = 0; step < 6000; step++) {
      const order = random.permutation(3).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 28 + 1, 2 ** 31 - 1])("refuses n = %s before any work", (n) => {
    const rule = "n must be an integer of 0 to 268435456 (1 GiB of memory)";
    expect(() => generator(0).permutation(n)).toThrow(`permutation: ${rule}, got ${n}`);
  });
});

describe("generator.split", () => {
  it("gives a child that does not disturb its parent", () => {
    const quiet = generator(11);
    const busy = generator(11);
    quiet.split();
    const child = busy.split();
    draw(100, () => child.uniform());
    expect(busy.uniform()).toBe(quiet.uniform());
  });

  it("gives children, and grandchildren, with streams of their own", () => {
    const parent = generator(12);
    const child = parent.split();
    const family = [parent, child, parent.split(), child.split(), child.split()];
    const streams = family.map((random) => draw(DRAWS, () => random.uniform()));
    for (const [index, stream] of streams.entries()) {
      for (const other of streams.slice(index + 1)) {
        expect(Math.abs(correlation(stream, other))).toBeLessThan(0.03);
      }
    }
    expect(new Set(streams.flat()).size).toBe(family.length * DRAWS);
  });
});

/** What a generator may be asked for. */
const draws = fc.constantFrom<((random: Generator) => unknown)[]>(
  (random) => random.uniform(),
  (random) => random.normal(),
  (random) => random.integer(0, 1000),
  (random) => [...random.permutation(5)],
  (random) => random.split().normal(),
);

describe("generator.state", () => {
  it("lets another generator go on where this one stands, whatever was drawn before, by way of JSON", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.array(draws), fc.array(draws, { minLength: 1 }), (seed, before, after) => {
        const random = generator(seed);
        for (const draw of before) draw(random);
        const saved = JSON.parse(JSON.stringify(random.state())) as GeneratorState;
        const [restored, set] = [generatorFrom(saved), generator(seed === 0 ? 1 : 0)];
        set.setState(saved);
        const later = after.map((draw) => draw(random));
        expect(after.map((draw) => draw(restored))).toEqual(later);
        expect(after.map((draw) => draw(set))).toEqual(later);
      }),
    );
  });

  it("holds the second number of a pair of normal ones", () => {
    const random = generator(3);
    expect(random.state().spare).toBeNull();
    random.normal();
    const { spare } = random.state();
    expect(random.normal()).toBe(spare);
  });

  it("is a copy: neither the generator nor what is made from it writes to it", () => {
    const random = generator(4);
    const state = random.state();
    const before = structuredClone(state);
    random.uniform();
    generatorFrom(state).normal();
    expect(state).toEqual(before);
  });

  it("is put back with the rest of the world where a function is run and undone", () => {
    const random = generator(5);
    const before = random.state();
    undone(() => random.setState(generator(6).state()));
    expect(random.state()).toEqual(before);
  });
});

describe("generatorFrom and setState", () => {
  const state = generator(0).state();

  it.each<[string, unknown, string]>([
    ["nothing", null, "the state must be one of xoroshiro128+, got null"],
    ["a seed", 7, "the state must be one of xoroshiro128+, got 7"],
    ["another algorithm", { ...state, algorithm: "mt19937" }, 'the state must be one of xoroshiro128+, got "mt19937"'],
    [
      "too few words",
      { ...state, words: [1, 2, 3] },
      "words of the state must be four signed 32-bit integers, got [1, 2, 3]",
    ],
    ["a word of 33 bits", { ...state, words: [1, 2, 3, 2 ** 31] }, "got [1, 2, 3, 2147483648]"],
    ["half a word", { ...state, words: [1, 2, 3, 0.5] }, "got [1, 2, 3, 0.5]"],
    ["no bit set, which gives 0 for ever", { ...state, words: [0, 0, 0, 0] }, "words of the state must not all be 0"],
    [
      "a spare that JSON cannot hold",
      { ...state, spare: Number.NaN },
      "spare of the state must be a finite number or null",
    ],
  ])("refuse %s, and leave the generator as it was", (_, wrong, message) => {
    const random = generator(1);
    const before = random.state();
    for (const read of [generatorFrom, (given: GeneratorState) => random.setState(given)]) {
      expect(() => read(wrong as GeneratorState)).toThrow(ValueError);
      expect(() => read(wrong as GeneratorState)).toThrow(message);
    }
    expect(random.state()).toEqual(before);
  });
});
