/** WebAssembly by hand for what the machine can do at best: a copy, a sum, and the innermost tile of a matrix product. */

/** Bytes that the memory copy copies; far more than caches hold. */
export const copyBytes = 64e6;

/** A tile: rows and vectors of four columns, with or without fused multiply-add. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
  readonly fused: boolean;
}

/** The tiles that came out fastest: what register pressure allows. */
export const tiles: Readonly<Record<"product" | "fusedProduct", Tile>> = {
  product: { rows: 4, vectors: 2, fused: false },
  fusedProduct: { rows: 3, vectors: 3, fused: true },
};

/** Length of the products' sums: the packed operands of a tile stay in the innermost cache. */
export const depth = 256;

/** Tiles that one run computes. */
export const repetitions = 1000;

/** Floating-point operations of one run. */
export function tileFlops({ rows, vectors }: Tile): number {
  return 2 * rows * 4 * vectors * depth * repetitions;
}

/** `copy(to, from, bytes)` and `add(a, b, sum, bytes)`, with bytes a multiple of 16. */
export const memoryModule = `(module
  (import "host" "memory" (memory 0))
  (func (export "copy") (param $to i32) (param $from i32) (param $bytes i32)
    (memory.copy (local.get $to) (local.get $from) (local.get $bytes)))
  (func (export "add") (param $a i32) (param $b i32) (param $sum i32) (param $bytes i32) (local $end i32)
    (local.set $end (i32.add (local.get $a) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $sum) (f32x4.add (v128.load (local.get $a)) (v128.load (local.get $b))))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $sum (i32.add (local.get $sum) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 16))) (local.get $end))))))`;

/** `product(a, b, c, repetitions)` adds the product of packed operands, a `[depth, rows]` and b `[depth, 4·vectors]`, to
 * c `[rows, 4·vectors]`, so often. */
export function tileModule({ rows, vectors, fused }: Tile): string {
  const indices = (count: number) => Array.from({ length: count }, (_, i) => i);
  const cells = indices(rows).flatMap((i) => indices(vectors).map((j) => ({ i, j, name: `$c${i}${j}` })));
  const lines = (list: readonly string[]) => list.join("\n        ");
  const place = (i: number, j: number) => 16 * (i * vectors + j);
  const locals = [...cells.map(({ name }) => name), ...indices(vectors).map((j) => `$b${j}`), "$x"];
  const multiplyAdd = (name: string, j: number) =>
    fused
      ? `(local.set ${name} (f32x4.relaxed_madd (local.get $x) (local.get $b${j}) (local.get ${name})))`
      : `(local.set ${name} (f32x4.add (local.get ${name}) (f32x4.mul (local.get $x) (local.get $b${j}))))`;
  return `(module
  (import "host" "memory" (memory 0))
  (func (export "product") (param $a i32) (param $b i32) (param $c i32) (param $times i32)
    (local $p i32) (local $q i32) (local $end i32) ${locals.map((name) => `(local ${name} v128)`).join(" ")}
    (local.set $end (i32.add (local.get $a) (i32.const ${4 * rows * depth})))
    (loop $again
      (local.set $p (local.get $a))
      (local.set $q (local.get $b))
      ${lines(cells.map(({ name, i, j }) => `(local.set ${name} (v128.load offset=${place(i, j)} (local.get $c)))`))}
      (loop $next
        ${lines(indices(vectors).map((j) => `(local.set $b${j} (v128.load offset=${16 * j} (local.get $q)))`))}
        ${lines(
          indices(rows).flatMap((i) => [
            `(local.set $x (v128.load32_splat offset=${4 * i} (local.get $p)))`,
            ...indices(vectors).map((j) => multiplyAdd(`$c${i}${j}`, j)),
          ]),
        )}
        (local.set $q (i32.add (local.get $q) (i32.const ${16 * vectors})))
        (br_if $next (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const ${4 * rows}))) (local.get $end))))
      ${lines(cells.map(({ name, i, j }) => `(v128.store offset=${place(i, j)} (local.get $c) (local.get ${name}))`))}
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))`;
}
