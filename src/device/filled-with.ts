/** Arrays of one number. */
import type { FloatArray } from "./device.js";

/** Writes one number everywhere into an array that is new. Zeros are there already, and as long as nobody touches them the
 * system gives no memory for them: weights that are about to be loaded cost nothing until then. */
export function filledWith<A extends FloatArray>(fresh: A, value: number): A {
  return Object.is(value, 0) ? fresh : (fresh.fill(value) as A);
}
