/** Tests of the SIMD matrix product against the portable kernel. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Launch } from "../../../src/device/device.js";
import { matmul } from "../../../src/kernels/matmul.js";
import { expectSums, numbers, runSimd } from "./products.js";

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly sharedA?: boolean;
  readonly sharedB?: boolean;
}

function launchOf({ m, n, k, batch = 1, transposeA, transposeB, sharedA, sharedB }: Product): Launch {
  const block = Math.min(k, 64);
  const whole = Math.floor(k / block);
  return {
    kernel: matmul,
    threads: [n, m, batch],
    constants: {
      ...{ whole, block, rest: k - whole * block },
      ...{ batchA: sharedA ? 0 : m * k, rowA: transposeA ? 1 : k, colA: transposeA ? m : 1 },
      ...{ batchB: sharedB ? 0 : k * n, rowB: transposeB ? 1 : n, colB: transposeB ? k : 1 },
    },
  };
}

function operands({ m, n, k, batch = 1, sharedA, sharedB }: Product): [Float32Array, Float32Array] {
  return [numbers((sharedA ? 1 : batch) * m * k, m + k), numbers((sharedB ? 1 : batch) * n * k, n + 7 * k)];
}

const check = (product: Product) => expectSums(launchOf(product), operands(product));

const size = (max: number) =>
  fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 23, 24, 25), fc.integer({ min: 1, max }));

describe("matmul on simd", () => {
  it("is the portable kernel's product for all sizes, transpositions and batches", () => {
    const product = fc.record({
      ...{ m: size(70), n: size(70), k: size(70), batch: fc.constantFrom(1, 1, 2, 3) },
      ...{ transposeA: fc.boolean(), transposeB: fc.boolean(), sharedA: fc.boolean(), sharedB: fc.boolean() },
    });
    fc.assert(fc.property(product, check), { numRuns: 300 });
  });

  it.each<Product>([
    { m: 97, n: 251, k: 263, transposeB: true },
    { m: 49, n: 241, k: 513, transposeA: true },
    { m: 3, n: 10, k: 1031 },
    { m: 130, n: 10, k: 300, transposeA: true, transposeB: true },
    { m: 60, n: 70, k: 31, batch: 9, sharedA: true },
    { m: 4001, n: 2, k: 1 },
    { m: 1, n: 1, k: 5003 },
    { m: 1, n: 1003, k: 517 },
    { m: 1, n: 503, k: 1037, transposeB: true },
    { m: 1003, n: 1, k: 517 },
    { m: 503, n: 1, k: 517, transposeA: true },
    { m: 1, n: 19, k: 301, batch: 5, transposeA: true, sharedB: true },
  ])("is right beyond the sizes of its blocks: $m × $k × $n", check);

  it("keeps the scratch of two products apart", () => {
    for (const m of [5, 40, 3, 90]) check({ m, n: m + 1, k: 2 * m, batch: 2 });
  });

  it.each<Product>([
    { m: 6, n: 10, k: 9 },
    { m: 50, n: 70, k: 90 },
    { m: 1, n: 9, k: 7 },
    { m: 9, n: 1, k: 7, transposeA: true },
  ])("spreads NaN and Infinity over their row and column alone: $m × $k × $n", (product) => {
    const { m, n, k } = product;
    const [a, b] = operands(product);
    a.fill(1);
    b.fill(0);
    a[product.transposeA ? 0 : k - 1] = Number.NaN;
    b[n - 1] = Number.POSITIVE_INFINITY;
    const out = runSimd(launchOf(product), [a, b]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const expected = i === 0 ? Number.NaN : j === n - 1 ? Number.POSITIVE_INFINITY : 0;
        expect(out[i * n + j], `cell ${i}, ${j}`).toBe(expected);
      }
    }
  });
});
