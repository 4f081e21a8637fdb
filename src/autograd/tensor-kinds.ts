/** Kinds of options that hold tensors. */
import { refuseOthersTensor } from "../copies.js";
import type { OptionKind } from "../options.js";
import { Tensor } from "./tensor.js";

/** A tensor. */
export const tensorKind: OptionKind<Tensor> = {
  means: "a tensor",
  explain: refuseOthersTensor,
  fits: (value) => value instanceof Tensor,
};

/** A tensor, or null. */
export const tensorOrNull: OptionKind<Tensor | null> = {
  means: "a tensor or null",
  explain: refuseOthersTensor,
  fits: (value) => value === null || value instanceof Tensor,
};
