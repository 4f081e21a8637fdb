/** Ops that move numbers without changing them. */

export { movedim, select, unbind } from "./axes.js";
export type { BorderMode } from "./border.js";
export { type DiagEmbedOptions, diagEmbed } from "./diag-embed.js";
export { type FlipOptions, flip, type RollOptions, roll, tile } from "./flip.js";
export { identity, to } from "./identity.js";
export * from "./join.js";
export { type MeshgridOptions, meshgrid } from "./meshgrid.js";
export * from "./pixel-shuffle.js";
export { type FlattenOptions, flatten, permute, reshape, squeeze, transpose, unsqueeze } from "./reshape.js";
export { type PadOptions, pad, type SliceOptions, slice } from "./slice.js";
export { chunk, type SplitOptions, split } from "./split.js";
export { type DiagonalOptions, diagonal, type TriangleOptions, tril, triu } from "./triangle.js";
