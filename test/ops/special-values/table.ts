/** The special values of every elementwise op and loss, which every device is held to. */
import { activationSpecials } from "./activations.js";
import { functionSpecials } from "./functions.js";
import { lossSpecials } from "./losses.js";
import { pairSpecials } from "./pairs.js";
import type { SpecialRow } from "./row.js";

export const specialValues: readonly SpecialRow[] = [
  ...activationSpecials,
  ...functionSpecials,
  ...pairSpecials,
  ...lossSpecials,
];

/** Ops that have none: they take bools, or change the dtype. */
export const withoutSpecialValues: readonly string[] = ["logicalAnd", "logicalOr", "logicalXor", "logicalNot", "cast"];
