/** The rule by which a gradient vanishes, fades, lives, grows or explodes. */

import { describe, ValueError } from "../../errors.js";

/** What becomes of the gradient between the last block and the first layer; `diverged` where it is not a number.
 * @category Gradient flow */
export type Verdict = "vanishes" | "fades" | "lives" | "grows" | "explodes" | "diverged";

/** Below this ratio of first layer to last block the gradient counts as vanished.
 * @category Gradient flow */
export const VANISHED_BELOW: number = 1e-3;

/** Above this ratio of first layer to last block the gradient counts as exploded.
 * @category Gradient flow */
export const EXPLODED_ABOVE: number = 1e3;

/** Below this ratio, half of the powers of ten to vanishing, the gradient counts as fading.
 * @category Gradient flow */
export const FADED_BELOW: number = 1 / 30;

/** Above this ratio, half of the powers of ten to exploding, the gradient counts as growing.
 * @category Gradient flow */
export const GROWN_ABOVE: number = 30;

/** Below this factor a layer the gradient counts as fading, however few layers there are: 66 such layers make it vanish.
 * @category Gradient flow */
export const FADED_BELOW_A_LAYER: number = 0.9;

/** Above this factor a layer the gradient counts as growing, however few layers there are.
 * @category Gradient flow */
export const GROWN_ABOVE_A_LAYER: number = 1 / 0.9;

/** The rule in words, with its thresholds. */
export const VERDICT_RULE: string =
  `A ratio below 1/${EXPLODED_ABOVE} vanishes, above ${EXPLODED_ABOVE} explodes. Between them, a ratio below ` +
  `1/${GROWN_ABOVE} or less than ×${FADED_BELOW_A_LAYER.toFixed(2)} a layer fades, a ratio above ${GROWN_ABOVE} or ` +
  `more than ×${GROWN_ABOVE_A_LAYER.toFixed(2)} a layer grows; what does neither lives. A ratio that is not a number ` +
  `(NaN) has diverged.`;

/** The rule: a ratio (first layer ÷ last block) below 1/1000 vanishes, above 1000 explodes. Between them it fades with a
 * ratio below 1/30 or a factor a layer below 0.9, grows with a ratio above 30 or a factor above 1/0.9, and else lives.
 *
 * So neither a shallow net whose every layer shrinks the gradient nor a deep one in which little by little adds up is
 * called alive; where a plain net is heading is said by `turnsAtDepth`. A ratio of exactly 0 (underflow) vanishes, an
 * infinite one (overflow) explodes, and one that is not a number has diverged.
 * @param factorPerLayer `ratio ^ (1 / layers)`; 1 if the number of layers is not known
 * @throws ValueError if one is no number
 * @category Gradient flow */
export function verdictOf(ratio: number, factorPerLayer = 1): Verdict {
  for (const [name, value] of Object.entries({ ratio, factorPerLayer })) {
    if (typeof value !== "number")
      throw new ValueError("verdictOf", `${name} must be a number, got ${describe(value)}`);
  }
  if (Number.isNaN(ratio)) return "diverged";
  if (ratio < VANISHED_BELOW) return "vanishes";
  if (ratio > EXPLODED_ABOVE) return "explodes";
  if (ratio < FADED_BELOW || factorPerLayer < FADED_BELOW_A_LAYER) return "fades";
  if (ratio > GROWN_ABOVE || factorPerLayer > GROWN_ABOVE_A_LAYER) return "grows";
  return "lives";
}
