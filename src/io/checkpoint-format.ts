/** What a checkpoint of `fit` says of itself, for its writer and for those who want nothing but the weights. */

/** The text under `format` in its metadata. */
export const CHECKPOINT_FORMAT = "livegrad checkpoint 1";

/** What the names of its weights begin with. */
export const CHECKPOINT_WEIGHTS = "model.";
