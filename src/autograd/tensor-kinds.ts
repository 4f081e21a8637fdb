/** Kinds of options that hold tensors. */
import type { OptionKind } from "../options.js";
import { Tensor } from "./tensor.js";

/** A tensor. */
export const tensorKind: OptionKind<Tensor> = { means: "a tensor", fits: (value) => value instanceof Tensor };

/** A tensor, or null. */
export const tensorOrNull: OptionKind<Tensor | null> = {
  means: "a tensor or null",
  fits: (value) => value === null || value instanceof Tensor,
};
