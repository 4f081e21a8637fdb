/** What the transforms share: a checked image in, an image of the same numbers' format out. */
import { describe, ValueError } from "../../errors.js";
import { checkedImage, type Transform } from "../image-batch.js";
import type { Image, Pixels } from "../items.js";

/** A transform that is given whole images only. */
export function transform(op: string, apply: Transform): Transform {
  return (image, generator) => apply(checkedImage(op, image), generator);
}

/** Numbers of the same format as others. */
export function like<A extends Pixels>(pixels: A, length: number): A {
  return new (pixels.constructor as new (length: number) => A)(length);
}

/** What white is: 255 in bytes, 1 in floats. */
export function whiteOf(pixels: Pixels): number {
  return pixels instanceof Uint8Array ? 255 : 1;
}

/** The same image with other numbers, and perhaps another size. */
export function withPixels(
  image: Image,
  data: Pixels,
  height: number = image.height,
  width: number = image.width,
): Image {
  return { data, channels: image.channels, height, width };
}

/** No side of an image is longer. */
const LONGEST = 16_384;

/** Height and width, from one number for both or from two.
 * @throws ValueError unless they are integers of 1 to 16,384 */
export function checkedSize(op: string, size: unknown): readonly [height: number, width: number] {
  const sizes: readonly unknown[] = Array.isArray(size) ? size : [size, size];
  if (
    sizes.length === 2 &&
    sizes.every((one) => Number.isInteger(one) && (one as number) >= 1 && (one as number) <= LONGEST)
  ) {
    return sizes as unknown as readonly [number, number];
  }
  const rule = `size must be an integer of 1 to ${LONGEST}, or [height, width] of such`;
  throw new ValueError(op, `${rule}, got ${describe(size)}`, { actual: size });
}

/** A probability.
 * @throws ValueError unless it is one */
export function checkedProbability(op: string, p: number): number {
  if (p >= 0 && p <= 1) return p;
  throw new ValueError(op, `p must be 0 to 1, got ${describe(p)}`, { expected: "0 … 1", actual: p });
}

/** A range of numbers, the lower one first.
 * @throws ValueError unless both are finite, in order and at least `least` */
export function checkedRange(op: string, name: string, range: unknown, least: number): readonly [number, number] {
  const [low, high] = Array.isArray(range) && range.length === 2 ? (range as unknown[]) : [];
  if (
    Number.isFinite(low) &&
    Number.isFinite(high) &&
    (low as number) >= least &&
    (low as number) <= (high as number)
  ) {
    return [low as number, high as number];
  }
  throw new ValueError(op, `${name} must be [low, high] with ${least} <= low <= high, got ${describe(range)}`, {
    actual: range,
  });
}
