/** Elementwise ops that the derivative sweep and the table of special values do not cover yet: to be given entries there, and taken
 * off here. No op may be added to this list. */
// biome-ignore format: a table
export const owedEntries: readonly string[] = [
  "digamma", "erfc", "erfinv", "exp2", "floorDivide", "fmod", "frac", "glu", "hardshrink", "hypot", "lerp", "lgamma", "log10", "log2",
  "logaddexp", "logit", "nanToNum", "prelu", "remainder", "softshrink", "tanhshrink", "threshold", "trunc", "xlogy",
  "dropout2d", "gaussianNllLoss", "multiMarginLoss", "tripletMarginLoss",
];
