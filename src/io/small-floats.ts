/** Floating-point numbers of 8 and 16 bits, from and to the bits of float32. */

/** A binary format narrower than float32: sign, exponent, mantissa. */
export interface SmallFloat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  /** Without infinity the largest exponent has numbers too, and NaN is the code of ones alone (OCP's E4M3). */
  readonly hasInfinity: boolean;
}

/** IEEE 754 binary16. */
export const float16: SmallFloat = { exponentBits: 5, mantissaBits: 10, hasInfinity: true };
/** The upper half of float32. */
export const bfloat16: SmallFloat = { exponentBits: 8, mantissaBits: 7, hasInfinity: true };
/** OCP 8-bit floating point specification, E5M2. */
export const float8E5m2: SmallFloat = { exponentBits: 5, mantissaBits: 2, hasInfinity: true };
/** OCP 8-bit floating point specification, E4M3. */
export const float8E4m3: SmallFloat = { exponentBits: 4, mantissaBits: 3, hasInfinity: false };

const INFINITY = 0x7f800000;
const QUIET_NAN = 0x7fc00000;
const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The bits of the float32 that a code stands for; every one is exact, and NaNs keep their payload. */
export function float32BitsOf(code: number, format: SmallFloat): number {
  const { exponentBits, mantissaBits, hasInfinity } = format;
  const shift = 23 - mantissaBits;
  const top = (1 << exponentBits) - 1;
  const bias = top >> 1;
  const sign = (code >>> (exponentBits + mantissaBits)) << 31;
  const exponent = (code >>> mantissaBits) & top;
  const mantissa = code & ((1 << mantissaBits) - 1);
  if (exponent === top) {
    if (hasInfinity) return sign | INFINITY | (mantissa << shift);
    if (mantissa === (1 << mantissaBits) - 1) return sign | QUIET_NAN;
  }
  if (exponent > 0) return sign | ((exponent - bias + 127) << 23) | (mantissa << shift);
  scratch[0] = mantissa * 2 ** (1 - bias - mantissaBits);
  return sign | (scratchBits[0] as number);
}

/** The code nearest to a float32, given by its bits; halves go to the even one. What is too large becomes infinity, or NaN in a
 * format without. */
export function codeOf(bits: number, format: SmallFloat): number {
  const { exponentBits, mantissaBits, hasInfinity } = format;
  const top = (1 << exponentBits) - 1;
  const sign = (bits >>> 31) << (exponentBits + mantissaBits);
  const size = bits & 0x7fffffff;
  const infinity = top << mantissaBits;
  const nan = infinity | ((1 << mantissaBits) - 1);
  if (size > INFINITY) {
    if (!hasInfinity) return sign | nan;
    return sign | infinity | ((size & 0x7fffff) >>> (23 - mantissaBits) || 1 << (mantissaBits - 1));
  }
  const tooLarge = hasInfinity ? infinity : nan;
  if (size === INFINITY) return sign | tooLarge;
  const least = 1 - (top >> 1); // the exponent of the smallest normal number
  const exponent = Math.max((size >>> 23) - 127, least);
  scratchBits[0] = size;
  const steps = roundHalfToEven((scratch[0] as number) * 2 ** (mantissaBits - exponent));
  // A mantissa that rounds up to 2 carries into the exponent by itself.
  const code = (exponent - least) * 2 ** mantissaBits + steps;
  return sign | Math.min(code, tooLarge);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
