/** The float32 numbers around a number. */

const number = new Float32Array(1);
const bits = new Int32Array(number.buffer);

/** The smallest float32 number that is not below `value`. */
export function float32From(value: number): number {
  const nearest = Math.fround(value);
  return nearest >= value ? nearest : -float32Below(-nearest);
}

/** The largest float32 number below `value`. */
export function float32Below(value: number): number {
  number[0] = value;
  const nearest = number[0];
  if (nearest < value) return nearest;
  if (nearest === 0) return -(2 ** -149);
  bits[0] = (bits[0] as number) + (nearest > 0 ? -1 : 1); // neighbours of one sign have neighbouring bits
  return number[0];
}
