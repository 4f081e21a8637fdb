/** Kernels of Jacobi's rotations, which make numbers beside the diagonal of symmetric matrices 0: each launch is a part of round
 * number `step[0]`, in which every index turns with a partner. The symmetric matrices [size, size] may stand above other rows. */
import type { Flat, KernelThis } from "./kernel.js";

/** What each index x does in a round: 1 − cosine of its rotation (y = 0), which keeps the digits of small angles, the sine with the
 * sign by which it counts for x (y = 1), and its partner (y = 2), which is x itself where it has none.
 *
 * `players` is the size made even, and the last of them the partner of whoever would be his own, where partners are those whose sum
 * is the round modulo `players` − 1: everybody meets everybody once in so many rounds. The angle is that of Golub & Van Loan, Matrix
 * Computations, 8.5.2. */
export function rotations(this: KernelThis<"size" | "players" | "matrix">, a: Flat, step: Flat): number {
  const round = step[0]!;
  const last = this.constants.players - 1;
  let own = 0;
  own += this.thread.x;
  let partner = round - own;
  if (partner < 0) partner = partner + last;
  if (partner === own) partner = last;
  if (own === last) {
    partner = round / 2;
    if (partner !== Math.floor(partner)) partner = (round + last) / 2;
  }
  if (partner >= this.constants.size) partner = own;
  if (this.thread.y === 2) return partner;
  let versine = 0;
  let sine = 0;
  if (partner !== own) {
    const first = Math.min(own, partner);
    const second = Math.max(own, partner);
    const start = this.thread.z * this.constants.matrix;
    const beside = a[start + first * this.constants.size + second]!;
    if (beside !== 0) {
      const difference =
        a[start + second * this.constants.size + second]! - a[start + first * this.constants.size + first]!;
      const ratio = difference / (2 * beside);
      let tangent = 1 / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
      if (ratio < 0) tangent = -tangent;
      const cosine = 1 / Math.sqrt(tangent * tangent + 1);
      sine = tangent * cosine;
      versine = (sine * sine) / (1 + cosine);
      if (own === first) sine = -sine;
    }
  }
  if (this.thread.y === 0) return versine;
  return sine;
}

/** A round: Jᵀ A J in the first `size` rows, and X J in those below. */
export function rotate(this: KernelThis<"size" | "matrix">, a: Flat, turns: Flat): number {
  const start = this.thread.z * this.constants.matrix;
  const turn = this.thread.z * 3 * this.constants.size;
  const versineX = turns[turn + this.thread.x]!;
  const sineX = turns[turn + this.constants.size + this.thread.x]!;
  const besideX = turns[turn + 2 * this.constants.size + this.thread.x]!;
  const row = start + this.thread.y * this.constants.size;
  const value = a[row + this.thread.x]!;
  const beside = a[row + besideX]!;
  if (this.thread.y >= this.constants.size) return value + (sineX * beside - versineX * value);
  const versineY = turns[turn + this.thread.y]!;
  const sineY = turns[turn + this.constants.size + this.thread.y]!;
  const besideY = turns[turn + 2 * this.constants.size + this.thread.y]!;
  if (besideY !== this.thread.y) {
    if (this.thread.x === besideY) return 0;
    if (this.thread.x === this.thread.y) return value + (sineY / (1 - versineY)) * beside;
  }
  const other = start + besideY * this.constants.size;
  const opposite = sineY * sineX * a[other + besideX]!;
  // The sum of two that are each other with x and y exchanged, so that the matrix stays symmetric.
  const across = (1 - versineY) * sineX * beside + (1 - versineX) * sineY * a[other + this.thread.x]!;
  return value + (opposite + across - (versineX + versineY - versineX * versineY) * value);
}

/** For each row x of the symmetric matrices the size of its largest number beside the diagonal (y = 0), and on it (y = 1). */
export function sizesOfRows(this: KernelThis<"size" | "matrix">, a: Flat): number {
  const row = this.thread.z * this.constants.matrix + this.thread.x * this.constants.size;
  let largest = 0;
  if (this.thread.y === 1) return Math.abs(a[row + this.thread.x]!);
  for (let i = 0; i < this.constants.size; i++) {
    if (i !== this.thread.x) largest = Math.max(largest, Math.abs(a[row + i]!));
  }
  return largest;
}
